// Heikin-Ashi bars over f64 columns.

import { at, decay, put } from './lanes';

/** Close, open, high and low; the open is the recurrence o = ½·o₋₁ + ½·close₋₁. */
export function batchHeikinAshi(
  open: usize, high: usize, low: usize, close: usize, outClose: usize, outOpen: usize, outHigh: usize,
  outLow: usize, n: i32,
): void {
  if (n < 1) return;
  const quarter = f64x2.splat(0.25);
  const bytes = (<usize>n) << 3;
  const pairs = bytes & ~15;
  for (let w: usize = 0; w < pairs; w += 16) {
    const body = f64x2.add(v128.load(open + w), v128.load(high + w));
    const sum = f64x2.add(f64x2.add(body, v128.load(low + w)), v128.load(close + w));
    v128.store(outClose + w, f64x2.mul(sum, quarter));
  }
  if (n & 1) {
    const i = n - 1;
    put(outClose, i, 0.25 * (at(open, i) + at(high, i) + at(low, i) + at(close, i)));
  }
  const start = 0.5 * (at(open, 0) + at(close, 0));
  put(outOpen, 0, start);
  decay(outClose - 8, outOpen, 1, n, start, 0.5, 0.5);
  for (let w: usize = 0; w < pairs; w += 16) {
    const o = v128.load(outOpen + w);
    const c = v128.load(outClose + w);
    v128.store(outHigh + w, f64x2.pmax(v128.load(high + w), f64x2.pmax(o, c)));
    v128.store(outLow + w, f64x2.pmin(v128.load(low + w), f64x2.pmin(o, c)));
  }
  if (n & 1) {
    const i = n - 1;
    put(outHigh, i, max(at(high, i), max(at(outOpen, i), at(outClose, i))));
    put(outLow, i, min(at(low, i), min(at(outOpen, i), at(outClose, i))));
  }
}
