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

/** Run-up in units of 2/take: what came before has faded to about e^−64 of itself. */
export const RUN_UP: i32 = 32;

/** Two values in two lanes. */
@inline
export function pairAt(a: usize, b: usize): v128 {
  return v128.load64_lane(b, v128.load64_zero(a), 1);
}

/** Two lanes to two places, a step apart. */
@inline
function spread(at: usize, step: usize, y: v128): void {
  v128.store64_lane(at, y, 0);
  v128.store64_lane(at + step, y, 1);
}

/**
 * y = keep·y₋₁ + take·x in places from..n−1 of out, from y = start at from − 1; keep + take = 1. A long
 * column is cut in eighths that run side by side, the later ones from `RUN_UP` before their first place.
 */
export function decay(x: usize, out: usize, from: i32, n: i32, start: f64, keep: f64, take: f64): void {
  const ahead = <i32>(<f64>RUN_UP * 2.0 / take);
  const eighth = (n - from) >> 3;
  if (eighth < 8 * ahead) {
    decayScan(x, out, from, n, start, keep, take);
    return;
  }
  const step = (<usize>eighth) << 3;
  const share = f64x2.splat(take);
  const rest = f64x2.splat(keep);
  const first = (<usize>from) << 3;
  let w = (<usize>(from - ahead)) << 3;
  // the first eighth has nothing to run up to
  let a = v128.load64_splat(x + w + step);
  let b = pairAt(x + w + 2 * step, x + w + 3 * step);
  let c = pairAt(x + w + 4 * step, x + w + 5 * step);
  let d = pairAt(x + w + 6 * step, x + w + 7 * step);
  for (; w != first; w += 8) {
    const q = x + w;
    a = f64x2.add(f64x2.mul(rest, a), f64x2.mul(share, v128.load64_splat(q + step)));
    b = f64x2.add(f64x2.mul(rest, b), f64x2.mul(share, pairAt(q + 2 * step, q + 3 * step)));
    c = f64x2.add(f64x2.mul(rest, c), f64x2.mul(share, pairAt(q + 4 * step, q + 5 * step)));
    d = f64x2.add(f64x2.mul(rest, d), f64x2.mul(share, pairAt(q + 6 * step, q + 7 * step)));
  }
  a = f64x2.replace_lane(a, 0, start);
  for (const end = first + step; w != end; w += 8) {
    const q = x + w;
    a = f64x2.add(f64x2.mul(rest, a), f64x2.mul(share, pairAt(q, q + step)));
    b = f64x2.add(f64x2.mul(rest, b), f64x2.mul(share, pairAt(q + 2 * step, q + 3 * step)));
    c = f64x2.add(f64x2.mul(rest, c), f64x2.mul(share, pairAt(q + 4 * step, q + 5 * step)));
    d = f64x2.add(f64x2.mul(rest, d), f64x2.mul(share, pairAt(q + 6 * step, q + 7 * step)));
    spread(out + w, step, a);
    spread(out + w + 2 * step, step, b);
    spread(out + w + 4 * step, step, c);
    spread(out + w + 6 * step, step, d);
  }
  decayScan(x, out, from + 8 * eighth, n, f64x2.extract_lane(d, 1), keep, take);
}

/** The same by scans. */
function decayScan(x: usize, out: usize, from: i32, n: i32, start: f64, keep: f64, take: f64): void {
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
