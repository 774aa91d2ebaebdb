// Bollinger bands over an f64 column from running sums of the values less a reference near them. The sums
// start afresh every 512 bars, and at once where the variance falls far below what the sums have held: there
// its digits would be gone. Whether it did is asked once in 64 bars, and bar by bar only where it did.

import { sumOf, varianceOf } from '../indicators/ring';
import { at, blank, carry, put, sumPair } from './lanes';

const BLOCK: i32 = 512;
const PART: i32 = 64;
/** Variance over the largest mean square since the sums began; 512 rounding errors stay below 1e-9 of it. */
const SHARE_MIN: f64 = 1e-4;

/** Middle, upper and lower band: mean ± width population deviations. */
export function batchBollinger(
  x: usize, middle: usize, upper: usize, lower: usize, n: i32, period: i32, width: f64,
): void {
  const first = period - 1;
  blank(middle, 0, first, n);
  blank(upper, 0, first, n);
  blank(lower, 0, first, n);
  if (first >= n) return;
  exact(x, middle, upper, lower, first, period, width);
  let i = period;
  while (i < n) {
    const end = min(i + BLOCK, n);
    i = quick(x, middle, upper, lower, i, end, period, width);
    for (const stop = min(i + PART, end); i < stop; ) {
      i = careful(x, middle, upper, lower, i, stop, period, width);
      for (const few = min(i + 4, stop); i < few; i++) exact(x, middle, upper, lower, i, period, width);
    }
  }
}

/** The bands at bar i in two passes over its window. */
function exact(x: usize, middle: usize, upper: usize, lower: usize, i: i32, period: i32, width: f64): void {
  const window = x + ((<usize>(i + 1 - period)) << 3);
  const mean = sumOf(window, period) / <f64>period;
  const half = width * Math.sqrt(varianceOf(window, period, mean));
  put(middle, i, mean);
  put(upper, i, mean + half);
  put(lower, i, mean - half);
}

/**
 * Bars from..end−1 in parts of 64; returns the first bar of the part where digits were lost, or of the rest.
 */
function quick(
  x: usize, middle: usize, upper: usize, lower: usize, from: i32, end: i32, period: i32, width: f64,
): i32 {
  return running(x, middle, upper, lower, from, end, period, width, false);
}

/** The same, but no bar is written from sums that have lost their digits. */
function careful(
  x: usize, middle: usize, upper: usize, lower: usize, from: i32, end: i32, period: i32, width: f64,
): i32 {
  return running(x, middle, upper, lower, from, end, period, width, true);
}

/** Four bars at a step, from fresh sums; returns the first bar that it leaves to `exact`. */
@inline
function running(
  x: usize, middle: usize, upper: usize, lower: usize, from: i32, end: i32, period: i32, width: f64,
  asksEachStep: bool,
): i32 {
  const reference = at(x, from - 1);
  let sum = 0.0;
  let square = 0.0;
  for (let j = from - period; j < from; j++) {
    const y = at(x, j) - reference;
    sum += y;
    square += y * y;
  }
  const centre = f64x2.splat(reference);
  const share = f64x2.splat(1.0 / <f64>period);
  const widths = f64x2.splat(width);
  const least = f64x2.splat(SHARE_MIN);
  const back = (<usize>period) << 3;
  let sums = f64x2.splat(sum / <f64>period);
  let squares = f64x2.splat(square / <f64>period);
  let peak = squares;
  let smallest = f64x2.splat(Infinity);
  let part = from;
  let i = from;
  for (; i + 3 < end; i += 4) {
    const w = (<usize>i) << 3;
    const q = x + w;
    const x0 = f64x2.sub(v128.load(q), centre);
    const x1 = f64x2.sub(v128.load(q, 16), centre);
    const y0 = f64x2.sub(v128.load(q - back), centre);
    const y1 = f64x2.sub(v128.load(q - back, 16), centre);
    const d0 = f64x2.mul(f64x2.sub(x0, y0), share);
    const d1 = f64x2.mul(f64x2.sub(x1, y1), share);
    const s = sumPair(d0);
    const e = sumPair(f64x2.mul(d0, f64x2.add(x0, y0)));
    const m0 = f64x2.add(sums, s);
    const m1 = f64x2.add(f64x2.add(sumPair(d1), carry(s)), sums);
    const q0 = f64x2.add(squares, e);
    const q1 = f64x2.add(f64x2.add(sumPair(f64x2.mul(d1, f64x2.add(x1, y1))), carry(e)), squares);
    peak = f64x2.pmax(peak, f64x2.pmax(q0, q1));
    const v0 = f64x2.sub(q0, f64x2.mul(m0, m0));
    const v1 = f64x2.sub(q1, f64x2.mul(m1, m1));
    if (asksEachStep) {
      if (v128.any_true(f64x2.lt(f64x2.pmin(v0, v1), f64x2.mul(peak, least)))) return i;
    } else smallest = f64x2.pmin(smallest, f64x2.pmin(v0, v1));
    sums = carry(m1);
    squares = carry(q1);
    const h0 = f64x2.mul(widths, f64x2.sqrt(v0));
    const h1 = f64x2.mul(widths, f64x2.sqrt(v1));
    const c0 = f64x2.add(m0, centre);
    const c1 = f64x2.add(m1, centre);
    v128.store(middle + w, c0);
    v128.store(middle + w, c1, 16);
    v128.store(upper + w, f64x2.add(c0, h0));
    v128.store(upper + w, f64x2.add(c1, h1), 16);
    v128.store(lower + w, f64x2.sub(c0, h0));
    v128.store(lower + w, f64x2.sub(c1, h1), 16);
    if (!asksEachStep && i - part == PART - 4) {
      if (v128.any_true(f64x2.lt(smallest, f64x2.mul(peak, least)))) return part;
      part = i + 4;
    }
  }
  if (!asksEachStep && v128.any_true(f64x2.lt(smallest, f64x2.mul(peak, least)))) return part;
  return i;
}
