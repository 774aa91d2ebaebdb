// Elementary functions over whole columns, for callers outside the kernel.

import { exp, expPair } from './elementary';
import { expQuad, expf, tanhQuad, tanhf } from './single';

/** e^x of n f64 at `from` into `to` (may be the same). */
export function expMany(from: usize, to: usize, n: i32): void {
  let i = 0;
  for (; i + 2 <= n; i += 2) v128.store(to + ((<usize>i) << 3), expPair(v128.load(from + ((<usize>i) << 3))));
  if (i < n) store<f64>(to + ((<usize>i) << 3), exp(load<f64>(from + ((<usize>i) << 3))));
}

/** e^x of n f32 at `from` into `to` (may be the same). */
export function expfMany(from: usize, to: usize, n: i32): void {
  let i = 0;
  for (; i + 4 <= n; i += 4) v128.store(to + ((<usize>i) << 2), expQuad(v128.load(from + ((<usize>i) << 2))));
  for (; i < n; i++) store<f32>(to + ((<usize>i) << 2), expf(load<f32>(from + ((<usize>i) << 2))));
}

/** tanh of n f32 at `from` into `to` (may be the same). */
export function tanhfMany(from: usize, to: usize, n: i32): void {
  let i = 0;
  for (; i + 4 <= n; i += 4)
    v128.store(to + ((<usize>i) << 2), tanhQuad(v128.load(from + ((<usize>i) << 2))));
  for (; i < n; i++) store<f32>(to + ((<usize>i) << 2), tanhf(load<f32>(from + ((<usize>i) << 2))));
}
