// The reference evaluator: a model compiled to one table of kernel steps. It gives the canonical bits of
// every vote.

import type { Kernel } from '../wasm/kernel.ts';
import { badModel } from './onnx-format.ts';
import type { OnnxModel } from './onnx-format.ts';
import { STEP_BYTES } from './reference-arena.ts';
import { planModel } from './reference-plan.ts';

/** A model ready to run, batch 1. All memory is reserved once, in the kernel. */
export interface ReferenceModel {
  /** Shape of the input with its batch dimension, such as [1, 60, 7]. */
  readonly inputShape: readonly number[];
  readonly inputCount: number;
  /** Room for one input, for callers whose features do not already lie in kernel memory. */
  readonly inputAddress: number;
  /** Where the result lies: f32[outputCount]. */
  readonly outputAddress: number;
  readonly outputCount: number;
  /**
   * What the last run put before the softmax: f32[outputCount], a copy; null where the model has no output
   * "logits".
   */
  logits(): Float32Array | null;
  /**
   * Runs the model on f32[inputCount] at an address of kernel memory.
   *
   * @returns a view of the result in kernel memory: valid until the next run or until the memory grows
   */
  run(inputAddress: number): Float32Array;
}

/**
 * Compiles a model for the kernel.
 *
 * @param kernel  the kernel that will run it and whose memory holds it
 * @param source  from `readOnnx`
 * @param rows    inputs that one run takes, one after the other; each row's bits are those of a batch of one
 * @returns       the result is the output named "probabilities", or the only one
 * @throws        GrandModelError BAD_MODEL when shapes do not fit, LIMIT when kernel memory is used up;
 *                nothing is reserved before all shapes are known to fit
 */
export function compileReference(kernel: Kernel, source: OnnxModel, rows = 1): ReferenceModel {
  const model = rows === 1 ? source : batched(source, rows);
  const { arena, outputs } = planModel(model);
  const output = outputs.get('probabilities') ?? (outputs.size === 1 ? [...outputs.values()][0] : undefined);
  if (output === undefined) throw badModel('graph', 'none of its outputs is named "probabilities"');
  if (output.place === null || output.place < 0)
    throw badModel('graph', 'its output is its input or a constant');
  if (rows > 1 && output.dims[0] !== rows) throw badModel('graph', `it mixes the ${rows} rows of a batch`);
  const inputCount = model.input.dims.reduce((count, dimension) => count * dimension, 1);
  const inputAddress = kernel.alloc(4 * inputCount + 16);
  const base = kernel.alloc(arena.byteSize);
  const stepCount = arena.steps.length;
  const table = kernel.alloc(Math.max(1, stepCount) * STEP_BYTES);
  arena.write(kernel.raw.memory.buffer, base, table);
  const outputAddress = base + output.place;
  const logits = outputs.get('logits')?.place ?? null;
  const { raw } = kernel;
  return {
    inputShape: model.input.dims,
    inputCount,
    inputAddress,
    outputAddress,
    outputCount: output.count,
    logits: () => (logits === null ? null : kernel.f32(base + logits, output.count).slice()),
    run(address) {
      raw.nnRun(table, stepCount, address);
      return kernel.f32(outputAddress, output.count);
    },
  };
}

/** The model with an open batch of `rows` instead of one. */
function batched(model: OnnxModel, rows: number): OnnxModel {
  const { dims } = model.input;
  if (dims[0] !== 1) throw badModel('input', `shape ${dims.join('x')} has no batch dimension`);
  return { ...model, input: { ...model.input, dims: [rows, ...dims.slice(1)] } };
}

/**
 * Runs a model on features that live outside the kernel.
 *
 * @param features  f32 or f64, `inputCount` values, rounded to f32
 * @returns         a copy of the result
 */
export function evaluate(kernel: Kernel, model: ReferenceModel, features: ArrayLike<number>): Float32Array {
  if (features.length !== model.inputCount) {
    throw badModel('input', `${features.length} values where ${model.inputCount} belong`);
  }
  kernel.f32(model.inputAddress, model.inputCount).set(features);
  return model.run(model.inputAddress).slice();
}
