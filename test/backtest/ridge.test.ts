// The ridge rule finds a planted trend, knows nothing of what comes later, and refits on the past alone.

import { beforeAll, expect, it } from 'vitest';
import { tradeExposure } from '../../src/backtest/replay.ts';
import { ridgeWalk } from '../../src/backtest/ridge.ts';
import { rowsOf } from '../../src/backtest/rows.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import type { Kernel } from '../../src/wasm/kernel.ts';
import { trendingBars } from '../fixtures/trending-bars.ts';

let kernel: Kernel;

beforeAll(async () => {
  kernel = await loadKernel();
});

it('earns where returns continue and little where they do not', () => {
  const walk = (strength: number): number => {
    const bars = trendingBars(kernel, 40_000, 5, strength);
    const { exposure, fits } = ridgeWalk(kernel.raw, bars, 'always', 1e-4);
    expect(fits).toBeGreaterThan(15);
    return tradeExposure(bars, exposure, 1e-4, 1)[bars.rows - 1]! - 1;
  };
  const [trend, none] = [walk(0.25), walk(0)];
  console.log(`ridge: ${(100 * trend).toFixed(1)} % with a trend, ${(100 * none).toFixed(1)} % without`);
  expect(trend).toBeGreaterThan(0.3);
  expect(none).toBeLessThan(0.15);
});

it('decides the same when the future is another', () => {
  const bars = trendingBars(kernel, 24_000, 7, 1);
  const cut = 20_000;
  const later = trendingBars(kernel, 24_000, 8, 1);
  const other = { ...bars, close: bars.close.slice() };
  other.close.set(later.close.subarray(cut), cut);
  const [one, two] = [bars, other].map((table) => ridgeWalk(kernel.raw, table, 'always', 1e-4).exposure);
  expect(two!.subarray(0, cut)).toEqual(one!.subarray(0, cut));
  expect(one!.subarray(0, cut).some((value) => value !== 0)).toBe(true);
  const rows = rowsOf(bars, 'always');
  expect(rows.bar[0]).toBe(5);
  expect(rows.close[0]).toBe(bars.close[5]);
});
