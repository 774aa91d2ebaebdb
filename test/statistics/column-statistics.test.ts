// Statistics over columns against published values, and EDGE against a straightforward second implementation.

import { beforeAll, describe, expect, test } from 'vitest';
import { loadAnalysis } from '../../src/wasm/analysis.ts';
import type { AnalysisKernel } from '../../src/wasm/analysis.ts';
import golden from '../golden/strategic-statistics.json' with { type: 'json' };
import { edgeSigned, simulateSpread } from '../fixtures/edge-reference.ts';
import type { Prices } from '../fixtures/edge-reference.ts';

let kernel: AnalysisKernel;

function column(values: readonly number[]): number {
  const at = kernel.alloc(8 * values.length);
  kernel.f64(at, values.length).set(values);
  return at;
}

function spreadOf(p: Prices): number {
  const n = p.O.length;
  const scratch = kernel.alloc(kernel.raw.edgeScratch(n));
  const s2 = kernel.raw.edgeSpreadSquared(column(p.O), column(p.H), column(p.L), column(p.C), n, scratch);
  return Math.sign(s2) * Math.sqrt(Math.abs(s2));
}

beforeAll(async () => {
  kernel = await loadAnalysis();
});

describe('range volatility and liquidity', () => {
  test('reproduce the reference values of the six-bar vector', () => {
    const { O, H, L, C, V, ...want } = golden.ohlc;
    const [o, h, l, c, v] = [O, H, L, C, V].map(column) as [number, number, number, number, number];
    const raw = kernel.raw;
    expect(raw.parkinson(h, l, 6)).toBeCloseTo(want.parkinson, 15);
    expect(raw.garmanKlass(o, h, l, c, 6)).toBeCloseTo(want.gk, 15);
    expect(raw.rogersSatchell(o, h, l, c, 6)).toBeCloseTo(want.rs, 15);
    expect(raw.yangZhangWeight(5)).toBeCloseTo(want.yz_k, 15);
    expect(raw.yangZhang(o, h, l, c, 6, kernel.alloc(120))).toBeCloseTo(want.yz, 15);
    expect(raw.amihud(c, v, 6)).toBeCloseTo(want.amihud_1e6, 14);
  });

  test('the EWMA correlation of products reproduces its vector', () => {
    const { r1, r2, lambda, rho } = golden.ewma;
    expect(kernel.raw.ewmaCorrelation(column(r1), column(r2), 4, lambda, kernel.alloc(48))).toBeCloseTo(
      rho,
      14,
    );
  });
});

describe('EDGE', () => {
  test('gives the signed estimate that its authors publish for ten bars', () => {
    expect(spreadOf(golden.edge)).toBeCloseTo(golden.edge.signed, 14);
  });

  test('agrees with a straightforward implementation on 200 simulated windows', () => {
    const rng = kernel.alloc(16);
    for (let seed = 1; seed <= 200; seed++) {
      kernel.raw.rngInit(rng, seed);
      const prices = simulateSpread(20, 0.004, 12, () => kernel.raw.rngUniform(rng));
      const want = edgeSigned(prices);
      if (Number.isNaN(want)) expect(spreadOf(prices), `seed ${seed}`).toBeNaN();
      else expect(Math.abs(spreadOf(prices) - want), `seed ${seed}`).toBeLessThan(1e-10);
    }
  });

  test.each([0.01, 0.02, 0.03])('finds a simulated spread of %d within an eighth', (spread) => {
    const rng = kernel.alloc(16);
    kernel.raw.rngInit(rng, 11);
    const prices = simulateSpread(8000, spread, 40, () => kernel.raw.rngUniform(rng));
    expect(Math.abs(spreadOf(prices) / spread - 1)).toBeLessThan(0.125);
  });

  test('uses the first moment alone where every open repeats the previous close', () => {
    const rng = kernel.alloc(16);
    kernel.raw.rngInit(rng, 5);
    const p = simulateSpread(4000, 0.01, 40, () => kernel.raw.rngUniform(rng));
    for (let i = 1; i < p.O.length; i++) {
      p.O[i] = p.C[i - 1]!;
      p.H[i] = Math.max(p.H[i]!, p.O[i]!);
      p.L[i] = Math.min(p.L[i]!, p.O[i]!);
    }
    expect(spreadOf(p)).toBeGreaterThan(0.005);
    expect(spreadOf(p)).toBeLessThan(0.02);
  });

  test('knows nothing when nothing trades', () => {
    const flat = Array<number>(10).fill(17.61);
    expect(spreadOf({ O: flat, H: flat, L: flat, C: flat })).toBeNaN();
  });
});

describe('CUSUM', () => {
  test('at 5 on two sides alarms falsely every 470 values and sees a shift of one in ten', () => {
    const rng = kernel.alloc(16);
    const out = kernel.alloc(8 * 2000);
    kernel.raw.rngInit(rng, 3);
    const meanDelay = (shift: number, length: number, runs: number): number => {
      let sum = 0;
      for (let run = 0; run < runs; run++) {
        const at = column(Array.from({ length }, () => kernel.raw.rngNormal(rng) + shift));
        kernel.raw.cusumPath(at, length, out, kernel.alloc(16));
        const alarm = kernel.f64(out, length).findIndex((s) => s > 5);
        sum += alarm < 0 ? length : alarm + 1;
      }
      return sum / runs;
    };
    expect(meanDelay(1, 200, 400)).toBeGreaterThan(9.5);
    expect(meanDelay(1, 200, 400)).toBeLessThan(11.3);
    const quiet = meanDelay(0, 2000, 400);
    expect(quiet).toBeGreaterThan(380);
    expect(quiet).toBeLessThan(560);
  });
});
