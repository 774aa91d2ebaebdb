// Moving averages over an f64 column; out must not overlap x. Definitions are those of the streaming forms.

import { sumOf } from '../indicators/ring';
import { at, blank, carry, decay, put, sumPair } from './lanes';

/** Bars after which a running sum is computed afresh, so that rounding errors do not pile up. */
const BLOCK: i32 = 1024;

/** Simple moving average. */
export function batchSma(x: usize, out: usize, n: i32, period: i32): void {
  blank(out, 0, period - 1, n);
  const share = 1.0 / <f64>period;
  const shares = f64x2.splat(share);
  const back = (<usize>period) << 3;
  for (let i = period - 1; i < n; ) {
    const end = min(i + BLOCK, n);
    let sum = sumOf(x + ((<usize>(i + 1)) << 3) - back, period);
    put(out, i++, sum * share);
    let last = f64x2.splat(sum);
    for (; i + 3 < end; i += 4) {
      const q = x + ((<usize>i) << 3);
      const a = sumPair(f64x2.sub(v128.load(q), v128.load(q - back)));
      const b = f64x2.add(sumPair(f64x2.sub(v128.load(q, 16), v128.load(q - back, 16))), carry(a));
      const y = f64x2.add(last, b);
      const w = out + ((<usize>i) << 3);
      v128.store(w, f64x2.mul(f64x2.add(last, a), shares));
      v128.store(w, f64x2.mul(y, shares), 16);
      last = carry(y);
    }
    sum = f64x2.extract_lane(last, 0);
    for (; i < end; i++) {
      sum += at(x, i) - at(x, i - period);
      put(out, i, sum * share);
    }
  }
}

/** Exponential moving average from place `from` on, seeded by the mean of `period` values there. */
export function emaFrom(x: usize, out: usize, from: i32, n: i32, period: i32): void {
  const first = from + period - 1;
  blank(out, from, first, n);
  if (first >= n) return;
  const seed = sumOf(x + ((<usize>from) << 3), period) / <f64>period;
  put(out, first, seed);
  const take = 2.0 / <f64>(period + 1);
  decay(x, out, first + 1, n, seed, 1.0 - take, take);
}

/** Exponential moving average. */
export function batchEma(x: usize, out: usize, n: i32, period: i32): void {
  emaFrom(x, out, 0, n, period);
}

/** Weighted moving average from place `from` on: w += period·x − (sum of the window before). */
export function wmaFrom(x: usize, out: usize, from: i32, n: i32, period: i32): void {
  const first = from + period - 1;
  blank(out, from, first, n);
  const share = 2.0 / (<f64>period * <f64>(period + 1));
  const shares = f64x2.splat(share);
  const weight = f64x2.splat(<f64>period);
  const back = (<usize>period) << 3;
  for (let i = first; i < n; ) {
    const end = min(i + BLOCK, n);
    let sum = 0.0;
    let weighted = 0.0;
    for (let j = 1; j <= period; j++) {
      const y = at(x, i - period + j);
      sum += y;
      weighted += <f64>j * y;
    }
    put(out, i++, weighted * share);
    let sums = f64x2.splat(sum);
    let total = f64x2.splat(weighted);
    for (; i + 3 < end; i += 4) {
      const q = x + ((<usize>i) << 3);
      const x0 = v128.load(q);
      const x1 = v128.load(q, 16);
      const a = f64x2.add(sumPair(f64x2.sub(x0, v128.load(q - back))), sums);
      const b = f64x2.add(sumPair(f64x2.sub(x1, v128.load(q - back, 16))), carry(a));
      // the sums of the windows that end one bar earlier
      const before0 = v128.shuffle<f64>(sums, a, 1, 2);
      const before1 = v128.shuffle<f64>(a, b, 1, 2);
      const c = sumPair(f64x2.sub(f64x2.mul(weight, x0), before0));
      const d = f64x2.add(sumPair(f64x2.sub(f64x2.mul(weight, x1), before1)), carry(c));
      const y = f64x2.add(total, d);
      const w = out + ((<usize>i) << 3);
      v128.store(w, f64x2.mul(f64x2.add(total, c), shares));
      v128.store(w, f64x2.mul(y, shares), 16);
      sums = carry(b);
      total = carry(y);
    }
    sum = f64x2.extract_lane(sums, 0);
    weighted = f64x2.extract_lane(total, 0);
    for (; i < end; i++) {
      weighted += <f64>period * at(x, i) - sum;
      sum += at(x, i) - at(x, i - period);
      put(out, i, weighted * share);
    }
  }
}

/** Linearly weighted moving average. */
export function batchWma(x: usize, out: usize, n: i32, period: i32): void {
  wmaFrom(x, out, 0, n, period);
}
