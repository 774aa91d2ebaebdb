// Training on the engine's own market, from end to end: it finds what is planted, after costs, on bars it
// never met, and stands still where nothing is.

import { expect, test } from 'vitest';
import { listingOf } from '../../src/data/listing.ts';
import { simulatedBars } from '../../src/data/market-generator.ts';
import { shippedModels } from '../../src/runtime/shipped-models.ts';
import { joinTapes, recordEngineTape } from '../../src/training/engine-tape.ts';
import type { EngineTape } from '../../src/training/engine-tape.ts';
import { runEngineTrial } from '../../src/training/engine-trial.ts';
import type { EngineTrialResult } from '../../src/training/engine-trial.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';

async function tapes(seeds: readonly number[], edge: number): Promise<EngineTape> {
  const models = await shippedModels();
  const recorded: EngineTape[] = [];
  for (const seed of seeds) {
    const table = simulatedBars(await loadKernel(), seed, 20_000, { edge });
    recorded.push(await recordEngineTape(models, listingOf('SIM', table), table));
  }
  return joinTapes(recorded);
}

async function train(edge: number, updates: number): Promise<EngineTrialResult> {
  const [learnt, held] = [await tapes([1, 2, 3, 4], edge), await tapes([1_000_001, 1_000_002], edge)];
  const budget = { updates, clock: () => 0 };
  const { result } = await runEngineTrial({ train: learnt, held, agents: 3, seeds: 1, budget });
  if (!result) throw new Error('nobody stopped it');
  return result;
}

test('three agents earn more than the costs on bars that they never met', async () => {
  const { seeds, rules } = await train(1, 14);
  const { agents, random } = seeds[0]!.held;
  expect(agents.netBp).toBeGreaterThan(2 * agents.netBpError!);
  expect(agents.reward).toBeGreaterThan(random.reward);
  for (const name of ['buy and hold', 'flat']) {
    expect(agents.netBp).toBeGreaterThan(rules.find((rule) => rule.name === name)!.netBp);
  }
});

test('they hardly trade where nothing is planted', async () => {
  const { agents } = (await train(0, 8)).seeds[0]!.held;
  expect(agents.turnover).toBeLessThan(0.005);
  expect(Math.abs(agents.netBp)).toBeLessThan(0.05);
});
