// Sharpe ratios that know how short, skewed and often tried they are: PSR, DSR, track-record lengths.
// Research, not the decision path, but deterministic: every transcendental comes from the kernel.

import type { MathAbi } from '../wasm/abi.ts';

/** The kernel's functions that statistics need: pass `kernel.raw`. */
export type StatisticsMath = Pick<MathAbi, 'exp' | 'log' | 'normalCdf' | 'normalPdf' | 'normalQuantile'>;

/** Moments of a sample. */
export interface Moments {
  readonly count: number;
  readonly mean: number;
  /** Standard deviation with n − 1; NaN under two values. */
  readonly deviation: number;
  /** Third standardised moment, 0 for a symmetric law; NaN when nothing varies. */
  readonly skew: number;
  /** Fourth standardised moment, 3 for a normal law; NaN when nothing varies. */
  readonly kurtosis: number;
}

/** Euler and Mascheroni's constant. */
const EULER_GAMMA = 0.5772156649015329;
const E_INVERSE = 0.36787944117144233;

/** Moments in two passes, in order. */
export function momentsOf(values: ArrayLike<number>): Moments {
  const count = values.length;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i] as number;
  const mean = sum / count;
  let [square, cube, fourth] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const away = (values[i] as number) - mean;
    const power = away * away;
    square += power;
    cube += power * away;
    fourth += power * power;
  }
  const variance = square / count;
  return {
    count,
    mean,
    deviation: count > 1 ? Math.sqrt(square / (count - 1)) : Number.NaN,
    skew: variance > 0 ? cube / count / (variance * Math.sqrt(variance)) : Number.NaN,
    kurtosis: variance > 0 ? fourth / count / (variance * variance) : Number.NaN,
  };
}

/**
 * Mean over standard deviation, per period (multiply by √periods to annualise); 0 when nothing ever moved.
 *
 * @example sharpeRatio([1, 3]) // 1.414213562373095
 */
export function sharpeRatio(returns: ArrayLike<number>): number {
  const { mean, deviation } = momentsOf(returns);
  if (deviation === 0) return mean === 0 ? 0 : Number.NaN;
  return mean / deviation;
}

/** What the Sharpe ratio's own uncertainty depends on, per period. */
export interface SharpeSample {
  readonly sharpe: number;
  readonly count: number;
  readonly skew: number;
  /** 3 for a normal law. */
  readonly kurtosis: number;
}

/**
 * The Sharpe ratio of a sample with what its error depends on; a sample that never moves counts as normal.
 */
export function sharpeSample(returns: ArrayLike<number>): SharpeSample {
  const { count, skew, kurtosis } = momentsOf(returns);
  const flat = Number.isNaN(skew);
  return { sharpe: sharpeRatio(returns), count, skew: flat ? 0 : skew, kurtosis: flat ? 3 : kurtosis };
}

/** Standard error of a Sharpe ratio per period (Mertens 2002). */
export function sharpeError({ sharpe, count, skew, kurtosis }: SharpeSample): number {
  return Math.sqrt(spread(sharpe, skew, kurtosis) / (count - 1));
}

function spread(sharpe: number, skew: number, kurtosis: number): number {
  return 1 - skew * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe;
}

/**
 * Probability that the true Sharpe ratio is above a benchmark.
 *
 * @param benchmark  per period, as `sample.sharpe`
 * @returns          0..1
 * @source           Bailey & López de Prado 2012
 */
export function probabilisticSharpe(math: StatisticsMath, sample: SharpeSample, benchmark = 0): number {
  return math.normalCdf((sample.sharpe - benchmark) / sharpeError(sample));
}

/**
 * Expected largest of N independent standard normals, the extreme-value approximation; 0 for one.
 *
 * @param trials  N ≥ 1
 * @source        Bailey & López de Prado 2014, equation 6
 */
export function expectedMaximum(math: StatisticsMath, trials: number): number {
  if (trials <= 1) return 0;
  const first = math.normalQuantile(1 - 1 / trials);
  const second = math.normalQuantile(1 - E_INVERSE / trials);
  return (1 - EULER_GAMMA) * first + EULER_GAMMA * second;
}

/** How often something was tried, and how differently. */
export interface TrialSpread {
  /** Independent trials, counted and not typed. */
  readonly trials: number;
  /** Variance of their Sharpe ratios, per period. */
  readonly variance: number;
}

/** The Sharpe ratio per period that the best of N worthless trials is expected to show. */
export function luckySharpe(math: StatisticsMath, { trials, variance }: TrialSpread): number {
  return Math.sqrt(variance) * expectedMaximum(math, trials);
}

/**
 * Deflated Sharpe ratio: the probability that the true one is above what the best of N worthless trials would
 * show.
 *
 * @source Bailey & López de Prado 2014
 */
export function deflatedSharpe(math: StatisticsMath, sample: SharpeSample, tried: TrialSpread): number {
  return probabilisticSharpe(math, sample, luckySharpe(math, tried));
}

/**
 * Periods that a track record must have before its Sharpe ratio is above a benchmark with confidence 1 −
 * alpha; Infinity when it is not above at all.
 *
 * @source Bailey & López de Prado 2012, equation 13
 */
export function minimumTrackRecord(
  math: StatisticsMath,
  sample: Omit<SharpeSample, 'count'>,
  benchmark = 0,
  alpha = 0.05,
): number {
  const away = sample.sharpe - benchmark;
  if (!(away > 0)) return Number.POSITIVE_INFINITY;
  const z = math.normalQuantile(1 - alpha) / away;
  return 1 + spread(sample.sharpe, sample.skew, sample.kurtosis) * z * z;
}

/**
 * Years of data below which the best of N worthless strategies is expected to show an annual Sharpe ratio
 * above `target`.
 *
 * @source Bailey, Borwein, López de Prado & Zhu 2014
 */
export function minimumBacktestYears(math: StatisticsMath, trials: number, target = 1): number {
  const ratio = expectedMaximum(math, trials) / target;
  return ratio * ratio;
}

/**
 * Upper tail of χ² with one degree of freedom.
 *
 * @param statistic  ≥ 0
 */
export function chiSquareTail(math: StatisticsMath, statistic: number): number {
  return 2 * math.normalCdf(-Math.sqrt(Math.max(0, statistic)));
}

/**
 * Quantile of type 7 of values sorted ascending.
 *
 * @param share  0..1
 */
export function quantileOf(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  const from = sorted[low] ?? Number.NaN;
  const to = sorted[Math.min(low + 1, sorted.length - 1)] ?? Number.NaN;
  return from + (place - low) * (to - from);
}
