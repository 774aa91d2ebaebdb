// Combinatorial purged cross-validation of the whole pipeline: every choice of groups is a test once, with
// voters refitted on the rest, and the tests make several whole histories instead of one.

import { runLegs } from '../backtest/experiment.ts';
import type { Bars } from '../backtest/experiment.ts';
import type { CrossValidation } from '../backtest/cross-validation.ts';
import type { StageProgress } from '../backtest/pipeline.ts';
import { dailyReturns, daysOf } from '../backtest/replay.ts';
import { combinatorialSplits } from '../backtest/splits.ts';
import { sharpeRatio } from '../backtest/statistics.ts';
import { TABLE_COLUMNS } from '../data/bar-table.ts';
import type { EngineConfig } from '../engine/config.ts';
import type { Listing } from '../engine/header.ts';
import { shippedModels } from '../runtime/shipped-models.ts';
import { loadKernel } from '../wasm/kernel.ts';
import { fitFold, sampleFile, separationOf } from './fold-fit.ts';
import { usable, WARM_UP_BARS } from './walk-forward.ts';

/**
 * Cross-validates the refitted voters on a file. A test's engine has seen up to 6,000 bars before it, trading
 * nothing; it starts with the whole account.
 *
 * @param groups  2..16 equal parts of the file
 * @param tested  parts that are a test together
 * @returns       null when `progress` stopped it
 * @throws        GrandModelError BAD_ARGUMENT for a bad split, BAD_INPUT for too few samples
 */
export async function crossValidate(
  { listing, bars: file, config }: { listing: Listing; bars: Bars; config: Partial<EngineConfig> },
  groups: number,
  tested: number,
  progress?: StageProgress,
): Promise<CrossValidation | null> {
  const bars = usable(file);
  const {
    splits,
    paths,
    groups: ranges,
  } = combinatorialSplits(bars.rows, groups, tested, separationOf(bars.rows));
  const kernel = await loadKernel();
  const sampled = sampleFile(kernel, bars, listing);
  /** Daily returns of each group, by split. */
  const returns = splits.map((): Map<number, Float64Array> => new Map());
  const policies = await shippedModels();
  let purged = 0;
  for (const [place, split] of splits.entries()) {
    const fit = fitFold(kernel, bars, sampled, split, policies);
    purged += fit.purged;
    for (const test of split.test) {
      if (progress?.('cross-validation', place, splits.length) === false) return null;
      const warmFrom = Math.max(0, test.from - WARM_UP_BARS);
      const part = cut(bars, warmFrom, test.to);
      const leg = { models: fit.models, warmFrom: 0, from: test.from - warmFrom, to: part.rows };
      const run = await runLegs({ listing, bars: part, config }, [leg]);
      returns[place]!.set(test.from, dailyReturns(daysOf(part.tsMs, leg.from), run.equity));
    }
  }
  const { perYear } = daysOf(bars.tsMs, 0);
  return {
    groups,
    tested,
    splits: splits.length,
    purged,
    paths: paths.map((path) => {
      const whole = path.flatMap((split, g) => [...(returns[split]!.get(ranges[g]!.from) ?? [])]);
      return {
        sharpe: sharpeRatio(whole) * Math.sqrt(perYear),
        netReturn: whole.reduce((value, r) => value * (1 + r), 1) - 1,
      };
    }),
  };
}

function cut(bars: Bars, from: number, to: number): Bars {
  const columns = Object.fromEntries(TABLE_COLUMNS.map((name) => [name, bars[name].subarray(from, to)]));
  return { ...bars, ...columns, rows: to - from };
}
