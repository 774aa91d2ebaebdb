// The policies' training: worths by the real broker, the same bits twice, more than chance on fresh markets,
// and the committed files.

import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { openModel } from '../../src/agents/model-file.ts';
import { startOnnx } from '../../src/agents/onnx-evaluator.ts';
import { ORDER_STYLES, POLICIES, POLICY_CHOICES } from '../../src/agents/policies.ts';
import { evaluate } from '../../src/agents/reference-evaluator.ts';
import { sampleDecisions } from '../../src/training/decision-tape.ts';
import type { DecisionSamples } from '../../src/training/decision-tape.ts';
import {
  createPolicyTeam,
  fitPolicies,
  joinDecisions,
  POLICY_FIT,
  scoreChoices,
  scorePolicies,
} from '../../src/training/policy-fit.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import { loadTraining } from '../../src/wasm/training.ts';
import { market, MODELS } from '../fixtures/engine-run.ts';

const CELLS = POLICY_CHOICES * POLICY_CHOICES;
const [NONE, MARKET] = [ORDER_STYLES.indexOf('NONE'), ORDER_STYLES.indexOf('MARKET')];

let training: DecisionSamples;
let fresh: DecisionSamples;
beforeAll(async () => {
  const { raw } = await loadKernel();
  const sample = async (seed: number, edge = 1): Promise<DecisionSamples> =>
    sampleDecisions(MODELS, await market(seed, 12_000, { edge }), raw.tanh);
  training = joinDecisions([await sample(51), await sample(52), await sample(53), await sample(54)]);
  fresh = joinDecisions([await sample(61), await sample(62)]);
}, 60_000);

describe('what a decision is worth', () => {
  it('is nothing where nothing is sent, and bounded by three risk budgets', () => {
    expect(training.count).toBeGreaterThan(150);
    for (let n = 0; n < training.count; n++) {
      const worths = training.worths.subarray(n * CELLS, (n + 1) * CELLS);
      for (let style = 0; style < POLICY_CHOICES; style++) expect(worths[style]).toBe(0);
      for (let quarters = 0; quarters < POLICY_CHOICES; quarters++) {
        expect(worths[quarters * POLICY_CHOICES + NONE]).toBe(0);
      }
      for (const worth of worths) expect(Math.abs(worth)).toBeLessThanOrEqual(6);
    }
  });

  it('falls with the size where it is a loss, and is worse at market than in the middle on average', () => {
    const mean = (quarters: number, style: number): number =>
      scoreChoices(training, () => [quarters, style]).reward;
    expect(mean(4, MARKET)).toBeLessThan(mean(1, MARKET));
    expect(mean(4, MARKET)).toBeLessThan(mean(4, ORDER_STYLES.indexOf('LIMIT_MID')));
  });
});

describe('training', () => {
  const config = { ...POLICY_FIT, epochs: 6, minibatch: 64 };

  it('gives the same weights twice, and beats the rule it replaces on markets it never met', async () => {
    const hashes: string[] = [];
    for (let run = 0; run < 2; run++) {
      const kernel = await loadTraining();
      const team = createPolicyTeam(kernel, config);
      fitPolicies(kernel, team, training, config);
      hashes.push(`${team.risk.hash()} ${team.execution.hash()}`);
      const trained = scorePolicies(kernel, team, fresh).reward;
      expect(trained).toBeGreaterThan(scoreChoices(fresh, () => [4, MARKET]).reward);
    }
    expect(hashes[1]).toBe(hashes[0]);
  });

  it('goes flat where every action costs', async () => {
    const kernel = await loadTraining();
    const team = createPolicyTeam(kernel, config);
    const costly = { ...training, worths: training.worths.map((worth) => (worth === 0 ? 0 : -0.5)) };
    fitPolicies(kernel, team, costly, config);
    const { quarters, styles } = scorePolicies(kernel, team, costly);
    expect(quarters[0]! + styles[NONE]!).toBeGreaterThanOrEqual(1);
  });
});

describe('the committed policies', () => {
  it('reproduce their probes, agree with onnxruntime-web, and say what they were measured on', async () => {
    const kernel = await loadKernel();
    const random = kernel.alloc(16);
    kernel.raw.rngInit(random, 5);
    for (const { id, file } of POLICIES) {
      const onnx = readFileSync(new URL(`../../models/${file}`, import.meta.url));
      const model = openModel(kernel, onnx, MODELS[id]!.card, id);
      expect(model.probeDifference).toBeLessThanOrEqual(1e-9);
      expect(model.card.parameters).toBeLessThanOrEqual(8000);
      expect(model.card.data.source).toContain('simulated');
      const { reward, reward_all_at_market: plain } = model.card.metrics;
      expect(reward).toBeGreaterThan(plain!);
      const { evaluator } = await startOnnx(onnx, model.card);
      for (let round = 0; round < 50; round++) {
        const input = Float32Array.from({ length: model.reference.inputCount }, () =>
          kernel.raw.rngNormal(random),
        );
        const theirs = await evaluator!.run(input);
        evaluate(kernel, model.reference, input).forEach((p, i) => {
          expect(Math.abs(p - theirs[i]!)).toBeLessThanOrEqual(1e-5);
        });
      }
      await evaluator!.close();
    }
  });
});
