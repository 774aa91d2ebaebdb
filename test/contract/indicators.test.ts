// The contract every streaming indicator keeps. A new indicator is one more line of INDICATORS.

import { beforeAll, describe, expect, it } from 'vitest';
import { loadKernel } from '../../src/wasm/kernel.ts';
import type { Kernel } from '../../src/wasm/kernel.ts';
import type { KernelExports } from '../../src/wasm/abi.ts';
import { randomBars, type TestBar } from '../fixtures/random-bars.ts';

interface IndicatorCase {
  readonly name: string;
  readonly bytes: (k: KernelExports) => number;
  readonly init: (k: KernelExports, p: number) => void;
  readonly push: (k: KernelExports, p: number, bar: TestBar) => number;
  /** Pushes that return NaN. */
  readonly warmUp: number;
  /** Power of the price unit in the output: 0 percent, 1 price. */
  readonly degree: 0 | 1;
  /** Outputs at the start of the state. */
  readonly outputs: number;
}

const c = (
  name: string,
  warmUp: number,
  degree: 0 | 1,
  outputs: number,
  bytes: IndicatorCase['bytes'],
  init: IndicatorCase['init'],
  push: IndicatorCase['push'],
): IndicatorCase => ({ name, warmUp, degree, outputs, bytes, init, push });

const INDICATORS: readonly IndicatorCase[] = [
  c(
    'SMA 7',
    6,
    1,
    1,
    (k) => k.smaBytes(7),
    (k, p) => k.smaInit(p, 7),
    (k, p, b) => k.smaPush(p, b.close),
  ),
  c(
    'EMA 12',
    11,
    1,
    1,
    (k) => k.emaBytes(),
    (k, p) => k.emaInit(p, 12),
    (k, p, b) => k.emaPush(p, b.close),
  ),
  c(
    'WMA 20',
    19,
    1,
    1,
    (k) => k.wmaBytes(20),
    (k, p) => k.wmaInit(p, 20),
    (k, p, b) => k.wmaPush(p, b.close),
  ),
  c(
    'Bollinger 20/2',
    19,
    1,
    4,
    (k) => k.bollingerBytes(20),
    (k, p) => k.bollingerInit(p, 20, 2),
    (k, p, b) => k.bollingerPush(p, b.close),
  ),
  c(
    'RSI 14',
    14,
    0,
    1,
    (k) => k.rsiBytes(),
    (k, p) => k.rsiInit(p, 14),
    (k, p, b) => k.rsiPush(p, b.close),
  ),
  c(
    'MACD 12/26/9',
    25,
    1,
    3,
    (k) => k.macdBytes(),
    (k, p) => k.macdInit(p, 12, 26, 9),
    (k, p, b) => k.macdPush(p, b.close),
  ),
  c(
    'ROC 10',
    10,
    0,
    1,
    (k) => k.rocBytes(10),
    (k, p) => k.rocInit(p, 10),
    (k, p, b) => k.rocPush(p, b.close),
  ),
  c(
    'ATR 14',
    14,
    1,
    2,
    (k) => k.atrBytes(),
    (k, p) => k.atrInit(p, 14),
    (k, p, b) => k.atrPush(p, b.high, b.low, b.close),
  ),
  c(
    'ADX 14',
    27,
    0,
    4,
    (k) => k.adxBytes(),
    (k, p) => k.adxInit(p, 14),
    (k, p, b) => k.adxPush(p, b.high, b.low, b.close),
  ),
  c(
    'Stochastic 14/3/3',
    15,
    0,
    3,
    (k) => k.stochasticBytes(14, 3, 3),
    (k, p) => k.stochasticInit(p, 14, 3, 3),
    (k, p, b) => k.stochasticPush(p, b.high, b.low, b.close),
  ),
  c(
    'CCI 20',
    19,
    0,
    1,
    (k) => k.cciBytes(20),
    (k, p) => k.cciInit(p, 20),
    (k, p, b) => k.cciPush(p, b.high, b.low, b.close),
  ),
  c(
    'MFI 14',
    14,
    0,
    1,
    (k) => k.mfiBytes(14),
    (k, p) => k.mfiInit(p, 14),
    (k, p, b) => k.mfiPush(p, b.high, b.low, b.close, b.volume),
  ),
  c(
    'OBV',
    0,
    0,
    1,
    (k) => k.obvBytes(),
    (k, p) => k.obvInit(p),
    (k, p, b) => k.obvPush(p, b.close, b.volume),
  ),
  c(
    'VWAP',
    0,
    1,
    1,
    (k) => k.vwapBytes(),
    (k, p) => k.vwapInit(p),
    (k, p, b) => k.vwapPush(p, b.high, b.low, b.close, b.volume, b.index % 78 === 0 ? 1 : 0),
  ),
  c(
    'Heikin-Ashi',
    0,
    1,
    4,
    (k) => k.heikinAshiBytes(),
    (k, p) => k.heikinAshiInit(p),
    (k, p, b) => k.heikinAshiPush(p, b.open, b.high, b.low, b.close),
  ),
];

const COUNT = 400;
const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
let kernel: Kernel;

beforeAll(async () => {
  kernel = await loadKernel();
  console.log(`indicator contract: SEED=${seed}`);
});

describe.each(INDICATORS)('$name', (indicator) => {
  const start = (): number => {
    const p = kernel.alloc(indicator.bytes(kernel.raw));
    indicator.init(kernel.raw, p);
    return p;
  };
  const run = (bars: readonly TestBar[], p = start()): number[] =>
    bars.map((b) => indicator.push(kernel.raw, p, b));

  it('returns NaN in warm-up and a finite value from then on', () => {
    const out = run(randomBars(seed, COUNT));
    expect(out.slice(0, indicator.warmUp).every(Number.isNaN)).toBe(true);
    expect(out.slice(indicator.warmUp).every(Number.isFinite)).toBe(true);
  });

  it('shows its outputs at the start of its state, the pushed value first', () => {
    const p = start();
    const last = run(randomBars(seed, COUNT), p).at(-1);
    const outputs = kernel.f64(p, indicator.outputs);
    expect(outputs[0]).toBe(last);
    expect([...outputs].every(Number.isFinite)).toBe(true);
  });

  it('gives the same bits again, also in memory that held something else', () => {
    const bars = randomBars(seed, COUNT);
    const clean = start();
    const first = run(bars, clean);
    const size = indicator.bytes(kernel.raw);
    const dirty = kernel.alloc(size);
    kernel.u8(dirty, size).fill(0xa5);
    indicator.init(kernel.raw, dirty);
    expect(run(bars, dirty)).toEqual(first);
    expect(kernel.u8(dirty, size)).toEqual(kernel.u8(clean, size));
  });

  it('never changes an earlier value when the future differs', () => {
    const bars = randomBars(seed, COUNT);
    const cut = 1 + (seed % (COUNT - 2));
    const other = bars.slice(0, cut).concat(randomBars(seed + 1, COUNT - cut));
    expect(run(other).slice(0, cut)).toEqual(run(bars).slice(0, cut));
  });

  it('goes on from a copy of its bytes at another address', () => {
    const bars = randomBars(seed, COUNT);
    const cut = COUNT >> 1;
    const size = indicator.bytes(kernel.raw);
    const p = start();
    run(bars.slice(0, cut), p);
    const copy = kernel.alloc(size);
    kernel.u8(copy, size).set(kernel.u8(p, size));
    expect(run(bars.slice(cut), copy)).toEqual(run(bars.slice(cut), p));
  });

  it('follows the unit of price', () => {
    const bars = randomBars(seed, COUNT);
    const factor = 300;
    const scaled = bars.map((b) => ({
      ...b,
      open: b.open * factor,
      high: b.high * factor,
      low: b.low * factor,
      close: b.close * factor,
    }));
    const power = factor ** indicator.degree;
    const plain = run(bars);
    // near zero (MACD, CCI) the digits that cancel are those of the price or of 100 percent
    const floor = indicator.degree === 1 ? (bars[0]?.close ?? 1) : 100;
    run(scaled).forEach((y, i) => {
      const x = plain[i] ?? NaN;
      if (!Number.isNaN(x))
        expect(Math.abs(y / power - x)).toBeLessThan(1e-11 * Math.max(Math.abs(x), floor));
    });
  });
});

it('keeps the digits of a Bollinger band at price 60,000 with steps of 1e-6', () => {
  const { raw } = kernel;
  const p = kernel.alloc(raw.bollingerBytes(20));
  raw.bollingerInit(p, 20, 2);
  const bars = randomBars(seed, 2_000);
  const steps = bars.map((b) => Math.round((b.close - b.open) * 1_000));
  // 2^-20 is close to 1e-6 and makes every price exact, so the reference can be computed in whole steps
  const unit = 2 ** -20;
  steps.forEach((step, i) => {
    raw.bollingerPush(p, 60_000 + step * unit);
    if (i < 19) return;
    const window = steps.slice(i - 19, i + 1);
    const sum = window.reduce((a, x) => a + x, 0);
    const squares = window.reduce((a, x) => a + x * x, 0);
    const deviation = (Math.sqrt(20 * squares - sum * sum) / 20) * unit;
    expect(Math.abs((kernel.f64(p, 4)[3] ?? NaN) / deviation - 1)).toBeLessThan(1e-9);
  });
});
