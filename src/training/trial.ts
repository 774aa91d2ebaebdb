// A trial: the same training from several seeds, each scored as a fraction of what was possible, summed up by
// the interquartile mean with a bootstrap interval (Agarwal et al. 2021).

import type { TrainingKernel } from '../wasm/training.ts';
import { loadTraining } from '../wasm/training.ts';
import type { LessonPool } from './lesson-pool.ts';
import { Mappo } from './mappo.ts';
import type { MappoConfig } from './mappo.ts';
import { PlantedMarket, plantedMarket } from './planted-market.ts';
import { benchmarkOf, scorePlayer, teamPlayer } from './score.ts';
import type { Benchmark, Score } from './score.ts';
import { trainingConfig } from './training-config.ts';
import { runSeeds } from './training-run.ts';
import type { Budget, Course, Outcome, RunHooks, SeedRun, StoppedRun } from './training-run.ts';

/** What to train. */
export interface TrialOptions extends RunHooks<SeedResult> {
  readonly market: string;
  readonly agents: 1 | 3;
  readonly seeds: number;
  readonly budget: Budget;
  /** Show the next return to the agents: the canary. */
  readonly leak?: boolean;
  readonly config?: Partial<MappoConfig>;
  readonly module?: WebAssembly.Module;
  /** Workers for the updates; the weights are the same without them. */
  readonly pool?: LessonPool;
  /** Where a run was stopped. */
  readonly from?: StoppedRun<SeedResult>;
}

/** One seed's result. */
export interface SeedResult {
  readonly seed: number;
  /** Expected reward as a fraction of the optimum's (of full's optimum where nothing can be earned). */
  readonly fraction: number;
  /** (J − J_myopic)/(J* − J_myopic); null where there is no room between them. */
  readonly beyondMyopic: number | null;
  readonly score: Score;
  readonly updates: number;
  readonly bars: number;
  readonly cpuSeconds: number;
  /** SHA-256 of each actor's parameters. */
  readonly weights: readonly string[];
}

/** A trial's result. */
export interface TrialResult {
  readonly market: string;
  readonly agents: number;
  readonly iqm: number;
  readonly ci95: readonly [number, number];
  readonly perSeed: readonly number[];
  readonly updates: number;
  readonly cpuSeconds: number;
  readonly optimum: number;
  readonly myopic: number;
  readonly turnover: number;
  /**
   * True when what was earned lies more than 3 standard errors above the optimum: a feature knows the future.
   */
  readonly leak: boolean;
  /** Mean reward earned per bar as a fraction of the optimum's. */
  readonly earnedFraction: number;
  readonly seeds: readonly SeedResult[];
}

/** Optimum of the market "full", the yardstick of a market where nothing can be earned. */
export const FULL_OPTIMUM = 0.216;
const RESAMPLES = 2000;
const PATHS = 256;
/** Standard errors above the optimum from which a score is called a leak. */
const LEAK_ERRORS = 3;

/** A trainer on a planted market, ready to update. */
export function createTrainer(
  kernel: TrainingKernel,
  options: Pick<TrialOptions, 'market' | 'agents' | 'leak' | 'config'>,
  seed: number,
): Mappo {
  const spec = plantedMarket(options.market);
  const config = trainingConfig(options.agents, options.config);
  const market = new PlantedMarket(kernel, spec, PATHS, config.steps, mixSeed(seed), options.leak);
  return new Mappo(kernel, market, config, seed);
}

/**
 * Trains and scores every seed, 1 … seeds.
 *
 * @returns the result, or what is needed to go on when the signal stopped it
 */
export async function runTrial(options: TrialOptions): Promise<Outcome<TrialResult, SeedResult>> {
  const scored = await loadTraining(options.module);
  const benchmark = benchmarkOf(scored, plantedMarket(options.market));
  const { seeds, budget, pool } = options;
  const course: Course<SeedResult> = {
    seeds,
    budget,
    pool,
    trainer: async (seed) => createTrainer(await loadTraining(options.module), options, seed),
    judge: (trainer, run) => judgeSeed(trainer, options, benchmark, run),
  };
  const { results, stopped } = await runSeeds(course, options, options.from);
  if (stopped) return { result: null, stopped };
  return { result: summarise(scored, options, benchmark, results), stopped: null };
}

function judgeSeed(trainer: Mappo, options: TrialOptions, benchmark: Benchmark, run: SeedRun): SeedResult {
  const player = teamPlayer(trainer.kernel, trainer.team);
  const score = scorePlayer(trainer.kernel, plantedMarket(options.market), player, options.leak);
  const { optimum, myopic } = benchmark;
  const room = optimum.expected - myopic.expected;
  return {
    ...run,
    fraction: score.expected / (optimum.expected > 0 ? optimum.expected : FULL_OPTIMUM),
    beyondMyopic: room > 0 ? (score.expected - myopic.expected) / room : null,
    score,
    bars: run.updates * trainer.batch.rows,
    weights: trainer.team.seats.map((seat) => seat.actor.hash()),
  };
}

function summarise(
  kernel: TrainingKernel,
  options: TrialOptions,
  benchmark: Benchmark,
  seeds: readonly SeedResult[],
): TrialResult {
  const fractions = seeds.map((result) => result.fraction);
  const best = benchmark.optimum.expected;
  const earned = mean(seeds.map((result) => result.score.earned));
  const excess = seeds.some(({ score }) => score.earned > best + LEAK_ERRORS * score.earnedError);
  const realised = benchmark.optimum.earned + LEAK_ERRORS * benchmark.optimum.earnedError;
  return {
    market: options.market,
    agents: options.agents,
    iqm: interquartileMean(fractions),
    ci95: bootstrapInterval(kernel, fractions),
    perSeed: fractions,
    updates: seeds.reduce((sum, result) => sum + result.updates, 0),
    cpuSeconds: seeds.reduce((sum, result) => sum + result.cpuSeconds, 0),
    optimum: best,
    myopic: benchmark.myopic.expected,
    turnover: mean(seeds.map((result) => result.score.turnover)),
    leak: excess && earned > realised,
    earnedFraction: earned / (best > 0 ? best : FULL_OPTIMUM),
    seeds,
  };
}

/**
 * Mean of the middle half; the outer quarters count partly when their size is not whole.
 *
 * @example interquartileMean([0, 1, 2, 3]) // 1.5
 */
export function interquartileMean(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const cut = sorted.length / 4;
  let [sum, weight] = [0, 0];
  sorted.forEach((value, i) => {
    const inside = Math.max(0, Math.min(i + 1, sorted.length - cut) - Math.max(i, cut));
    sum += inside * value;
    weight += inside;
  });
  return weight === 0 ? Number.NaN : sum / weight;
}

/** 95 % percentile interval of the interquartile mean over seeds; one market is one stratum. */
export function bootstrapInterval(
  kernel: TrainingKernel,
  values: readonly number[],
): readonly [number, number] {
  const rng = kernel.alloc(4);
  kernel.raw.rngInit(rng, 95);
  const means = Array.from({ length: RESAMPLES }, () =>
    interquartileMean(
      values.map(() => values[Math.floor(kernel.raw.rngUniform(rng) * values.length)] ?? Number.NaN),
    ),
  ).toSorted((a, b) => a - b);
  const at = (share: number): number => means[Math.floor(share * (RESAMPLES - 1))] ?? Number.NaN;
  return [at(0.025), at(0.975)];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Market seeds far from the actors' own: an odd multiplier permutes the 32-bit integers. */
export function mixSeed(seed: number): number {
  return Math.imul(seed, 0x9e3779b1) >>> 0;
}
