// The PPO rival learns a planted trend with costs inside, knows nothing of what comes later, and is the same
// twice.

import { beforeAll, expect, it } from 'vitest';
import { tradeExposure } from '../../src/backtest/replay.ts';
import { ppoWalk } from '../../src/lab/ppo-baseline.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import type { Kernel } from '../../src/wasm/kernel.ts';
import { trendingBars } from '../fixtures/trending-bars.ts';

const COST = 1e-4;
let kernel: Kernel;

beforeAll(async () => {
  kernel = await loadKernel();
});

it('earns where returns continue, and does not where they do not', async () => {
  const earned = async (strength: number): Promise<number> => {
    const bars = trendingBars(kernel, 30_000, 5, strength);
    const walk = await ppoWalk(bars, 'always', COST, 1);
    expect(walk?.fits).toBe(6);
    return tradeExposure(bars, walk!.exposure, COST, 1)[bars.rows - 1]! - 1;
  };
  const [trend, none] = [await earned(0.25), await earned(0)];
  console.log(`PPO: ${(100 * trend).toFixed(1)} % with a trend, ${(100 * none).toFixed(1)} % without`);
  expect(trend).toBeGreaterThan(0.3);
  expect(none).toBeLessThan(0.15);
});

it('decides the same when the future is another, and the same twice', async () => {
  const bars = trendingBars(kernel, 20_000, 7, 1);
  const cut = 17_000;
  const later = trendingBars(kernel, 20_000, 8, 1);
  const other = { ...bars, close: bars.close.slice() };
  other.close.set(later.close.subarray(cut), cut);
  const wanted = async (table: typeof bars): Promise<Float64Array> =>
    (await ppoWalk(table, 'always', COST, 3))!.exposure;
  const [one, two] = [await wanted(bars), await wanted(other)];
  expect(two.subarray(0, cut)).toEqual(one.subarray(0, cut));
  expect(new Set(one.subarray(0, cut)).size).toBeGreaterThan(2);
  expect(await wanted(bars)).toEqual(one);
});

it('is none on a short file and stops when asked', async () => {
  const short = trendingBars(kernel, 6_000, 9, 1);
  expect((await ppoWalk(short, 'always', COST, 1))?.fits).toBe(0);
  const bars = trendingBars(kernel, 20_000, 9, 1);
  expect(await ppoWalk(bars, 'always', COST, 1, () => false)).toBeNull();
});
