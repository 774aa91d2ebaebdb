// The planted markets against the optimum that the reference computed for them.

import { expect, test } from 'vitest';
import { plantedMarket, PlantedMarket } from '../../src/training/planted-market.ts';
import { benchmarkOf } from '../../src/training/score.ts';
import { loadTraining } from '../../src/wasm/training.ts';

/** Optimum per bar and the myopic rule's share of it (training notes, section 6). */
const REFERENCE = [
  ['full', 0.216, 0.92],
  ['part', 0.121, 0.82],
  ['hard', 0.0286, 0.71],
  ['full3', 0.0777, 0.94],
  ['part3', 0.0426, 0.88],
  ['hard3', 0.0135, 0.77],
] as const;

test.each(REFERENCE)('%s: the optimum is %f, the myopic rule gets %f of it', async (name, best, share) => {
  const { optimum, myopic } = benchmarkOf(await loadTraining(), plantedMarket(name));
  expect(Math.abs(optimum.expected / best - 1)).toBeLessThan(0.06);
  expect(Math.abs(myopic.expected / optimum.expected - share)).toBeLessThan(0.06);
  expect(Math.abs(optimum.earned - optimum.expected)).toBeLessThan(4 * optimum.earnedError);
});

test('null: nothing to earn, and doing nothing is best', async () => {
  const { optimum } = benchmarkOf(await loadTraining(), plantedMarket('null'));
  expect(optimum.expected).toBe(0);
});

test('gives the same paths for a seed, and continues from saved bytes', async () => {
  const kernel = await loadTraining();
  const make = (): PlantedMarket => new PlantedMarket(kernel, plantedMarket('part'), 64, 8, 3);
  const [one, two] = [make(), make()];
  one.advance(8);
  const saved = one.save();
  one.advance(8);
  const seen = kernel.f32(one.returns, 64 * 8).slice();
  two.restore(saved);
  two.advance(8);
  expect(kernel.f32(two.returns, 64 * 8)).toEqual(seen);
});
