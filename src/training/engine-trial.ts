// A trial on the engine's own market: trainings from several seeds, each judged on bars that none of them
// met, beside what anyone could have done there. No optimum is known, so nothing is a fraction of one.

import type { TrainingKernel } from '../wasm/training.ts';
import { loadTraining } from '../wasm/training.ts';
import { EngineMarket } from './engine-market.ts';
import { engineExam, examineTeam, playExam, playRules, teamExaminee } from './engine-score.ts';
import type { EngineScore, PlayedExam, TeamScore } from './engine-score.ts';
import { cutTape } from './engine-tape.ts';
import type { EngineTape } from './engine-tape.ts';
import type { LessonPool } from './lesson-pool.ts';
import { Mappo } from './mappo.ts';
import type { MappoConfig } from './mappo.ts';
import { trainingConfig } from './training-config.ts';
import { mixSeed } from './trial.ts';
import { runSeeds } from './training-run.ts';
import type { Budget, Course, Outcome, RunHooks, SeedRun, StoppedRun } from './training-run.ts';
import { STRATEGIC_ROWS } from '../signals/matrix.ts';

/** What to train on, and on what to judge. */
export interface EngineTrialOptions extends RunHooks<EngineSeedResult> {
  readonly train: EngineTape;
  readonly held: EngineTape;
  readonly agents: 1 | 3;
  readonly seeds: number;
  readonly budget: Budget;
  readonly config?: Partial<MappoConfig>;
  readonly module?: WebAssembly.Module;
  /** Workers for the updates; the weights are the same without them. */
  readonly pool?: LessonPool;
  readonly from?: StoppedRun<EngineSeedResult>;
}

/** One seed's result. */
export interface EngineSeedResult extends SeedRun {
  /** On held-out bars. */
  readonly held: TeamScore;
  /** On the bars it was trained on, to be read beside `held`. */
  readonly train: EngineScore;
  readonly bars: number;
  /** SHA-256 of each actor's parameters. */
  readonly weights: readonly string[];
}

/** A trial's result. */
export interface EngineTrialResult {
  readonly market: 'engine';
  readonly agents: number;
  /** There is no known optimum to be a fraction of. */
  readonly optimum: null;
  /** Decisions, 30m bars, on both sides. */
  readonly trainBars: number;
  readonly heldBars: number;
  readonly rules: readonly EngineScore[];
  readonly seeds: readonly EngineSeedResult[];
  /** Means over seeds on held-out bars. */
  readonly reward: number;
  readonly netBp: number;
  readonly updates: number;
  readonly cpuSeconds: number;
}

const PATHS = 256;
/** Share of a file that is trained on. */
const TRAIN_SHARE = 0.7;

/** A trainer on a tape, ready to update. */
export function createEngineTrainer(
  kernel: TrainingKernel,
  options: Pick<EngineTrialOptions, 'train' | 'agents' | 'config'>,
  seed: number,
): Mappo {
  const config = trainingConfig(options.agents, options.config);
  const market = new EngineMarket(kernel, options.train, {
    paths: PATHS,
    stepsMax: config.steps,
    seed: mixSeed(seed),
  });
  return new Mappo(kernel, market, config, seed);
}

/**
 * The first 70 % of a tape's decisions, and the last 30 %. Between them are left out as many as an advantage
 * looks ahead (the steps of a stretch) and a matrix looks back.
 *
 * @param horizon  steps of a stretch
 */
export function splitTape(tape: EngineTape, horizon: number): { train: EngineTape; held: EngineTape } {
  const cut = Math.floor(TRAIN_SHARE * tape.decisions.length);
  const purge = horizon + STRATEGIC_ROWS;
  return { train: cutTape(tape, 0, cut - purge), held: cutTape(tape, cut, tape.decisions.length) };
}

/**
 * Trains and judges every seed, 1 … seeds.
 *
 * @throws GrandModelError BAD_INPUT when a tape is too short for one stretch
 */
export async function runEngineTrial(
  options: EngineTrialOptions,
): Promise<Outcome<EngineTrialResult, EngineSeedResult>> {
  const { train, held, seeds, budget, pool } = options;
  const kernel = await loadTraining(options.module);
  const exam = engineExam(kernel, held);
  const rules = playRules(kernel, exam);
  const course: Course<EngineSeedResult> = {
    seeds,
    budget,
    pool,
    trainer: async (seed) => createEngineTrainer(await loadTraining(options.module), options, seed),
    judge: (trainer, run) => judgeSeed(trainer, options, run, rules),
  };
  const { results, stopped } = await runSeeds(course, options, options.from);
  if (stopped) return { result: null, stopped };
  const mean = (part: (score: EngineScore) => number): number =>
    results.reduce((sum, result) => sum + part(result.held.agents), 0) / results.length;
  const result: EngineTrialResult = {
    market: 'engine',
    agents: options.agents,
    optimum: null,
    trainBars: decisionsOf(train),
    heldBars: exam.paths * exam.steps,
    rules: rules.map(({ score }) => score),
    seeds: results,
    reward: mean((score) => score.reward),
    netBp: mean((score) => score.netBp),
    updates: results.reduce((sum, { updates }) => sum + updates, 0),
    cpuSeconds: results.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
  };
  return { result, stopped: null };
}

function judgeSeed(
  trainer: Mappo,
  { train, held }: EngineTrialOptions,
  run: SeedRun,
  rules: readonly PlayedExam[],
): EngineSeedResult {
  const { kernel, team } = trainer;
  const exam = engineExam(kernel, held);
  const own = engineExam(kernel, train);
  return {
    ...run,
    held: examineTeam(kernel, exam, team, rules, run.seed),
    train: playExam(kernel, own, 'agents, on the bars they trained on', teamExaminee(team, own.paths)).score,
    bars: run.updates * trainer.batch.rows,
    weights: team.seats.map((seat) => seat.actor.hash()),
  };
}

/** Decisions within the segments of a tape. */
export function decisionsOf(tape: EngineTape): number {
  return tape.segments.reduce((sum, { from, to }) => sum + to - from, 0);
}
