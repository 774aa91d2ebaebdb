// The moving-average backtest of the comparisons: long while the fast mean is above the slow one, a fee on
// each change; and the prices it runs on.

import type { AnalysisKernel } from '../../src/wasm/analysis.ts';

/** Bars of both means, and the fee as a share of equity. */
export const FAST = 20;
export const SLOW = 50;
export const FEE = 0.0002;

/** What a backtest ends with. */
export interface Cross {
  /** Equity at the end, 1 at the start. */
  readonly value: number;
  /** Largest share lost since the highest equity. */
  readonly drawdown: number;
  /** Entries and exits. */
  readonly changes: number;
}

/** A walk with steps of 0.1 %. */
export function walkOf(kernel: AnalysisKernel, bars: number): Float64Array {
  const rng = kernel.alloc(16);
  kernel.raw.rngInit(rng, 11);
  let price = 100;
  return Float64Array.from({ length: bars }, () => (price *= 1 + 0.001 * kernel.raw.rngNormal(rng)));
}

/** What one writes by hand in JavaScript: running sums, one pass; the curve into `equity`. */
export function plainCross(close: Float64Array, equity: Float64Array): Cross {
  let [value, peak, drawdown, changes, held] = [1, 1, 0, 0, false];
  let [fastSum, slowSum] = [0, 0];
  for (let i = 0; i < close.length; i++) {
    const price = close[i]!;
    if (held) value *= price / close[i - 1]!;
    fastSum += price;
    slowSum += price;
    if (i >= FAST) fastSum -= close[i - FAST]!;
    if (i >= SLOW) slowSum -= close[i - SLOW]!;
    const wanted = i >= SLOW - 1 && fastSum / FAST > slowSum / SLOW;
    if (wanted !== held) {
      held = wanted;
      value *= 1 - FEE;
      changes++;
    }
    if (value > peak) peak = value;
    const fall = 1 - value / peak;
    if (fall > drawdown) drawdown = fall;
    equity[i] = value;
  }
  return { value, drawdown, changes };
}
