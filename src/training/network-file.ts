// A trained network as an .onnx file, with the operators that the strict reader allows. There is no Transpose
// among them, so a convolution's output stays in ONNX's order, filter before time, and the constants of the
// layer that reads it are put into that order instead.

import type { OnnxTensor } from '../agents/onnx-format.ts';
import { GrandModelError } from '../core/errors.ts';
import type { LayerSpec } from './layers.ts';
import type { Network } from './network.ts';
import { shapeOf, weights, writeOnnx } from './onnx-writer.ts';
import type { NodeToWrite } from './onnx-writer.ts';

type Conv1d = Extract<LayerSpec, { kind: 'conv1d' }>;

/** Where a value lies: the graph's name for it, and how its cells are ordered. */
interface Flow {
  readonly name: string;
  /** Cell i of the graph is cell order[i] of the trainer; null when both are in the trainer's order. */
  readonly order: readonly number[] | null;
  /** Filters of the convolution whose order it is; 0 without one. */
  readonly filters: number;
  /** Whether it has the shape [1, n]. */
  readonly flat: boolean;
}

/** What has been written so far. */
interface Graph {
  readonly initializers: OnnxTensor[];
  readonly nodes: NodeToWrite[];
}

const EPSILON = 1e-5;

/**
 * A network of dense, LayerNorm and Conv1d layers as .onnx, softmax on top: input "observation" [1, n],
 * outputs "probabilities" and "logits".
 *
 * @throws GrandModelError UNSUPPORTED for a network of the fast build, whose bits belong to one machine
 */
export function networkFile(
  network: Network,
  name: string,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  if (network.fast)
    throw new GrandModelError(
      'UNSUPPORTED',
      `Cannot export ${name}: it was trained by the fast build, whose bits differ between machines; ` +
        'train it again without --fast',
      { name },
    );
  const graph: Graph = { initializers: [], nodes: [] };
  let flow: Flow = { name: 'observation', order: null, filters: 0, flat: true };
  network.layers.forEach((layer, i) => {
    const [first, second] = layer.tensors.map((tensor) => network.tensor(tensor).slice());
    const constants = [first ?? new Float32Array(), second ?? new Float32Array()] as const;
    flow = writeLayer(graph, flow, layer.spec, constants, i);
  });
  const logits = named(graph, inTrainerOrder(graph, flow), 'logits');
  const attributes = { axis: -1 };
  graph.nodes.push({ operator: 'Softmax', inputs: [logits], output: 'probabilities', attributes });
  const border = (title: string, width: number) => ({ name: title, dims: [1, width] });
  return writeOnnx({
    name,
    input: border('observation', network.spec.inputWidth),
    outputs: [border('probabilities', network.outputWidth), border('logits', network.outputWidth)],
    ...graph,
    metadata,
  });
}

type Constants = readonly [weight: Float32Array, bias: Float32Array];

function writeLayer(graph: Graph, from: Flow, spec: LayerSpec, constants: Constants, index: number): Flow {
  if (spec.kind === 'conv1d') return writeConvolution(graph, from, spec, constants, index);
  const [weight, bias] = constants;
  const { name: input, order, filters } = asRow(graph, from);
  if (spec.kind === 'layerNorm') {
    const [gain, shift] = [ordered(weight, order, 1), ordered(bias, order, 1)];
    const inputs = [input, ...parameters(graph, index, [weight.length], gain, shift)];
    const attributes = { axis: -1, epsilon: EPSILON };
    graph.nodes.push({ operator: 'LayerNormalization', inputs, output: `y${index}`, attributes });
    return { name: `y${index}`, order, filters, flat: true };
  }
  const dims = [weight.length / spec.width, spec.width];
  const inputs = [input, ...parameters(graph, index, dims, ordered(weight, order, spec.width), bias)];
  const name = activated(graph, { operator: 'Gemm', inputs }, spec.activation, index);
  return { name, order: null, filters: 0, flat: true };
}

/**
 * Time-major rows are an image of one channel, time down and channels across, under a filter as wide as the
 * image; after a first convolution the filters are channels already.
 */
function writeConvolution(
  graph: Graph,
  given: Flow,
  spec: Conv1d,
  [weight, bias]: Constants,
  index: number,
): Flow {
  const { length, channels, filters, kernel, stride } = spec;
  const steps = Math.floor((length - kernel) / stride) + 1;
  const stacked = given.filters === channels;
  const from = stacked ? given : inTrainerOrder(graph, given);
  const shape = stacked ? [1, channels, length] : [1, 1, length, channels];
  const input = reshaped(graph, from.name, shape, `x${index}`);
  const turned = new Float32Array(weight.length);
  for (let filter = 0; filter < filters; filter++) {
    for (let cell = 0; cell < kernel * channels; cell++) {
      const [tap, channel] = [Math.floor(cell / channels), cell % channels];
      const place = stacked ? channel * kernel + tap : cell;
      turned[filter * kernel * channels + place] = weight[cell * filters + filter] ?? Number.NaN;
    }
  }
  const dims = stacked ? [filters, channels, kernel] : [filters, 1, kernel, channels];
  const inputs = [input, ...parameters(graph, index, dims, turned, bias)];
  const attributes = { strides: stacked ? [stride] : [stride, 1] };
  const name = activated(graph, { operator: 'Conv', inputs, attributes }, spec.activation, index);
  const cells = Array.from({ length: filters * steps }, (_, i) => i);
  const order = cells.map((i) => (i % steps) * filters + Math.floor(i / steps));
  return { name, order, filters, flat: false };
}

function activated(
  graph: Graph,
  node: Omit<NodeToWrite, 'output'>,
  activation: Conv1d['activation'],
  index: number,
): string {
  const name = `y${index}`;
  const sum = activation === 'none' ? name : `${name}.sum`;
  graph.nodes.push({ ...node, output: sum });
  if (activation === 'none') return name;
  graph.nodes.push({ operator: activation === 'tanh' ? 'Tanh' : 'Relu', inputs: [sum], output: name });
  return name;
}

/** Weight and bias of a layer, or gain and shift, as constants; their names. */
function parameters(
  graph: Graph,
  index: number,
  dims: readonly number[],
  weight: Float32Array,
  bias: Float32Array,
): string[] {
  graph.initializers.push(weights(`w${index}`, dims, weight), weights(`b${index}`, [bias.length], bias));
  return [`w${index}`, `b${index}`];
}

/** The value as [1, n]. */
function asRow(graph: Graph, flow: Flow): Flow {
  if (flow.flat) return flow;
  const shape = [1, flow.order?.length ?? 0];
  return { ...flow, name: reshaped(graph, flow.name, shape, `${flow.name}.row`), flat: true };
}

function reshaped(graph: Graph, input: string, shape: readonly number[], name: string): string {
  graph.initializers.push(shapeOf(`${name}.shape`, shape));
  graph.nodes.push({ operator: 'Reshape', inputs: [input, `${name}.shape`], output: name });
  return name;
}

/** The value as the trainer has it; after a convolution a product with a permutation, which is exact. */
function inTrainerOrder(graph: Graph, flow: Flow): Flow {
  if (flow.order === null) return flow;
  const row = asRow(graph, flow);
  const n = flow.order.length;
  const permutation = new Float32Array(n * n);
  flow.order.forEach((to, at) => (permutation[at * n + to] = 1));
  const output = `${row.name}.ordered`;
  graph.initializers.push(weights(`${output}.by`, [n, n], permutation));
  graph.nodes.push({ operator: 'MatMul', inputs: [row.name, `${output}.by`], output });
  return { name: output, order: null, filters: 0, flat: true };
}

/** Gives the last node's output its public name. */
function named(graph: Graph, flow: Flow, name: string): string {
  const last = graph.nodes.pop();
  if (last) graph.nodes.push({ ...last, output: name });
  return last ? name : flow.name;
}

/** Rows of `columns` cells in the graph's order. */
function ordered(values: Float32Array, order: readonly number[] | null, columns: number): Float32Array {
  if (order === null) return values;
  return Float32Array.from(values, (_, i) => {
    const row = order[Math.floor(i / columns)] ?? 0;
    return values[row * columns + (i % columns)] ?? Number.NaN;
  });
}
