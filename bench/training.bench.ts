// Training by itself: one update of a 102,405-parameter actor and a critic of its size, samples per processor
// second of one thread, minibatches of 256 and 1,024; ten episodes of three large agents; a planted market
// and the engine's own. Beside PyTorch, jax-js and more workers: bench/compare/training.ts.

import { ACTIONS } from '../src/training/market.ts';
import { PlantedMarket, plantedMarket } from '../src/training/planted-market.ts';
import { simulatedBars } from '../src/data/market-generator.ts';
import { listingOf } from '../src/data/listing.ts';
import { shippedModels } from '../src/runtime/shipped-models.ts';
import { EngineMarket } from '../src/training/engine-market.ts';
import { recordEngineTape } from '../src/training/engine-tape.ts';
import { loadKernel } from '../src/wasm/kernel.ts';
import { loadTraining } from '../src/wasm/training.ts';
import { largeEpisodes } from './lib/large-episodes.ts';
import { cpuSeconds, HIDDEN, ownUpdater, SAMPLES } from './lib/update-work.ts';
import { rowOf } from './rounds.ts';
import type { BenchRow } from './rounds.ts';

const ROUNDS = 4;
const TAPE_BARS = 6000;

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
  rows.push(await marketRow(), await engineRow());
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

/**
 * Steps of the engine's market per CPU second, 1,024 paths at once, orders of every style, fills included.
 */
async function engineRow(): Promise<BenchRow> {
  const kernel = await loadTraining();
  const table = simulatedBars(await loadKernel(), 1, TAPE_BARS);
  const tape = await recordEngineTape(await shippedModels(), listingOf('SIM', table), table);
  const [paths, steps] = [1024, 64];
  const market = new EngineMarket(kernel, tape, { paths, stepsMax: steps, seed: 1 });
  const floats = (): number => kernel.alloc(4 * paths);
  const joint = { agents: 3, first: floats(), second: floats(), third: floats() };
  const [positions, rewards] = [floats(), floats()];
  [joint.first, joint.second, joint.third].forEach((at, k) => {
    kernel.i32(at, paths).forEach((_, i, all) => (all[i] = Math.floor(i / ACTIONS ** k) % ACTIONS));
  });
  const rounds = Array.from({ length: ROUNDS + 1 }, () => {
    const before = process.cpuUsage();
    market.advance(steps);
    for (let step = 0; step < steps; step++) market.play(step, joint, positions, positions, rewards);
    const { user, system } = process.cpuUsage(before);
    return (paths * steps) / ((user + system) / 1e6);
  });
  return rowOf("engine's market", 'steps/s', paths * steps, rounds);
}
