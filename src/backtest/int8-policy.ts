// A policy with 8-bit weights: a quarter of the memory, an answer that is near the model's and not the
// model's. It stands right of the engine and runs on the analysis module alone, so no decision can reach it;
// `startEvaluator` refuses it too, because it misses the card's probes.

import { badModel } from '../agents/onnx-format.ts';
import type { OnnxModel, OnnxNode } from '../agents/onnx-format.ts';
import { readOnnx } from '../agents/onnx-reader.ts';
import type { Candidate } from '../agents/policy-backend.ts';
import type { AnalysisKernel } from '../wasm/analysis.ts';

const WEIGHT_MAX = 127;
const INPUT_MAX = 32_767;
const SUM_MAX = 2 ** 31 - 1;
const WIDE = 32;
const NARROW = 8;
/** Fields of a layer in assembly/nn/int8.ts. */
const LAYER_WORDS = 8;

/** A dense layer in 8 bits. */
export interface Int8Layer {
  readonly inputs: number;
  readonly outputs: number;
  /** i8[inputs][outputs]. */
  readonly weights: Int8Array;
  /** f32[outputs]: a weight is its integer times this. */
  readonly scales: Float32Array;
  /** f32[inputs][outputs]: what was rounded. */
  readonly exact: Float32Array;
  readonly bias: Float32Array;
  readonly relu: boolean;
  /** Largest integer an input becomes: sums stay within 32 bits. */
  readonly inputLimit: number;
}

/** A policy in 8 bits, ready to run. */
export interface Int8Policy {
  readonly layers: readonly Int8Layer[];
  /** Answers f32 features with probabilities: a view in kernel memory, valid until the next run. */
  run(features: Float32Array): Float32Array;
  /** The logits of the last run, a copy. */
  logits(): Float32Array;
}

/**
 * Rounds the weights of a chain of Gemm and Relu that ends in a Softmax to 8 bits, a scale for each output.
 *
 * @param model  from `readOnnx`
 * @throws       GrandModelError BAD_MODEL naming the node that is none of these
 */
export function int8Layers(model: OnnxModel): Int8Layer[] {
  const layers: Int8Layer[] = [];
  let last = model.input.name;
  for (const node of model.nodes) {
    if (node.inputs[0] !== last) throw badModel(`node "${node.output}"`, 'it is not in one chain');
    last = node.output;
    const layer = layers[layers.length - 1];
    if (node.operator === 'Gemm') layers.push(int8Gemm(model, node));
    else if (node.operator === 'Relu' && layer) layers[layers.length - 1] = { ...layer, relu: true };
    else if (node.operator !== 'Softmax' || node !== model.nodes[model.nodes.length - 1])
      throw badModel(`node "${node.output}"`, `${node.operator} has no 8-bit form`);
  }
  if (layers.length === 0) throw badModel('graph', 'it has no Gemm');
  return layers;
}

function int8Gemm(model: OnnxModel, node: OnnxNode): Int8Layer {
  const [, matrix, offset] = node.inputs.map((name) => model.initializers.get(name));
  if (
    matrix?.type !== 'f32' ||
    matrix.dims.length !== 2 ||
    offset?.type !== 'f32' ||
    node.attributes.size > 0
  ) {
    throw badModel(`node "${node.output}"`, 'its Gemm is not x · w + b with constant w and b');
  }
  const [inputs, outputs] = matrix.dims as [number, number];
  const weights = new Int8Array(inputs * outputs);
  const scales = new Float32Array(outputs);
  for (let j = 0; j < outputs; j++) {
    let most = 0;
    for (let i = 0; i < inputs; i++) most = Math.max(most, Math.abs(matrix.data[i * outputs + j] as number));
    const scale = Math.fround(most / WEIGHT_MAX);
    scales[j] = scale;
    // an output without weights keeps zeros
    if (scale === 0) continue;
    for (let i = 0; i < inputs; i++) {
      const steps = Math.round((matrix.data[i * outputs + j] as number) / scale);
      weights[i * outputs + j] = Math.max(-WEIGHT_MAX, Math.min(WEIGHT_MAX, steps));
    }
  }
  const inputLimit = Math.min(INPUT_MAX, Math.floor(SUM_MAX / (WEIGHT_MAX * inputs)));
  return {
    ...{ inputs, outputs, weights, scales, exact: matrix.data, bias: offset.data },
    ...{ relu: false, inputLimit },
  };
}

/**
 * Puts a policy in 8 bits into a kernel's memory, where it stays.
 *
 * @throws GrandModelError BAD_MODEL as `int8Layers`, LIMIT when kernel memory is used up
 */
export function compileInt8(kernel: AnalysisKernel, model: OnnxModel): Int8Policy {
  const layers = int8Layers(model);
  const widest = Math.max(...layers.map(({ inputs, outputs }) => Math.max(inputs, outputs)));
  const last = layers[layers.length - 1] as Int8Layer;
  const [input, list] = [kernel.alloc(4 * widest + 16), kernel.alloc(4 * widest + 32)];
  const [table, answer] = [kernel.alloc(4 * LAYER_WORDS * layers.length), kernel.alloc(4 * widest + 16)];
  const outs = layers.map((layer) => place(kernel, layer));
  const words = outs.flatMap((place, i) => {
    const { inputs, outputs, relu, inputLimit } = layers[i] as Int8Layer;
    return [...place, inputs, outputs, Number(relu), inputLimit];
  });
  kernel.heap32.set(words, table / 4);
  const logits = outs[outs.length - 1]?.[3] ?? 0;
  const features = layers[0]?.inputs ?? 0;
  const { raw } = kernel;
  let given = kernel.f32(input, features);
  let answered = kernel.f32(answer, last.outputs);
  return {
    layers,
    run(x) {
      if (x.length !== features) throw badModel('input', `${x.length} values where ${features} belong`);
      if (given.length === 0) {
        // the memory grew and took the views with it
        given = kernel.f32(input, features);
        answered = kernel.f32(answer, last.outputs);
      }
      given.set(x);
      raw.int8Run(table, layers.length, input, list, answer);
      return answered;
    },
    logits: () => kernel.f32(logits, last.outputs).slice(),
  };
}

/** Addresses of a layer's packed weights, scales, bias and outputs. */
function place(kernel: AnalysisKernel, layer: Int8Layer): [number, number, number, number] {
  const packed = packInt8(layer);
  const padded = (layer.outputs + NARROW - 1) & ~(NARROW - 1);
  const weights = kernel.alloc(packed.length);
  kernel.u8(weights, packed.length).set(new Uint8Array(packed.buffer));
  const [scales, bias, out] = [0, 0, 0].map(() => kernel.alloc(4 * padded)) as [number, number, number];
  kernel.f32(scales, layer.outputs).set(layer.scales);
  kernel.f32(bias, layer.outputs).set(layer.bias);
  return [weights, scales, bias, out];
}

/** Panels of 32 outputs, then of 8: for each pair of inputs, the two weights of each output. */
function packInt8({ inputs, outputs, weights }: Int8Layer): Int8Array {
  const padded = (outputs + NARROW - 1) & ~(NARROW - 1);
  const packed = new Int8Array(((inputs + 1) & ~1) * padded);
  let at = 0;
  for (let column = 0; column < padded;) {
    const width = column + WIDE <= padded ? WIDE : NARROW;
    for (let i = 0; i < inputs; i += 2) {
      for (let j = column; j < column + width; j++) {
        for (const row of [i, i + 1])
          packed[at++] = row < inputs && j < outputs ? (weights[row * outputs + j] as number) : 0;
      }
    }
    column += width;
  }
  return packed;
}

/**
 * How far a logit may be from the model's at the given features: the roundings of weights and inputs, layer
 * by layer, at their worst, and f32 rounding besides.
 *
 * @returns  f64[outputs], absolute
 */
export function int8ErrorBound(model: OnnxModel, features: Float32Array): Float64Array {
  let x = Float64Array.from(features);
  let error = new Float64Array(x.length);
  for (const { inputs, outputs, scales, exact, bias, relu, inputLimit } of int8Layers(model)) {
    const top = x.reduce((most, value, i) => Math.max(most, Math.abs(value) + (error[i] as number)), 0);
    const half = top / inputLimit / 2;
    const [y, bound] = [new Float64Array(outputs), new Float64Array(outputs)];
    for (let j = 0; j < outputs; j++) {
      const step = (scales[j] as number) / 2;
      let sum = bias[j] as number;
      let size = Math.abs(sum);
      let off = 0;
      for (let i = 0; i < inputs; i++) {
        const value = x[i] as number;
        const wrong = (error[i] as number) + half;
        const weight = exact[i * outputs + j] as number;
        sum += weight * value;
        size += Math.abs(weight * value);
        off += Math.abs(weight) * wrong + step * (Math.abs(value) + wrong);
      }
      y[j] = relu ? Math.max(0, sum) : sum;
      bound[j] = off + 2 * F32_ROUNDING * size * (inputs + 2);
    }
    [x, error] = [y, bound];
  }
  return error;
}

/** Half a step of f32, relative. */
const F32_ROUNDING = 2 ** -24;

/**
 * The 8-bit policy as a backend, for scans and screens that take an approximation. No engine takes backends,
 * and the probes of the card refuse it wherever one is chosen.
 *
 * @param file  the .onnx bytes
 */
export function int8Candidate(kernel: AnalysisKernel, file: Uint8Array): Candidate {
  return {
    backend: 'int8',
    async open() {
      const policy = compileInt8(kernel, readOnnx(file));
      const width = policy.layers[0]?.inputs ?? 0;
      return {
        backend: 'int8',
        async run(features, rows = 1, output = 'probabilities') {
          if (features.length !== rows * width)
            throw badModel('input', `${features.length} values where ${rows} rows of ${width} belong`);
          const answers = Array.from({ length: rows }, (_, row) => {
            const found = policy.run(features.subarray(row * width, (row + 1) * width));
            return output === 'logits' ? policy.logits() : found.slice();
          });
          const joined = new Float32Array(rows * (answers[0]?.length ?? 0));
          answers.forEach((answer, row) => joined.set(answer, row * answer.length));
          return joined;
        },
        close: () => Promise.resolve(),
      };
    },
  };
}
