// A pipeline that learns as it goes: the voters are refitted on the past of the file alone, the engine trades
// what follows with them, and so on to the end, as one account.

import { runLegs } from '../backtest/experiment.ts';
import type { Bars, Leg } from '../backtest/experiment.ts';
import type { Pipeline, StageProgress } from '../backtest/pipeline.ts';
import { walkForward } from '../backtest/splits.ts';
import type { Split } from '../backtest/splits.ts';
import { GrandModelError } from '../core/errors.ts';
import { BAR_5M_MS } from '../core/units.ts';
import { acceptedBars } from '../data/accepted-bars.ts';
import type { EngineConfig } from '../engine/config.ts';
import type { Listing } from '../engine/header.ts';
import { shippedModels } from '../runtime/shipped-models.ts';
import { loadKernel } from '../wasm/kernel.ts';
import { fitFold, sampleFile, separationOf } from './fold-fit.ts';

/** Most refits of a file. */
export const FOLDS_MAX = 52;
/**
 * 5m bars that each fold's engine sees before its test, trading nothing: 1,000 rows of 30 minutes, so that
 * windows are full and the regime has been fitted twice.
 */
export const WARM_UP_BARS = 6_000;

/**
 * Anchored walk-forward splits of a file: the first training is as long as a test, then each test is added.
 *
 * @param rows   bars
 * @param folds  tests, 1..52
 * @throws       GrandModelError BAD_INPUT when the file is too short for them
 */
export function foldsOfFile(rows: number, folds: number): Split[] {
  const separation = separationOf(rows);
  const gap = separation.purge + separation.embargo;
  const test = Math.floor((rows - gap) / (folds + 1));
  const splits =
    test < 1
      ? []
      : walkForward(rows, { ...separation, train: rows - gap - folds * test, test, anchored: true });
  if (splits.length !== folds) {
    throw new GrandModelError(
      'BAD_INPUT',
      `Cannot walk forward: ${rows} bars are too few for ${folds} folds`,
      {
        rows,
        folds,
      },
    );
  }
  return splits;
}

/** The walk-forward pipeline of a number of folds. */
export function walkForwardPipeline(
  listing: Listing,
  config: Partial<EngineConfig>,
  folds: number,
): Pipeline {
  return {
    label: `voters refitted ${folds} times on the past of the file alone`,
    run: (bars, progress) => runFolds(listing, config, folds, bars, progress),
  };
}

async function runFolds(
  listing: Listing,
  config: Partial<EngineConfig>,
  folds: number,
  file: Bars,
  progress?: StageProgress,
) {
  const bars = usable(file);
  const splits = foldsOfFile(bars.rows, folds);
  const kernel = await loadKernel();
  const sampled = sampleFile(kernel, bars, listing);
  const policies = await shippedModels();
  const legs: Leg[] = [];
  const fits = [];
  for (const [place, split] of splits.entries()) {
    if (progress?.('fits', place, folds) === false) return null;
    const { models, samples, purged } = fitFold(kernel, bars, sampled, split, policies);
    const [train, test] = [split.train[0]!, split.test[0]!];
    legs.push({ models, ...test, warmFrom: Math.max(0, test.from - WARM_UP_BARS) });
    const at = (bar: number): number => bars.tsMs[bar] as number;
    fits.push({
      trainedToMs: at(train.to - 1),
      fromMs: at(test.from),
      toMs: at(test.to - 1),
      samples,
      purged,
    });
  }
  const [first] = legs;
  const total = legs.reduce((sum, leg) => sum + leg.to - leg.warmFrom, first?.warmFrom ?? 0);
  const done = (count: number): boolean | void => progress?.('bars', count, total);
  const run = await runLegs({ listing, bars, config, progress: done }, legs);
  return run.stopped ? null : { ...run, fits };
}

/** The rows of a file that an engine takes, so that a row's number is its place in samples and in the run. */
export function usable(bars: Bars): Bars {
  return acceptedBars({ ...bars, noVolume: false, intervalMs: BAR_5M_MS });
}
