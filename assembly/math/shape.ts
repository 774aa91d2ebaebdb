// Small shaping helpers: clipping, division that survives a frozen market, one NaN.

/** x limited to ±limit; NaN stays NaN. */
@inline
export function clip(x: f64, limit: f64): f64 {
  return max(-limit, min(limit, x));
}

/** a/b, and 0 where both are 0: a market that does not move is no move in units of nothing. */
@inline
export function ratio(a: f64, b: f64): f64 {
  return a == 0.0 && b == 0.0 ? 0.0 : a / b;
}

/**
 * The same number, with every NaN as the one canonical NaN: computed NaN differ in sign between processors.
 */
@inline
export function canonical(x: f64): f64 {
  return x == x ? x : NaN;
}

/**
 * Drops the first of n strides at `from` and leaves the last free for writing: oldest first, so sums keep one
 * order.
 */
@inline
export function shift(from: usize, n: i32, stride: usize): usize {
  const kept = <usize>(n - 1) * stride;
  memory.copy(from, from + stride, kept);
  return from + kept;
}
