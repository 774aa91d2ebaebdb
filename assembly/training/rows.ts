// Input rows of the agents, and the small copies that a batch needs.

import { expf } from '../math/single';
import { rngNext } from '../random';

/** Choices of every agent: one cell each where another agent sees the choice. */
const ACTIONS: i32 = 5;

/**
 * out[rows, width + 1 + 5·seen]: the features of bar i / repeat, the position, and for each action seen five
 * cells with a 1 at the action.
 *
 * @param features   f32[bars, width]
 * @param positions  f32[rows]
 * @param seen       how many earlier actions the agent sees, 0..2
 * @param first, second  i32[rows] those actions
 */
export function agentRows(
  features: usize,
  width: i32,
  positions: usize,
  repeat: i32,
  rows: i32,
  seen: i32,
  first: usize,
  second: usize,
  out: usize,
): void {
  const bytes = <usize>width << 2;
  for (let i = 0; i < rows; i++) {
    memory.copy(out, features + <usize>(i / repeat) * bytes, bytes);
    out += bytes;
    store<f32>(out, load<f32>(positions + (<usize>i << 2)));
    out += 4;
    for (let s = 0; s < seen; s++) {
      const action = load<i32>((s == 0 ? first : second) + (<usize>i << 2));
      for (let j = 0; j < ACTIONS; j++) store<f32>(out + (<usize>j << 2), j == action ? 1 : 0);
      out += ACTIONS << 2;
    }
  }
}

/** out[rows · times] = each 4-byte cell `times` times in a row. */
export function repeatCells(from: usize, out: usize, rows: i32, times: i32): void {
  for (let i = 0; i < rows; i++) {
    const cell = load<i32>(from + (<usize>i << 2));
    for (let j = 0; j < times; j++) {
      store<i32>(out, cell);
      out += 4;
    }
  }
}

/** out = (1 − weight)·a + weight·b over f32[count]. */
export function blend(a: usize, b: usize, out: usize, count: i32, weight: f64): void {
  for (let i = <usize>0; i < <usize>count << 2; i += 4) {
    store<f32>(out + i, <f32>((1.0 - weight) * <f64>load<f32>(a + i) + weight * <f64>load<f32>(b + i)));
  }
}

/**
 * Scales what a row's cells share and what sets them apart on their own: out = (mean − shift)·scale +
 * (x − mean)·spread, with the row's mean; out may be x. Undone by shift −shift·scale and the
 * inverse scales.
 */
export function rescaleTables(
  x: usize,
  out: usize,
  rows: i32,
  n: i32,
  shift: f64,
  scale: f64,
  spread: f64,
): void {
  for (let i = 0; i < rows; i++) {
    let mean: f64 = 0;
    for (let j = 0; j < n; j++) mean += <f64>load<f32>(x + (<usize>j << 2));
    mean /= <f64>n;
    const shared = (mean - shift) * scale;
    for (let j = 0; j < n; j++) {
      const at = <usize>j << 2;
      store<f32>(out + at, <f32>(shared + (<f64>load<f32>(x + at) - mean) * spread));
    }
    x += <usize>n << 2;
    out += <usize>n << 2;
  }
}

/** out[rows] *= e^(after − before): the weight that a sequential update hands on (Kuba et al. 2022). */
export function scaleByRatio(out: usize, after: usize, before: usize, rows: i32): void {
  for (let i = <usize>0; i < <usize>rows << 2; i += 4) {
    store<f32>(out + i, load<f32>(out + i) * expf(load<f32>(after + i) - load<f32>(before + i)));
  }
}

/** A random order of 0 … count − 1, i32 (Fisher & Yates 1938). */
export function shuffle(out: usize, count: i32, rng: usize): void {
  for (let i = 0; i < count; i++) store<i32>(out + (<usize>i << 2), i);
  for (let i = count - 1; i > 0; i--) {
    const j = <i32>(((<u64>rngNext(rng)) * <u64>(i + 1)) >> 32);
    const a = out + (<usize>i << 2);
    const b = out + (<usize>j << 2);
    const kept = load<i32>(a);
    store<i32>(a, load<i32>(b));
    store<i32>(b, kept);
  }
}
