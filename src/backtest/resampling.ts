// The stationary bootstrap and what rests on it: intervals of Sharpe ratios, White's reality check, Romano
// and Wolf's step-down test. Blocks are summed from running sums, so a resample costs its blocks and not its
// periods.

import { GrandModelError } from '../core/errors.ts';
import { nextUniform } from '../execution/paper-broker.ts';
import { quantileOf } from './statistics.ts';
import type { StatisticsMath } from './statistics.ts';

/** How a bootstrap is drawn. */
export interface BootstrapOptions {
  /** Resamples. Default 2,000. */
  readonly resamples?: number;
  /** Mean block length, periods. Default 10. */
  readonly meanBlock?: number;
  /** Seed of the draws. Default 1. */
  readonly seed?: number;
}

/** A statistic with its interval. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Blocks of one resample: starts and lengths that add up to the periods. */
interface Blocks {
  count: number;
  readonly start: Int32Array;
  readonly length: Int32Array;
}

/** Draws resamples of `periods` periods: circular blocks of geometric length (Politis & Romano 1994). */
class StationaryBootstrap {
  private readonly stream: { random: number };
  private readonly logKeep: number;
  private readonly math: StatisticsMath;
  private readonly periods: number;
  private readonly blocks: Blocks;

  constructor(math: StatisticsMath, periods: number, options: BootstrapOptions) {
    const meanBlock = options.meanBlock ?? MEAN_BLOCK;
    if (!(periods >= 2 && meanBlock >= 1 && (options.resamples ?? 1) >= 1)) {
      throw new GrandModelError(
        'BAD_ARGUMENT',
        `Cannot resample: periods ${periods}, meanBlock ${meanBlock} are not at least 2 and 1`,
        { periods, meanBlock },
      );
    }
    this.math = math;
    this.periods = periods;
    this.stream = { random: (options.seed ?? 1) >>> 0 };
    this.logKeep = math.log(1 - 1 / meanBlock);
    this.blocks = { count: 0, start: new Int32Array(periods), length: new Int32Array(periods) };
  }

  next(): Blocks {
    const { blocks, periods } = this;
    blocks.count = 0;
    for (let left = periods; left > 0;) {
      const start = Math.floor(nextUniform(this.stream) * periods);
      // 1 − u lies in (0, 1]; a mean block of 1 makes the logarithm of 0 and every length 1
      const drawn = 1 + Math.floor(this.math.log(1 - nextUniform(this.stream)) / this.logKeep);
      const length = Math.min(left, drawn);
      blocks.start[blocks.count] = start;
      blocks.length[blocks.count] = length;
      blocks.count++;
      left -= length;
    }
    return blocks;
  }
}

const RESAMPLES = 2_000;
const MEAN_BLOCK = 10;

/** Running sums over two turns of the series, so that a circular block is one difference. */
function runningSums(values: ArrayLike<number>, power: 1 | 2): Float64Array {
  const n = values.length;
  const sums = new Float64Array(2 * n + 1);
  for (let i = 0; i < 2 * n; i++) {
    const value = values[i % n] as number;
    sums[i + 1] = (sums[i] as number) + (power === 1 ? value : value * value);
  }
  return sums;
}

function sumOf(sums: Float64Array, blocks: Blocks): number {
  let total = 0;
  for (let b = 0; b < blocks.count; b++) {
    const from = blocks.start[b] as number;
    total += (sums[from + (blocks.length[b] as number)] as number) - (sums[from] as number);
  }
  return total;
}

/** A series ready for resampled Sharpe ratios. */
class SharpeSums {
  private readonly sum: Float64Array;
  private readonly square: Float64Array;
  private readonly count: number;

  constructor(returns: ArrayLike<number>) {
    this.count = returns.length;
    this.sum = runningSums(returns, 1);
    this.square = runningSums(returns, 2);
  }

  whole(): number {
    return this.ratio(this.sum[this.count] as number, this.square[this.count] as number);
  }

  of(blocks: Blocks): number {
    return this.ratio(sumOf(this.sum, blocks), sumOf(this.square, blocks));
  }

  private ratio(sum: number, square: number): number {
    const mean = sum / this.count;
    const variance = (square / this.count - mean * mean) * (this.count / (this.count - 1));
    return variance > 1e-300 ? mean / Math.sqrt(variance) : 0;
  }
}

/**
 * A Sharpe ratio per period with the interval of its bootstrap percentiles.
 *
 * @param returns   f64[periods], at least 2
 * @param coverage  share between the bounds, 0.95 by default
 * @source          Politis & Romano 1994
 */
export function sharpeInterval(
  math: StatisticsMath,
  returns: ArrayLike<number>,
  options: BootstrapOptions = {},
  coverage = 0.95,
): Interval {
  const bootstrap = new StationaryBootstrap(math, returns.length, options);
  const sums = new SharpeSums(returns);
  const draws = Float64Array.from({ length: options.resamples ?? RESAMPLES }, () =>
    sums.of(bootstrap.next()),
  ).sort();
  const tail = (1 - coverage) / 2;
  return { value: sums.whole(), low: quantileOf(draws, tail), high: quantileOf(draws, 1 - tail) };
}

/**
 * Difference of two Sharpe ratios over the same periods, resampled together; `low` is the one-sided 95 %
 * bound.
 *
 * @param returns  f64[periods]
 * @param other    f64[periods] of the rival
 */
export function sharpeDifference(
  math: StatisticsMath,
  returns: ArrayLike<number>,
  other: ArrayLike<number>,
  options: BootstrapOptions = {},
): Interval {
  const bootstrap = new StationaryBootstrap(math, returns.length, options);
  const [own, rival] = [new SharpeSums(returns), new SharpeSums(other)];
  const draws = Float64Array.from({ length: options.resamples ?? RESAMPLES }, () => {
    const blocks = bootstrap.next();
    return own.of(blocks) - rival.of(blocks);
  }).sort();
  return {
    value: own.whole() - rival.whole(),
    low: quantileOf(draws, 0.05),
    high: quantileOf(draws, 0.95),
  };
}

/**
 * White's reality check: how probable is it that the best of several worthless strategies does this well?
 *
 * @param excess  f64[periods] of each strategy, return above the benchmark
 * @returns       p-value in 0..1; small says that the best is better than luck
 * @source        White 2000, with the stationary bootstrap
 */
export function realityCheck(
  math: StatisticsMath,
  excess: readonly ArrayLike<number>[],
  options: BootstrapOptions = {},
): number {
  return stepDown(math, excess, options, false)[0] ?? Number.NaN;
}

/**
 * Romano and Wolf's step-down p-values, one per strategy in the order given; together they err in 5 % of
 * families when those below .05 are believed.
 *
 * @source Romano & Wolf 2005, 2016, algorithm of p-values
 */
export function stepDownValues(
  math: StatisticsMath,
  excess: readonly ArrayLike<number>[],
  options: BootstrapOptions = {},
): number[] {
  return stepDown(math, excess, options, true);
}

function stepDown(
  math: StatisticsMath,
  excess: readonly ArrayLike<number>[],
  options: BootstrapOptions,
  all: boolean,
): number[] {
  const periods = excess[0]?.length ?? 0;
  const bootstrap = new StationaryBootstrap(math, periods, options);
  const sums = excess.map((returns) => runningSums(returns, 1));
  const totals = sums.map((running) => running[periods] as number);
  const order = totals.map((_, k) => k).sort((a, b) => (totals[b] as number) - (totals[a] as number));
  const steps = all ? order.length : Math.min(1, order.length);
  const reached = new Float64Array(steps);
  const resamples = options.resamples ?? RESAMPLES;
  for (let draw = 0; draw < resamples; draw++) {
    const blocks = bootstrap.next();
    let largest = Number.NEGATIVE_INFINITY;
    // from the worst up: the maximum over those not better than the one at this step
    for (let place = order.length - 1; place >= 0; place--) {
      const k = order[place] as number;
      largest = Math.max(largest, sumOf(sums[k]!, blocks) - (totals[k] as number));
      if (place < steps && largest >= (totals[k] as number)) reached[place] = (reached[place] as number) + 1;
    }
  }
  const values = Array.from({ length: steps }, () => 0);
  let least = 0;
  for (let place = 0; place < steps; place++) {
    least = Math.max(least, ((reached[place] as number) + 1) / (resamples + 1));
    values[all ? (order[place] as number) : 0] = least;
  }
  return values;
}
