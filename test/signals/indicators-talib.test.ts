// Streaming indicators beside TA-Lib (the C library compiled to WebAssembly) on fresh random bars: ≤ 1e-9
// relative.

import { beforeAll, expect, it } from 'vitest';
import { loadAnalysis } from '../../src/wasm/analysis.ts';
import type { AnalysisExports } from '../../src/wasm/abi-analysis.ts';
import type { AnalysisKernel } from '../../src/wasm/analysis.ts';
import { randomBars, type TestBar } from '../fixtures/random-bars.ts';
import { loadTaLib, type TaCall } from '../fixtures/talib.ts';

const COUNT = 5_000;
const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const bars = randomBars(seed, COUNT);
const high = bars.map((b) => b.high);
const low = bars.map((b) => b.low);
const close = bars.map((b) => b.close);
const volume = bars.map((b) => b.volume);

let kernel: AnalysisKernel;
let raw: AnalysisExports;
let talib: TaCall;

beforeAll(async () => {
  kernel = await loadAnalysis();
  raw = kernel.raw;
  talib = await loadTaLib();
  console.log(`indicators beside TA-Lib: SEED=${seed}`);
});

/** Columns of the first `outputs` values of the state after every push. */
function stream(
  byteSize: number,
  outputs: number,
  init: (p: number) => void,
  push: (p: number, bar: TestBar) => void,
): number[][] {
  const p = kernel.alloc(byteSize);
  init(p);
  const columns = Array.from({ length: outputs }, () => Array<number>(COUNT).fill(NaN));
  bars.forEach((bar, i) => {
    push(p, bar);
    kernel.f64(p, outputs).forEach((x, k) => columns[k]?.splice(i, 1, x));
  });
  return columns;
}

/** Largest relative error over the bars where TA-Lib has a value; sizes below `unit` are measured in it. */
function error(
  ours: readonly number[] | undefined,
  theirs: readonly number[] | undefined,
  unit = 1e-3,
): number {
  let worst = theirs?.some(Number.isFinite) ? 0 : Infinity;
  theirs?.forEach((y, i) => {
    if (Number.isNaN(y)) return;
    const e = Math.abs((ours?.[i] ?? NaN) - y) / Math.max(Math.abs(y), unit);
    if (!(e <= worst)) worst = e;
  });
  return worst;
}

it.each([2, 5, 20, 101])('SMA, EMA and WMA agree, period %i', (n) => {
  const sma = stream(
    raw.smaBytes(n),
    1,
    (p) => raw.smaInit(p, n),
    (p, b) => raw.smaPush(p, b.close),
  );
  const ema = stream(
    raw.emaBytes(),
    1,
    (p) => raw.emaInit(p, n),
    (p, b) => raw.emaPush(p, b.close),
  );
  const wma = stream(
    raw.wmaBytes(n),
    1,
    (p) => raw.wmaInit(p, n),
    (p, b) => raw.wmaPush(p, b.close),
  );
  expect(error(sma[0], talib('SMA', [close], [n])[0])).toBeLessThan(1e-9);
  expect(error(ema[0], talib('EMA', [close], [n])[0])).toBeLessThan(1e-9);
  expect(error(wma[0], talib('WMA', [close], [n])[0])).toBeLessThan(1e-9);
});

it.each([2, 14, 50])('RSI and ROC agree, period %i', (n) => {
  const rsi = stream(
    raw.rsiBytes(),
    1,
    (p) => raw.rsiInit(p, n),
    (p, b) => raw.rsiPush(p, b.close),
  );
  const roc = stream(
    raw.rocBytes(n),
    1,
    (p) => raw.rocInit(p, n),
    (p, b) => raw.rocPush(p, b.close),
  );
  expect(error(rsi[0], talib('RSI', [close], [n])[0])).toBeLessThan(1e-9);
  expect(error(roc[0], talib('ROC', [close], [n])[0])).toBeLessThan(1e-9);
});

it.each([
  [12, 26, 9],
  [3, 10, 16],
])('MACD, signal and histogram agree, periods %i %i %i', (fast, slow, signal) => {
  const ours = stream(
    raw.macdBytes(),
    3,
    (p) => raw.macdInit(p, fast, slow, signal),
    (p, b) => raw.macdPush(p, b.close),
  );
  talib('MACD', [close], [fast, slow, signal], 3).forEach((column, k) => {
    expect(error(ours[k], column)).toBeLessThan(1e-9);
  });
});

it('Bollinger bands agree', () => {
  const ours = stream(
    raw.bollingerBytes(20),
    3,
    (p) => raw.bollingerInit(p, 20, 2),
    (p, b) => raw.bollingerPush(p, b.close),
  );
  const [upper, middle, lower] = talib('BBANDS', [close], [20, 2, 2, 0], 3);
  expect(error(ours[0], middle)).toBeLessThan(1e-9);
  expect(error(ours[1], upper)).toBeLessThan(1e-9);
  expect(error(ours[2], lower)).toBeLessThan(1e-9);
});

it.each([2, 14, 30])('ATR, true range, ADX, ±DI and DX agree, period %i', (n) => {
  const bar = [high, low, close];
  const atr = stream(
    raw.atrBytes(),
    2,
    (p) => raw.atrInit(p, n),
    (p, b) => raw.atrPush(p, b.high, b.low, b.close),
  );
  const adx = stream(
    raw.adxBytes(),
    4,
    (p) => raw.adxInit(p, n),
    (p, b) => raw.adxPush(p, b.high, b.low, b.close),
  );
  expect(error(atr[0], talib('ATR', bar, [n])[0])).toBeLessThan(1e-9);
  expect(error(atr[1], talib('TRANGE', bar, [])[0])).toBeLessThan(1e-9);
  ['ADX', 'PLUS_DI', 'MINUS_DI', 'DX'].forEach((name, k) => {
    expect(error(adx[k], talib(name, bar, [n])[0])).toBeLessThan(1e-9);
  });
});

it.each([
  [14, 3, 3],
  [5, 1, 7],
])('the stochastic oscillator agrees, periods %i %i %i', (k, slowing, d) => {
  const ours = stream(
    raw.stochasticBytes(k, slowing, d),
    2,
    (p) => raw.stochasticInit(p, k, slowing, d),
    (p, b) => raw.stochasticPush(p, b.high, b.low, b.close),
  );
  talib('STOCH', [high, low, close], [k, slowing, 0, d, 0], 2).forEach((column, i) => {
    expect(error(ours[i], column)).toBeLessThan(1e-9);
  });
});

it('CCI, OBV and MFI agree', () => {
  const cci = stream(
    raw.cciBytes(20),
    1,
    (p) => raw.cciInit(p, 20),
    (p, b) => raw.cciPush(p, b.high, b.low, b.close),
  );
  const obv = stream(
    raw.obvBytes(),
    1,
    (p) => raw.obvInit(p),
    (p, b) => raw.obvPush(p, b.close, b.volume),
  );
  const mfi = stream(
    raw.mfiBytes(14),
    1,
    (p) => raw.mfiInit(p, 14),
    (p, b) => raw.mfiPush(p, b.high, b.low, b.close, b.volume),
  );
  expect(error(cci[0], talib('CCI', [high, low, close], [20])[0], 1)).toBeLessThan(1e-9);
  expect(error(obv[0], talib('OBV', [close, volume], [])[0])).toBe(0);
  expect(error(mfi[0], talib('MFI', [high, low, close, volume], [14])[0])).toBeLessThan(1e-9);
});
