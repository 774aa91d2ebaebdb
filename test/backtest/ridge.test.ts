// The ridge rule finds a planted trend, knows nothing of what comes later, and refits on the past alone.

import { beforeAll, expect, it } from 'vitest';
import type { Bars } from '../../src/backtest/experiment.ts';
import { tradeExposure } from '../../src/backtest/replay.ts';
import { ridgeWalk } from '../../src/backtest/ridge.ts';
import { rowsOf } from '../../src/backtest/rows.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import type { Kernel } from '../../src/wasm/kernel.ts';

let kernel: Kernel;

beforeAll(async () => {
  kernel = await loadKernel();
});

/** Bars whose 5m drift is an AR(1) that lasts a few hours. */
function trending(rows: number, seed: number, strength: number): Bars {
  const at = kernel.alloc(16);
  kernel.raw.rngInit(at, seed);
  const normal = (): number => kernel.raw.rngNormal(at);
  let [drift, price] = [0, 100];
  const close = Float64Array.from({ length: rows }, () => {
    drift = 0.98 * drift + 0.2 * normal();
    price *= 1 + 0.0005 * (strength * drift + normal());
    return price;
  });
  const open = Float64Array.from(close, (value, i) => (i === 0 ? value : close[i - 1]!));
  const tsMs = Float64Array.from(close, (_, i) => 1_704_067_200_000 + 300_000 * i);
  const high = close.map((value, i) => Math.max(value, open[i]!));
  const low = close.map((value, i) => Math.min(value, open[i]!));
  return { tsMs, open, high, low, close, volume: new Float64Array(rows).fill(1), rows };
}

it('earns where returns continue and little where they do not', () => {
  const walk = (strength: number): number => {
    const bars = trending(40_000, 5, strength);
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
  const bars = trending(24_000, 7, 1);
  const cut = 20_000;
  const later = trending(24_000, 8, 1);
  const other = { ...bars, close: bars.close.slice() };
  other.close.set(later.close.subarray(cut), cut);
  const [one, two] = [bars, other].map((table) => ridgeWalk(kernel.raw, table, 'always', 1e-4).exposure);
  expect(two!.subarray(0, cut)).toEqual(one!.subarray(0, cut));
  expect(one!.subarray(0, cut).some((value) => value !== 0)).toBe(true);
  const rows = rowsOf(bars, 'always');
  expect(rows.bar[0]).toBe(5);
  expect(rows.close[0]).toBe(bars.close[5]);
});
