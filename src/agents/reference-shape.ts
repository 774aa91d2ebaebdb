// Lowers Flatten, Reshape and Concat. The first two move nothing: the result is the same memory under another
// shape.

import { OPERATION, after } from './reference-arena.ts';
import { axisOf, computed, integer, operand, placed, product, refuse } from './reference-lowering.ts';
import type { Lowering, Tensor } from './reference-lowering.ts';

/** Flatten, Reshape or Concat, by the node's operator. */
export function lowerShape(lowering: Lowering): Tensor {
  if (lowering.node.operator === 'Concat') return lowerConcat(lowering);
  const x = operand(lowering, 0);
  if (x.weights === null) placed(lowering, x);
  if (lowering.node.operator === 'Reshape') return { ...x, dims: reshaped(lowering, x) };
  const axis = axisOf(lowering, x.dims.length, 1, x.dims.length);
  return { ...x, dims: [product(x.dims.slice(0, axis)), product(x.dims.slice(axis))] };
}

function reshaped(lowering: Lowering, x: Tensor): number[] {
  const wanted = lowering.inputs[1]?.integers;
  if (!wanted) throw refuse(lowering, 'its shape must be an int64 initializer');
  if (wanted.length === 0 || wanted.length > 6)
    throw refuse(lowering, `a shape of rank ${wanted.length} is refused`);
  const copyZero = integer(lowering, 'allowzero', 0) === 0;
  const dims = wanted.map((size, i) => (size === 0 && copyZero ? (x.dims[i] ?? 0) : size));
  const open = dims.indexOf(-1);
  const rest = product(dims.filter((_, i) => i !== open));
  if (open >= 0 && rest > 0) dims[open] = x.count / rest;
  if (product(dims) !== x.count || dims.some((size) => !Number.isSafeInteger(size) || size < 1)) {
    throw refuse(lowering, `shape ${wanted.join('x')} does not hold ${x.count} values`);
  }
  return dims;
}

function lowerConcat(lowering: Lowering): Tensor {
  const first = operand(lowering, 0);
  const axis = axisOf(lowering, first.dims.length, 0);
  const operands = lowering.inputs.map((_, i) => operand(lowering, i));
  let along = 0;
  for (const x of operands) {
    const fits =
      x.dims.length === first.dims.length && x.dims.every((d, i) => i === axis || d === first.dims[i]);
    if (!fits) throw refuse(lowering, `shapes ${first.dims.join('x')} and ${x.dims.join('x')} do not join`);
    along += x.dims[axis] as number;
  }
  const out = computed(lowering, first.dims.with(axis, along));
  const rows = product(first.dims.slice(0, axis));
  const stride = out.count / rows;
  let at = 0;
  for (const x of operands) {
    const piece = x.count / rows;
    lowering.arena.step({
      operation: OPERATION.scatterRows,
      a: placed(lowering, x),
      out: after(out.place, at),
      numbers: [rows, 4 * piece, 4 * stride],
    });
    at += piece;
  }
  return out;
}
