// From options to a scorecard: one symbol's bars, the shipped models, the log of trials. Shared by backtest
// and report.

import { makeScorecard } from '../backtest/scorecard.ts';
import type { Scorecard } from '../backtest/scorecard.ts';
import type { Bars } from '../backtest/experiment.ts';
import { GrandModelError } from '../core/errors.ts';
import { createColumns } from '../data/bar-table.ts';
import { shippedModels } from '../runtime/shipped-models.ts';
import { loadKernel } from '../wasm/kernel.ts';
import type { Kernel } from '../wasm/kernel.ts';
import { Progress } from './progress.ts';
import { openSession, SESSION_OPTIONS } from './session.ts';
import type { Session } from './session.ts';
import { readTrialLog, TRIAL_OPTIONS, trialLogger, TRIALS_PATH } from './trial-log.ts';
import type { Arguments, OptionSpec, Output } from './verb.ts';

/** Options of both verbs. */
export const SCORECARD_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  ...SESSION_OPTIONS,
  ...TRIAL_OPTIONS,
  worlds: { metavar: 'N', help: 'null worlds, 10 to 1000; 50 or what a file of this length allows' },
  'judge-seed': { metavar: 'N', fallback: '1', help: 'seed of resamples, random traders and null worlds' },
};

/**
 * Runs, judges and logs.
 *
 * @param thorough  true: every gate is measured, false: the first failure ends it
 * @returns         null when it was stopped
 * @throws          GrandModelError BAD_INPUT
 */
export async function openScorecard(
  args: Arguments,
  output: Output,
  verb: string,
  thorough: boolean,
): Promise<{ readonly card: Scorecard; readonly kernel: Kernel } | null> {
  const session = await openSession(args, process.env);
  const [listing, another] = session.listings;
  if (!listing || another) {
    throw new GrandModelError(
      'BAD_INPUT',
      `gm ${verb}: give one --data; a scorecard is about one symbol`,
      {},
    );
  }
  const path = args.text('trials') ?? TRIALS_PATH;
  const kernel = await loadKernel();
  const worlds = args.number('worlds', 10, 1000);
  const stages = new Map<string, Progress>();
  const card = await makeScorecard({
    kernel,
    models: await shippedModels(),
    listing,
    bars: barsOf(session),
    config: session.config,
    simulated: session.config.simulated ?? false,
    verb,
    trials: await readTrialLog(path),
    logTrial: trialLogger(args, verb),
    ...(worlds === null ? {} : { worlds: Math.floor(worlds) }),
    thorough,
    seed: args.number('judge-seed', 0, 0xffffffff) ?? 1,
    progress(stage, done, total) {
      const progress = stages.get(stage) ?? new Progress(output, stage);
      stages.set(stage, progress);
      progress.report(done, total);
      return !output.signal.aborted;
    },
  });
  return card && { card, kernel };
}

function barsOf(session: Session): Bars {
  const columns = createColumns(session.total);
  let rows = 0;
  for (const event of session.source()) {
    if (event.kind !== 'bar') continue;
    columns.tsMs[rows] = event.tsMs;
    columns.open[rows] = event.open;
    columns.high[rows] = event.high;
    columns.low[rows] = event.low;
    columns.close[rows] = event.close;
    columns.volume[rows] = event.volume;
    rows++;
  }
  return { ...columns, rows };
}
