// Every backend behind one interface: the kernel's evaluator and onnxruntime-web answer the same questions,
// one row at a time and in batches.

import { beforeAll, describe, expect, it } from 'vitest';
import { largestDifference } from '../../src/agents/attestation.ts';
import { kernelCandidate } from '../../src/agents/kernel-backend.ts';
import { onnxCandidate } from '../../src/agents/onnx-evaluator.ts';
import { startEvaluator } from '../../src/agents/policy-backend.ts';
import { describeTrial, tryBackend } from '../../src/runtime/onnx-voters.ts';
import { shippedModels } from '../../src/runtime/shipped-models.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import type { Kernel } from '../../src/wasm/kernel.ts';
import { largePolicy, POLICY_INPUTS, POLICY_OUTPUTS, seededNumbers } from '../fixtures/large-policy.ts';
import { smallCard, smallModel, tamperedModel } from '../fixtures/small-model.ts';

let kernel: Kernel;
beforeAll(async () => {
  kernel = await loadKernel();
});

describe('backends of a policy', () => {
  it('agree on 100 rows within 1e-5, and each gives a row of a batch the bits of that row alone', async () => {
    const file = largePolicy(3);
    const shape = { input_shape: [1, POLICY_INPUTS], output_shape: [1, POLICY_OUTPUTS] };
    const card = smallCard(kernel, smallModel(), shape);
    const rows = 100;
    const next = seededNumbers(7);
    const features = Float32Array.from({ length: rows * POLICY_INPUTS }, () => 2 * next());
    const found: Float32Array[] = [];
    for (const candidate of [kernelCandidate(kernel, file, card), onnxCandidate('wasm', file, card)]) {
      const backend = await candidate.open();
      const batch = await backend.run(features, rows, 'logits');
      for (const row of [0, 1, 63, 64, 99]) {
        const one = await backend.run(
          features.subarray(row * POLICY_INPUTS, (row + 1) * POLICY_INPUTS),
          1,
          'logits',
        );
        expect(batch.slice(row * POLICY_OUTPUTS, (row + 1) * POLICY_OUTPUTS)).toEqual(one);
      }
      found.push(batch, await backend.run(features, rows));
      await backend.close();
    }
    const [logits, probabilities, theirLogits, theirProbabilities] = found;
    expect(largestDifference(logits!, theirLogits!)).toBeLessThanOrEqual(1e-4);
    expect(largestDifference(probabilities!, theirProbabilities!)).toBeLessThanOrEqual(1e-5);
  });

  it('are chosen by a probe of right and fast over a batch; a wrong one is refused with the reason', async () => {
    const file = smallModel();
    const card = smallCard(kernel, file);
    const candidates = [
      kernelCandidate(kernel, tamperedModel(), card),
      onnxCandidate('wasm', file, card),
      kernelCandidate(kernel, file, card),
    ];
    const options = { clock: () => performance.now(), rows: 64 };
    const { evaluator, tried } = await startEvaluator(card, candidates, options);
    expect(tried[0]?.refused).toContain('probe 0: its output differs');
    const used = tried.filter(({ refused }) => refused === null);
    expect(used).toHaveLength(1);
    expect(evaluator?.backend).toBe(used[0]?.backend);
    const slower = tried.find(({ refused }) => refused === 'right, but slower');
    expect(slower?.medianMs).toBeGreaterThanOrEqual(used[0]!.medianMs!);
    await evaluator?.close();
  });

  it('name what is wrong with a question', async () => {
    const file = smallModel();
    const backend = await kernelCandidate(kernel, file, smallCard(kernel, file)).open();
    await expect(backend.run(new Float32Array(11), 2)).rejects.toThrow('11 values where 2 rows of 6 belong');
    await expect(backend.run(new Float32Array(6), 1, 'logits')).rejects.toThrow('no output "logits"');
  });
});

describe('the shipped voters', () => {
  it('are right on the kernel and on onnxruntime-web, alone and in a batch of 64', async () => {
    const models = await shippedModels();
    for (const backend of ['kernel', 'wasm'] as const) {
      const trial = await tryBackend(backend, models);
      expect(trial).toMatchObject({ backend, refused: null });
      expect(trial.difference).toBeLessThanOrEqual(backend === 'kernel' ? 0 : 1e-5);
      expect(describeTrial(trial)).toMatch(/^every probe reproduced .* ms for 64 rounds$/);
    }
    expect((await tryBackend('webgpu', models)).refused).not.toBeNull();
  });
});
