// The rest of the catalogue under the contract of indicators.test.ts.

import type { IndicatorCase } from './indicator-cases.ts';
import { batch } from './indicator-cases.ts';

/** Compounds, channels, trails, estimators and the engine's own. */
export const MORE_INDICATORS: readonly IndicatorCase[] = [
  {
    name: 'DEMA 12',
    warmUp: 22,
    degree: 1,
    outputs: 1,
    bytes: (k) => k.multipleEmaBytes(),
    init: (k, p) => k.multipleEmaInit(p, 12, 2),
    push: (k, p, b) => k.multipleEmaPush(p, b.close),
    batch: batch([0], (k, x, [y], n) => k.batchMultipleEma(x.close, y, n, 12, 2)),
  },
  {
    name: 'TEMA 12',
    warmUp: 33,
    degree: 1,
    outputs: 1,
    bytes: (k) => k.multipleEmaBytes(),
    init: (k, p) => k.multipleEmaInit(p, 12, 3),
    push: (k, p, b) => k.multipleEmaPush(p, b.close),
    batch: batch([0], (k, x, [y], n) => k.batchMultipleEma(x.close, y, n, 12, 3)),
  },
  {
    name: 'HMA 16',
    warmUp: 18,
    degree: 1,
    outputs: 1,
    bytes: (k) => k.hmaBytes(16),
    init: (k, p) => k.hmaInit(p, 16),
    push: (k, p, b) => k.hmaPush(p, b.close),
    batch: batch([0], (k, x, [y, w], n) => k.batchHma(x.close, y, w, n, 16)),
  },
  {
    name: 'NATR 14',
    warmUp: 14,
    degree: 0,
    outputs: 1,
    bytes: (k) => k.natrBytes(),
    init: (k, p) => k.natrInit(p, 14),
    push: (k, p, b) => k.natrPush(p, b.high, b.low, b.close),
    batch: batch([0], (k, x, [y], n) => k.batchNatr(x.high, x.low, x.close, y, n, 14)),
  },
  {
    name: 'Stochastic RSI 14/14/3/3',
    warmUp: 29,
    degree: 0,
    outputs: 3,
    bytes: (k) => k.stochasticRsiBytes(14, 3, 3),
    init: (k, p) => k.stochasticRsiInit(p, 14, 14, 3, 3),
    push: (k, p, b) => k.stochasticRsiPush(p, b.close),
    batch: batch([0, 1], (k, x, [a, b, w], n) => k.batchStochasticRsi(x.close, a, b, w, n, 14, 14, 3, 3)),
  },
  {
    name: 'Donchian 20',
    warmUp: 19,
    degree: 1,
    outputs: 4,
    bytes: (k) => k.donchianBytes(20),
    init: (k, p) => k.donchianInit(p, 20),
    push: (k, p, b) => k.donchianPush(p, b.high, b.low, b.close),
    batch: batch([0, 1, 2], (k, x, [a, b, c], n) => k.batchDonchian(x.high, x.low, a, b, c, n, 20)),
  },
  {
    name: 'Williams %R 14',
    warmUp: 13,
    degree: 1,
    outputs: 4,
    bytes: (k) => k.donchianBytes(14),
    init: (k, p) => k.donchianInit(p, 14),
    push: (k, p, b) => k.donchianPush(p, b.high, b.low, b.close),
    batch: batch([3], (k, x, [y, v, w], n) => k.batchWilliams(x.high, x.low, x.close, y, v, w, n, 14)),
  },
  {
    name: 'Keltner 20/10/2',
    warmUp: 19,
    degree: 1,
    outputs: 3,
    bytes: (k) => k.keltnerBytes(),
    init: (k, p) => k.keltnerInit(p, 20, 10, 2),
    push: (k, p, b) => k.keltnerPush(p, b.high, b.low, b.close),
    batch: batch([0, 1, 2], (k, x, [a, b, c], n) =>
      k.batchKeltner(x.high, x.low, x.close, a, b, c, n, 20, 10, 2),
    ),
  },
  {
    name: 'Ichimoku 9/26/52',
    warmUp: 8,
    degree: 1,
    outputs: 4,
    bytes: (k) => k.ichimokuBytes(9, 26, 52),
    init: (k, p) => k.ichimokuInit(p, 9, 26, 52),
    push: (k, p, b) => k.ichimokuPush(p, b.high, b.low, b.close),
    batch: batch([0, 1, 2, 3], (k, x, [a, b, c, d, w], n) =>
      k.batchIchimoku(x.high, x.low, a, b, c, d, w, n, 9, 26, 52),
    ),
  },
  {
    name: 'Supertrend 10/3',
    warmUp: 10,
    degree: 1,
    outputs: 2,
    bytes: (k) => k.supertrendBytes(),
    init: (k, p) => k.supertrendInit(p, 10, 3),
    push: (k, p, b) => k.supertrendPush(p, b.high, b.low, b.close),
    batch: batch([0, 1], (k, x, [a, b], n) => k.batchSupertrend(x.high, x.low, x.close, a, b, n, 10, 3)),
  },
  {
    name: 'Parabolic SAR',
    warmUp: 1,
    degree: 1,
    outputs: 2,
    bytes: (k) => k.parabolicSarBytes(),
    init: (k, p) => k.parabolicSarInit(p, 0.02, 0.2),
    push: (k, p, b) => k.parabolicSarPush(p, b.high, b.low),
    batch: batch([0, 1], (k, x, [a, b], n) => k.batchParabolicSar(x.high, x.low, a, b, n, 0.02, 0.2)),
  },
  {
    name: 'Garman-Klass 20',
    warmUp: 19,
    degree: 0,
    outputs: 1,
    bytes: (k) => k.garmanKlassBytes(20),
    init: (k, p) => k.garmanKlassInit(p, 20),
    push: (k, p, b) => k.garmanKlassPush(p, b.open, b.high, b.low, b.close),
    batch: batch([0], (k, x, [y], n) => k.batchGarmanKlass(x.open, x.high, x.low, x.close, y, n, 20)),
  },
  {
    name: 'Yang-Zhang 20',
    warmUp: 20,
    degree: 0,
    outputs: 1,
    bytes: (k) => k.estimatorBytes(0, 20),
    init: (k, p) => k.estimatorInit(p, 0, 20),
    push: (k, p, b) => k.estimatorPush(p, b.open, b.high, b.low, b.close, b.volume),
    batch: batch([0], (k, x, [y], n) =>
      k.batchEstimator(0, x.open, x.high, x.low, x.close, x.volume, y, n, 20),
    ),
  },
  {
    name: 'EDGE 20',
    warmUp: 19,
    degree: 0,
    outputs: 1,
    bytes: (k) => k.estimatorBytes(1, 20),
    init: (k, p) => k.estimatorInit(p, 1, 20),
    push: (k, p, b) => k.estimatorPush(p, b.open, b.high, b.low, b.close, b.volume),
    batch: batch([0], (k, x, [y], n) =>
      k.batchEstimator(1, x.open, x.high, x.low, x.close, x.volume, y, n, 20),
    ),
  },
  {
    name: 'Amihud 20',
    warmUp: 20,
    degree: -1,
    outputs: 1,
    bytes: (k) => k.estimatorBytes(2, 20),
    init: (k, p) => k.estimatorInit(p, 2, 20),
    push: (k, p, b) => k.estimatorPush(p, b.open, b.high, b.low, b.close, b.volume),
    batch: batch([0], (k, x, [y], n) =>
      k.batchEstimator(2, x.open, x.high, x.low, x.close, x.volume, y, n, 20),
    ),
  },
  {
    name: 'Volume profile 60',
    warmUp: 59,
    degree: 1,
    outputs: 3,
    bytes: (k) => k.priceProfileBytes(60),
    init: (k, p) => k.priceProfileInit(p, 60),
    push: (k, p, b) => k.priceProfilePush(p, b.high, b.low, b.close, b.volume),
    batch: batch([0, 1, 2], (k, x, [a, b, c], n) =>
      k.batchPriceProfile(x.high, x.low, x.close, x.volume, a, b, c, n, 60),
    ),
  },
  {
    name: 'MMD 10',
    warmUp: 20,
    degree: 0,
    outputs: 1,
    bytes: (k) => k.discrepancyBytes(10),
    init: (k, p) => k.discrepancyInit(p, 10),
    push: (k, p, b) => k.discrepancyPush(p, b.close),
    batch: batch([0], (k, x, [y], n) => k.batchDiscrepancy(x.close, y, n, 10)),
  },
  {
    name: 'NW-RQK',
    warmUp: 25,
    degree: 1,
    outputs: 2,
    bytes: (k) => k.nwRqkBytes(),
    init: (k, p) => k.nwRqkInit(p),
    push: (k, p, b) => k.nwRqkPush(p, b.close),
    batch: batch([0, 1], (k, x, [a, b], n) => k.batchNwRqk(x.close, a, b, n)),
  },
  {
    name: 'MLMI',
    warmUp: -1,
    degree: 0,
    outputs: 3,
    bytes: (k) => k.mlmiBytes(),
    init: (k, p) => k.mlmiInit(p),
    push: (k, p, b) => k.mlmiPush(p, b.open, b.high, b.low, b.close),
    batch: batch([0, 1, 2], (k, x, [a, b, c], n) => k.batchMlmi(x.open, x.high, x.low, x.close, a, b, c, n)),
  },
  {
    name: 'Bundle',
    warmUp: 14,
    degree: 0,
    outputs: 11,
    bytes: (k) => k.bundleBytes(),
    init: (k, p) => k.bundleInit(p),
    push: (k, p, b) => k.bundlePush(p, b.high, b.low, b.close, b.volume, b.index % 78 === 0 ? 1 : 0),
    // its outputs are those of the indicators it bundles
    batch: batch([0, 3, 8, 9, 10], (k, x, [rsi, histogram, adx, obv, vwap], n) => {
      k.batchRsi(x.close, rsi, n, 14);
      k.batchMacd(x.close, adx, obv, histogram, n, 12, 26, 9);
      k.batchAdx(x.high, x.low, adx, n, 14);
      k.batchObv(x.close, x.volume, obv, n);
      for (let i = 0; i < n; i += 78) {
        k.batchVwap(x.high, x.low, x.close, x.volume, vwap, i, Math.min(i + 78, n));
      }
    }),
  },
  {
    name: 'Bundle, bands',
    warmUp: 14,
    degree: 0,
    outputs: 11,
    bytes: (k) => k.bundleBytes(),
    init: (k, p) => k.bundleInit(p),
    push: (k, p, b) => k.bundlePush(p, b.high, b.low, b.close, b.volume, 0),
    batch: batch([1, 4, 5, 6, 7], (k, x, [macd, middle, upper, lower, atr], n) => {
      k.batchMacd(x.close, macd, middle, upper, n, 12, 26, 9);
      k.batchBollinger(x.close, middle, upper, lower, n, 20, 2);
      k.batchAtr(x.high, x.low, x.close, atr, n, 14);
    }),
  },
];
