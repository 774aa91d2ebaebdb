// VaR and ES beside reference values, brute force and simulation.

import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { createTailRisk, pushTailRisk, tailRisk } from '../../src/risk/var.ts';
import { loadAnalysis } from '../../src/wasm/analysis.ts';
import type { AnalysisKernel } from '../../src/wasm/analysis.ts';

interface Golden {
  readonly cornishFisher: readonly (readonly [number, number, number, number])[];
  readonly notMonotone: readonly (readonly [number, number])[];
  readonly ewma: {
    readonly r1: number[];
    readonly r2: number[];
    readonly lambda: number;
    readonly v1: number;
    readonly v2: number;
  };
  readonly garch: {
    readonly w: number;
    readonly a: number;
    readonly b: number;
    readonly s20: number;
    readonly r: number[];
    readonly s2: number;
  };
  readonly normal: readonly (readonly [number, number, number])[];
}

const golden = JSON.parse(readFileSync(new URL('../golden/var.json', import.meta.url), 'utf8')) as Golden;
const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
let kernel: AnalysisKernel;

beforeAll(async () => {
  kernel = await loadAnalysis();
  console.log(`tail risk: SEED=${seed}`);
});

function column(values: readonly number[]): number {
  const at = kernel.alloc(values.length * 8);
  kernel.f64(at, values.length).set(values);
  return at;
}

function returns(count: number, offset = 0): number[] {
  const p = kernel.alloc(4);
  kernel.raw.rngInit(p, seed + offset);
  return Array.from({ length: count }, () => 0.01 * kernel.raw.rngStudent(p, 5));
}

it('gives the reference values of the normal law, EWMA, GARCH and Cornish-Fisher', () => {
  const { raw } = kernel;
  for (const [alpha, value, shortfall] of golden.normal) {
    expect(raw.normalVar(alpha)).toBeCloseTo(value, 6);
    expect(raw.normalEs(alpha)).toBeCloseTo(shortfall, 6);
  }
  const { r1, r2, lambda, v1, v2 } = golden.ewma;
  expect(raw.ewmaVariance(column(r1), 4, lambda)).toBeCloseTo(v1, 15);
  expect(raw.ewmaVariance(column(r2), 4, lambda)).toBeCloseTo(v2, 15);
  const { w, a, b, s20, r, s2 } = golden.garch;
  expect(r.reduce((v, x) => raw.garchVariance(v, x, w, a, b), s20)).toBeCloseTo(s2, 12);
  for (const [z, skew, kurtosis, y] of golden.cornishFisher) {
    expect(raw.cornishFisherQuantile(z, skew, kurtosis)).toBeCloseTo(y, 12);
  }
});

it('refuses Cornish-Fisher outside its monotone domain and is monotone inside', () => {
  const { raw } = kernel;
  for (const [skew, kurtosis] of golden.notMonotone) {
    expect(raw.cornishFisherQuantile(-2, skew, kurtosis)).toBeNaN();
    expect(raw.cornishFisherEs(0.05, skew, kurtosis)).toBeNaN();
  }
  for (let skew = -1.5; skew <= 1.5; skew += 0.25) {
    for (let kurtosis = -1; kurtosis <= 9; kurtosis += 0.5) {
      let increasing = true;
      const plain = (z: number): number =>
        z +
        ((z * z - 1) * skew) / 6 +
        ((z ** 3 - 3 * z) * kurtosis) / 24 -
        ((2 * z ** 3 - 5 * z) * skew ** 2) / 36;
      for (let z = -20; z < 20; z += 0.05) increasing &&= plain(z + 0.05) > plain(z);
      expect(raw.cornishFisherMonotone(skew, kurtosis), `S ${skew} K ${kurtosis}`).toBe(increasing ? 1 : 0);
    }
  }
});

it('integrates the Cornish-Fisher tail in closed form', () => {
  const { raw } = kernel;
  for (const [alpha, skew, kurtosis] of [
    [0.05, -0.5, 2],
    [0.01, 0.3, 1.5],
    [0.025, 0, 3],
  ] as const) {
    const steps = 50_000;
    let sum = 0;
    for (let i = 0; i < steps; i++) {
      sum -=
        raw.cornishFisherQuantile(raw.normalQuantile((alpha * (i + 0.5)) / steps), skew, kurtosis) / steps;
    }
    expect(Math.abs(raw.cornishFisherEs(alpha, skew, kurtosis) / sum - 1)).toBeLessThan(2e-4);
  }
});

it('equals filtered history written out plainly', () => {
  const series = returns(900);
  const p = createTailRisk(kernel);
  const z: number[] = [];
  let variance = 0;
  series.forEach((r, i) => {
    if (i >= 20) z.push(r / Math.sqrt(variance));
    variance = i < 20 ? variance + (r * r) / 20 : 0.94 * variance + 0.06 * r * r;
    pushTailRisk(kernel, p, r);
    if (i % 97 !== 0 && i < 880) return;
    const sorted = z.slice(-500).sort((x, y) => x - y);
    for (const alpha of [0.01, 0.025, 0.05]) {
      const risk = tailRisk(kernel, p, alpha);
      if (sorted.length < 96) {
        expect([risk.var, risk.es, risk.cornishFisherVar].every(Number.isNaN)).toBe(true);
        continue;
      }
      const h = alpha * (sorted.length - 1);
      const low = sorted[Math.floor(h)] ?? NaN;
      const quantile = low + (h - Math.floor(h)) * ((sorted[Math.floor(h) + 1] ?? NaN) - low);
      const tail = sorted.filter((x) => x <= quantile);
      const mean = tail.reduce((x, y) => x + y, 0) / tail.length;
      expect(risk.sigma).toBeCloseTo(Math.sqrt(variance), 14);
      expect(risk.var).toBeCloseTo(-quantile * Math.sqrt(variance), 13);
      expect(risk.es).toBeCloseTo(-mean * Math.sqrt(variance), 13);
      expect(risk.es).toBeGreaterThanOrEqual(risk.var);
    }
  });
});

it('takes a portfolio of one asset as that asset and nets what offsets', () => {
  const { raw } = kernel;
  const z = returns(400, 1).map((x) => x * 100);
  const profit = kernel.alloc(400 * 8);
  const out = kernel.alloc(16);
  raw.fhsPortfolio(column(z), 400, 1, column([0.02]), 0.05, profit, out);
  const sorted = z.map((x) => x * 0.02).sort((x, y) => x - y);
  const low = sorted[19] ?? NaN;
  const quantile = low + 0.95 * ((sorted[20] ?? NaN) - low);
  expect(kernel.f64(out, 2)[0]).toBeCloseTo(-quantile, 13);
  expect(kernel.f64(out, 2)[1]).toBeCloseTo(-sorted.slice(0, 20).reduce((x, y) => x + y, 0) / 20, 13);
  const twice = column(z.flatMap((x) => [x, x]));
  raw.fhsPortfolio(twice, 400, 2, column([0.02, -0.02]), 0.05, profit, out);
  expect([...kernel.f64(out, 2)]).toEqual([0, 0]);
  raw.fhsPortfolio(twice, 95, 2, column([0.02, -0.02]), 0.05, profit, out);
  expect([...kernel.f64(out, 2)].every(Number.isNaN)).toBe(true);
});

it('is breached at about its own rate on returns with changing volatility', () => {
  const { raw } = kernel;
  const rng = kernel.alloc(4);
  raw.rngInit(rng, seed);
  const p = createTailRisk(kernel);
  let variance = 1e-4;
  let [breaches, bars] = [0, 0];
  for (let i = 0; i < 6_000; i++) {
    const r = Math.sqrt(variance) * raw.rngNormal(rng);
    const risk = raw.fhsVar(p, 0.05);
    if (i >= 600) {
      bars++;
      if (r < -risk) breaches++;
    }
    pushTailRisk(kernel, p, r);
    variance = raw.garchVariance(variance, r, 2e-6, 0.08, 0.9);
  }
  expect(Math.abs(breaches / bars - 0.05)).toBeLessThan(5 * Math.sqrt((0.05 * 0.95) / bars));
});

it('refuses what is not a return or not a tail and keeps its state', () => {
  const p = createTailRisk(kernel);
  returns(30).forEach((r) => pushTailRisk(kernel, p, r));
  const before = kernel.u8(p, kernel.raw.fhsBytes()).slice();
  expect(() => pushTailRisk(kernel, p, NaN)).toThrow('Cannot push a return: logReturn NaN is not finite');
  expect(() => tailRisk(kernel, p, 0.7)).toThrow('Cannot take a tail: alpha 0.7 is not inside 0..0.5');
  expect(kernel.u8(p, kernel.raw.fhsBytes())).toEqual(before);
});
