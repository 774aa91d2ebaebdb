// The principal axes of rows of 13 columns: a rotation keeps distances, and along the first axes rows differ
// most.

import { DIMENSIONS } from './memory';

const N: usize = <usize>DIMENSIONS;
const SWEEPS: i32 = 12;
const ROW_BYTES: usize = N * 8;

/** f64[13 × 13] covariance, f64[13 × 13] axes as columns, f64[13] mean. */
export const ROTATION_BYTES: usize = 2 * N * ROW_BYTES + ROW_BYTES;
const AXES_AT: usize = N * ROW_BYTES;
const MEAN_AT: usize = 2 * N * ROW_BYTES;

@inline
function entry(matrix: usize, i: usize, j: usize): usize {
  return matrix + i * ROW_BYTES + (j << 3);
}

/** Address of axis `k` of the rotation at `at`: its component j lies 104 j bytes further on. */
@inline
export function axisAt(at: usize, k: i32): usize {
  return at + AXES_AT + ((<usize>k) << 3);
}

/** Address of the mean. */
@inline
export function meanAt(at: usize): usize {
  return at + MEAN_AT;
}

/** Bytes from a component of an axis to the next. */
export const AXIS_STRIDE: usize = ROW_BYTES;

/**
 * Writes the rotation of `count` > 0 rows that lie in blocks of 8 from `blocks` on, `blockBytes` apart: mean,
 * then axes by falling variance.
 *
 * @source Jacobi 1846 (cyclic rotations), Golub & Van Loan 2013 §8.5
 */
export function principalAxes(at: usize, blocks: usize, blockBytes: usize, count: i32): void {
  memory.fill(at, 0, ROTATION_BYTES);
  measure(at, blocks, blockBytes, count);
  const axes = at + AXES_AT;
  for (let i: usize = 0; i < N; i++) store<f64>(entry(axes, i, i), 1.0);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (let p: usize = 0; p + 1 < N; p++) for (let q = p + 1; q < N; q++) turn(at, axes, p, q);
  }
  sortAxes(at, axes);
}

@inline
function valueAt(blocks: usize, blockBytes: usize, row: i32, column: usize): f64 {
  const block = blocks + <usize>(row >> 3) * blockBytes;
  return <f64>load<f32>(block + (column << 5) + ((<usize>(row & 7)) << 2));
}

function measure(at: usize, blocks: usize, blockBytes: usize, count: i32): void {
  const mean = at + MEAN_AT;
  for (let row = 0; row < count; row++) {
    for (let j: usize = 0; j < N; j++) {
      store<f64>(mean + (j << 3), load<f64>(mean + (j << 3)) + valueAt(blocks, blockBytes, row, j));
    }
  }
  for (let j: usize = 0; j < N; j++) store<f64>(mean + (j << 3), load<f64>(mean + (j << 3)) / <f64>count);
  // A sample is enough for axes; every row still gets its place.
  const step = max(1, count >> 14);
  for (let row = 0; row < count; row += step) {
    for (let i: usize = 0; i < N; i++) {
      const x = valueAt(blocks, blockBytes, row, i) - load<f64>(mean + (i << 3));
      for (let j = i; j < N; j++) {
        const y = valueAt(blocks, blockBytes, row, j) - load<f64>(mean + (j << 3));
        store<f64>(entry(at, i, j), load<f64>(entry(at, i, j)) + x * y);
      }
    }
  }
  for (let i: usize = 0; i < N; i++) {
    for (let j: usize = 0; j < i; j++) store<f64>(entry(at, i, j), load<f64>(entry(at, j, i)));
  }
}

/** One Jacobi rotation that makes the covariance of p and q 0. */
function turn(matrix: usize, axes: usize, p: usize, q: usize): void {
  const off = load<f64>(entry(matrix, p, q));
  if (off == 0.0) return;
  const theta = (load<f64>(entry(matrix, q, q)) - load<f64>(entry(matrix, p, p))) / (2.0 * off);
  const size = Math.abs(theta) + Math.sqrt(theta * theta + 1.0);
  const t = theta < 0.0 ? -1.0 / size : 1.0 / size;
  if (!(t - t == 0.0)) return;
  const c = 1.0 / Math.sqrt(t * t + 1.0);
  const s = t * c;
  for (let i: usize = 0; i < N; i++) mix(entry(matrix, i, p), entry(matrix, i, q), c, s);
  for (let i: usize = 0; i < N; i++) mix(entry(matrix, p, i), entry(matrix, q, i), c, s);
  for (let i: usize = 0; i < N; i++) mix(entry(axes, i, p), entry(axes, i, q), c, s);
}

@inline
function mix(a: usize, b: usize, c: f64, s: f64): void {
  const x = load<f64>(a);
  const y = load<f64>(b);
  store<f64>(a, c * x - s * y);
  store<f64>(b, s * x + c * y);
}

/** Selection sort of the columns by falling variance. */
function sortAxes(matrix: usize, axes: usize): void {
  for (let k: usize = 0; k + 1 < N; k++) {
    let best = k;
    for (let i = k + 1; i < N; i++) {
      if (load<f64>(entry(matrix, i, i)) > load<f64>(entry(matrix, best, best))) best = i;
    }
    if (best == k) continue;
    swap(entry(matrix, k, k), entry(matrix, best, best));
    for (let i: usize = 0; i < N; i++) swap(entry(axes, i, k), entry(axes, i, best));
  }
}

@inline
function swap(a: usize, b: usize): void {
  const x = load<f64>(a);
  store<f64>(a, load<f64>(b));
  store<f64>(b, x);
}
