// The subset of ONNX that this project reads and writes: types, operators, limits.

import { GrandModelError } from '../core/errors.ts';

/** Limits that a model file must keep; each is checked before memory is reserved for it. */
export const MODEL_LIMITS = {
  fileBytes: 16 * 1024 * 1024,
  dimension: 65_536,
  elements: 4_194_304,
  rank: 6,
  nodes: 256,
  initializers: 1024,
  textBytes: 256,
  shapeValues: 64,
  weight: 1e3,
  opset: [13, 21],
  irVersion: [3, 12],
} as const;

/** A constant of the graph: f32 weights, or the few int64 of a target shape (kept as safe integers). */
export type OnnxTensor =
  | {
      readonly name: string;
      readonly dims: readonly number[];
      readonly type: 'f32';
      readonly data: Float32Array;
    }
  | {
      readonly name: string;
      readonly dims: readonly number[];
      readonly type: 'int64';
      readonly data: readonly number[];
    };

/** Attribute values that the allowed operators use. */
export type OnnxAttribute = number | string | readonly number[];

/** One operator of the graph with one output. */
export interface OnnxNode {
  readonly operator: Operator;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

/** A named tensor at the border of the graph; a batch dimension that the file leaves open is 1. */
export interface OnnxValue {
  readonly name: string;
  readonly dims: readonly number[];
}

/** A model that passed every check; `nodes` are in an order in which each can run. */
export interface OnnxModel {
  readonly opset: number;
  readonly input: OnnxValue;
  readonly outputs: readonly OnnxValue[];
  readonly initializers: ReadonlyMap<string, OnnxTensor>;
  readonly nodes: readonly OnnxNode[];
}

/** Operators the reference evaluator has, with their input counts and attributes. */
export const OPERATORS = {
  Gemm: { inputs: [2, 3], attributes: ['alpha', 'beta', 'transA', 'transB'] },
  MatMul: { inputs: [2, 2], attributes: [] },
  Add: { inputs: [2, 2], attributes: [] },
  Mul: { inputs: [2, 2], attributes: [] },
  Relu: { inputs: [1, 1], attributes: [] },
  Tanh: { inputs: [1, 1], attributes: [] },
  LayerNormalization: { inputs: [2, 3], attributes: ['axis', 'epsilon', 'stash_type'] },
  Softmax: { inputs: [1, 1], attributes: ['axis'] },
  Conv: {
    inputs: [2, 3],
    attributes: ['auto_pad', 'dilations', 'group', 'kernel_shape', 'pads', 'strides'],
  },
  Flatten: { inputs: [1, 1], attributes: ['axis'] },
  Reshape: { inputs: [2, 2], attributes: ['allowzero'] },
  Concat: { inputs: [1, 256], attributes: ['axis'] },
} as const satisfies Record<string, { inputs: readonly [number, number]; attributes: readonly string[] }>;

/** Name of an allowed operator. */
export type Operator = keyof typeof OPERATORS;

/** Whether a name is an allowed operator. */
export function isOperator(name: string): name is Operator {
  return Object.hasOwn(OPERATORS, name);
}

/**
 * The error of a refused model file.
 *
 * @param place  where in the file, such as `initializer "w0"`
 * @param reason what is wrong there
 */
export function badModel(place: string, reason: string): GrandModelError {
  return new GrandModelError('BAD_MODEL', `Cannot read model: ${place}: ${reason}`, { place });
}

/**
 * Number of elements of a shape, refused over the limits before anything is reserved.
 *
 * @param place  where in the file, for the message
 * @param dims   each 1..65536, at most 6 of them
 * @throws       GrandModelError BAD_MODEL naming the dimension
 */
export function elementCount(place: string, dims: readonly number[]): number {
  if (dims.length > MODEL_LIMITS.rank)
    throw badModel(place, `rank ${dims.length} is over ${MODEL_LIMITS.rank}`);
  let count = 1;
  for (const dimension of dims) {
    if (dimension > MODEL_LIMITS.dimension) {
      throw badModel(place, `dimension ${dimension} is over ${MODEL_LIMITS.dimension}`);
    }
    if (dimension < 1) throw badModel(place, `dimension ${dimension} is below 1`);
    count *= dimension;
    if (count > MODEL_LIMITS.elements) {
      throw badModel(place, `shape ${dims.join('x')} has over ${MODEL_LIMITS.elements} elements`);
    }
  }
  return count;
}
