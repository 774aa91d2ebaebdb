// The reward against its vectors and its five properties on a million samples.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { gateProduct, rewardOf, utilityOf } from '../../src/training/reward.ts';
import { loadTraining } from '../../src/wasm/training.ts';

const SAMPLES = 1_000_000;
const SEED = 20_261_120;

interface RewardVectors {
  readonly cases: readonly (readonly [number, number, number])[];
}

test('gives the published values', () => {
  const vectors = JSON.parse(readFileSync('test/golden/reward.json', 'utf8')) as RewardVectors;
  for (const [u, q, expected] of vectors.cases) expect(rewardOf(u, q)).toBeCloseTo(expected, 12);
});

test(`holds its five properties on ${SAMPLES} samples, seed ${SEED}`, async () => {
  const kernel = await loadTraining();
  const rng = kernel.alloc(4);
  kernel.raw.rngInit(rng, SEED);
  const tanh = (x: number): number => kernel.raw.tanh(x);
  const broken = { sign: 0, bound: 0, gate: 0, monotone: 0, idle: 0 };
  for (let i = 0; i < SAMPLES; i++) {
    const u = utilityOf(2 * kernel.raw.rngNormal(rng), 3, tanh);
    const other = utilityOf(2 * kernel.raw.rngNormal(rng), 3, tanh);
    const q = kernel.raw.rngUniform(rng);
    const better = q + (1 - q) * kernel.raw.rngUniform(rng);
    const reward = rewardOf(u, q);
    if (reward !== 0 && Math.sign(reward) !== Math.sign(u)) broken.sign += 1;
    if (reward > u || rewardOf(u, 1) !== u) broken.bound += 1;
    if (rewardOf(u, better) < reward) broken.gate += 1;
    if ((u - other) * (reward - rewardOf(other, q)) < 0) broken.monotone += 1;
    if (rewardOf(0, q) !== 0) broken.idle += 1;
  }
  expect(broken).toEqual({ sign: 0, bound: 0, gate: 0, monotone: 0, idle: 0 });
});

test('multiplies the gates and refuses one outside 0..1', () => {
  const gates = { strategicGate: 0.5, synergyAmplifier: 1, executionMultiplier: 0.8, riskHeadroom: 1 };
  expect(gateProduct(gates)).toBeCloseTo(0.4, 12);
  expect(() => gateProduct({ ...gates, executionMultiplier: 1.1 })).toThrow('executionMultiplier 1.1');
  expect(() => utilityOf(Number.NaN, 1, (x) => x)).toThrow('x NaN');
});
