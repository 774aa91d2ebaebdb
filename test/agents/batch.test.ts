// A batch gives every row the bits of a batch of one, whatever its size and however many inputs are zero.

import { beforeAll, expect, it } from 'vitest';
import { readOnnx } from '../../src/agents/onnx-reader.ts';
import { compileReference, evaluate } from '../../src/agents/reference-evaluator.ts';
import { shapeOf, weights, writeOnnx } from '../../src/training/onnx-writer.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import type { Kernel } from '../../src/wasm/kernel.ts';
import { largePolicy, POLICY_INPUTS, POLICY_OUTPUTS, seededNumbers } from '../fixtures/large-policy.ts';

let kernel: Kernel;

beforeAll(async () => {
  kernel = await loadKernel();
});

it('gives the large policy the same bits in batches of 1, 3, 64 and 100', () => {
  const model = readOnnx(largePolicy(1));
  const single = compileReference(kernel, model);
  const next = seededNumbers(2);
  for (const rows of [1, 3, 64, 100]) {
    const batch = compileReference(kernel, model, rows);
    const inputs = Float32Array.from({ length: rows * POLICY_INPUTS }, () => (next() > 0.4 ? 0 : 3 * next()));
    const found = evaluate(kernel, batch, inputs);
    expect(found.length).toBe(rows * POLICY_OUTPUTS);
    for (let row = 0; row < rows; row++) {
      const one = evaluate(kernel, single, inputs.subarray(row * POLICY_INPUTS, (row + 1) * POLICY_INPUTS));
      expect(found.slice(row * POLICY_OUTPUTS, (row + 1) * POLICY_OUTPUTS)).toEqual(one);
    }
  }
});

it.each([1, 2, 3, 4, 5, 7, 8, 31, 33, 37, 70])('multiplies into %i columns as a sum in order does', (n) => {
  const next = seededNumbers(n);
  const [m, k] = [11, 29];
  const w = Float32Array.from({ length: k * n }, next);
  const b = Float32Array.from({ length: n }, next);
  const file = writeOnnx({
    name: 'gemm',
    input: { name: 'x', dims: [1, k] },
    outputs: [{ name: 'y', dims: [1, n] }],
    initializers: [weights('w', [k, n], w), weights('b', [n], b)],
    nodes: [{ operator: 'Gemm', inputs: ['x', 'w', 'b'], output: 'y' }],
  });
  const x = Float32Array.from({ length: m * k }, () => (next() > 0.3 ? 0 : next()));
  const found = evaluate(kernel, compileReference(kernel, readOnnx(file), m), x);
  for (let row = 0; row < m; row++) {
    for (let column = 0; column < n; column++) {
      let sum = b[column]!;
      for (let i = 0; i < k; i++) sum = Math.fround(sum + Math.fround(x[row * k + i]! * w[i * n + column]!));
      expect(found[row * n + column]).toBe(sum);
    }
  }
});

it('refuses a graph that would mix the rows of a batch', () => {
  const file = writeOnnx({
    name: 'mixing',
    input: { name: 'x', dims: [1, 4] },
    outputs: [{ name: 'y', dims: [1, 4] }],
    initializers: [shapeOf('shape', [1, -1])],
    nodes: [
      { operator: 'Reshape', inputs: ['x', 'shape'], output: 'r' },
      { operator: 'Softmax', inputs: ['r'], output: 'y', attributes: { axis: -1 } },
    ],
  });
  expect(() => compileReference(kernel, readOnnx(file), 8)).toThrow('it mixes the 8 rows of a batch');
});
