// The figures of a scorecard that qualify a Sharpe ratio: its interval, its trials, its luck.

import type { Kernel } from '../wasm/kernel.ts';
import type { Baseline } from './baselines.ts';
import { overfittingProbability } from './overfitting.ts';
import type { Days } from './replay.ts';
import { realityCheck, sharpeInterval } from './resampling.ts';
import {
  deflatedSharpe,
  luckySharpe,
  minimumBacktestYears,
  minimumTrackRecord,
  probabilisticSharpe,
  sharpeSample,
} from './statistics.ts';
import type { TrialCount } from './trials.ts';
import { GATE_LIMITS, trialsAlike } from './verdict.ts';

/** What verdict and tables of a run share. */
export interface Basis {
  readonly days: Days;
  readonly returns: Float64Array;
  readonly baselines: readonly Baseline[];
  /** Baselines that are shown and gate nothing. */
  readonly reported: readonly Baseline[];
  readonly cost: number;
  readonly tried: TrialCount;
  readonly doubled: Float64Array;
  readonly delayed: Float64Array;
  readonly dataHash: string;
}

/** An annual Sharpe ratio with everything that qualifies it. */
export interface SharpeFigures {
  readonly annual: number;
  readonly low: number;
  readonly high: number;
  readonly days: number;
  readonly daysPerYear: number;
  readonly probabilistic: number;
  readonly deflated: number;
  /** Annual ratio that the best of the counted trials shows by luck. */
  readonly lucky: number;
  /** Days of track record that a ratio above 0 needs; null when it is not above. */
  readonly daysNeeded: number | null;
  /** Years below which the best of so many worthless trials shows 1. */
  readonly yearsNeeded: number;
  readonly skew: number;
  readonly kurtosis: number;
}

/** What the log of trials says. */
export interface TrialFigures {
  readonly runs: number;
  readonly trials: number;
  /** Trials among them whose result was not kept, and why, in the words of whoever ran them. */
  readonly unkept: number;
  readonly reasons: readonly string[];
  readonly alike: boolean;
  /** Null where trials are alike or too short to split. */
  readonly overfitting: number | null;
  /** p-value of White's reality check. */
  readonly reality: number;
}

/** Whose kernel and which seed. */
interface Source {
  readonly kernel: Kernel;
  readonly seed: number;
}

/** The annual ratio and what qualifies it. */
export function sharpeFigures(setup: Source, { returns, days, tried }: Basis): SharpeFigures {
  const math = setup.kernel.raw;
  const root = Math.sqrt(days.perYear);
  const sample = sharpeSample(returns);
  const enough = returns.length >= 2;
  const { low, high } = enough
    ? sharpeInterval(math, returns, { seed: setup.seed })
    : { low: Number.NaN, high: Number.NaN };
  const needed = minimumTrackRecord(math, sample);
  return {
    annual: sample.sharpe * root,
    low: low * root,
    high: high * root,
    days: returns.length,
    daysPerYear: days.perYear,
    probabilistic: probabilisticSharpe(math, sample),
    deflated: deflatedSharpe(math, sample, tried),
    lucky: luckySharpe(math, tried) * root,
    daysNeeded: Number.isFinite(needed) ? Math.ceil(needed) : null,
    yearsNeeded: minimumBacktestYears(math, tried.trials),
    skew: sample.skew,
    kurtosis: sample.kurtosis,
  };
}

/** Overfitting and reality check over the counted trials. */
export function trialFigures(setup: Source, { tried, returns }: Basis): TrialFigures {
  const alike = tried.comparable.length < 2 || trialsAlike(tried.comparable);
  const { blocks } = GATE_LIMITS;
  const splittable = !alike && returns.length >= 2 * blocks;
  return {
    runs: tried.runs,
    trials: tried.trials,
    unkept: tried.unkept,
    reasons: tried.reasons,
    alike,
    overfitting: splittable ? overfittingProbability(tried.comparable, blocks).probability : null,
    reality:
      returns.length >= 2
        ? realityCheck(setup.kernel.raw, tried.comparable, { seed: setup.seed })
        : Number.NaN,
  };
}
