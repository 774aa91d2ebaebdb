// RSI and rate of change over an f64 column.

import { at, blank, carry, follow, put, scanPair } from './lanes';

/**
 * Wilder's relative strength index as 100·G/T: T, the average of |change|, is G + L, so that one division and
 * two scans are enough.
 */
export function batchRsi(x: usize, out: usize, n: i32, period: i32): void {
  blank(out, 0, period, n);
  if (n <= period) return;
  let gain = 0.0;
  let total = 0.0;
  for (let i = 1; i <= period; i++) {
    const change = at(x, i) - at(x, i - 1);
    gain += max(change, 0.0);
    total += abs(change);
  }
  gain /= <f64>period;
  total /= <f64>period;
  put(out, period, strength(gain, total));
  const take = 1.0 / <f64>period;
  const keep = <f64>(period - 1) / <f64>period;
  const zero = f64x2.splat(0.0);
  const hundred = f64x2.splat(100.0);
  const fifty = f64x2.splat(50.0);
  const share = f64x2.splat(take);
  const one = f64x2.splat(keep);
  const low = f64x2(keep, keep * keep);
  const high = f64x2(keep * keep * keep, keep * keep * (keep * keep));
  let gains = f64x2.splat(gain);
  let totals = f64x2.splat(total);
  let i = period + 1;
  for (; i + 3 < n; i += 4) {
    const q = x + ((<usize>i) << 3);
    const d0 = f64x2.mul(f64x2.sub(v128.load(q), v128.load(q - 8)), share);
    const d1 = f64x2.mul(f64x2.sub(v128.load(q, 16), v128.load(q, 8)), share);
    let g0 = scanPair(f64x2.pmax(zero, d0), one);
    let t0 = scanPair(f64x2.abs(d0), one);
    const g1 = follow(follow(scanPair(f64x2.pmax(zero, d1), one), low, carry(g0)), high, gains);
    const t1 = follow(follow(scanPair(f64x2.abs(d1), one), low, carry(t0)), high, totals);
    g0 = follow(g0, low, gains);
    t0 = follow(t0, low, totals);
    gains = carry(g1);
    totals = carry(t1);
    const w = out + ((<usize>i) << 3);
    const y0 = f64x2.mul(hundred, f64x2.div(g0, t0));
    const y1 = f64x2.mul(hundred, f64x2.div(g1, t1));
    v128.store(w, v128.bitselect(y0, fifty, f64x2.gt(t0, zero)));
    v128.store(w, v128.bitselect(y1, fifty, f64x2.gt(t1, zero)), 16);
  }
  gain = f64x2.extract_lane(gains, 0);
  total = f64x2.extract_lane(totals, 0);
  for (; i < n; i++) {
    const change = at(x, i) - at(x, i - 1);
    gain = gain * keep + take * max(change, 0.0);
    total = total * keep + take * abs(change);
    put(out, i, strength(gain, total));
  }
}

/**
 * RSI of bar `bar` alone; NaN in warm-up. What is divided by the period cancels, and no average is carried
 * from bar to bar: four sums, each of every fourth bar, are weighed and joined at the end.
 */
export function rsiAt(x: usize, period: i32, bar: i32): f64 {
  if (bar < period) return NaN;
  const zero = f64x2.splat(0.0);
  let gains = zero;
  let totals = zero;
  let i = 1;
  for (; i < period; i += 2) {
    const q = x + ((<usize>i) << 3);
    const change = f64x2.sub(v128.load(q), v128.load(q - 8));
    gains = f64x2.add(gains, f64x2.pmax(zero, change));
    totals = f64x2.add(totals, f64x2.abs(change));
  }
  let gain = f64x2.extract_lane(gains, 0) + f64x2.extract_lane(gains, 1);
  let total = f64x2.extract_lane(totals, 0) + f64x2.extract_lane(totals, 1);
  if (i == period) {
    const change = at(x, i) - at(x, i - 1);
    gain += max(change, 0.0);
    total += abs(change);
  }
  const keep = <f64>(period - 1) / <f64>period;
  for (i = period + 1; ((bar - i) & 3) != 3; i++) {
    const change = at(x, i) - at(x, i - 1);
    gain = gain * keep + max(change, 0.0);
    total = total * keep + abs(change);
  }
  return i > bar ? strength(gain, total) : strengthAt(x, i, bar, keep, gain, total);
}

/** The same from bar i on, a multiple of four bars before the last, with both averages at the bar before. */
function strengthAt(x: usize, i: i32, bar: i32, keep: f64, gain: f64, total: f64): f64 {
  const zero = f64x2.splat(0.0);
  const fourth = f64x2.splat(keep * keep * (keep * keep));
  let g0 = zero;
  let t0 = zero;
  let g1 = f64x2(0.0, gain);
  let t1 = f64x2(0.0, total);
  for (; i < bar; i += 4) {
    const q = x + ((<usize>i) << 3);
    const d0 = f64x2.sub(v128.load(q), v128.load(q - 8));
    const d1 = f64x2.sub(v128.load(q, 16), v128.load(q, 8));
    g0 = f64x2.add(f64x2.mul(g0, fourth), f64x2.pmax(zero, d0));
    t0 = f64x2.add(f64x2.mul(t0, fourth), f64x2.abs(d0));
    g1 = f64x2.add(f64x2.mul(g1, fourth), f64x2.pmax(zero, d1));
    t1 = f64x2.add(f64x2.mul(t1, fourth), f64x2.abs(d1));
  }
  const far = f64x2(keep * keep * keep, keep * keep);
  const near = f64x2(keep, 1.0);
  const g = f64x2.add(f64x2.mul(g0, far), f64x2.mul(g1, near));
  const t = f64x2.add(f64x2.mul(t0, far), f64x2.mul(t1, near));
  return strength(
    f64x2.extract_lane(g, 0) + f64x2.extract_lane(g, 1),
    f64x2.extract_lane(t, 0) + f64x2.extract_lane(t, 1),
  );
}

@inline
function strength(gain: f64, total: f64): f64 {
  return total > 0.0 ? 100.0 * (gain / total) : 50.0;
}

/** Rate of change, percent; 0 where the value compared with is 0. */
export function batchRoc(x: usize, out: usize, n: i32, period: i32): void {
  blank(out, 0, period, n);
  const hundred = f64x2.splat(100.0);
  const zero = f64x2.splat(0.0);
  const back = (<usize>period) << 3;
  let i = period;
  for (; i + 1 < n; i += 2) {
    const w = (<usize>i) << 3;
    const before = v128.load(x + w - back);
    const y = f64x2.div(f64x2.mul(hundred, f64x2.sub(v128.load(x + w), before)), before);
    v128.store(out + w, v128.and(y, f64x2.ne(before, zero)));
  }
  for (; i < n; i++) {
    const before = at(x, i - period);
    put(out, i, before != 0.0 ? (100.0 * (at(x, i) - before)) / before : 0.0);
  }
}
