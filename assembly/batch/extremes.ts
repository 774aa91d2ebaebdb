// Highest and lowest value of a trailing window by doubling: a window of 2, 4, 8 … values in place, then two
// overlapping ones make any length.

import { alloc } from '../memory';

/** Outputs of one block. */
export const BLOCK: i32 = 512;
/** Longest window. */
export const PERIOD_MAX: i32 = 4096;
/** One buffer: a block, the window before it, room for the pairs read past them. */
const BUFFER_BYTES: usize = <usize>(BLOCK + PERIOD_MAX + 8) * 8;

let buffers: usize = 0;

/** Working memory i of 0..7, reserved once; never part of a result. */
export function buffer(i: i32): usize {
  if (buffers == 0) buffers = alloc(8 * BUFFER_BYTES);
  return buffers + <usize>i * BUFFER_BYTES;
}

/** Largest power of two ≤ period. */
@inline
export function powerBelow(period: i32): i32 {
  return 1 << (31 - clz(period));
}

/**
 * Highest of the `powerBelow(period)` values from each place on, for the windows of bars from..to−1. Returns
 * the buffer: bar i's window of `period` is places i − from and i − from + period − powerBelow(period).
 */
export function highestOf(x: usize, from: i32, to: i32, period: i32, into: i32): usize {
  const y = buffer(into);
  const count = to - from + period - 1;
  const q = x + ((<usize>(from + 1 - period)) << 3);
  const power = powerBelow(period);
  if (power == 1) {
    memory.copy(y, q, (<usize>count) << 3);
    return y;
  }
  let j = 0;
  for (; j + 2 < count; j += 2) {
    const w = (<usize>j) << 3;
    v128.store(y + w, f64x2.pmax(v128.load(q + w), v128.load(q + w, 8)));
  }
  for (; j < count; j++) {
    const w = (<usize>j) << 3;
    store<f64>(y + w, j + 1 < count ? max(load<f64>(q + w), load<f64>(q + w, 8)) : load<f64>(q + w));
  }
  for (let step = 2; step < power; step <<= 1) {
    const ahead = (<usize>step) << 3;
    const end = y + ((<usize>(count - step)) << 3);
    for (let w = y; w < end; w += 16) v128.store(w, f64x2.pmax(v128.load(w), v128.load(w + ahead)));
  }
  return y;
}

/** The lowest, as `highestOf`. */
export function lowestOf(x: usize, from: i32, to: i32, period: i32, into: i32): usize {
  const y = buffer(into);
  const count = to - from + period - 1;
  const q = x + ((<usize>(from + 1 - period)) << 3);
  const power = powerBelow(period);
  if (power == 1) {
    memory.copy(y, q, (<usize>count) << 3);
    return y;
  }
  let j = 0;
  for (; j + 2 < count; j += 2) {
    const w = (<usize>j) << 3;
    v128.store(y + w, f64x2.pmin(v128.load(q + w), v128.load(q + w, 8)));
  }
  for (; j < count; j++) {
    const w = (<usize>j) << 3;
    store<f64>(y + w, j + 1 < count ? min(load<f64>(q + w), load<f64>(q + w, 8)) : load<f64>(q + w));
  }
  for (let step = 2; step < power; step <<= 1) {
    const ahead = (<usize>step) << 3;
    const end = y + ((<usize>(count - step)) << 3);
    for (let w = y; w < end; w += 16) v128.store(w, f64x2.pmin(v128.load(w), v128.load(w + ahead)));
  }
  return y;
}
