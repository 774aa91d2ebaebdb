// Training: steps of a planted market, which an episode is made of, and whole episodes with their updates.

import { PlantedMarket, plantedMarket } from '../../../src/training/planted-market.ts';
import { loadTraining } from '../../../src/wasm/training.ts';
import { EPISODES, largeTrainer } from '../../lib/large-episodes.ts';
import { median } from '../../rounds.ts';
import type { Bench } from '../protocol.ts';

const PATHS = 256;
const STEPS = 64;
const EPISODE_ROUNDS = 2;

/** Two rows. */
export async function benchTraining({ sizes, add }: Bench): Promise<void> {
  const market = new PlantedMarket(await loadTraining(), plantedMarket('part'), PATHS, STEPS, 1);
  const times: number[] = [];
  for (let round = 0; round <= sizes.rounds; round++) {
    const started = performance.now();
    for (let i = 0; i < 4; i++) market.advance(STEPS);
    if (round > 0) times.push(((performance.now() - started) * 1e6) / (4 * PATHS * STEPS));
  }
  const step = { id: 'environment', n: PATHS * STEPS, ns: median(times), checked: null };
  add({ topic: 'training', peers: [], ...step });
  const runs = [];
  for (let round = 0; round <= EPISODE_ROUNDS; round++) runs.push(await trainedOnce(sizes.episodeSteps));
  const [first, ...warm] = runs;
  const checked = warm.every(({ hash }) => hash === first?.hash);
  const ns = median(warm.map((run) => run.ns));
  const n = EPISODES * sizes.episodeSteps;
  add({ topic: 'training', peers: [], id: 'episodes', n, ns, checked });
}

/** From the same seed, so every run ends in the same weights. */
async function trainedOnce(steps: number): Promise<{ ns: number; hash: string }> {
  const { trainer } = await largeTrainer(steps);
  const started = performance.now();
  trainer.update(0);
  const ns = (performance.now() - started) * 1e6;
  return { ns, hash: trainer.team.seats.map((seat) => seat.actor.hash()).join() };
}
