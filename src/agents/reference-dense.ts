// Lowers Gemm and MatMul. Constant right-hand sides are packed into the column panels that
// assembly/nn/dense.ts reads.

import { after, OPERATION } from './reference-arena.ts';
import type { Place } from './reference-arena.ts';
import { computed, integer, operand, placed, product, real, refuse } from './reference-lowering.ts';
import type { Lowering, Tensor } from './reference-lowering.ts';

const PANEL = 32;
/** Rows that assembly/nn/dense.ts works on together. */
const GROUP = 8;

/** Gemm: alpha · a · b (or bᵀ) + beta · c. */
export function lowerGemm(lowering: Lowering): Tensor {
  const a = operand(lowering, 0);
  const b = operand(lowering, 1);
  if (a.dims.length !== 2 || b.dims.length !== 2) throw refuse(lowering, 'its operands are not matrices');
  if (integer(lowering, 'transA', 0) !== 0) throw refuse(lowering, 'transA is not supported');
  const transposed = integer(lowering, 'transB', 0) !== 0;
  const alpha = real(lowering, 'alpha', 1);
  const beta = real(lowering, 'beta', 1);
  if (b.weights === null || (lowering.inputs[2] && operand(lowering, 2).weights === null)) {
    throw refuse(lowering, 'its weights and bias must be initializers');
  }
  const [m, k] = a.dims as [number, number];
  const [rows, columns] = (transposed ? [...b.dims].reverse() : b.dims) as [number, number];
  if (rows !== k) throw refuse(lowering, `inner dimensions ${k} and ${rows} differ`);
  const source = b.weights;
  const matrix = new Float32Array(k * columns);
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < columns; j++) {
      matrix[i * columns + j] = alpha * (source[transposed ? j * k + i : i * columns + j] as number);
    }
  }
  const bias = lowering.inputs[2] ? rowBias(lowering, operand(lowering, 2), columns, beta) : undefined;
  const out = computed(lowering, [m, columns]);
  packedStep(lowering, placed(lowering, a), matrix, bias, out.place, m, k, columns);
  return out;
}

/**
 * MatMul of matrices, or of stacks of matrices with the same leading dimensions (a left matrix may serve a
 * whole stack).
 */
export function lowerMatMul(lowering: Lowering): Tensor {
  const a = operand(lowering, 0);
  const b = operand(lowering, 1);
  if (a.dims.length < 2 || b.dims.length < 2)
    throw refuse(lowering, 'vectors are not supported, only matrices');
  const m = a.dims[a.dims.length - 2] as number;
  const k = a.dims[a.dims.length - 1] as number;
  const n = b.dims[b.dims.length - 1] as number;
  if (b.dims[b.dims.length - 2] !== k) {
    throw refuse(lowering, `inner dimensions ${k} and ${b.dims[b.dims.length - 2]} differ`);
  }
  const stackA = a.dims.slice(0, -2);
  const stackB = b.dims.slice(0, -2);
  if (product(stackB) === 1) {
    const lead = stackA.length >= stackB.length ? stackA : stackB;
    const out = computed(lowering, [...lead, m, n]);
    const rows = product(stackA) * m;
    if (b.weights !== null)
      packedStep(lowering, placed(lowering, a), b.weights, undefined, out.place, rows, k, n);
    else plainStep(lowering, placed(lowering, a), placed(lowering, b), out.place, rows, k, n);
    return out;
  }
  const shared = product(stackA) === 1;
  if (!shared && stackA.join() !== stackB.join()) {
    throw refuse(lowering, `stacks ${stackA.join('x')} and ${stackB.join('x')} differ`);
  }
  const out = computed(lowering, [...stackB, m, n]);
  for (let i = 0; i < product(stackB); i++) {
    const left = after(placed(lowering, a), shared ? 0 : i * m * k);
    plainStep(lowering, left, after(placed(lowering, b), i * k * n), after(out.place, i * m * n), m, k, n);
  }
  return out;
}

function rowBias(lowering: Lowering, c: Tensor, columns: number, beta: number): Place {
  const data = c.weights as Float32Array;
  if (c.count !== 1 && !(c.count === columns && c.dims[c.dims.length - 1] === columns)) {
    throw refuse(lowering, `a bias of shape ${c.dims.join('x')} is not one row of ${columns}`);
  }
  const row = new Float32Array((columns + 3) & ~3);
  for (let j = 0; j < columns; j++) row[j] = beta * (data[c.count === 1 ? 0 : j] as number);
  return lowering.arena.constant(row);
}

function packedStep(
  lowering: Lowering,
  a: Place,
  matrix: Float32Array,
  bias: Place | undefined,
  out: Place,
  m: number,
  k: number,
  n: number,
): void {
  lowering.arena.step({
    operation: OPERATION.matMulPacked,
    a,
    b: lowering.arena.constant(packPanels(matrix, k, n)),
    ...(bias === undefined ? {} : { c: bias }),
    out,
    numbers: [m, k, n],
    // Lists of the inputs that are not zero: 8 bytes each and 8 for the list's end.
    scratch: lowering.arena.buffer(Math.min(m, GROUP) * (2 * k + 2)),
  });
}

function plainStep(
  lowering: Lowering,
  a: Place,
  b: Place,
  out: Place,
  m: number,
  k: number,
  n: number,
): void {
  lowering.arena.step({ operation: OPERATION.matMulPlain, a, b, out, numbers: [m, k, n] });
}

/**
 * Packs a row-major matrix into panels of 32 columns, then of 4, the last padded with zeros.
 *
 * @param matrix  f32[k · n]
 * @returns       f32[k · (n padded to 4)]
 * @example       packPanels(Float32Array.of(1, 2), 2, 1)[4] // 2
 */
export function packPanels(matrix: Float32Array, k: number, n: number): Float32Array {
  const packed = new Float32Array(k * ((n + 3) & ~3));
  let at = 0;
  for (let column = 0; column < n;) {
    const width = column + PANEL <= n ? PANEL : 4;
    for (let i = 0; i < k; i++, at += width) {
      for (let j = 0; j < width && column + j < n; j++) packed[at + j] = matrix[i * n + column + j] as number;
    }
    column += width;
  }
  return packed;
}
