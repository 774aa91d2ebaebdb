// Pieces of the scans over columns. A linear recurrence y = b·y₋₁ + x runs four bars at a step: the two pairs
// are combined in log₂ steps, so that the chain from step to step is one product and one sum.

/** Value i of an f64 column. */
@inline
export function at(column: usize, i: i32): f64 {
  return load<f64>(column + ((<usize>i) << 3));
}

@inline
export function put(column: usize, i: i32, x: f64): void {
  store<f64>(column + ((<usize>i) << 3), x);
}

/** NaN in places from..to−1 of a column of n. */
export function blank(column: usize, from: i32, to: i32, n: i32): void {
  const end = min(to, n);
  for (let i = from; i < end; i++) put(column, i, NaN);
}

/** The high lane in both lanes. */
@inline
export function carry(x: v128): v128 {
  return v128.shuffle<f64>(x, x, 1, 1);
}

/** [x₀, x₁ + x₀]. */
@inline
export function sumPair(x: v128): v128 {
  return f64x2.add(x, v128.shuffle<f64>(f64x2.splat(0.0), x, 0, 2));
}

/** [x₀, x₁ + b·x₀]. */
@inline
export function scanPair(x: v128, b: v128): v128 {
  return f64x2.add(x, f64x2.mul(b, v128.shuffle<f64>(f64x2.splat(0.0), x, 0, 2)));
}

/** y + powers·x: what x, the values before, adds to the pair y. */
@inline
export function follow(y: v128, powers: v128, x: v128): v128 {
  return f64x2.add(y, f64x2.mul(powers, x));
}

/** max(high, previous close) − min(low, previous close) of two bars. */
@inline
export function trueRangePair(high: usize, low: usize, close: usize): v128 {
  const before = v128.load(close - 8);
  return f64x2.sub(f64x2.pmax(v128.load(high), before), f64x2.pmin(v128.load(low), before));
}

/** True range of bar i ≥ 1. */
@inline
export function trueRangeAt(high: usize, low: usize, close: usize, i: i32): f64 {
  const before = at(close, i - 1);
  return max(at(high, i), before) - min(at(low, i), before);
}

/** y = keep·y₋₁ + take·x in places from..n−1 of out, from y = start at from − 1. */
export function decay(x: usize, out: usize, from: i32, n: i32, start: f64, keep: f64, take: f64): void {
  const keep2 = keep * keep;
  const one = f64x2.splat(keep);
  const low = f64x2(keep, keep2);
  const high = f64x2(keep2 * keep, keep2 * keep2);
  const share = f64x2.splat(take);
  let last = f64x2.splat(start);
  let i = from;
  for (; i + 3 < n; i += 4) {
    const place = (<usize>i) << 3;
    const a = scanPair(f64x2.mul(v128.load(x + place), share), one);
    const b = follow(scanPair(f64x2.mul(v128.load(x + place, 16), share), one), low, carry(a));
    const y = follow(b, high, last);
    v128.store(out + place, follow(a, low, last));
    v128.store(out + place, y, 16);
    last = carry(y);
  }
  let y = f64x2.extract_lane(last, 0);
  for (; i < n; i++) {
    y = keep * y + take * at(x, i);
    put(out, i, y);
  }
}
