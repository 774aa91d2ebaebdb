// On-balance volume and session VWAP over f64 columns.

import { at, carry, put, sumPair } from './lanes';

/** On-balance volume; starts with the first volume. */
export function batchObv(close: usize, volume: usize, out: usize, n: i32): void {
  if (n < 1) return;
  let y = at(volume, 0);
  put(out, 0, y);
  let last = f64x2.splat(y);
  let i = 1;
  for (; i + 3 < n; i += 4) {
    const w = (<usize>i) << 3;
    const a = sumPair(signed(close + w, volume + w));
    const b = f64x2.add(f64x2.add(sumPair(signed(close + w + 16, volume + w + 16)), carry(a)), last);
    v128.store(out + w, f64x2.add(a, last));
    v128.store(out + w, b, 16);
    last = carry(b);
  }
  y = f64x2.extract_lane(last, 0);
  for (; i < n; i++) {
    const change = at(close, i) - at(close, i - 1);
    if (change > 0.0) y += at(volume, i);
    else if (change < 0.0) y -= at(volume, i);
    put(out, i, y);
  }
}

/** Volume with the sign of the change of close. */
@inline
function signed(close: usize, volume: usize): v128 {
  const now = v128.load(close);
  const before = v128.load(close - 8);
  const v = v128.load(volume);
  return f64x2.sub(v128.and(v, f64x2.gt(now, before)), v128.and(v, f64x2.lt(now, before)));
}

@inline
function typicalPair(high: usize, low: usize, close: usize): v128 {
  return f64x2.div(f64x2.add(f64x2.add(v128.load(high), v128.load(low)), v128.load(close)), f64x2.splat(3.0));
}

@inline
function typicalAt(high: usize, low: usize, close: usize, i: i32): f64 {
  return (at(high, i) + at(low, i) + at(close, i)) / 3.0;
}

/** Volume-weighted average price of one session, bars from..to−1; NaN until there is volume. */
export function batchVwap(
  high: usize, low: usize, close: usize, volume: usize, out: usize, from: i32, to: i32,
): void {
  if (from >= to) return;
  const base = typicalAt(high, low, close, from);
  const bases = f64x2.splat(base);
  let moved = f64x2.splat(0.0);
  let total = f64x2.splat(0.0);
  let i = from;
  for (; i + 3 < to; i += 4) {
    const w = (<usize>i) << 3;
    const v0 = v128.load(volume + w);
    const v1 = v128.load(volume + w, 16);
    const p0 = f64x2.sub(typicalPair(high + w, low + w, close + w), bases);
    const p1 = f64x2.sub(typicalPair(high + w + 16, low + w + 16, close + w + 16), bases);
    const a = sumPair(f64x2.mul(p0, v0));
    const b = f64x2.add(f64x2.add(sumPair(f64x2.mul(p1, v1)), carry(a)), moved);
    const c = sumPair(v0);
    const d = f64x2.add(f64x2.add(sumPair(v1), carry(c)), total);
    v128.store(out + w, f64x2.add(bases, f64x2.div(f64x2.add(a, moved), f64x2.add(c, total))));
    v128.store(out + w, f64x2.add(bases, f64x2.div(b, d)), 16);
    moved = carry(b);
    total = carry(d);
  }
  let m = f64x2.extract_lane(moved, 0);
  let t = f64x2.extract_lane(total, 0);
  for (; i < to; i++) {
    m += (typicalAt(high, low, close, i) - base) * at(volume, i);
    t += at(volume, i);
    put(out, i, base + m / t);
  }
}
