// Stochastic oscillator over f64 columns.

import { BLOCK, buffer, highestOf, lowestOf, powerBelow } from './extremes';
import { blank } from './lanes';

/** Slow %K and slow %D. */
export function batchStochastic(
  high: usize, low: usize, close: usize, slowK: usize, slowD: usize, n: i32, kPeriod: i32, slowing: i32,
  dPeriod: i32,
): void {
  stochasticLines(high, low, close, slowK, slowD, n, kPeriod, slowing, dPeriod, 0.0);
}

/**
 * The same where ranges up to `least` count as none. Fast and slow %K go through buffers that keep, before
 * the block, what its means reach back to.
 */
export function stochasticLines(
  high: usize, low: usize, close: usize, slowK: usize, slowD: usize, n: i32, kPeriod: i32, slowing: i32,
  dPeriod: i32, least: f64,
): void {
  const first = kPeriod - 1;
  const back = (<usize>(slowing - 1)) << 3;
  const backD = (<usize>(dPeriod - 1)) << 3;
  const fast = buffer(2) + back;
  const slow = buffer(3) + backD;
  for (let from = first; from < n; from += BLOCK) {
    const to = min(from + BLOCK, n);
    const bytes = (<usize>(to - from)) << 3;
    const place = (<usize>from) << 3;
    fastK(high, low, close, fast, from, to, kPeriod, least);
    for (let w: usize = 0; w < bytes; w += 16) v128.store(slow + w, meanPair(fast + w, slowing));
    memory.copy(slowK + place, slow, bytes);
    const pairs = bytes & ~15;
    for (let w: usize = 0; w < pairs; w += 16) v128.store(slowD + place + w, meanPair(slow + w, dPeriod));
    if (pairs < bytes) {
      store<f64>(slowD + place + pairs, f64x2.extract_lane(meanPair(slow + pairs, dPeriod), 0));
    }
    memory.copy(fast - back, fast - back + bytes, back);
    memory.copy(slow - backD, slow - backD + bytes, backD);
  }
  blank(slowK, 0, first + slowing - 1, n);
  blank(slowD, 0, first + slowing + dPeriod - 2, n);
}

/** Fast %K of bars from..to−1; 50 where the window has no range. */
function fastK(
  high: usize, low: usize, close: usize, out: usize, from: i32, to: i32, period: i32, least: f64,
): void {
  const bytes = (<usize>(to - from)) << 3;
  const pairs = bytes & ~15;
  const ahead = (<usize>(period - powerBelow(period))) << 3;
  const tops = highestOf(high, from, to, period, 0);
  const bottoms = lowestOf(low, from, to, period, 1);
  const last = close + ((<usize>from) << 3);
  const hundred = f64x2.splat(100.0);
  const fifty = f64x2.splat(50.0);
  const none = f64x2.splat(least);
  for (let w: usize = 0; w < bytes; w += 16) {
    const bottom = f64x2.pmin(v128.load(bottoms + w), v128.load(bottoms + w + ahead));
    const range = f64x2.sub(f64x2.pmax(v128.load(tops + w), v128.load(tops + w + ahead)), bottom);
    const c = w < pairs ? v128.load(last + w) : v128.load64_zero(last + w);
    const y = f64x2.div(f64x2.mul(hundred, f64x2.sub(c, bottom)), range);
    v128.store(out + w, v128.bitselect(y, fifty, f64x2.gt(range, none)));
  }
}

/** Means of the `period` values that end at each of the two at `x`. */
@inline
function meanPair(x: usize, period: i32): v128 {
  if (period == 3) {
    const sum = f64x2.add(f64x2.add(v128.load(x - 16), v128.load(x - 8)), v128.load(x));
    return f64x2.mul(sum, f64x2.splat(1.0 / 3.0));
  }
  return meanOf(x, period);
}

function meanOf(x: usize, period: i32): v128 {
  let sum = v128.load(x);
  for (let i = 1; i < period; i++) sum = f64x2.add(sum, v128.load(x - ((<usize>i) << 3)));
  return f64x2.div(sum, f64x2.splat(<f64>period));
}
