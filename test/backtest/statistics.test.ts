// Sharpe statistics beside published values, and resampling beside what it must give on noise.

import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { overfittingProbability } from '../../src/backtest/overfitting.ts';
import {
  realityCheck,
  sharpeDifference,
  sharpeInterval,
  stepDownValues,
} from '../../src/backtest/resampling.ts';
import {
  deflatedSharpe,
  expectedMaximum,
  luckySharpe,
  minimumBacktestYears,
  minimumTrackRecord,
  momentsOf,
  probabilisticSharpe,
  quantileOf,
  sharpeRatio,
} from '../../src/backtest/statistics.ts';
import type { StatisticsMath } from '../../src/backtest/statistics.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import type { Kernel } from '../../src/wasm/kernel.ts';

type Six = readonly [number, number, number, number, number, number];
interface Golden {
  readonly dsr: Record<string, number> & { readonly count: number; readonly skew: number };
  readonly expectedMaximum: readonly (readonly [number, number])[];
  readonly psr: readonly Six[];
  readonly minimumTrackRecord: Six;
  readonly minimumBacktestYears: readonly (readonly [number, number])[];
}

const golden = JSON.parse(
  readFileSync(new URL('../golden/statistics.json', import.meta.url), 'utf8'),
) as Golden;
// the seed is fixed: these are sizes of tests, and a lucky draw must not fail a build
const SEED = 20_260;
let kernel: Kernel;
let math: StatisticsMath;

beforeAll(async () => {
  kernel = await loadKernel();
  math = kernel.raw;
});

function normals(seed: number): (count: number, mean?: number) => Float64Array {
  const at = kernel.alloc(16);
  kernel.raw.rngInit(at, seed);
  return (count, mean = 0) => Float64Array.from({ length: count }, () => mean + kernel.raw.rngNormal(at));
}

describe('Sharpe statistics', () => {
  it('give the published deflated Sharpe ratio', () => {
    const { dsr } = golden;
    const sharpe = dsr['sharpeAnnual']! / Math.sqrt(dsr['periods']!);
    const variance = dsr['varianceAnnual']! / dsr['periods']!;
    const sample = { sharpe, count: dsr.count, skew: dsr.skew, kurtosis: dsr['kurtosis']! };
    expect(luckySharpe(math, { trials: 100, variance })).toBeCloseTo(dsr['lucky100']!, 6);
    expect(deflatedSharpe(math, sample, { trials: 100, variance })).toBeCloseTo(dsr['deflated100']!, 6);
    expect(deflatedSharpe(math, sample, { trials: 46, variance })).toBeCloseTo(dsr['deflated46']!, 6);
    const plain = { ...sample, skew: 0, kurtosis: 3 };
    expect(deflatedSharpe(math, plain, { trials: 88, variance })).toBeCloseTo(dsr['deflatedNormal88']!, 12);
  });

  it('give the published expected maximum, PSR and track-record lengths', () => {
    for (const [trials, value] of golden.expectedMaximum) {
      expect(expectedMaximum(math, trials)).toBeCloseTo(value, 6);
    }
    for (const [sharpe, benchmark, count, skew, kurtosis, value] of golden.psr) {
      expect(probabilisticSharpe(math, { sharpe, count, skew, kurtosis }, benchmark)).toBeCloseTo(value, 12);
    }
    const [sharpe, benchmark, skew, kurtosis, alpha, days] = golden.minimumTrackRecord;
    expect(minimumTrackRecord(math, { sharpe, skew, kurtosis }, benchmark, alpha)).toBeCloseTo(days, 8);
    expect(minimumTrackRecord(math, { sharpe: -0.1, skew: 0, kurtosis: 3 })).toBe(Infinity);
    for (const [trials, years] of golden.minimumBacktestYears) {
      expect(minimumBacktestYears(math, trials)).toBeCloseTo(years, 2);
    }
  });

  it('take moments of a known sample and call a flat one worthless', () => {
    const { mean, deviation, skew, kurtosis } = momentsOf([2, 4, 4, 4, 5, 5, 7, 9]);
    expect(mean).toBe(5);
    expect(deviation * deviation * 7).toBeCloseTo(32, 12);
    expect(skew).toBeCloseTo(0.65625, 12);
    expect(kurtosis).toBeCloseTo(2.78125, 12);
    expect(sharpeRatio([0, 0, 0])).toBe(0);
  });
});

describe('probability of backtest overfitting', () => {
  it('is near one half on noise: mean .52 ± .12 over 40 draws', () => {
    const draw = normals(SEED);
    let sum = 0;
    for (let i = 0; i < 40; i++) {
      sum += overfittingProbability(
        Array.from({ length: 20 }, () => draw(960)),
        12,
      ).probability;
    }
    console.log(`PBO of noise: mean ${(sum / 40).toFixed(3)} (seed ${SEED})`);
    expect(Math.abs(sum / 40 - 0.52)).toBeLessThan(0.12);
  });

  it('is at most .06 when the sample shows one true Sharpe ratio of .15 a bar', () => {
    const draw = normals(SEED + 1);
    const raw: number[] = [];
    let shown = 0;
    for (let i = 0; i < 40; i++) {
      const trials = Array.from({ length: 20 }, () => draw(960));
      const good = trials[7]!;
      const { mean, deviation } = momentsOf(good);
      // the ratio that the sample shows is set; left to chance it falls near the best of the noise in some
      // draws
      const set = good.map((x) => (x - mean) / deviation + 0.15);
      shown += overfittingProbability(trials.with(7, set), 12).probability;
      raw.push(
        overfittingProbability(
          trials.with(
            7,
            good.map((x) => x + 0.15),
          ),
          12,
        ).probability,
      );
    }
    const median = quantileOf(
      raw.sort((a, b) => a - b),
      0.5,
    );
    const mean = raw.reduce((sum, value) => sum + value, 0) / 40;
    console.log(
      `PBO with one true ratio: shown .15 mean ${(shown / 40).toFixed(3)}; ` +
        `left to chance median ${median.toFixed(3)}, mean ${mean.toFixed(3)}`,
    );
    expect(shown / 40).toBeLessThanOrEqual(0.06);
    expect(median).toBeLessThanOrEqual(0.06);
  });

  it('refuses what it cannot halve', () => {
    expect(() => overfittingProbability([[1, 2, 3]], 2)).toThrow('trials 1 is not at least 2');
    const two = [new Float64Array(40), new Float64Array(40)];
    expect(() => overfittingProbability(two, 7)).toThrow('blocks 7 is not even, 2 to 16');
  });
});

describe('resampling', () => {
  it("keeps the size of White's reality check at 5 %", () => {
    const draw = normals(SEED + 2);
    let rejected = 0;
    for (let i = 0; i < 200; i++) {
      const strategies = Array.from({ length: 20 }, () => draw(400));
      if (realityCheck(math, strategies, { resamples: 400, seed: i + 1 }) <= 0.05) rejected++;
    }
    console.log(`reality check: ${rejected} of 200 rejected at 5 % on noise`);
    // binomial(200, .05): 99.9 % lie below 21
    expect(rejected).toBeLessThan(21);
    const one = Array.from({ length: 20 }, (_, k) => draw(400, k === 3 ? 0.25 : 0));
    expect(realityCheck(math, one)).toBeLessThan(0.01);
  });

  it('steps down to every strategy that is better and to no other', () => {
    const draw = normals(SEED + 3);
    const strategies = Array.from({ length: 8 }, (_, k) => draw(600, k < 2 ? 0.25 : 0));
    const values = stepDownValues(math, strategies);
    expect(values[0]).toBe(Math.min(...values.slice(0, 2)) === values[0] ? values[0] : values[1]);
    expect(values.slice(0, 2).every((p) => p < 0.05)).toBe(true);
    expect(values.slice(2).every((p) => p > 0.05)).toBe(true);
    expect(realityCheck(math, strategies)).toBe(Math.min(...values));
  });

  it('covers a known Sharpe ratio about as often as it says', () => {
    const draw = normals(SEED + 4);
    let covered = 0;
    for (let i = 0; i < 200; i++) {
      const { low, high } = sharpeInterval(math, draw(500, 0.1), { resamples: 500, seed: i });
      if (low <= 0.1 && 0.1 <= high) covered++;
    }
    expect(covered).toBeGreaterThan(180);
    expect(covered).toBeLessThan(200);
  });

  it('finds the difference of two strategies that share their noise', () => {
    const draw = normals(SEED + 5);
    const base = draw(800);
    const better = base.map((x) => x + 0.1);
    const { value, low } = sharpeDifference(math, better, base);
    expect(low).toBeGreaterThan(0);
    expect(value).toBeCloseTo(sharpeRatio(better) - sharpeRatio(base), 10);
    expect(sharpeDifference(math, base, base)).toEqual({ value: 0, low: 0, high: 0 });
  });
});
