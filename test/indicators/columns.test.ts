// The functions over columns: in place, from and into outside arrays, and what they refuse.

import { beforeAll, expect, it } from 'vitest';
import { bollinger, sma } from '../../src/indicators/averages.ts';
import { loadIndicators } from '../../src/indicators/memory.ts';
import type { Indicators } from '../../src/indicators/memory.ts';
import { macd, rsi, rsiAt, stochastic } from '../../src/indicators/oscillators.ts';
import { atr } from '../../src/indicators/ranges.ts';
import { vwap } from '../../src/indicators/volumes.ts';
import { randomBars } from '../fixtures/random-bars.ts';

const bars = randomBars(7, 300);
const outside = Float64Array.from(bars, (b) => b.close);
let indicators: Indicators;
beforeAll(async () => {
  indicators = await loadIndicators();
});

it('gives the same bits in place, into an outside array and as a view', () => {
  const close = indicators.column(300);
  close.set(outside);
  const view = rsi(indicators, outside, 14).slice();
  const inPlace = rsi(indicators, close, 14, indicators.column(300));
  expect(inPlace.buffer).toBe(close.buffer);
  expect(inPlace).toEqual(view);
  const own = new Float64Array(300);
  expect(rsi(indicators, outside, 14, own)).toBe(own);
  expect(own).toEqual(view);
});

it('gives the RSI of one bar as the column has it, at every bar and period', () => {
  for (const period of [2, 3, 13, 14, 100]) {
    const whole = rsi(indicators, outside, period).slice();
    whole.forEach((value, bar) => {
      const found = rsiAt(indicators, outside, period, bar);
      if (bar < period) expect(found).toBeNaN();
      else expect(found).toBeCloseTo(value, 10);
    });
    expect(rsiAt(indicators, outside, period)).toBeCloseTo(whole[299] ?? NaN, 10);
  }
  const flat = indicators.column(40).fill(3);
  expect([rsiAt(indicators, flat), rsiAt(indicators, flat, 14, 14)]).toEqual([50, 50]);
  expect(() => rsiAt(indicators, flat, 14, 40)).toThrow(/bar 40 is not a whole number in 0\.\.39/);
});

it('overwrites a view with the next call, and takes no memory for it', () => {
  const first = sma(indicators, outside, 5);
  const before = indicators.raw.alloc(0);
  const second = sma(indicators, outside, 9);
  expect(second).toBe(first);
  for (let i = 0; i < 1_000; i++) macd(indicators, outside);
  const after = indicators.raw.alloc(0);
  for (let i = 0; i < 1_000; i++) macd(indicators, outside);
  expect(indicators.raw.alloc(0)).toBe(after);
  expect(after - before).toBeLessThan(3 * 8 * 301);
});

it('fills every line of an output object and returns that object', () => {
  const out = { middle: indicators.column(300), upper: new Float64Array(300), lower: new Float64Array(300) };
  expect(bollinger(indicators, outside, 20, 2, out)).toBe(out);
  const again = bollinger(indicators, outside, 20, 2);
  expect(out.upper).toEqual(again.upper);
  expect(out.lower).toEqual(again.lower);
});

it('restarts VWAP at each session', () => {
  const columns = {
    high: Float64Array.from(bars, (b) => b.high),
    low: Float64Array.from(bars, (b) => b.low),
    close: outside,
    volume: Float64Array.from(bars, (b) => b.volume),
  };
  const whole = vwap(indicators, columns, [0, 100]).slice();
  const tail = Object.fromEntries(Object.entries(columns).map(([name, x]) => [name, x.slice(100)]));
  expect(whole.slice(100)).toEqual(vwap(indicators, tail as typeof columns));
  expect(() => vwap(indicators, columns, [1])).toThrow(/does not ascend from 0/);
});

it('refuses periods, lengths, overlaps and detached columns, naming them', async () => {
  const close = indicators.column(300);
  expect(() => rsi(indicators, close, 1)).toThrow(/period 1 is not a whole number in 2\.\.4096/);
  expect(() => rsi(indicators, close, 14, new Float64Array(299))).toThrow(/out has 299 values, not 300/);
  expect(() => rsi(indicators, close, 14, close)).toThrow(/out overlaps another column/);
  const one = indicators.column(300);
  const same = { slowK: one, slowD: one };
  const columns = { high: outside, low: outside, close: outside };
  expect(() => stochastic(indicators, columns, 14, 3, 3, same)).toThrow(/out overlaps another column/);
  expect(() => atr(indicators, { ...columns, low: new Float64Array(1) })).toThrow(
    /low has 1 values, not 300/,
  );
  const small = await loadIndicators({ memoryBytes: 65_536 });
  const lost = small.column(10);
  small.column(100_000);
  expect(() => rsi(small, lost)).toThrow(/close is empty, or was detached/);
  await expect(loadIndicators({ memoryBytes: 1 })).rejects.toThrow(/memoryBytes 1 is not/);
});

it('takes a million bars', () => {
  const long = Float64Array.from(randomBars(3, 1_000_000), (b) => b.close);
  expect(rsi(indicators, long)[999_999]).toBeCloseTo(rsi(indicators, long.slice(-2_000))[1_999] ?? NaN, 9);
});
