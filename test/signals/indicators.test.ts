// Values of single indicators that a reference names or that their definition fixes.

import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { loadAnalysis } from '../../src/wasm/analysis.ts';
import type { AnalysisKernel } from '../../src/wasm/analysis.ts';

const golden = JSON.parse(readFileSync(new URL('../golden/rsi.json', import.meta.url), 'utf8')) as {
  readonly close: readonly number[];
  readonly rsi: readonly number[];
  readonly rising: number;
  readonly flat: number;
};

let kernel: AnalysisKernel;
beforeAll(async () => {
  kernel = await loadAnalysis();
});

it('gives the reference RSI, 100 on a rising and 50 on a flat series, 0 on a falling one', () => {
  const { raw } = kernel;
  const rsi = (close: readonly number[]): number[] => {
    const p = kernel.alloc(raw.rsiBytes());
    raw.rsiInit(p, 14);
    return close.map((x) => raw.rsiPush(p, x)).slice(14);
  };
  rsi(golden.close).forEach((x, i) => expect(x).toBeCloseTo(golden.rsi[i] ?? NaN, 6));
  const steps = Array.from({ length: 40 }, (_, i) => i);
  expect(new Set(rsi(steps.map((i) => 100 + i)))).toEqual(new Set([golden.rising]));
  expect(new Set(rsi(steps.map(() => 100)))).toEqual(new Set([golden.flat]));
  expect(new Set(rsi(steps.map((i) => 100 - i)))).toEqual(new Set([0]));
});

it('starts VWAP anew with each session and waits for volume', () => {
  const { raw } = kernel;
  const p = kernel.alloc(raw.vwapBytes());
  raw.vwapInit(p);
  expect(raw.vwapPush(p, 11, 9, 10, 0, 1)).toBeNaN();
  expect(raw.vwapPush(p, 21, 19, 20, 3, 0)).toBeCloseTo(20, 12);
  expect(raw.vwapPush(p, 11, 9, 10, 1, 0)).toBeCloseTo(17.5, 12);
  expect(raw.vwapPush(p, 31, 29, 30, 5, 1)).toBeCloseTo(30, 12);
});

it('builds Heikin-Ashi bars from the previous body', () => {
  const { raw } = kernel;
  const p = kernel.alloc(raw.heikinAshiBytes());
  raw.heikinAshiInit(p);
  raw.heikinAshiPush(p, 10, 12, 9, 11);
  expect([...kernel.f64(p, 4)]).toEqual([10.5, 10.5, 12, 9]);
  raw.heikinAshiPush(p, 11, 11.5, 10.8, 11.3);
  expect([...kernel.f64(p, 4)].map((x) => Number(x.toFixed(6)))).toEqual([11.15, 10.5, 11.5, 10.5]);
});

it('keeps a range without movement at its neutral value', () => {
  const { raw } = kernel;
  const [stochastic, adx, cci, mfi] = [
    kernel.alloc(raw.stochasticBytes(5, 3, 3)),
    kernel.alloc(raw.adxBytes()),
    kernel.alloc(raw.cciBytes(5)),
    kernel.alloc(raw.mfiBytes(5)),
  ];
  raw.stochasticInit(stochastic, 5, 3, 3);
  raw.adxInit(adx, 5);
  raw.cciInit(cci, 5);
  raw.mfiInit(mfi, 5);
  for (let i = 0; i < 30; i++) {
    raw.stochasticPush(stochastic, 7, 7, 7);
    raw.adxPush(adx, 7, 7, 7);
    raw.cciPush(cci, 7, 7, 7);
    raw.mfiPush(mfi, 7, 7, 7, 100);
  }
  expect([...kernel.f64(stochastic, 2)]).toEqual([50, 50]);
  expect([...kernel.f64(adx, 4)]).toEqual([0, 0, 0, 0]);
  expect(kernel.f64(cci, 1)[0]).toBe(0);
  expect(kernel.f64(mfi, 1)[0]).toBe(50);
});

it('stays within 0..100 percent where every move has one direction', () => {
  const { raw } = kernel;
  for (const period of [5, 14]) {
    const mfi = kernel.alloc(raw.mfiBytes(period));
    raw.mfiInit(mfi, period);
    const rising = Array.from({ length: 40 }, (_, i) =>
      raw.mfiPush(mfi, 10 + i / 3, 10 + i / 3, 10 + i / 3, 1 + i / 7),
    );
    expect(new Set(rising.slice(period))).toEqual(new Set([100]));
    const falling = Array.from({ length: 40 }, (_, i) =>
      raw.mfiPush(mfi, 20 - i / 3, 20 - i / 3, 20 - i / 3, 1 + i / 7),
    );
    expect(falling.at(-1)).toBe(0);
  }
});
