// Training by itself: one update of a 102,405-parameter actor and a critic of its size, samples per processor
// second of one thread, minibatches of 256 and 1,024; ten episodes of three large agents; the planted market.
// Beside PyTorch, jax-js and more workers: bench/compare/training.ts.

import { PlantedMarket, plantedMarket } from '../src/training/planted-market.ts';
import { loadTraining } from '../src/wasm/training.ts';
import { largeEpisodes } from './lib/large-episodes.ts';
import { cpuSeconds, HIDDEN, ownUpdater, SAMPLES } from './lib/update-work.ts';
import { rowOf } from './rounds.ts';
import type { BenchRow } from './rounds.ts';

const ROUNDS = 4;

/** Samples and bars per processor second; processor seconds of the episodes. */
export async function bench(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const minibatch of [256, 1024]) {
    const { own } = await ownUpdater(minibatch);
    const speeds: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) speeds.push(1e9 / (await own.round()));
    const definition = 'actor 102,405 + critic 101,889 parameters, tanh, PPO clip, Adam; per CPU second';
    rows.push(rowOf(`update, minibatch ${minibatch}`, 'samples/s', SAMPLES, speeds, definition));
  }
  rows.push(await episodesRow('episodes of three large agents'));
  rows.push(await episodesRow('episodes of three large agents, critic as large', HIDDEN));
  rows.push(await marketRow());
  return rows;
}

async function episodesRow(name: string, critic?: readonly number[]): Promise<BenchRow> {
  const runs = [];
  for (let round = 0; round <= ROUNDS; round++) runs.push(await largeEpisodes(critic));
  const seconds = runs.map((run) => run.cpuSeconds);
  return rowOf(name, 'CPU s', runs[0]?.samples ?? 0, seconds, runs[0]?.definition);
}

/** Bars of the market "part" per CPU second, features included, 1,024 paths at once. */
async function marketRow(): Promise<BenchRow> {
  const kernel = await loadTraining();
  const [paths, steps] = [1024, 64];
  const market = new PlantedMarket(kernel, plantedMarket('part'), paths, steps, 1);
  const rounds = Array.from({ length: ROUNDS + 1 }, () => {
    const before = process.cpuUsage();
    for (let i = 0; i < 8; i++) market.advance(steps);
    return (8 * paths * steps) / cpuSeconds(before);
  });
  return rowOf('planted market', 'bars/s', 8 * paths * steps, rounds);
}
