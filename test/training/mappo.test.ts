// Training from end to end: it learns what can be learnt, nothing where there is nothing, and the same bits.

import { expect, test } from 'vitest';
import { restoreTrainer, saveTrainer } from '../../src/training/checkpoint.ts';
import type { MappoConfig } from '../../src/training/mappo.ts';
import { bootstrapInterval, createTrainer, interquartileMean, runTrial } from '../../src/training/trial.ts';
import type { TrialResult } from '../../src/training/trial.ts';
import { loadTraining } from '../../src/wasm/training.ts';

async function train(market: string, updates: number, more: object = {}): Promise<TrialResult> {
  const options = { market, agents: 1, seeds: 1, budget: { updates, clock: () => 0 }, ...more } as const;
  const { result } = await runTrial(options);
  if (!result) throw new Error('nobody stopped it');
  return result;
}

test('reaches the optimum of the full market', async () => {
  const result = await train('full', 16);
  expect(result.iqm).toBeGreaterThan(0.95);
  expect(result.leak).toBe(false);
});

test('does nothing where there is nothing to earn', async () => {
  const result = await train('null', 12);
  expect(Math.abs(result.iqm)).toBeLessThan(0.01);
  expect(result.turnover).toBeLessThan(0.001);
});

test('calls a feature that knows the next return a leak', async () => {
  const result = await train('full', 24, { leak: true });
  expect(result.earnedFraction).toBeGreaterThan(2);
  expect(result.leak).toBe(true);
});

const KINDS: readonly Partial<MappoConfig>[] = [
  { advantage: 'counterfactual', order: 'simultaneous' },
  { advantage: 'counterfactual', order: 'sequential' },
  { advantage: 'gae', order: 'simultaneous' },
  { advantage: 'gae', order: 'sequential' },
];

test.each(KINDS)(
  'three agents, $advantage, $order: a resumed training gives the same weights',
  async (kind) => {
    const config = { ...kind, steps: 8, epochs: 1, minibatch: 512 };
    const make = async (): Promise<ReturnType<typeof createTrainer>> =>
      createTrainer(await loadTraining(), { market: 'part3', agents: 3, config }, 5);
    const hashes = (trainer: ReturnType<typeof createTrainer>): string[] =>
      [...trainer.team.seats.map((seat) => seat.actor), trainer.critic].map((network) => network.hash());
    const whole = await make();
    whole.update(0);
    whole.update(0.3);
    const saved = saveTrainer(whole);
    whole.update(0.6);
    const resumed = await make();
    restoreTrainer(resumed, saved);
    resumed.update(0.6);
    expect(hashes(resumed)).toEqual(hashes(whole));
    const again = await make();
    again.update(0);
    expect(hashes(again)).not.toEqual(hashes(whole));
    expect(() => restoreTrainer(again, saved.slice(0, 100))).toThrow();
  },
);

test('in turn the first agent learns what it would learn at once, the later ones reckon with it', async () => {
  for (const advantage of ['counterfactual', 'gae'] as const) {
    const weights: string[][] = [];
    for (const order of ['simultaneous', 'sequential'] as const) {
      const config = { advantage, order, steps: 8, epochs: 1, minibatch: 512 };
      const trainer = createTrainer(await loadTraining(), { market: 'part3', agents: 3, config }, 5);
      trainer.update(0);
      weights.push(trainer.learners.map(({ network }) => network.hash()));
    }
    const [atOnce = [], inTurn = []] = weights;
    const same = atOnce.map((hash, i) => hash === inTurn[i]);
    expect(same.slice(0, 3).filter(Boolean)).toHaveLength(1);
    expect(same.slice(3)).toEqual([true, true]);
  }
});

test('one agent learns from the actions it took alone', async () => {
  const result = await train('full', 16, { config: { advantage: 'gae' } });
  expect(result.iqm).toBeGreaterThan(0);
});

test('the middle half decides the interquartile mean, and the interval holds it', async () => {
  expect(interquartileMean([9, 1, 1, -9])).toBe(1);
  expect(interquartileMean([1, 2, 3, 4, 100])).toBeCloseTo((0.75 * 2 + 3 + 0.75 * 4) / 2.5, 12);
  const kernel = await loadTraining();
  const [low, high] = bootstrapInterval(kernel, [0.9, 0.95, 0.97, 0.98, 0.99]);
  expect(low).toBeGreaterThanOrEqual(0.9);
  expect(low).toBeLessThan(0.97);
  expect(high).toBeGreaterThan(0.97);
});
