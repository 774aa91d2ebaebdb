// The public classes give the kernel's values and refuse what they cannot take.

import { beforeAll, expect, it } from 'vitest';
import { Adx, Atr, Cci, HeikinAshi, Mfi, Obv, Stochastic, Vwap } from '../../src/indicators/bars.ts';
import { Bollinger, Ema, Macd, Roc, Rsi, Sma, Wma } from '../../src/indicators/series.ts';
import { loadIndicators } from '../../src/indicators/memory.ts';
import type { Indicators } from '../../src/indicators/memory.ts';
import { randomBars } from '../fixtures/random-bars.ts';

const bars = randomBars(20, 120);
let kernel: Indicators;
beforeAll(async () => {
  kernel = await loadIndicators();
});

it('goes on from a snapshot with the same values', () => {
  const k = kernel;
  const series = [
    () => new Sma(k, 9),
    () => new Ema(k, 9),
    () => new Wma(k, 9),
    () => new Bollinger(k),
    () => new Rsi(k),
    () => new Macd(k),
    () => new Roc(k),
  ];
  const whole = [
    () => new Atr(k),
    () => new Adx(k),
    () => new Stochastic(k),
    () => new Cci(k),
    () => new Mfi(k),
    () => new Obv(k),
    () => new Vwap(k),
    () => new HeikinAshi(k),
  ];
  for (const create of series) {
    const [first, second] = [create(), create()];
    first.pushAll(bars.slice(0, 50).map((b) => b.close));
    second.restore(first.snapshot());
    for (const b of bars.slice(50)) expect(second.push(b.close)).toBe(first.push(b.close));
    expect(first.value).toBeGreaterThan(-Infinity);
  }
  for (const create of whole) {
    const [first, second] = [create(), create()];
    for (const b of bars.slice(0, 50)) first.push(b);
    second.restore(first.snapshot());
    for (const b of bars.slice(50)) expect(second.push(b)).toBe(first.push(b));
    expect(first.value).toBeGreaterThan(-Infinity);
  }
});

it('refuses a value that is not finite and keeps its state', () => {
  const sma = new Sma(kernel, 3);
  sma.pushAll([1, 2, 3]);
  const before = sma.snapshot();
  expect(() => sma.push(NaN)).toThrow('Cannot push to an indicator: value NaN is not finite');
  expect(sma.snapshot()).toEqual(before);
  const atr = new Atr(kernel, 3);
  const [bar] = bars;
  if (bar) expect(() => atr.push({ ...bar, high: Infinity })).toThrow('high Infinity is not finite');
});

it('refuses a period outside its range and a state of another size', () => {
  expect(() => new Sma(kernel, 0)).toThrow('period 0 is not a whole number in 1..4096');
  expect(() => new Rsi(kernel, 5_000)).toThrow('period 5000 is not a whole number in 2..4096');
  expect(() => new Macd(kernel, 26, 12, 9)).toThrow('slow 12 is not a whole number in 27..4096');
  expect(() => new Stochastic(kernel, 14, 1.5, 3)).toThrow('slowing 1.5 is not a whole number');
  expect(() => new Sma(kernel, 3).restore(new Uint8Array(5))).toThrow(
    'Cannot restore an indicator: 5 bytes are not',
  );
});
