// A run of trainings, one seed after the other, that a signal stops between two updates and a checkpoint
// goes on with. An episode is one update: `steps` bars on every path, and what is learnt from them.

import { restoreTrainer, saveTrainer } from './checkpoint.ts';
import type { LessonPool } from './lesson-pool.ts';
import type { Mappo, UpdateReport } from './mappo.ts';

/** How long to train each seed. */
export interface Budget {
  /** Reproducible: stop after so many updates. */
  readonly updates?: number;
  /** Or when the clock has moved so far. */
  readonly seconds?: number;
  /** Seconds of processor time used so far by this process. */
  readonly clock: () => number;
}

/** One point of a learning curve. */
export interface CurvePoint {
  readonly seed: number;
  readonly update: number;
  readonly progress: number;
  readonly report: UpdateReport;
}

/** How far one seed's training is. */
export interface SeedRun {
  readonly seed: number;
  readonly updates: number;
  readonly cpuSeconds: number;
}

/** A run that was stopped: enough to go on to the same weights when updates are the budget. */
export interface StoppedRun<R> extends SeedRun {
  readonly finished: readonly R[];
  /** The trainer, as `saveTrainer` gives it. */
  readonly trainer: Uint8Array;
}

/** What came of a run: its result, or what is needed to go on when the signal stopped it. */
export type Outcome<T, R> =
  { readonly result: T; readonly stopped: null } | { readonly result: null; readonly stopped: StoppedRun<R> };

/** What happens on the way. */
export interface RunHooks<R> {
  /** Called after every update. */
  readonly curve?: (point: CurvePoint) => void;
  /** Called after every update as well, and waited for: exports and the like. */
  readonly episode?: (trainer: Mappo, run: SeedRun) => Promise<void>;
  /** Called with each trained team before its memory goes. */
  readonly trained?: (trainer: Mappo, result: R) => Promise<void>;
  /** Lets the host see to its signals between two updates. */
  readonly pause?: () => Promise<void>;
  readonly signal?: AbortSignal;
}

/** What is trained: a trainer for each seed, and its judge. */
export interface Course<R> {
  readonly seeds: number;
  readonly budget: Budget;
  /** Workers for the updates; the weights are the same without them. */
  readonly pool?: LessonPool | undefined;
  trainer(seed: number): Promise<Mappo>;
  judge(trainer: Mappo, run: SeedRun): R;
}

/**
 * Trains seeds 1 … course.seeds, or goes on where a run was stopped.
 *
 * @returns every seed's result, or what is needed to go on when the signal stopped it
 * @throws  GrandModelError BAD_INPUT when `from` is of another configuration
 */
export async function runSeeds<R>(
  course: Course<R>,
  hooks: RunHooks<R>,
  from?: StoppedRun<R>,
): Promise<{ readonly results: readonly R[]; readonly stopped: StoppedRun<R> | null }> {
  const results: R[] = [...(from?.finished ?? [])];
  for (let seed = results.length + 1; seed <= course.seeds; seed++) {
    const trainer = await course.trainer(seed);
    const begun = from?.seed === seed ? from : null;
    if (begun) restoreTrainer(trainer, begun.trainer);
    const start = { seed, updates: begun?.updates ?? 0, cpuSeconds: begun?.cpuSeconds ?? 0 };
    const run = await trainSeed(trainer, course, hooks, start);
    if (hooks.signal?.aborted)
      return { results, stopped: { ...run, finished: results, trainer: saveTrainer(trainer) } };
    const result = course.judge(trainer, run);
    results.push(result);
    await hooks.trained?.(trainer, result);
  }
  return { results, stopped: null };
}

async function trainSeed<R>(
  trainer: Mappo,
  { budget, pool }: Course<R>,
  hooks: RunHooks<R>,
  start: SeedRun,
): Promise<SeedRun> {
  const { seed } = start;
  let began = budget.clock() - start.cpuSeconds;
  let { updates } = start;
  const spent = (): number => budget.clock() - began;
  const progressNow = (): number =>
    budget.updates === undefined ? spent() / (budget.seconds ?? 1) : updates / budget.updates;
  for (let progress = progressNow(); progress < 1; progress = progressNow()) {
    await hooks.pause?.();
    if (hooks.signal?.aborted) break;
    const report = pool ? await trainer.updateIn(pool, progress) : trainer.update(progress);
    updates += 1;
    hooks.curve?.({ seed, update: updates, progress, report });
    const trained = spent();
    await hooks.episode?.(trainer, { seed, updates, cpuSeconds: trained });
    began += spent() - trained;
  }
  return { seed, updates, cpuSeconds: spent() };
}
