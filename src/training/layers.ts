// The layers of a network over the training module: each knows its parameters, its way forward and its way
// back. Addresses are bytes in the module's memory; activations are f32[rows, width], row-major.

import type { TrainingKernel } from '../wasm/training.ts';

/** One layer as written in a specification. */
export type LayerSpec =
  | { readonly kind: 'dense'; readonly width: number; readonly activation: Activation }
  | { readonly kind: 'layerNorm' }
  | {
      readonly kind: 'conv1d';
      /** Shape of the input: time steps × channels, time-major. */
      readonly length: number;
      readonly channels: number;
      readonly filters: number;
      readonly kernel: number;
      readonly stride: number;
      readonly activation: Activation;
    };

/** What follows the affine map of a layer. */
export type Activation = 'none' | 'tanh' | 'relu';

/** A tensor of parameters: its offset in floats within the network's block. */
export interface ParameterTensor {
  readonly name: string;
  readonly offset: number;
  readonly dims: readonly number[];
}

/** A layer placed in memory. */
export interface Layer {
  readonly spec: LayerSpec;
  readonly inWidth: number;
  readonly outWidth: number;
  readonly tensors: readonly ParameterTensor[];
  /** Address of the output of the last forward pass. */
  readonly output: number;
  forward(x: number, rows: number): void;
  /**
   * Takes dLoss/dOutput (overwritten), writes the gradients of the parameters and, unless dx is 0,
   * dLoss/dInput.
   */
  backward(x: number, dy: number, dx: number, rows: number): void;
}

/** Where a network keeps things; `reserve` gives the offset of a new tensor. */
export interface LayerMemory {
  readonly kernel: TrainingKernel;
  /** Addresses of all parameters and of their gradients. */
  readonly parameters: number;
  readonly gradients: number;
  readonly rowsMax: number;
  readonly pack: number;
}

/** Codes of assembly/training/layers.ts. */
const CODE: Readonly<Record<Activation, number>> = { none: 0, tanh: 1, relu: 2 };
const EPSILON = 1e-5;
const FLOAT = 4;

/** Output width and parameter shapes of a layer, before anything is placed in memory. */
export function shapeOfLayer(spec: LayerSpec, inWidth: number): { width: number; dims: number[][] } {
  if (spec.kind === 'dense') return { width: spec.width, dims: [[inWidth, spec.width], [spec.width]] };
  if (spec.kind === 'layerNorm') return { width: inWidth, dims: [[inWidth], [inWidth]] };
  const steps = Math.floor((spec.length - spec.kernel) / spec.stride) + 1;
  return {
    width: steps * spec.filters,
    dims: [[spec.kernel * spec.channels, spec.filters], [spec.filters]],
  };
}

/** Places a layer: its tensors are given, its buffers are reserved here. */
export function createLayer(
  memory: LayerMemory,
  spec: LayerSpec,
  inWidth: number,
  tensors: readonly ParameterTensor[],
): Layer {
  const outWidth = shapeOfLayer(spec, inWidth).width;
  const output = memory.kernel.alloc(memory.rowsMax * outWidth * FLOAT);
  const base = { spec, inWidth, outWidth, tensors, output };
  if (spec.kind === 'layerNorm') return { ...base, ...normPasses(memory, tensors, output, inWidth) };
  if (spec.kind === 'dense')
    return { ...base, ...densePasses(memory, tensors, output, inWidth, spec.width, CODE[spec.activation]) };
  return { ...base, ...convolutionPasses(memory, tensors, output, spec) };
}

type Passes = Pick<Layer, 'forward' | 'backward'>;

function densePasses(
  memory: LayerMemory,
  tensors: readonly ParameterTensor[],
  output: number,
  inWidth: number,
  outWidth: number,
  activation: number,
): Passes {
  const { raw } = memory.kernel;
  const [weight = 0, bias = 0] = tensors.map((tensor) => tensor.offset * FLOAT);
  const w = memory.parameters + weight;
  return {
    forward(x, rows) {
      raw.matrixProduct(
        ...[x, inWidth, 1, w, outWidth, 1, output, outWidth, rows, outWidth, inWidth, 0, memory.pack],
      );
      raw.biasActivate(output, memory.parameters + bias, rows, outWidth, activation);
    },
    backward(x, dy, dx, rows) {
      raw.activationGradient(dy, output, rows * outWidth, activation);
      const dw = memory.gradients + weight;
      raw.matrixProduct(
        ...[x, 1, inWidth, dy, outWidth, 1, dw, outWidth, inWidth, outWidth, rows, 0, memory.pack],
      );
      raw.columnSums(dy, memory.gradients + bias, rows, outWidth);
      if (dx === 0) return;
      raw.matrixProduct(
        ...[dy, outWidth, 1, w, 1, outWidth, dx, inWidth, rows, inWidth, outWidth, 0, memory.pack],
      );
    },
  };
}

function normPasses(
  memory: LayerMemory,
  tensors: readonly ParameterTensor[],
  output: number,
  width: number,
): Passes {
  const { raw } = memory.kernel;
  const [gain = 0, shift = 0] = tensors.map((tensor) => tensor.offset * FLOAT);
  const g = memory.parameters + gain;
  const statistics = memory.kernel.alloc(memory.rowsMax * 2 * FLOAT);
  return {
    forward(x, rows) {
      raw.layerNormForward(x, g, memory.parameters + shift, output, statistics, rows, width, EPSILON);
    },
    backward(x, dy, dx, rows) {
      const [dg, ds] = [memory.gradients + gain, memory.gradients + shift];
      raw.layerNormBackward(dy, x, g, statistics, dx === 0 ? dy : dx, dg, ds, rows, width);
    },
  };
}

/** A convolution is a dense layer over patches: one row for each step of each sample. */
function convolutionPasses(
  memory: LayerMemory,
  tensors: readonly ParameterTensor[],
  output: number,
  spec: Extract<LayerSpec, { kind: 'conv1d' }>,
): Passes {
  const { raw } = memory.kernel;
  const steps = Math.floor((spec.length - spec.kernel) / spec.stride) + 1;
  const width = spec.kernel * spec.channels;
  const patches = memory.kernel.alloc(memory.rowsMax * steps * width * FLOAT);
  const dPatches = memory.kernel.alloc(memory.rowsMax * steps * width * FLOAT);
  const dense = densePasses(memory, tensors, output, width, spec.filters, CODE[spec.activation]);
  return {
    forward(x, rows) {
      raw.patchesOf(x, patches, rows, spec.length, spec.channels, spec.kernel, spec.stride);
      dense.forward(patches, rows * steps);
    },
    backward(_x, dy, dx, rows) {
      dense.backward(patches, dy, dx === 0 ? 0 : dPatches, rows * steps);
      if (dx !== 0) raw.patchesBack(dPatches, dx, rows, spec.length, spec.channels, spec.kernel, spec.stride);
    },
  };
}
