// What combinatorial cross-validation found: not one history but several, each a walk through the whole file.

import { quantileOf } from './statistics.ts';

/** One walk through the whole file, each part by a model that has not seen it. */
export interface PathResult {
  /** Annual. */
  readonly sharpe: number;
  readonly netReturn: number;
}

/** Paths of a cross-validated pipeline. */
export interface CrossValidation {
  readonly groups: number;
  /** Groups that are tested together. */
  readonly tested: number;
  readonly splits: number;
  /** Samples left out because their label looked into a test. */
  readonly purged: number;
  readonly paths: readonly PathResult[];
}

/** Where the paths' ratios lie. */
export interface PathSpread {
  readonly low: number;
  readonly median: number;
  readonly high: number;
  /** Share of paths with a ratio above 0. */
  readonly above: number;
}

/** Spread of the paths' Sharpe ratios. */
export function pathSpread({ paths }: CrossValidation): PathSpread {
  const sharpes = paths.map(({ sharpe }) => (Number.isFinite(sharpe) ? sharpe : 0)).sort((a, b) => a - b);
  return {
    low: sharpes[0] ?? Number.NaN,
    median: quantileOf(sharpes, 0.5),
    high: sharpes[sharpes.length - 1] ?? Number.NaN,
    above: sharpes.filter((sharpe) => sharpe > 0).length / Math.max(1, sharpes.length),
  };
}
