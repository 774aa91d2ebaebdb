// The committed voters: files, cards, parity with onnxruntime-web, reproduction, and what they say on real
// bars.

import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { OpenModel } from '../../src/agents/model-file.ts';
import { openModel } from '../../src/agents/model-file.ts';
import { startOnnx } from '../../src/agents/onnx-evaluator.ts';
import { evaluate } from '../../src/agents/reference-evaluator.ts';
import { VOTERS } from '../../src/agents/roster.ts';
import { argmax, toSimplex } from '../../src/agents/vote.ts';
import { readCsv } from '../../src/data/csv.ts';
import { RECIPES, buildModel, cardText, coreSamples } from '../../src/training/core-models.ts';
import type { VoterRecipe } from '../../src/training/voter-fit.ts';
import { createSampler, observeMarket } from '../../src/training/market-features.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import type { Kernel } from '../../src/wasm/kernel.ts';
import { sharedData } from '../fixtures/shared-data.ts';

const BARS = 15_000;
const read = (name: string): Buffer => readFileSync(new URL(`../../models/${name}`, import.meta.url));

let kernel: Kernel;
let models: OpenModel[];
beforeAll(async () => {
  kernel = await loadKernel();
  models = VOTERS.map(({ id, file, card }) => openModel(kernel, read(file), read(card).toString(), id));
});

describe('committed models', () => {
  it('reproduce their probes exactly in the reference evaluator', () => {
    for (const model of models) expect(model.probeDifference).toBeLessThanOrEqual(1e-9);
  });

  it('agree with onnxruntime-web within 1e-5 on random inputs', async () => {
    const random = kernel.alloc(16);
    kernel.raw.rngInit(random, 3);
    for (const [index, model] of models.entries()) {
      const { evaluator } = await startOnnx(read(VOTERS[index]!.file), model.card);
      expect(evaluator).not.toBeNull();
      for (let round = 0; round < 20; round++) {
        const { inputCount } = model.reference;
        const input = Float32Array.from({ length: inputCount }, () => kernel.raw.rngNormal(random));
        const theirs = await evaluator!.run(input);
        const ours = evaluate(kernel, model.reference, input);
        ours.forEach((p, i) => expect(Math.abs(p - theirs[i]!)).toBeLessThanOrEqual(1e-5));
      }
      await evaluator!.close();
    }
  });

  it('say on their cards that the data is simulated, and beat the base rates there', () => {
    for (const { card } of models) {
      expect(card.data.source).toContain('simulated');
      expect(card.metrics['log_loss']).toBeLessThan(card.metrics['log_loss_of_base_rates']!);
      expect(card.metrics['directional_accuracy']).toBeGreaterThan(0.54);
      expect(card.metrics['share_directional_votes']).toBeGreaterThan(0.5);
    }
  });

  it('are reproduced byte for byte by their fit', async () => {
    const fresh = await loadKernel();
    const recipe = RECIPES.find(({ agent }) => agent === 'momentum') as VoterRecipe;
    const { file, card } = buildModel(fresh, recipe, coreSamples(fresh));
    expect(Buffer.from(file).equals(read('momentum.onnx'))).toBe(true);
    expect(cardText(card)).toBe(read('momentum.card.json').toString());
  });
});

describe('on real bars', () => {
  const path = sharedData('NQ_5m.csv.gz');
  it.skipIf(path === null)('the tactical voters often agree on a direction, on both sides', async () => {
    const table = await readCsv(readFileSync(path!));
    const arena = createSampler(kernel);
    const count = { closes: 0, agreed: 0, short: 0, sure: 0 };
    const observer = {
      strategic() {},
      tactical() {
        const votes = models
          .slice(0, 3)
          .map((model) => toSimplex(model.reference.run(arena.tacticalMatrix))!);
        const [first, ...others] = votes.map(argmax);
        count.closes++;
        if (first === 1 || others.some((direction) => direction !== first)) return;
        count.agreed++;
        if (first === 0) count.short++;
        const shares = votes.map((p) => p[first!] / (p[0] + p[2])).sort((a, b) => a - b);
        if (shares[1]! >= 0.52) count.sure++;
      },
    };
    observeMarket(kernel, arena, { ...table, rows: BARS }, 0.25, 1, observer, 'cme');
    console.log(`NQ, first ${BARS} bars: ${JSON.stringify(count)} (sure: median share of direction >= .52)`);
    expect(count.agreed / count.closes).toBeGreaterThan(0.5);
    expect(count.short / count.agreed).toBeGreaterThan(0.3);
    expect(count.short / count.agreed).toBeLessThan(0.7);
    expect(count.sure / count.agreed).toBeGreaterThan(0.7);
  });
});
