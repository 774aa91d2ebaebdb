// The gaming lab at a small size: our reward pays no attack, the seeds' forms pay many, and honest twins
// exist.

import { beforeAll, expect, test } from 'vitest';
import { ATTACKS } from '../../src/lab/attacks.ts';
import { attackRewards } from '../../src/lab/reward-lab.ts';
import type { LabReport } from '../../src/lab/reward-lab.ts';
import { recordTape } from '../../src/lab/tape.ts';
import type { Tape } from '../../src/lab/tape.ts';
import { shippedModels } from '../../src/runtime/shipped-models.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';

const OPTIONS = { seed: 1, samples: 6_000, optimised: 60 };
let tape: Tape;
let report: LabReport;

beforeAll(async () => {
  tape = await recordTape(await shippedModels(), 1, 12_000);
  report = attackRewards(await loadKernel(), tape, OPTIONS);
});

test('no attack on our reward has a positive exploit gap', () => {
  const ours = report.forms[0]!;
  expect(ours.form).toBe('bounded');
  expect(ours.sampled.attacks + report.unscored).toBeGreaterThanOrEqual(OPTIONS.samples);
  expect([ours.sampled.positive, ours.optimised.positive]).toEqual([0, 0]);
  expect([ours.evasionGain, ours.lossPositiveRate]).toEqual([0, 0]);
  expect(ours.overstatement).toBeLessThanOrEqual(0);
});

test('every form of the seeds pays attacks', () => {
  for (const { form, sampled, optimised, evasionGain } of report.forms.slice(1)) {
    expect([form, sampled.positive > 0, optimised.positive > 0, evasionGain > 0]).toEqual([
      form,
      true,
      true,
      true,
    ]);
  }
  expect(report.forms.find(({ form }) => form === 'shifted product')!.lossPositiveRate).toBe(1);
});

test('plays all twelve attacks, and honest episodes reach q = 1 on both sides of zero', () => {
  const names = report.attacks.map(({ attack }) => attack);
  expect(ATTACKS).toHaveLength(12);
  expect(names).toEqual(expect.arrayContaining(ATTACKS.map(({ name }) => name)));
  expect(report.honest.q1).toBeGreaterThan(10);
  expect(report.honest.lowest).toBeLessThan(0);
  expect(report.honest.highest).toBeGreaterThan(0);
});

test('gives the same report for the same seed', async () => {
  const small = { ...OPTIONS, samples: 600, optimised: 6 };
  const first = attackRewards(await loadKernel(), tape, small);
  expect(attackRewards(await loadKernel(), tape, small)).toEqual(first);
});
