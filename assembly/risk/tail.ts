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
 * @param profits  f64[n], n ≥ 1
 * @param alpha    tail probability
 * @param out      f64[2], at least 0
 */
export function tailRisk(profits: usize, n: i32, alpha: f64, out: usize): void {
  const h = alpha * <f64>(n - 1);
  const i = <i32>h;
  let m = n;
  if (n >= FILTER_MIN) {
    const kept = filter(profits, n, min(SAMPLE - 1, <i32>(alpha * <f64>SAMPLE) + MARGIN));
    if (kept >= i + 2) m = kept;
  }
  const low = select(profits, m, i);
  let limit = low;
  if (i + 1 < m) {
    let next = load<f64>(profits + (<usize>(i + 1) << 3));
    for (let t = i + 2; t < m; t++) next = min(next, load<f64>(profits + (<usize>t << 3)));
    limit = low + (h - <f64>i) * (next - low);
  }
  let sum = 0.0;
  for (let t = 0; t <= i; t++) sum += load<f64>(profits + (<usize>t << 3));
  store<f64>(out, atLeastZero(-limit));
  store<f64>(out, atLeastZero(-sum / <f64>(i + 1)), 8);
}

/**
 * Brings all values up to a sample's quantile to the front and returns how many they are. Every step swaps,
 * so no branch is guessed: from `kept` to `t` all are above the limit, and one of those may stand for
 * another.
 */
function filter(values: usize, n: i32, rank: i32): i32 {
  const stride = n / SAMPLE;
  for (let k = 0; k < SAMPLE; k++) {
    store<f64>(scratch + (<usize>k << 3), load<f64>(values + (<usize>(k * stride) << 3)));
  }
  const limit = select(scratch, SAMPLE, rank);
  let kept = values;
  const end = values + (<usize>n << 3);
  for (let at = values; at < end; at += 8) {
    const value = load<f64>(at);
    store<f64>(at, load<f64>(kept));
    store<f64>(kept, value);
    kept += <usize>(value <= limit) << 3;
  }
  return <i32>((kept - values) >> 3);
}

/** max(0, x) that lets NaN through and never gives −0. */
export function atLeastZero(x: f64): f64 {
  return x <= 0.0 ? 0.0 : x;
}
