// Probability of backtest overfitting: how often the trial that looks best on one half of the data is below
// the median of all trials on the other half.

import { GrandModelError } from '../core/errors.ts';

/** Most blocks: 16 give 12,870 ways to halve them. */
const BLOCKS_MAX = 16;

/** What cross-validation says of the choice of the best trial. */
export interface Overfitting {
  /** Share of splits in which the best in sample is at or below the median out of sample, 0..1. */
  readonly probability: number;
  readonly splits: number;
  readonly trials: number;
  /** Mean Sharpe ratio per period of the chosen trial in and out of sample. */
  readonly inSample: number;
  readonly outOfSample: number;
}

/**
 * Combinatorially symmetric cross-validation.
 *
 * @param trials  f64[periods] returns of each trial over the same periods, at least two trials
 * @param blocks  even, 2..16; periods that do not fill the last block are left out
 * @throws        GrandModelError BAD_ARGUMENT when there is too little to split
 * @source        Bailey, Borwein, López de Prado & Zhu 2017
 */
export function overfittingProbability(trials: readonly ArrayLike<number>[], blocks = 16): Overfitting {
  const periods = trials[0]?.length ?? 0;
  const size = Math.floor(periods / blocks);
  check(trials, blocks, size);
  const sums = trials.map((returns) => blockSums(returns, blocks, size));
  const half = blocks / 2;
  const inSample = new Float64Array(trials.length);
  const outOfSample = new Float64Array(trials.length);
  const total = { splits: 0, below: 0, inside: 0, outside: 0 };
  for (const chosen of halves(blocks)) {
    for (let k = 0; k < trials.length; k++) {
      inSample[k] = sharpeOf(sums[k]!, chosen, size * half, true);
      outOfSample[k] = sharpeOf(sums[k]!, chosen, size * half, false);
    }
    const best = argmax(inSample);
    const there = outOfSample[best] as number;
    let rank = 1;
    for (const other of outOfSample) if (other < there) rank++;
    // λ = ln(ω/(1 − ω)) ≤ 0 exactly when ω = rank/(N + 1) ≤ 1/2
    if (2 * rank <= trials.length + 1) total.below++;
    total.inside += inSample[best] as number;
    total.outside += there;
    total.splits++;
  }
  return {
    probability: total.below / total.splits,
    splits: total.splits,
    trials: trials.length,
    inSample: total.inside / total.splits,
    outOfSample: total.outside / total.splits,
  };
}

function check(trials: readonly ArrayLike<number>[], blocks: number, size: number): void {
  const periods = trials[0]?.length ?? 0;
  const refuse = (field: string, value: number, wanted: string): never => {
    throw new GrandModelError('BAD_ARGUMENT', `Cannot cross-validate: ${field} ${value} is not ${wanted}`, {
      field,
      value,
    });
  };
  if (trials.length < 2) refuse('trials', trials.length, 'at least 2');
  if (!(blocks >= 2 && blocks <= BLOCKS_MAX && blocks % 2 === 0)) refuse('blocks', blocks, 'even, 2 to 16');
  if (size < 2) refuse('periods', periods, `at least ${2 * blocks}`);
  for (const { length } of trials)
    if (length !== periods) refuse('periods', length, `${periods} as in others`);
}

interface BlockSums {
  readonly sum: Float64Array;
  readonly square: Float64Array;
}

function blockSums(returns: ArrayLike<number>, blocks: number, size: number): BlockSums {
  const sum = new Float64Array(blocks);
  const square = new Float64Array(blocks);
  for (let b = 0; b < blocks; b++) {
    let [s, q] = [0, 0];
    for (let i = b * size; i < (b + 1) * size; i++) {
      const value = returns[i] as number;
      s += value;
      q += value * value;
    }
    sum[b] = s;
    square[b] = q;
  }
  return { sum, square };
}

function sharpeOf(blocks: BlockSums, chosen: number, count: number, inside: boolean): number {
  let [sum, square] = [0, 0];
  for (let b = 0; b < blocks.sum.length; b++) {
    if ((((chosen >> b) & 1) === 1) !== inside) continue;
    sum += blocks.sum[b] as number;
    square += blocks.square[b] as number;
  }
  const mean = sum / count;
  const variance = square / count - mean * mean;
  return variance > 0 ? mean / Math.sqrt(variance) : 0;
}

/** All ways to choose half of the blocks, as bit sets. */
function* halves(blocks: number): Generator<number> {
  for (let set = 0; set < 1 << blocks; set++) if (bits(set) === blocks / 2) yield set;
}

function bits(set: number): number {
  let count = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) count++;
  return count;
}

function argmax(values: Float64Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] as number) > (values[best] as number)) best = i;
  return best;
}
