import { beforeAll, describe, expect, it } from 'vitest';
import { attest, attestedVote } from '../../src/agents/attestation.ts';
import { openModel } from '../../src/agents/model-file.ts';
import { onnxCandidate, startOnnx } from '../../src/agents/onnx-evaluator.ts';
import { startEvaluator } from '../../src/agents/policy-backend.ts';
import type { Voter } from '../../src/agents/roster.ts';
import { voterById } from '../../src/agents/roster.ts';
import { argmax, toSimplex, voteCodec } from '../../src/agents/vote.ts';
import { castVote } from '../../src/agents/voter.ts';
import { ByteReader, ByteWriter } from '../../src/core/bytes.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import type { Kernel } from '../../src/wasm/kernel.ts';
import { smallCard, smallModel, tamperedModel } from '../fixtures/small-model.ts';

let kernel: Kernel;
beforeAll(async () => {
  kernel = await loadKernel();
});

const VOTER: Voter = { ...voterById('fvg'), rows: 2, columns: 3, evidence: [['first', 0]] };
const BAR = new Uint8Array(32).fill(7);

function ballot(values: number[], knownAtMs = 0) {
  const matrix = kernel.alloc(24);
  kernel.f32(matrix, 6).set(values);
  return { round: 1, barHash: BAR, knownAtMs, matrix };
}

describe('startEvaluator', () => {
  it('brings onnxruntime-web up when it reproduces the probe', async () => {
    const file = smallModel();
    const { evaluator, tried } = await startOnnx(file, smallCard(kernel, file));
    expect(evaluator?.backend).toBe('wasm');
    expect(tried).toHaveLength(1);
    expect(tried[0]?.difference).toBeLessThanOrEqual(1e-5);
    await evaluator?.close();
  });

  it('refuses an evaluator with one weight changed and says why', async () => {
    const card = smallCard(kernel, smallModel());
    const { evaluator, tried } = await startEvaluator(card, [onnxCandidate('wasm', tamperedModel(), card)]);
    expect(evaluator).toBeNull();
    expect(tried[0]?.refused).toContain('probe 0: its output differs');
  });

  it('falls back when a backend is missing and keeps its reason', async () => {
    const file = smallModel();
    const { evaluator, tried } = await startOnnx(file, smallCard(kernel, file), {
      backends: ['webgpu', 'wasm'],
    });
    expect(evaluator?.backend).toBe('wasm');
    expect(tried.map((entry) => entry.refused === null)).toEqual([false, true]);
    await evaluator?.close();
  });
});

describe('startEvaluator with a clock', () => {
  it('keeps the faster of two right backends and closes the other', async () => {
    const file = smallModel();
    const card = smallCard(kernel, file);
    const closed: string[] = [];
    const candidates = (['webgpu', 'wasm'] as const).map((backend) => ({
      backend,
      async open() {
        const evaluator = await onnxCandidate('wasm', file, card).open();
        const run = async (features: Float32Array) => {
          if (backend === 'webgpu') for (let i = 0; i < 20; i++) await evaluator.run(features);
          return evaluator.run(features);
        };
        const close = async () => {
          closed.push(backend);
          await evaluator.close();
        };
        return { backend, run, close };
      },
    }));
    const { evaluator, tried } = await startEvaluator(card, candidates, { clock: () => performance.now() });
    expect(evaluator?.backend).toBe('wasm');
    expect(closed).toEqual(['webgpu']);
    expect(tried.map(({ refused }) => refused)).toEqual(['right, but slower', null]);
    await evaluator?.close();
  });
});

describe('attestation', () => {
  it('voids the vote when the evaluator turns wrong later', async () => {
    const file = smallModel();
    const card = smallCard(kernel, file);
    const model = openModel(kernel, file, JSON.stringify(card));
    const honest = await onnxCandidate('wasm', file, card).open();
    const turned = await onnxCandidate('wasm', smallModel({ nodes: flippedNodes() }), card).open();
    let voided = 0;
    for (let i = 0; i < 20; i++) {
      const values = Array.from({ length: 6 }, (_, j) => Math.fround(((i * 31 + j * 17) % 23) / 8 - 1.4));
      const vote = castVote(kernel, VOTER, model, ballot(values));
      const right = attestedVote(vote, await honest.run(Float32Array.from(values)));
      expect(right.vote).toBe(vote);
      const wrong = attestedVote(vote, await turned.run(Float32Array.from(values)));
      if (wrong.vote.abstain === 'ATTESTATION_VOID') voided++;
    }
    expect(voided).toBeGreaterThan(10);
    await honest.close();
    await turned.close();
  });

  it('takes a tie within 1e-4 for rounding', () => {
    expect(attest([0.40004, 0.2, 0.39996], [0.39996, 0.2, 0.40004]).verdict).toBe('confirmed');
    expect(attest([0.402, 0.2, 0.398], [0.398, 0.2, 0.402]).verdict).toBe('void');
  });

  it('voids what is no simplex', () => {
    for (const attested of [
      [NaN, 0, 1],
      [0.5, 0.5],
      [-0.1, 0.6, 0.5],
      [1, 1, 1],
    ]) {
      expect(attest([0.2, 0.3, 0.5], attested).verdict).toBe('void');
    }
  });
});

describe('castVote', () => {
  it('abstains on warm-up, an expired model and input that is not finite', () => {
    const file = smallModel();
    const model = openModel(kernel, file, JSON.stringify(smallCard(kernel, file, { expires_ms: 1000 })));
    const good = [1, 2, 3, 4, 5, 6];
    expect(castVote(kernel, VOTER, model, ballot(good, 999)).abstain).toBeNull();
    expect(castVote(kernel, VOTER, model, ballot(good, 1000)).abstain).toBe('MODEL_EXPIRED');
    expect(castVote(kernel, VOTER, model, { ...ballot(good), matrix: 0 }).abstain).toBe('WARM_UP');
    expect(castVote(kernel, VOTER, model, ballot([1, NaN, 3, 4, 5, 6])).abstain).toBe('NOT_FINITE');
  });

  it('gives a simplex and bytes that read back', () => {
    const file = smallModel();
    const model = openModel(kernel, file, JSON.stringify(smallCard(kernel, file)));
    const vote = castVote(kernel, VOTER, model, ballot([1, -1, 0.5, 0, 2, 1]));
    expect(Math.abs(vote.probabilities.reduce((a, b) => a + b, 0) - 1)).toBeLessThanOrEqual(1e-9);
    expect(vote.evidence).toEqual([{ name: 'first', value: 0 }]);
    const writer = new ByteWriter();
    voteCodec.write(writer, vote);
    const back = voteCodec.read(new ByteReader(writer.copy()));
    expect(voteCodec.difference(vote, back, '')).toBeNull();
    expect(voteCodec.difference(vote, { ...back, probabilities: [0, 1, 0] }, '')).toBe('probabilities[0]');
  });
});

describe('simplex and argmax', () => {
  it('prefers HOLD on a tie', () => {
    expect(argmax([1 / 3, 1 / 3, 1 / 3])).toBe(1);
    expect(argmax([0.4, 0.2, 0.4])).toBe(0);
  });

  it('refuses a sum far from one', () => {
    expect(toSimplex([0.5, 0.5, 0.5])).toBeNull();
  });
});

/** The small model whose input is negated first: right shape, wrong opinion. */
function flippedNodes() {
  return [
    { operator: 'Mul', inputs: ['x', 'prior'], output: 'm' },
    { operator: 'Flatten', inputs: ['m'], output: 'f', attributes: { axis: 1 } },
    { operator: 'Gemm', inputs: ['f', 'w', 'b'], output: 'l', attributes: { alpha: -1 }, floats: ['alpha'] },
    { operator: 'Softmax', inputs: ['l'], output: 'probabilities', attributes: { axis: -1 } },
  ];
}
