// 8-bit weights: never further from the model than their bound, and never where decisions are made.

import { beforeAll, expect, it } from 'vitest';
import { readOnnx } from '../../src/agents/onnx-reader.ts';
import { startEvaluator } from '../../src/agents/policy-backend.ts';
import { compileReference } from '../../src/agents/reference-evaluator.ts';
import { compileInt8, int8Candidate, int8ErrorBound } from '../../src/backtest/int8-policy.ts';
import { loadAnalysis } from '../../src/wasm/analysis.ts';
import type { AnalysisKernel } from '../../src/wasm/analysis.ts';
import { market, simulatedEngine } from '../fixtures/engine-run.ts';
import { largePolicy, POLICY_INPUTS, POLICY_OUTPUTS, seededNumbers } from '../fixtures/large-policy.ts';
import { smallCard, smallModel } from '../fixtures/small-model.ts';

let kernel: AnalysisKernel;
beforeAll(async () => {
  kernel = await loadAnalysis();
});

it('stays within its error bound on 300 random rows of three sizes, and is mostly far closer', () => {
  const model = readOnnx(largePolicy(5));
  const exact = compileReference(kernel, model);
  const policy = compileInt8(kernel, model);
  const next = seededNumbers(11);
  let worst = 0;
  for (let row = 0; row < 300; row++) {
    const size = [0.01, 1, 50][row % 3] ?? 1;
    const features = Float32Array.from({ length: POLICY_INPUTS }, () => size * next());
    kernel.f32(exact.inputAddress, POLICY_INPUTS).set(features);
    const probabilities = exact.run(exact.inputAddress).slice();
    const logits = exact.logits() ?? new Float32Array(POLICY_OUTPUTS).fill(NaN);
    const found = policy.run(features).slice();
    const bound = int8ErrorBound(model, features);
    policy.logits().forEach((logit, i) => {
      const gap = Math.abs(logit - (logits[i] ?? NaN));
      expect(gap).toBeLessThanOrEqual(bound[i] ?? 0);
      worst = Math.max(worst, gap / (bound[i] ?? 0));
    });
    expect(found.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
    if (size <= 1)
      found.forEach((p, i) => expect(Math.abs(p - (probabilities[i] ?? NaN))).toBeLessThan(0.02));
  }
  expect(worst).toBeGreaterThan(0);
  expect(worst).toBeLessThan(0.5);
});

it('answers zero features with the biases, and refuses a row of another width', async () => {
  const backend = await int8Candidate(kernel, largePolicy(5)).open();
  const model = readOnnx(largePolicy(5));
  const exact = compileReference(kernel, model);
  kernel.f32(exact.inputAddress, POLICY_INPUTS).fill(0);
  exact.run(exact.inputAddress);
  const two = await backend.run(new Float32Array(2 * POLICY_INPUTS), 2, 'logits');
  const bound = int8ErrorBound(model, new Float32Array(POLICY_INPUTS));
  two.forEach((logit, i) => {
    const j = i % POLICY_OUTPUTS;
    expect(Math.abs(logit - (exact.logits()?.[j] ?? NaN))).toBeLessThanOrEqual(bound[j] ?? 0);
  });
  await expect(backend.run(new Float32Array(3))).rejects.toThrow(/3 values where 1 rows of 137 belong/);
});

it('is refused by the probes of a card, where evaluators are chosen', async () => {
  const file = largePolicy(5);
  const reference = compileReference(kernel, readOnnx(file));
  const input = Array.from({ length: POLICY_INPUTS }, (_, i) => Math.fround(Math.sin(i)));
  kernel.f32(reference.inputAddress, POLICY_INPUTS).set(input);
  const output = [...reference.run(reference.inputAddress)];
  const shape = { input_shape: [1, POLICY_INPUTS], output_shape: [1, POLICY_OUTPUTS] };
  const card = { ...smallCard(kernel, smallModel(), shape), probes: [{ input, output }] };
  const { evaluator, tried } = await startEvaluator(card, [int8Candidate(kernel, file)]);
  expect(evaluator).toBeNull();
  expect(tried[0]?.refused).toMatch(/probe 0: its output differs from the card's by/);
});

it('is not in the kernel that engines load', async () => {
  const table = await market(3, 10);
  const { core } = await simulatedEngine([table]);
  const names = (raw: object): string[] => Object.keys(raw).filter((name) => /int8/i.test(name));
  expect(names(core.kernel.raw)).toEqual([]);
  expect(names(kernel.raw)).toEqual(['int8Run']);
});
