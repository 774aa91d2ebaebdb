// A sweep over a pool: a free worker takes the next run; results are handed on in the order of the grid.

import { GrandModelError } from '../core/errors.ts';
import type { ModelFiles } from '../engine/open.ts';
import type { SweepData, SweepOutcome, SweepSettings } from './sweep.ts';
import type { BacktestPool } from './worker-service.ts';

/** What all runs of a sweep share. */
export interface SweepSetup {
  readonly models: ModelFiles;
  readonly data: SweepData | null;
  readonly module?: WebAssembly.Module;
}

/**
 * Runs the points of a sweep from `first` on.
 *
 * @param take  gets every result, in the order of the grid; the next runs go on meanwhile
 * @throws      GrandModelError what a run failed with, STOPPED when the pool's signal came; `take` has then
 *              had a prefix
 */
export async function runPooledSweep(
  pool: BacktestPool,
  runs: readonly SweepSettings[],
  setup: SweepSetup,
  take: (outcome: SweepOutcome) => void | Promise<void>,
  first = 0,
): Promise<void> {
  const early = new Map<number, SweepOutcome>();
  let next = first;
  let wanted = first;
  let handing = false;
  // Whoever hands results on also hands on those that come meanwhile.
  const hand = async (): Promise<void> => {
    if (handing) return;
    handing = true;
    for (let result = early.get(wanted); result; result = early.get(wanted)) {
      early.delete(wanted++);
      await take(result);
    }
    handing = false;
  };
  const work = async (worker: number): Promise<void> => {
    await pool.ask(worker, { kind: 'openSweep', ...setup });
    while (next < runs.length) {
      const run = next++;
      const answer = await pool.ask(worker, { kind: 'runSweep', run, settings: runs[run]! });
      if (answer.kind !== 'swept') throw new GrandModelError('WORKER', 'A worker gave no result', {});
      early.set(run, answer.outcome);
      await hand();
    }
  };
  await Promise.all(Array.from({ length: Math.min(pool.size, runs.length - first) }, (_, i) => work(i)));
}
