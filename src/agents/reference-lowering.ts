// What every lowering shares: tensors whose place is still open, operands, attributes, refusals.

import { badModel, elementCount } from './onnx-format.ts';
import type { OnnxNode } from './onnx-format.ts';
import { label } from './onnx-graph.ts';
import type { Arena, Place } from './reference-arena.ts';

/** A tensor while the graph is lowered. */
export interface Tensor {
  readonly dims: readonly number[];
  readonly count: number;
  /** Where it lies; null for a constant that no step needed as it is so far. */
  place: Place | null;
  /** Weights, when it is a constant. */
  readonly weights: Float32Array | null;
  /** Values, when it is a constant shape. */
  readonly integers: readonly number[] | null;
}

/** What lowering one node needs. */
export interface Lowering {
  readonly arena: Arena;
  readonly node: OnnxNode;
  /** The node's inputs; an absent optional input is null. */
  readonly inputs: readonly (Tensor | null)[];
}

/** A tensor with room in the arena for its values. */
export function computed(lowering: Lowering, dims: readonly number[]): Tensor & { place: Place } {
  const shape = shaped(label(lowering.node), dims);
  return { ...shape, place: lowering.arena.buffer(shape.count) };
}

/** The node's input `index`, which must be f32. */
export function operand(lowering: Lowering, index: number): Tensor {
  const tensor = lowering.inputs[index];
  if (!tensor) throw refuse(lowering, `input ${index} is missing`);
  if (tensor.integers !== null) throw refuse(lowering, `input ${index} is int64`);
  return tensor;
}

/** Where a tensor's plain values lie, placing a constant at its first use. */
export function placed(lowering: Lowering, tensor: Tensor): Place {
  tensor.place ??= lowering.arena.constant(tensor.weights as Float32Array);
  return tensor.place;
}

/** An integer attribute. */
export function integer(lowering: Lowering, name: string, otherwise: number): number {
  const value = lowering.node.attributes.get(name) ?? otherwise;
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw refuse(lowering, `attribute "${name}" is not an integer`);
  }
  return value;
}

/** A float attribute. */
export function real(lowering: Lowering, name: string, otherwise: number): number {
  const value = lowering.node.attributes.get(name) ?? otherwise;
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw refuse(lowering, `attribute "${name}" is not a finite number`);
  }
  return value;
}

/** An axis attribute as 0..rank (rank itself only where `upTo` says so). */
export function axisOf(lowering: Lowering, rank: number, otherwise: number, upTo = rank - 1): number {
  const axis = integer(lowering, 'axis', otherwise);
  const resolved = axis < 0 ? axis + rank : axis;
  if (resolved < 0 || resolved > upTo) throw refuse(lowering, `axis ${axis} is outside rank ${rank}`);
  return resolved;
}

/** The error of a node that the evaluator does not have in this form. */
export function refuse(lowering: Lowering, reason: string): Error {
  return badModel(label(lowering.node), reason);
}

/** Product of dimensions. */
export function product(dims: readonly number[]): number {
  return dims.reduce((count, dimension) => count * dimension, 1);
}

/** A tensor of a checked shape that lies nowhere yet. */
export function shaped(place: string, dims: readonly number[]): Tensor {
  return { dims, count: elementCount(place, dims), place: null, weights: null, integers: null };
}
