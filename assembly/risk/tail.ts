// The tail of a column of profits: quantile of type 7 and the mean of what lies up to it, without sorting.

import { select } from '../statistics/window';

const SAMPLE: i32 = 256;
/** Places that the sample's quantile is taken too high: 3.5 standard errors at 5 %. */
const MARGIN: i32 = 12;
/** Below this a sample costs more than it saves. */
const FILTER_MIN: i32 = 1024;
const scratch: usize = memory.data(2048);

/**
 * VaR and ES of n profits, which are reordered.
 * @param profits  T[n], f32 or f64, n ≥ 1
 * @param alpha    tail probability
 * @param out      f64[2], at least 0
 */
export function tailRisk<T>(profits: usize, n: i32, alpha: f64, out: usize): void {
  const h = alpha * <f64>(n - 1);
  const i = <i32>h;
  let m = n;
  if (n >= FILTER_MIN) {
    const kept = filter<T>(profits, n, min(SAMPLE - 1, <i32>(alpha * <f64>SAMPLE) + MARGIN));
    if (kept >= i + 2) m = kept;
  }
  const low = <f64>select<T>(profits, m, i);
  let limit = low;
  if (i + 1 < m) {
    let next = at<T>(profits, i + 1);
    for (let t = i + 2; t < m; t++) next = min(next, at<T>(profits, t));
    limit = low + (h - <f64>i) * (<f64>next - low);
  }
  let sum = 0.0;
  for (let t = 0; t <= i; t++) sum += <f64>at<T>(profits, t);
  store<f64>(out, atLeastZero(-limit));
  store<f64>(out, atLeastZero(-sum / <f64>(i + 1)), 8);
}

/** Brings all values up to a sample's quantile to the front and returns how many they are. */
function filter<T>(values: usize, n: i32, rank: i32): i32 {
  const stride = n / SAMPLE;
  for (let k = 0; k < SAMPLE; k++) store<T>(scratch + <usize>k * sizeof<T>(), at<T>(values, k * stride));
  const limit = select<T>(scratch, SAMPLE, rank);
  const bound = v128.splat<T>(limit);
  const lanes = 16 / <i32>sizeof<T>();
  let kept = 0;
  let t = 0;
  for (; t + 4 * lanes <= n; t += 4 * lanes) {
    const from = values + <usize>t * sizeof<T>();
    let below =
      mask<T>(v128.load(from), bound) |
      (mask<T>(v128.load(from, 16), bound) << lanes) |
      (mask<T>(v128.load(from, 32), bound) << (2 * lanes)) |
      (mask<T>(v128.load(from, 48), bound) << (3 * lanes));
    // what stands at `kept` is above the limit, or is the value itself
    for (; below != 0; below &= below - 1) swap<T>(values, kept++, t + ctz(below));
  }
  for (; t < n; t++) if (at<T>(values, t) <= limit) swap<T>(values, kept++, t);
  return kept;
}

/** A bit for each lane up to the bound. */
@inline
function mask<T>(lanes: v128, bound: v128): i32 {
  const below = v128.le<T>(lanes, bound);
  return sizeof<T>() == 8 ? i64x2.bitmask(below) : i32x4.bitmask(below);
}

@inline
function at<T>(values: usize, i: i32): T {
  return load<T>(values + <usize>i * sizeof<T>());
}

@inline
function swap<T>(values: usize, i: i32, j: i32): void {
  const a = values + <usize>i * sizeof<T>();
  const b = values + <usize>j * sizeof<T>();
  const value = load<T>(a);
  store<T>(a, load<T>(b));
  store<T>(b, value);
}

/** max(0, x) that lets NaN through and never gives −0. */
export function atLeastZero(x: f64): f64 {
  return x <= 0.0 ? 0.0 : x;
}
