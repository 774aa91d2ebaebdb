// A fixed view of a matrix over time: exponentially weighted means at four half-lives and the newest row.

import type { Kernel } from '../wasm/kernel.ts';

/** Half-lives of the weighted means, in rows. */
export const HALF_LIVES = [2, 6, 15, 40] as const;
/** Rows of the basis: the means and the newest row. */
export const BASIS_ROWS = HALF_LIVES.length + 1;

/**
 * The basis as a matrix to multiply from the left.
 *
 * @param kernel  gives exp and log, so that the weights have the same bits on every host
 * @param rows    rows of the feature matrix, oldest first
 * @returns       f32[BASIS_ROWS · rows]; each row sums to 1 within f32 rounding
 */
export function temporalBasis(kernel: Kernel, rows: number): Float32Array {
  const basis = new Float32Array(BASIS_ROWS * rows);
  HALF_LIVES.forEach((halfLife, k) => {
    const rate = kernel.raw.log(0.5) / halfLife;
    const weights = Array.from({ length: rows }, (_, i) => kernel.raw.exp(rate * (rows - 1 - i)));
    let sum = 0;
    for (const weight of weights) sum += weight;
    weights.forEach((weight, i) => (basis[k * rows + i] = weight / sum));
  });
  basis[BASIS_ROWS * rows - 1] = 1;
  return basis;
}

/**
 * basis · matrix, in f64 and ascending order.
 *
 * @param matrix  rows × columns, row-major
 * @param out     BASIS_ROWS × columns at `at`
 */
export function project(
  basis: Float32Array,
  matrix: ArrayLike<number>,
  columns: number,
  out: Float64Array,
  at: number,
): void {
  const rows = basis.length / BASIS_ROWS;
  for (let k = 0; k < BASIS_ROWS; k++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let i = 0; i < rows; i++)
        sum += (basis[k * rows + i] as number) * (matrix[i * columns + j] as number);
      out[at + k * columns + j] = sum;
    }
  }
}
