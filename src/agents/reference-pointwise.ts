// Lowers the element-wise and row-wise operators: Add, Mul, Relu, Tanh, LayerNormalization, Softmax.

import { OPERATION } from './reference-arena.ts';
import type { Place } from './reference-arena.ts';
import { axisOf, computed, operand, placed, product, real, refuse } from './reference-lowering.ts';
import type { Lowering, Tensor } from './reference-lowering.ts';

/** Relu or Tanh. */
export function lowerPointwise(lowering: Lowering, operation: number): Tensor {
  const x = operand(lowering, 0);
  const out = computed(lowering, x.dims);
  lowering.arena.step({ operation, a: placed(lowering, x), out: out.place, numbers: [x.count, 0, 0] });
  return out;
}

/** Softmax over the last dimension that is not 1. */
export function lowerSoftmax(lowering: Lowering): Tensor {
  const x = operand(lowering, 0);
  const axis = axisOf(lowering, x.dims.length, -1);
  if (product(x.dims.slice(axis + 1)) !== 1) throw refuse(lowering, `axis ${axis} is not the last`);
  const n = x.dims[axis] ?? 1;
  const out = computed(lowering, x.dims);
  lowering.arena.step({
    operation: OPERATION.softmax,
    a: placed(lowering, x),
    out: out.place,
    numbers: [x.count / n, n, 0],
  });
  return out;
}

/** LayerNormalization over the trailing dimensions from `axis`. */
export function lowerLayerNorm(lowering: Lowering): Tensor {
  const x = operand(lowering, 0);
  const n = product(x.dims.slice(axisOf(lowering, x.dims.length, -1)));
  const scale = operand(lowering, 1);
  const bias = lowering.inputs[2] ? operand(lowering, 2) : null;
  if (scale.count !== n || (bias !== null && bias.count !== n)) {
    throw refuse(lowering, `scale and bias must have ${n} values`);
  }
  const epsilon = real(lowering, 'epsilon', 1e-5);
  if (epsilon < 0 || epsilon > 1) throw refuse(lowering, `epsilon ${epsilon} is outside 0..1`);
  const out = computed(lowering, x.dims);
  lowering.arena.step({
    operation: OPERATION.layerNorm,
    a: placed(lowering, x),
    b: placed(lowering, scale),
    ...(bias === null ? {} : { c: placed(lowering, bias) }),
    out: out.place,
    numbers: [x.count / n, n, 0],
    epsilon,
  });
  return out;
}

/**
 * Adds or multiplies with broadcasting: one side must have the result's shape, the other repeat inside it.
 */
export function lowerBroadcast(lowering: Lowering, operation: number): Tensor {
  const left = operand(lowering, 0);
  const right = operand(lowering, 1);
  const dims = broadcast(lowering, left.dims, right.dims);
  const count = product(dims);
  const [whole, part] = left.count === count && left.weights === null ? [left, right] : [right, left];
  if (whole.count !== count) {
    throw refuse(lowering, `shapes ${left.dims.join('x')} and ${right.dims.join('x')} both repeat`);
  }
  const out = computed(lowering, dims);
  const repeated = repeating(lowering, part, dims);
  lowering.arena.step({
    operation,
    a: placed(lowering, whole),
    b: repeated.place,
    out: out.place,
    numbers: [count, repeated.period, 0],
  });
  return out;
}

function broadcast(lowering: Lowering, left: readonly number[], right: readonly number[]): number[] {
  const rank = Math.max(left.length, right.length);
  const dims: number[] = [];
  for (let i = 0; i < rank; i++) {
    const a = left[left.length - rank + i] ?? 1;
    const b = right[right.length - rank + i] ?? 1;
    if (a !== b && a !== 1 && b !== 1) {
      throw refuse(lowering, `shapes ${left.join('x')} and ${right.join('x')} do not match`);
    }
    dims.push(Math.max(a, b));
  }
  return dims;
}

/**
 * How a smaller operand repeats along the result: as it is when it is a trailing block, else a constant is
 * written out.
 */
function repeating(
  lowering: Lowering,
  part: Tensor,
  dims: readonly number[],
): { place: Place; period: number } {
  const inner = part.dims.slice(part.dims.findIndex((dimension) => dimension !== 1));
  const trailing = part.count > 1 && inner.every((d, i) => d === dims[dims.length - inner.length + i]);
  if (trailing || (part.count === 1 && part.weights === null)) {
    return { place: placed(lowering, part), period: part.count };
  }
  if (part.weights === null)
    throw refuse(lowering, `a computed ${part.dims.join('x')} cannot repeat inside its rows`);
  const count = product(dims);
  const full = new Float32Array(count);
  for (let i = 0; i < count; i++) full[i] = part.weights[sourceIndex(i, part.dims, dims)] as number;
  return { place: lowering.arena.constant(full), period: count };
}

function sourceIndex(index: number, from: readonly number[], to: readonly number[]): number {
  let rest = index;
  let at = 0;
  let stride = 1;
  for (let i = to.length - 1; i >= 0; i--) {
    const size = to[i] as number;
    const position = rest % size;
    rest = (rest - position) / size;
    const own = from[from.length - to.length + i] ?? 1;
    if (own > 1) at += position * stride;
    stride *= own;
  }
  return at;
}
