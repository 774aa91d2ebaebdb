// A network: layers in one block of parameters, orthogonal start, Adam with a clipped gradient, and the bytes
// that a checkpoint needs.

import { GrandModelError } from '../core/errors.ts';
import type { TrainingKernel } from '../wasm/training.ts';
import { createLayer, shapeOfLayer } from './layers.ts';
import type { Layer, LayerSpec, ParameterTensor } from './layers.ts';

/** What a network is made of. */
export interface NetworkSpec {
  readonly inputWidth: number;
  readonly layers: readonly LayerSpec[];
  /** Gain of the last dense layer; small values start a policy near uniform. */
  readonly headGain: number;
}

/** Settings of one Adam step. */
export interface StepOptions {
  readonly rate: number;
  /** Largest Euclidean norm of the gradient; larger ones are scaled down. */
  readonly normMax: number;
}

const FLOAT = 4;
/** Tensors start on 16 floats, so that whole blocks can be read four at a time. */
const ALIGN = 16;
const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-5;
const PARAMETERS_MAX = 4_000_000;

/** Number of parameters of a specification, padding not counted. */
export function countParameters(spec: NetworkSpec): number {
  return placeTensors(spec)
    .tensors.flat()
    .reduce((sum, tensor) => sum + sizeOf(tensor.dims), 0);
}

/** What training continues from. */
export interface SavedNetwork {
  /** Parameters and both moments, f32[3 · size]. */
  readonly floats: Float32Array;
  /** Powers of β₁ and β₂. */
  readonly powers: readonly [number, number];
  /** Whether the fast build made them. */
  readonly fast: boolean;
}

/** A network with its optimiser. */
export class Network {
  readonly spec: NetworkSpec;
  readonly layers: readonly Layer[];
  /** Floats in the block, padding included. */
  readonly size: number;
  readonly parameters: number;
  readonly gradients: number;
  /** f32[rowsMax, outputWidth]: where the caller puts dLoss/dOutput before `backward`. */
  readonly outputGradient: number;
  readonly outputWidth: number;
  private readonly kernel: TrainingKernel;
  private readonly moments: number;
  private readonly flows: readonly number[];
  private input = 0;
  private beta1Power = 1;
  private beta2Power = 1;

  /**
   * @param rng   address of the module's generator, which draws the start
   * @param rowsMax largest batch
   * @throws      GrandModelError LIMIT for more than 4 million parameters
   */
  constructor(kernel: TrainingKernel, spec: NetworkSpec, rowsMax: number, rng: number) {
    const placed = placeTensors(spec);
    if (placed.size > PARAMETERS_MAX)
      throw new GrandModelError('LIMIT', `Cannot create a network: ${placed.size} parameters`, {
        parameters: placed.size,
      });
    this.kernel = kernel;
    this.spec = spec;
    this.size = placed.size;
    this.parameters = kernel.alloc(placed.size * FLOAT);
    this.gradients = kernel.alloc(placed.size * FLOAT);
    this.moments = kernel.alloc(2 * placed.size * FLOAT);
    const pack = kernel.alloc(kernel.raw.packBytes(Math.max(...placed.widths)));
    const memory = { kernel, parameters: this.parameters, gradients: this.gradients, rowsMax, pack };
    this.layers = spec.layers.map((layer, i) =>
      createLayer(memory, layer, placed.widths[i] ?? 0, placed.tensors[i] ?? []),
    );
    this.flows = this.layers.map((layer) => kernel.alloc(rowsMax * layer.outWidth * FLOAT));
    this.outputGradient = this.flows.at(-1) ?? 0;
    this.outputWidth = placed.widths.at(-1) ?? 0;
    this.initialise(rng);
  }

  /** Runs rows of the input and returns the address of the output. */
  forward(x: number, rows: number): number {
    this.input = x;
    let from = x;
    for (const layer of this.layers) {
      layer.forward(from, rows);
      from = layer.output;
    }
    return from;
  }

  /** Gradients of all parameters, from `outputGradient` and the last forward pass; dx 0 when not wanted. */
  backward(rows: number, dx = 0): void {
    for (let i = this.layers.length - 1; i >= 0; i--) {
      const layer = this.layers[i] as Layer;
      const x = i === 0 ? this.input : (this.layers[i - 1] as Layer).output;
      layer.backward(x, this.flows[i] ?? 0, i === 0 ? dx : (this.flows[i - 1] ?? 0), rows);
    }
  }

  /** One Adam step (Kingma & Ba 2015); returns the norm of the gradient before clipping. */
  step(options: StepOptions): number {
    const { raw } = this.kernel;
    this.beta1Power *= BETA1;
    this.beta2Power *= BETA2;
    const norm = Math.sqrt(raw.sumOfSquares(this.gradients, this.size));
    const scale = norm > options.normMax ? options.normMax / norm : 1;
    const [first, second] = [this.moments, this.moments + this.size * FLOAT];
    const corrections = [1 / (1 - this.beta1Power), 1 / Math.sqrt(1 - this.beta2Power)] as const;
    const { parameters, gradients, size } = this;
    raw.adamStep(
      ...[parameters, gradients, first, second, size, options.rate, BETA1, BETA2, EPSILON],
      ...corrections,
      scale,
    );
    return norm;
  }

  /** A tensor's values; a view, stale after the memory grows. */
  tensor(tensor: ParameterTensor): Float32Array {
    return this.kernel.f32(this.parameters + tensor.offset * FLOAT, sizeOf(tensor.dims));
  }

  /** Whether the fast build holds it; then its bits belong to this machine. */
  get fast(): boolean {
    return this.kernel.fast;
  }

  /** SHA-256 of the parameters, hexadecimal. */
  hash(): string {
    return this.kernel.sha256At(this.parameters, this.size * FLOAT);
  }

  /** Everything that training continues from: parameters, both moments, powers of β. */
  save(): SavedNetwork {
    const floats = new Float32Array(3 * this.size);
    floats.set(this.kernel.f32(this.parameters, this.size));
    floats.set(this.kernel.f32(this.moments, 2 * this.size), this.size);
    return { floats, powers: [this.beta1Power, this.beta2Power], fast: this.fast };
  }

  /**
   * Takes back what `save` gave.
   *
   * @throws GrandModelError BAD_MODEL for another size, or for a network of the fast build in a canonical
   * one:
   *   it would leave no trace there
   */
  restore(saved: SavedNetwork): void {
    if (saved.fast && !this.fast)
      throw new GrandModelError(
        'BAD_MODEL',
        'Cannot restore: the fast build made it, this is the canonical one',
      );
    if (saved.floats.length !== 3 * this.size)
      throw new GrandModelError(
        'BAD_MODEL',
        `Cannot restore: ${saved.floats.length} floats, not ${3 * this.size}`,
      );
    this.kernel.f32(this.parameters, this.size).set(saved.floats.subarray(0, this.size));
    this.kernel.f32(this.moments, 2 * this.size).set(saved.floats.subarray(this.size));
    [this.beta1Power, this.beta2Power] = saved.powers;
  }

  /** Orthogonal weights (Saxe et al. 2014), zero biases, LayerNorm gains 1. */
  private initialise(rng: number): void {
    this.layers.forEach((layer, i) => {
      const [first] = layer.tensors;
      if (!first) return;
      if (layer.spec.kind === 'layerNorm') {
        this.tensor(first).fill(1);
        return;
      }
      const gain = i === this.layers.length - 1 ? this.spec.headGain : gainOf(layer.spec.activation);
      const [rows = 1, columns = 1] = first.dims;
      const basis = orthogonal(this.kernel, rng, Math.min(rows, columns), Math.max(rows, columns));
      const weight = this.tensor(first);
      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < columns; c++) {
          const value = rows < columns ? basis[r]?.[c] : basis[c]?.[r];
          weight[r * columns + c] = gain * (value ?? 0);
        }
      }
    });
  }
}

function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, dimension) => product * dimension, 1);
}

function gainOf(activation: string): number {
  return activation === 'tanh' ? 5 / 3 : activation === 'relu' ? Math.SQRT2 : 1;
}

function placeTensors(spec: NetworkSpec): { size: number; widths: number[]; tensors: ParameterTensor[][] } {
  const widths = [spec.inputWidth];
  let size = 0;
  const tensors = spec.layers.map((layer, i) => {
    const shape = shapeOfLayer(layer, widths[i] ?? 0);
    widths.push(shape.width);
    return shape.dims.map((dims, part) => {
      const tensor = { name: `${layer.kind}${i}.${part === 0 ? 'weight' : 'bias'}`, offset: size, dims };
      size += Math.ceil(sizeOf(dims) / ALIGN) * ALIGN;
      return tensor;
    });
  });
  return { size, widths, tensors };
}

/** `count` orthonormal vectors of `length` ≥ count: Gaussian draws through Gram-Schmidt. */
function orthogonal(kernel: TrainingKernel, rng: number, count: number, length: number): Float64Array[] {
  const basis: Float64Array[] = [];
  for (let i = 0; i < count; i++) {
    const vector = Float64Array.from({ length }, () => kernel.raw.rngNormal(rng));
    for (const other of basis) {
      const along = dot(vector, other);
      for (let k = 0; k < length; k++) vector[k] = (vector[k] ?? 0) - along * (other[k] ?? 0);
    }
    const norm = Math.sqrt(dot(vector, vector));
    basis.push(vector.map((value) => value / norm));
  }
  return basis;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
