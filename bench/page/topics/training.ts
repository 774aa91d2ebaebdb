// Steps of a planted market: what an episode is made of.

import { PlantedMarket, plantedMarket } from '../../../src/training/planted-market.ts';
import { loadTraining } from '../../../src/wasm/training.ts';
import { median } from '../../rounds.ts';
import type { Bench } from '../protocol.ts';

const PATHS = 256;
const STEPS = 64;

/** One row. */
export async function benchTraining({ sizes, add }: Bench): Promise<void> {
  const market = new PlantedMarket(await loadTraining(), plantedMarket('part'), PATHS, STEPS, 1);
  const times: number[] = [];
  for (let round = 0; round <= sizes.rounds; round++) {
    const started = performance.now();
    for (let i = 0; i < 4; i++) market.advance(STEPS);
    if (round > 0) times.push(((performance.now() - started) * 1e6) / (4 * PATHS * STEPS));
  }
  add({
    topic: 'training',
    id: 'environment',
    n: PATHS * STEPS,
    ns: median(times),
    peers: [],
    checked: null,
  });
}
