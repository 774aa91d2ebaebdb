// The same networks and losses in plain f64, one number at a time: what the kernels are compared with.

import type { LayerSpec, ParameterTensor } from '../../src/training/layers.ts';
import type { Network } from '../../src/training/network.ts';

/** Output [rows, width] of a network for parameters given as f64. */
export function forwardDouble(
  network: Network,
  parameters: Float64Array,
  input: Float64Array,
  rows: number,
): Float64Array {
  let x = input;
  for (const layer of network.layers) {
    x = layerDouble(layer.spec, layer.tensors, parameters, x, rows, layer.inWidth);
  }
  return x;
}

function layerDouble(
  spec: LayerSpec,
  tensors: readonly ParameterTensor[],
  parameters: Float64Array,
  x: Float64Array,
  rows: number,
  inWidth: number,
): Float64Array {
  const [first = 0, second = 0] = tensors.map((tensor) => tensor.offset);
  if (spec.kind === 'layerNorm') return normDouble(parameters, first, second, x, rows, inWidth);
  if (spec.kind === 'dense') {
    const from = Array.from({ length: rows }, (_, row) => row * inWidth);
    return affineDouble(parameters, first, second, x, from, inWidth, spec.width, spec.activation);
  }
  const from: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let at = 0; at + spec.kernel <= spec.length; at += spec.stride) {
      from.push(row * inWidth + at * spec.channels);
    }
  }
  const width = spec.kernel * spec.channels;
  return affineDouble(parameters, first, second, x, from, width, spec.filters, spec.activation);
}

function affineDouble(
  parameters: Float64Array,
  weight: number,
  bias: number,
  x: Float64Array,
  from: readonly number[],
  inner: number,
  width: number,
  activation: string,
): Float64Array {
  const out = new Float64Array(from.length * width);
  from.forEach((start, row) => {
    for (let j = 0; j < width; j++) {
      let sum = parameters[bias + j] as number;
      for (let k = 0; k < inner; k++) {
        sum += (x[start + k] as number) * (parameters[weight + k * width + j] as number);
      }
      out[row * width + j] =
        activation === 'tanh' ? Math.tanh(sum) : activation === 'relu' ? Math.max(0, sum) : sum;
    }
  });
  return out;
}

function normDouble(
  parameters: Float64Array,
  gain: number,
  shift: number,
  x: Float64Array,
  rows: number,
  n: number,
): Float64Array {
  const out = new Float64Array(x.length);
  for (let row = 0; row < rows; row++) {
    const part = x.subarray(row * n, row * n + n);
    const mean = part.reduce((sum, value) => sum + value, 0) / n;
    const variance = part.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n;
    for (let j = 0; j < n; j++) {
      const unit = ((part[j] as number) - mean) / Math.sqrt(variance + 1e-5);
      out[row * n + j] = unit * (parameters[gain + j] as number) + (parameters[shift + j] as number);
    }
  }
  return out;
}

/** ln softmax of each row. */
export function logSoftmaxDouble(logits: Float64Array, n: number): Float64Array {
  const out = new Float64Array(logits.length);
  for (let row = 0; row < logits.length; row += n) {
    const part = logits.subarray(row, row + n);
    const top = Math.max(...part);
    const shift = top + Math.log(part.reduce((sum, value) => sum + Math.exp(value - top), 0));
    for (let j = 0; j < n; j++) out[row + j] = (part[j] as number) - shift;
  }
  return out;
}

/** −min(ratio·A, clip(ratio)·A). */
export function surrogateDouble(difference: number, advantage: number, clip: number): number {
  const ratio = Math.exp(difference);
  return -Math.min(ratio * advantage, Math.min(Math.max(ratio, 1 - clip), 1 + clip) * advantage);
}
