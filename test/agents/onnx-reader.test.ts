import { beforeAll, describe, expect, it } from 'vitest';
import { openModel } from '../../src/agents/model-file.ts';
import { readOnnx } from '../../src/agents/onnx-reader.ts';
import { compileReference } from '../../src/agents/reference-evaluator.ts';
import type { OnnxTensor } from '../../src/agents/onnx-format.ts';
import { GrandModelError } from '../../src/core/errors.ts';
import { weights } from '../../src/training/onnx-writer.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import type { Kernel } from '../../src/wasm/kernel.ts';
import { smallCard, smallModel } from '../fixtures/small-model.ts';

let kernel: Kernel;
beforeAll(async () => {
  kernel = await loadKernel();
});

/** Message of the BAD_MODEL error that reading and compiling a file throws. */
function refusal(file: Uint8Array): string {
  try {
    compileReference(kernel, readOnnx(file));
  } catch (error) {
    if (error instanceof GrandModelError && error.code === 'BAD_MODEL') return error.message;
    throw error;
  }
  return 'accepted';
}

const PRIOR = weights('prior', [3], Float32Array.of(1, 1, 1));
const W = weights('w', [6, 3], new Float32Array(18));
const B = weights('b', [3], new Float32Array(3));
const withInitializers = (...initializers: OnnxTensor[]): Uint8Array => smallModel({ initializers });
const withNode = (operator: string, inputs: string[], attributes = {}): Uint8Array =>
  smallModel({ nodes: [{ operator, inputs, output: 'probabilities', attributes }] });

describe('readOnnx refuses', () => {
  const cases: [string, () => Uint8Array, string][] = [
    ['an empty file', () => new Uint8Array(0), 'file: it is empty'],
    [
      'a file over 16 MiB',
      () => new Uint8Array(16 * 1024 * 1024 + 1),
      'file: 16777217 bytes are over 16777216',
    ],
    [
      'a huge dimension',
      () => withInitializers(PRIOR, { ...W, dims: [4294967295, 3] }, B),
      'initializer "w": dimension 4294967295 is over 65536',
    ],
    [
      'a negative dimension',
      () => withInitializers(PRIOR, { ...W, dims: [-1, 3] }, B),
      'dimension -1 is below 1',
    ],
    [
      'a product of dimensions that overflows',
      () => withInitializers(PRIOR, { ...W, dims: [65536, 65536, 65536] }, B),
      'has over 4194304 elements',
    ],
    [
      'a shape that its data does not fill',
      () => withInitializers(PRIOR, { ...W, dims: [6, 4] }, B),
      'initializer "w": 72 bytes of data where its shape needs 96',
    ],
    [
      'a weight that is not a number',
      () => withInitializers(weights('prior', [3], Float32Array.of(1, NaN, 1)), W, B),
      'initializer "prior": weight 1 is NaN',
    ],
    [
      'a weight over 1000',
      () => withInitializers(weights('prior', [3], Float32Array.of(1, 1, -1001)), W, B),
      'weight 2 is -1001',
    ],
    [
      'two initializers of one name',
      () => withInitializers(PRIOR, PRIOR, W, B),
      'two initializers are named "prior"',
    ],
    ['an unknown operator', () => withNode('LSTM', ['x']), 'operator "LSTM" is not one of Gemm MatMul'],
    ['an unknown attribute', () => withNode('Relu', ['x'], { alpha: 1 }), 'attribute "alpha" is unknown'],
    ['a value nobody computes', () => withNode('Relu', ['y']), 'nothing computes its input "y"'],
    ['a wrong number of inputs', () => withNode('Add', ['x']), '1 inputs where 2 to 2 belong'],
    ['a cycle', () => withNode('Add', ['x', 'probabilities']), 'it is part of a cycle'],
    ['an old operator set', () => smallModel({ opset: 12 }), 'opset 12 is outside 13..21'],
    [
      'over 256 nodes',
      () =>
        smallModel({
          nodes: Array.from({ length: 257 }, (_, i) => ({
            operator: 'Relu',
            inputs: ['x'],
            output: `y${i}`,
          })),
        }),
      'graph: more than 256 nodes',
    ],
    [
      'an open dimension that is not the batch',
      () => smallModel({ input: { name: 'x', dims: ['batch', 'time', 3] } }),
      'input "x": dimension 1 is open',
    ],
    [
      'shapes that do not fit',
      () => withNode('Gemm', ['x', 'w']),
      'node "Gemm_probabilities" (Gemm): its operands are not matrices',
    ],
    [
      'a graph that needs too much memory',
      () =>
        smallModel({
          input: { name: 'x', dims: [1, 1000, 1000] },
          initializers: [],
          nodes: Array.from({ length: 16 }, (_, i) => ({ operator: 'Relu', inputs: ['x'], output: `y${i}` })),
          outputs: [{ name: 'y7', dims: [1, 1000, 1000] }],
        }),
      'bytes of memory to run',
    ],
  ];

  it.each(cases)('%s', (_name, file, message) => {
    expect(refusal(file())).toContain(message);
  });

  it('external data', () => {
    const tampered = smallModel();
    // The data type (field 2) just before a name of five letters becomes data_location EXTERNAL (field 14).
    const at = Buffer.from(tampered).indexOf(Buffer.from([16, 1, 66, 5]));
    tampered[at] = 112;
    expect(refusal(tampered)).toContain('external data is refused');
  });

  it('every truncation, with an error that names the model', () => {
    const file = smallModel();
    for (let length = 0; length < file.length; length++) {
      expect(refusal(file.subarray(0, length))).not.toBe('accepted');
    }
  });
});

describe('openModel', () => {
  it('opens a file whose hash and probe are the card’s', () => {
    const file = smallModel();
    const model = openModel(kernel, file, JSON.stringify(smallCard(kernel, file)));
    expect(model.probeDifference).toBe(0);
    expect(model.reference.inputShape).toEqual([1, 2, 3]);
  });

  it('refuses every single flipped bit of a file', () => {
    const file = smallModel();
    const card = JSON.stringify(smallCard(kernel, file));
    for (let bit = 0; bit < 8 * file.length; bit += 3) {
      const flipped = file.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      expect(() => openModel(kernel, flipped, card)).toThrow('is not the card');
    }
  });

  it('never crashes on a flipped bit when the hash is recomputed', () => {
    const file = smallModel();
    for (let bit = 0; bit < 8 * file.length; bit++) {
      const flipped = file.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      refusal(flipped);
    }
  });

  it('refuses a card of another hash, agent, shape, probe, or with an unknown field', () => {
    const file = smallModel();
    const card = smallCard(kernel, file);
    const open = (change: object, agent?: string) => () =>
      openModel(kernel, file, JSON.stringify({ ...card, ...change }), agent);
    expect(open({ sha256: '0'.repeat(64) })).toThrow('its SHA-256');
    expect(open({}, 'momentum')).toThrow('card.agent: it is for "fvg", not for "momentum"');
    expect(open({}, 'fvg')).toThrow("input: shape 1x2x3 is not fvg's 1x60x7");
    expect(open({ input_shape: [1, 3, 2] })).toThrow('input: shape 1x2x3 is not the card');
    expect(open({ probes: [{ input: [1, 2, 3, 4, 5, 6], output: [0.2, 0.3, 0.5] }] })).toThrow(
      'probe 0: its output',
    );
    expect(open({ probes: [] })).toThrow('probes: there is none');
    expect(open({ extra: 1 })).toThrow('card.extra: it is unknown');
    expect(open({ metrics: { accuracy: null } })).toThrow('card.metrics.accuracy: it is not a finite number');
    expect(() => openModel(kernel, file, '{')).toThrow('it is not JSON');
  });
});
