// The indicators that keep the contract of indicators.test.ts. A new indicator is one more entry here.

import type { IndicatorsAbi } from '../../src/indicators/memory.ts';
import type { TestBar } from '../fixtures/random-bars.ts';

/** Addresses of the columns of a series of bars. */
export interface Columns {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** A batch form: which outputs of the streaming state it writes, and how it is called. */
export interface BatchCase {
  readonly outputs: readonly number[];
  readonly run: (k: IndicatorsAbi, x: Columns, out: Places, n: number) => void;
}

/** Output addresses; more of them than any indicator writes. */
export type Places = readonly [number, number, number, number, number];

/** One indicator with its parameters. */
export interface IndicatorCase {
  readonly name: string;
  /** Pushes that return NaN; −1 when the data decide. */
  readonly warmUp: number;
  /** Power of the price unit in the output: 0 percent, 1 price, −1 a share per price. */
  readonly degree: -1 | 0 | 1;
  /** Outputs at the start of the state. */
  readonly outputs: number;
  readonly bytes: (k: IndicatorsAbi) => number;
  readonly init: (k: IndicatorsAbi, p: number) => void;
  readonly push: (k: IndicatorsAbi, p: number, bar: TestBar) => number;
  readonly batch: BatchCase;
}

/** A batch form. */
export function batch(outputs: readonly number[], run: BatchCase['run']): BatchCase {
  return { outputs, run };
}

/** Averages, oscillators, ranges and volume. */
export const CORE_INDICATORS: readonly IndicatorCase[] = [
  {
    name: 'SMA 7',
    warmUp: 6,
    degree: 1,
    outputs: 1,
    bytes: (k) => k.smaBytes(7),
    init: (k, p) => k.smaInit(p, 7),
    push: (k, p, b) => k.smaPush(p, b.close),
    batch: batch([0], (k, x, [y], n) => k.batchSma(x.close, y, n, 7)),
  },
  {
    name: 'EMA 12',
    warmUp: 11,
    degree: 1,
    outputs: 1,
    bytes: (k) => k.emaBytes(),
    init: (k, p) => k.emaInit(p, 12),
    push: (k, p, b) => k.emaPush(p, b.close),
    batch: batch([0], (k, x, [y], n) => k.batchEma(x.close, y, n, 12)),
  },
  {
    name: 'WMA 20',
    warmUp: 19,
    degree: 1,
    outputs: 1,
    bytes: (k) => k.wmaBytes(20),
    init: (k, p) => k.wmaInit(p, 20),
    push: (k, p, b) => k.wmaPush(p, b.close),
    batch: batch([0], (k, x, [y], n) => k.batchWma(x.close, y, n, 20)),
  },
  {
    name: 'Bollinger 20/2',
    warmUp: 19,
    degree: 1,
    outputs: 4,
    bytes: (k) => k.bollingerBytes(20),
    init: (k, p) => k.bollingerInit(p, 20, 2),
    push: (k, p, b) => k.bollingerPush(p, b.close),
    batch: batch([0, 1, 2], (k, x, [a, b, c], n) => k.batchBollinger(x.close, a, b, c, n, 20, 2)),
  },
  {
    name: 'RSI 14',
    warmUp: 14,
    degree: 0,
    outputs: 1,
    bytes: (k) => k.rsiBytes(),
    init: (k, p) => k.rsiInit(p, 14),
    push: (k, p, b) => k.rsiPush(p, b.close),
    batch: batch([0], (k, x, [y], n) => k.batchRsi(x.close, y, n, 14)),
  },
  {
    name: 'MACD 12/26/9',
    warmUp: 25,
    degree: 1,
    outputs: 3,
    bytes: (k) => k.macdBytes(),
    init: (k, p) => k.macdInit(p, 12, 26, 9),
    push: (k, p, b) => k.macdPush(p, b.close),
    batch: batch([0, 1, 2], (k, x, [a, b, c], n) => k.batchMacd(x.close, a, b, c, n, 12, 26, 9)),
  },
  {
    name: 'ROC 10',
    warmUp: 10,
    degree: 0,
    outputs: 1,
    bytes: (k) => k.rocBytes(10),
    init: (k, p) => k.rocInit(p, 10),
    push: (k, p, b) => k.rocPush(p, b.close),
    batch: batch([0], (k, x, [y], n) => k.batchRoc(x.close, y, n, 10)),
  },
  {
    name: 'ATR 14',
    warmUp: 14,
    degree: 1,
    outputs: 2,
    bytes: (k) => k.atrBytes(),
    init: (k, p) => k.atrInit(p, 14),
    push: (k, p, b) => k.atrPush(p, b.high, b.low, b.close),
    batch: batch([0], (k, x, [y], n) => k.batchAtr(x.high, x.low, x.close, y, n, 14)),
  },
  {
    name: 'ADX 14',
    warmUp: 27,
    degree: 0,
    outputs: 4,
    bytes: (k) => k.adxBytes(),
    init: (k, p) => k.adxInit(p, 14),
    push: (k, p, b) => k.adxPush(p, b.high, b.low, b.close),
    batch: batch([0], (k, x, [y], n) => k.batchAdx(x.high, x.low, y, n, 14)),
  },
  {
    name: 'Stochastic 14/3/3',
    warmUp: 15,
    degree: 0,
    outputs: 3,
    bytes: (k) => k.stochasticBytes(14, 3, 3),
    init: (k, p) => k.stochasticInit(p, 14, 3, 3),
    push: (k, p, b) => k.stochasticPush(p, b.high, b.low, b.close),
    batch: batch([0, 1], (k, x, [a, b], n) => k.batchStochastic(x.high, x.low, x.close, a, b, n, 14, 3, 3)),
  },
  {
    name: 'OBV',
    warmUp: 0,
    degree: 0,
    outputs: 1,
    bytes: (k) => k.obvBytes(),
    init: (k, p) => k.obvInit(p),
    push: (k, p, b) => k.obvPush(p, b.close, b.volume),
    batch: batch([0], (k, x, [y], n) => k.batchObv(x.close, x.volume, y, n)),
  },
  {
    name: 'VWAP',
    warmUp: 0,
    degree: 1,
    outputs: 1,
    bytes: (k) => k.vwapBytes(),
    init: (k, p) => k.vwapInit(p),
    push: (k, p, b) => k.vwapPush(p, b.high, b.low, b.close, b.volume, b.index % 78 === 0 ? 1 : 0),
    batch: batch([0], (k, x, [y], n) => {
      for (let from = 0; from < n; from += 78)
        k.batchVwap(x.high, x.low, x.close, x.volume, y, from, Math.min(from + 78, n));
    }),
  },
  {
    name: 'CCI 20',
    warmUp: 19,
    degree: 0,
    outputs: 1,
    bytes: (k) => k.cciBytes(20),
    init: (k, p) => k.cciInit(p, 20),
    push: (k, p, b) => k.cciPush(p, b.high, b.low, b.close),
    batch: batch([0], (k, x, [y], n) => k.batchCci(x.high, x.low, x.close, y, n, 20)),
  },
  {
    name: 'MFI 14',
    warmUp: 14,
    degree: 0,
    outputs: 1,
    bytes: (k) => k.mfiBytes(14),
    init: (k, p) => k.mfiInit(p, 14),
    push: (k, p, b) => k.mfiPush(p, b.high, b.low, b.close, b.volume),
    batch: batch([0], (k, x, [y], n) => k.batchMfi(x.high, x.low, x.close, x.volume, y, n, 14)),
  },
  {
    name: 'Heikin-Ashi',
    warmUp: 0,
    degree: 1,
    outputs: 4,
    bytes: (k) => k.heikinAshiBytes(),
    init: (k, p) => k.heikinAshiInit(p),
    push: (k, p, b) => k.heikinAshiPush(p, b.open, b.high, b.low, b.close),
    batch: batch([0, 1, 2, 3], (k, x, [c, o, h, l], n) =>
      k.batchHeikinAshi(x.open, x.high, x.low, x.close, c, o, h, l, n),
    ),
  },
];
