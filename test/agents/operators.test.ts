// The reference evaluator beside onnxruntime-web: every allowed operator, one small graph each.

import * as ort from 'onnxruntime-web';
import { beforeAll, describe, expect, it } from 'vitest';
import type { OnnxTensor } from '../../src/agents/onnx-format.ts';
import { readOnnx } from '../../src/agents/onnx-reader.ts';
import { compileReference, evaluate } from '../../src/agents/reference-evaluator.ts';
import { shapeOf, weights, writeOnnx } from '../../src/training/onnx-writer.ts';
import type { NodeToWrite } from '../../src/training/onnx-writer.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import type { Kernel } from '../../src/wasm/kernel.ts';

let kernel: Kernel;
let state = 7;

beforeAll(async () => {
  kernel = await loadKernel();
  ort.env.wasm.numThreads = 1;
});

function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 31 - 1;
}

function values(count: number): Float32Array {
  return Float32Array.from({ length: count }, random);
}

function constant(name: string, ...dims: number[]): OnnxTensor {
  return weights(name, dims, values(dims.reduce((a, b) => a * b, 1)));
}

/** Builds the graph, runs it in both evaluators on 5 inputs, returns the largest difference. */
async function largestDifference(
  dims: number[],
  nodes: NodeToWrite[],
  initializers: OnnxTensor[],
  output: number[],
): Promise<number> {
  const file = writeOnnx({
    name: 'case',
    input: { name: 'x', dims },
    outputs: [{ name: 'y', dims: output }],
    initializers,
    nodes,
  });
  const session = await ort.InferenceSession.create(file);
  const reference = compileReference(kernel, readOnnx(file));
  let worst = 0;
  for (let round = 0; round < 5; round++) {
    const x = values(reference.inputCount);
    const ours = evaluate(kernel, reference, x);
    const y = (await session.run({ x: new ort.Tensor('float32', x, dims) }))['y'] as ort.Tensor;
    expect(ours.length).toBe(y.data.length);
    ours.forEach((value, i) => (worst = Math.max(worst, Math.abs(value - Number(y.data[i])))));
  }
  return worst;
}

const one = (
  operator: string,
  inputs: string[],
  attributes: NodeToWrite['attributes'] = {},
): NodeToWrite[] => [{ operator, inputs, output: 'y', attributes, floats: ['alpha', 'beta', 'epsilon'] }];

type Case = [string, number[], NodeToWrite[], OnnxTensor[], number[]];

const CASES: Case[] = [
  ['Gemm 3 wide', [1, 35], one('Gemm', ['x', 'w', 'b']), [constant('w', 35, 3), constant('b', 3)], [1, 3]],
  [
    'Gemm 70 wide, transB, alpha, beta',
    [1, 9],
    one('Gemm', ['x', 'w', 'b'], { transB: 1, alpha: 0.5, beta: 2 }),
    [constant('w', 70, 9), constant('b', 1, 70)],
    [1, 70],
  ],
  ['Gemm of several rows', [4, 9], one('Gemm', ['x', 'w']), [constant('w', 9, 37)], [4, 37]],
  ['MatMul by a constant', [1, 6, 7], one('MatMul', ['x', 'w']), [constant('w', 7, 5)], [1, 6, 5]],
  [
    'MatMul of a constant by the input',
    [1, 60, 7],
    one('MatMul', ['w', 'x']),
    [constant('w', 5, 60)],
    [1, 5, 7],
  ],
  ['MatMul of stacks', [3, 4, 4], one('MatMul', ['x', 'x']), [], [3, 4, 4]],
  ['MatMul of a constant by a stack', [3, 4, 6], one('MatMul', ['w', 'x']), [constant('w', 2, 4)], [3, 2, 6]],
  ['Add of a row', [1, 3, 7], one('Add', ['x', 'w']), [constant('w', 7)], [1, 3, 7]],
  ['Add of a column', [1, 3, 7], one('Add', ['w', 'x']), [constant('w', 3, 1)], [1, 3, 7]],
  ['Mul by one number', [1, 3, 7], one('Mul', ['x', 'w']), [weights('w', [], values(1))], [1, 3, 7]],
  ['Mul by itself', [1, 3, 7], one('Mul', ['x', 'x']), [], [1, 3, 7]],
  ['Relu', [1, 13], one('Relu', ['x']), [], [1, 13]],
  ['Tanh', [1, 13], one('Tanh', ['x']), [], [1, 13]],
  [
    'LayerNormalization',
    [1, 3, 13],
    one('LayerNormalization', ['x', 's', 'b'], { axis: -1, epsilon: 1e-5 }),
    [constant('s', 13), constant('b', 13)],
    [1, 3, 13],
  ],
  ['Softmax', [4, 3], one('Softmax', ['x'], { axis: -1 }), [], [4, 3]],
  [
    'Conv 1-D in groups with padding',
    [1, 4, 20],
    one('Conv', ['x', 'w', 'b'], { group: 2, pads: [2, 1], strides: [2], dilations: [2], kernel_shape: [3] }),
    [constant('w', 6, 2, 3), constant('b', 6)],
    [1, 6, 10],
  ],
  [
    'Conv 2-D',
    [1, 2, 9, 8],
    one('Conv', ['x', 'w'], { pads: [1, 0, 1, 2] }),
    [constant('w', 3, 2, 3, 2)],
    [1, 3, 9, 9],
  ],
  [
    'Flatten',
    [2, 3, 4],
    [{ operator: 'Relu', inputs: ['x'], output: 'r' }, ...one('Flatten', ['r'], { axis: 1 })],
    [],
    [2, 12],
  ],
  [
    'Reshape',
    [2, 3, 4],
    [{ operator: 'Relu', inputs: ['x'], output: 'r' }, ...one('Reshape', ['r', 's'])],
    [shapeOf('s', [0, -1])],
    [2, 12],
  ],
  ['Concat', [2, 3, 4], one('Concat', ['x', 'w', 'x'], { axis: 1 }), [constant('w', 2, 1, 4)], [2, 7, 4]],
];

describe('reference evaluator beside onnxruntime-web', () => {
  it.each(CASES)('%s', async (_name, dims, nodes, initializers, output) => {
    expect(await largestDifference(dims, nodes, initializers, output)).toBeLessThanOrEqual(1e-5);
  });

  const gemm = (i: number, from: string, to: string): NodeToWrite => ({
    operator: 'Gemm',
    inputs: [from, `w${i}`, `b${i}`],
    output: to,
  });
  const relu = (from: string, to: string): NodeToWrite => ({ operator: 'Relu', inputs: [from], output: to });
  const layer = (i: number, rows: number, columns: number): OnnxTensor[] => [
    weights(
      `w${i}`,
      [rows, columns],
      values(rows * columns).map((v) => v / Math.sqrt(rows)),
    ),
    constant(`b${i}`, columns),
  ];

  it('137→256→256→5 of 102,405 parameters', async () => {
    const initializers = [...layer(0, 137, 256), ...layer(1, 256, 256), ...layer(2, 256, 5)];
    expect(initializers.reduce((sum, { data }) => sum + data.length, 0)).toBe(102_405);
    const nodes = [
      gemm(0, 'x', 'a'),
      relu('a', 'c'),
      gemm(1, 'c', 'd'),
      relu('d', 'e'),
      gemm(2, 'e', 'l'),
      ...one('Softmax', ['l']),
    ];
    expect(await largestDifference([1, 137], nodes, initializers, [1, 5])).toBeLessThanOrEqual(1e-5);
  });

  it('7→256→256→128→5 with LayerNormalization, of 102,405 parameters', async () => {
    const initializers = [
      ...layer(0, 7, 256),
      ...layer(1, 256, 256),
      ...layer(2, 256, 128),
      ...layer(3, 128, 5),
      ...[0, 1].flatMap((i) => [constant(`s${i}`, 256), constant(`h${i}`, 256)]),
    ];
    expect(initializers.reduce((sum, { data }) => sum + data.length, 0)).toBe(102_405);
    const normal = (i: number, from: string, to: string): NodeToWrite => ({
      operator: 'LayerNormalization',
      inputs: [from, `s${i}`, `h${i}`],
      output: to,
      attributes: { axis: -1 },
    });
    const nodes = [
      gemm(0, 'x', 'a'),
      normal(0, 'a', 'an'),
      relu('an', 'c'),
      gemm(1, 'c', 'd'),
      normal(1, 'd', 'dn'),
      relu('dn', 'e'),
      gemm(2, 'e', 'f'),
      relu('f', 'g'),
      gemm(3, 'g', 'l'),
      ...one('Softmax', ['l']),
    ];
    expect(await largestDifference([1, 7], nodes, initializers, [1, 5])).toBeLessThanOrEqual(1e-5);
  });
});
