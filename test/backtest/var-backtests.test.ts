// Tests of value at risk beside their published values, and their size on a model that is right.

import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import {
  acerbiSzekely,
  baselLight,
  christoffersen,
  kupiec,
  transitionsOf,
  varEvidence,
  Z2_CRITICAL,
} from '../../src/backtest/var-backtests.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import type { Kernel } from '../../src/wasm/kernel.ts';

interface Golden {
  readonly kupiec: readonly (readonly [number, number, number, number])[];
  readonly christoffersen: readonly (readonly [number, number, number, number, number])[];
  readonly christoffersenProbability: number;
  readonly acerbi: {
    readonly profit: number[];
    readonly valueAtRisk: number;
    readonly shortfall: number;
    readonly alpha: number;
    readonly z1: number;
    readonly z2: number;
  };
  readonly evidence: { alpha: number; lambda: number; calm: number; tail: number[]; value: number };
}

const golden = JSON.parse(
  readFileSync(new URL('../golden/var-backtests.json', import.meta.url), 'utf8'),
) as Golden;
let kernel: Kernel;

beforeAll(async () => {
  kernel = await loadKernel();
});

it('gives the reference values of Kupiec and Christoffersen', () => {
  for (const [periods, alpha, breaches, statistic] of golden.kupiec) {
    expect(kupiec(kernel.raw, breaches, periods, alpha).statistic).toBeCloseTo(statistic, 6);
  }
  const accepted = Array.from({ length: 11 }, (_, x) => x).filter(
    (x) => kupiec(kernel.raw, x, 250, 0.01).probability > 0.05,
  );
  expect(accepted).toEqual([1, 2, 3, 4, 5, 6]);
  golden.christoffersen.forEach(([calmCalm, calmBreach, breachCalm, breachBreach, statistic], i) => {
    const found = christoffersen(kernel.raw, { calmCalm, calmBreach, breachCalm, breachBreach });
    expect(found.statistic).toBeCloseTo(statistic, 9);
    if (i === 0) expect(found.probability / golden.christoffersenProbability).toBeCloseTo(1, 3);
  });
  const counted = transitionsOf([0, 0, 1, 1, 0, 1]);
  expect(counted).toEqual({ calmCalm: 1, calmBreach: 2, breachCalm: 1, breachBreach: 1 });
});

it('gives the reference values of Acerbi and Székely and of the anytime evidence', () => {
  const { profit, alpha, z1, z2, ...forecast } = golden.acerbi;
  const constant = (value: number): number[] => profit.map(() => value);
  const found = acerbiSzekely({
    profit,
    valueAtRisk: constant(forecast.valueAtRisk),
    shortfall: constant(forecast.shortfall),
    alpha,
  });
  expect(found.z1).toBeCloseTo(z1, 12);
  expect(found.z2).toBeCloseTo(z2, 12);
  const { calm, tail, value, ...stake } = golden.evidence;
  const hits = [...Array.from({ length: calm }, () => 0), ...tail];
  expect(varEvidence(hits, stake.alpha, stake.lambda).last).toBeCloseTo(value, 12);
  expect([4, 5, 9, 10].map(baselLight)).toEqual(['green', 'yellow', 'yellow', 'red']);
});

it('errs at its own rate on a model that is right', () => {
  const at = kernel.alloc(16);
  kernel.raw.rngInit(at, 7);
  const alpha = 0.025;
  const valueAtRisk = new Float64Array(250).fill(kernel.raw.normalVar(alpha));
  const shortfall = new Float64Array(250).fill(kernel.raw.normalEs(alpha));
  let [low, alarms] = [0, 0];
  const runs = 4_000;
  for (let i = 0; i < runs; i++) {
    const profit = Float64Array.from({ length: 250 }, () => kernel.raw.rngNormal(at));
    if (acerbiSzekely({ profit, valueAtRisk, shortfall, alpha }).z2 < Z2_CRITICAL) low++;
    const hits = Array.from(profit, (x, t) => x < -(valueAtRisk[t] ?? 0));
    if (varEvidence(hits, alpha, 0.01).largest >= 20) alarms++;
  }
  console.log(`Z2 below its 5 % value: ${low} of ${runs}; evidence above 20: ${alarms}`);
  expect(Math.abs(low / runs - 0.05)).toBeLessThan(0.015);
  expect(alarms / runs).toBeLessThan(0.05);
});
