// From options to a scorecard: one symbol's bars, the shipped models, the log of trials. Shared by backtest
// and report.

import { barsHash } from '../backtest/bars-hash.ts';
import { fixedModels } from '../backtest/pipeline.ts';
import type { StageProgress } from '../backtest/pipeline.ts';
import { makeScorecard } from '../backtest/scorecard.ts';
import type { Scorecard } from '../backtest/scorecard.ts';
import type { Bars } from '../backtest/experiment.ts';
import { withoutResult } from '../backtest/trials.ts';
import type { Trial } from '../backtest/trials.ts';
import { toHex } from '../core/bytes.ts';
import { GrandModelError } from '../core/errors.ts';
import { createColumns } from '../data/bar-table.ts';
import { crossValidate } from '../lab/cross-validation.ts';
import { ppoRival } from '../lab/ppo-baseline.ts';
import { FOLDS_MAX, walkForwardPipeline } from '../lab/walk-forward.ts';
import { loadKernel } from '../wasm/kernel.ts';
import type { Kernel } from '../wasm/kernel.ts';
import { MODELS_OPTION, modelsFrom } from './models.ts';
import { Progress } from './progress.ts';
import { openSession, SESSION_OPTIONS } from './session.ts';
import type { Session } from './session.ts';
import { readTrialLog, TRIAL_OPTIONS, trialLogger, TRIALS_PATH } from './trial-log.ts';
import type { Arguments, OptionSpec, Output } from './verb.ts';

/** Options of both verbs. */
export const SCORECARD_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  ...SESSION_OPTIONS,
  models: MODELS_OPTION,
  'walk-forward': {
    metavar: 'N',
    help: "refit the voters N times on the file's own past, purged and embargoed, and trade what follows",
  },
  cpcv: {
    metavar: 'N,K',
    help: 'also refit them on every choice of N − K of N parts and report the paths that the tests make',
  },
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
  const worlds = args.number('worlds', 10, 1000);
  const parts = partsOf(args, verb);
  const folds = args.number('walk-forward', 1, FOLDS_MAX);
  if (folds !== null && args.text('models') !== null) {
    throw new GrandModelError('BAD_INPUT', `gm ${verb}: --walk-forward refits; it takes no --models`, {});
  }
  const kernel = await loadKernel();
  const logTrial = trialLogger(args, verb);
  const bars = barsOf(session);
  const given = { listing, bars, config: session.config };
  const progress = stagesOf(output);
  const pipeline =
    folds === null
      ? fixedModels(await modelsFrom(args.text('models')), listing, session.config)
      : walkForwardPipeline(listing, session.config, Math.floor(folds));
  const crossed = parts && (await crossValidate(given, ...parts, progress));
  if (parts && !crossed) return null;
  if (crossed) await logTrial(crossedTrial(kernel, bars, listing.instrument.symbol, parts ?? []));
  const card = await makeScorecard({
    ...{ kernel, pipeline, listing, bars, verb, logTrial, thorough, progress, rivals: ppoRival },
    simulated: session.config.simulated ?? false,
    trials: await readTrialLog(path),
    ...(worlds === null ? {} : { worlds: Math.floor(worlds) }),
    seed: args.number('judge-seed', 0, 0xffffffff) ?? 1,
    ...(crossed ? { crossValidation: crossed } : {}),
  });
  return card && { card, kernel };
}

/** One bar of progress for each stage; false when Ctrl-C was pressed. */
function stagesOf(output: Output): StageProgress {
  const stages = new Map<string, Progress>();
  return (stage, done, total) => {
    const progress = stages.get(stage) ?? new Progress(output, stage);
    stages.set(stage, progress);
    progress.report(done, total);
    return !output.signal.aborted;
  };
}

/** `6,2` as numbers. */
function partsOf(args: Arguments, verb: string): [number, number] | null {
  const text = args.text('cpcv');
  if (text === null) return null;
  const match = /^(\d{1,2}),(\d{1,2})$/.exec(text);
  if (!match) {
    throw new GrandModelError('BAD_INPUT', `gm ${verb}: --cpcv "${text}" is not N,K such as 6,2`, { text });
  }
  return [Number(match[1]), Number(match[2])];
}

/** Cross-validation looks at the file too, but its paths are no one run's returns. */
function crossedTrial(kernel: Kernel, bars: Bars, symbol: string, parts: readonly number[]): Trial {
  return withoutResult(
    {
      ...{
        format: 1,
        verb: 'cpcv',
        symbol,
        bars: bars.rows,
        firstDay: 0,
        netPnl: 0,
        sharpe: null,
        returns: [],
      },
      configHash: toHex(kernel.sha256(new TextEncoder().encode(`cpcv ${parts.join(' ')}`))),
      dataHash: barsHash(kernel, bars),
    },
    'cross-validation has paths and no returns of its own',
  );
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
