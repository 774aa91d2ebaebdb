// The regime filter: known answers, accuracy on the reference generator, behaviour on real files, prefix
// invariance.

import { beforeAll, describe, expect, it } from 'vitest';
import { balancedAccuracy, brokenRegimeLimits, reportRegimes } from '../../src/backtest/regime-report.ts';
import {
  closesOf,
  REFERENCE_GENERATOR,
  simulateRegimes,
  traceCloses,
  traceRegime,
} from '../../src/backtest/regime-trial.ts';
import { readRegime } from '../../src/signals/regime.ts';
import { loadAnalysis } from '../../src/wasm/analysis.ts';
import type { AnalysisKernel } from '../../src/wasm/analysis.ts';
import golden from '../golden/regime.json' with { type: 'json' };
import { readCloses } from '../fixtures/regime-market.ts';
import { sharedData } from '../fixtures/shared-data.ts';

const PARAMETER_F64S = 10;
const FIRST_JUDGED = 500;
const ONLINE_FROM = 2000;
const LONG_FILES = ['NQ_5m', 'ES_5m', 'EURUSD_30m', 'EURUSD_5m', 'SPX_5m_novol'];
const { mu, sd, stay, T, seeds } = golden.generator;

let kernel: AnalysisKernel;
let regime = 0;
let scale = 0;

beforeAll(async () => {
  kernel = await loadAnalysis();
  regime = kernel.alloc(kernel.raw.regimeBytes());
  scale = kernel.alloc(kernel.raw.scaleBytes());
});

function place(values: readonly number[]): number {
  const address = kernel.alloc(values.length * 8);
  kernel.f64(address, values.length).set(values);
  return address;
}

function fit(inputs: readonly number[]): { model: number; parameters: number } {
  const parameters = kernel.alloc(PARAMETER_F64S * 8);
  const work = kernel.alloc(kernel.raw.fitRegimeWorkBytes(inputs.length));
  return { model: kernel.raw.fitRegime(place(inputs), inputs.length, parameters, work), parameters };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

it('judges on the generator of the reference vectors', () => {
  expect(REFERENCE_GENERATOR).toEqual({ mean: mu, sd, stay });
});

describe('the general Hamilton filter', () => {
  it('gives the two-state reference probabilities and likelihood', () => {
    const { A, mu: mean, sd: deviations, pi, y, p0, loglik } = golden.hamilton;
    const transition = place(A.flat());
    const means = place(mean);
    const sds = place(deviations);
    const predicted = place(pi);
    const filtered = kernel.alloc(16);
    let sum = 0;
    y.forEach((value, i) => {
      sum += kernel.raw.hamiltonStep(2, transition, means, sds, value, predicted, filtered);
      expect(kernel.f64(filtered, 1)[0]).toBeCloseTo(p0[i] ?? NaN, 8);
    });
    expect(sum).toBeCloseTo(loglik, 11);
  });
});

describe('the regime with given parameters', () => {
  it('filters like the general Hamilton filter, NaN inputs included', () => {
    const { returns } = simulateRegimes(3, 2000);
    const parameters = kernel.alloc(PARAMETER_F64S * 8);
    new DataView(kernel.raw.memory.buffer).setInt32(parameters, 2, true);
    kernel.f64(parameters + 8, 9).set([1, ...mu, ...sd]);
    kernel.raw.regimeInitFixed(regime, parameters);
    const move = (1 - stay) / 3;
    const transition = place([0, 1, 2, 3].flatMap((i) => [0, 1, 2, 3].map((j) => (i === j ? stay : move))));
    const [means, sds, predicted, filtered] = [
      place(mu),
      place(sd),
      place([0.25, 0.25, 0.25, 0.25]),
      kernel.alloc(32),
    ];
    let worst = 0;
    returns.forEach((value, i) => {
      const input = i % 97 === 5 ? NaN : value;
      kernel.raw.hamiltonStep(4, transition, means, sds, input, predicted, filtered);
      kernel.raw.regimePushInput(regime, input);
      const ours = kernel.f64(regime, 4);
      kernel.f64(filtered, 4).forEach((p, k) => (worst = Math.max(worst, Math.abs(p - (ours[k] ?? NaN)))));
    });
    expect(worst).toBeLessThan(1e-12);
  });

  it('learns the reference generator on one seed and classifies five others as well as its ceiling allows', () => {
    const { model, parameters } = fit(simulateRegimes(11, T).returns);
    expect(model).toBe(2);
    const scores = seeds.map((seed) => {
      const { truth, returns } = simulateRegimes(seed, T);
      kernel.raw.regimeInitFixed(regime, parameters);
      const push = (i: number) => kernel.raw.regimePushInput(regime, returns[i] ?? NaN);
      return balancedAccuracy(truth, traceRegime(kernel, regime, T, push).likeliest);
    });
    expect(mean(scores)).toBeGreaterThanOrEqual(0.9);
    expect(mean(scores), 'above .94 means look-ahead').toBeLessThanOrEqual(0.94);
    expect(mean(scores)).toBeGreaterThanOrEqual(0.98 * golden.generator.oracle_filter_bac);
  });
});

describe('the regime that refits itself', () => {
  it('classifies the reference generator after bar 2,000 without outside training', () => {
    const scores = seeds.map((seed) => {
      const { truth, returns } = simulateRegimes(seed, T);
      return balancedAccuracy(
        truth,
        traceCloses(kernel, regime, scale, closesOf(returns)).likeliest,
        ONLINE_FROM,
      );
    });
    expect(mean(scores)).toBeGreaterThanOrEqual(0.9);
    expect(mean(scores), 'above .94 means look-ahead').toBeLessThanOrEqual(0.94);
    expect(Math.min(...scores)).toBeGreaterThanOrEqual(0.895);
  });

  it('says nothing for 48 bars, then runs on defaults, then on its own fit', () => {
    const { returns } = simulateRegimes(2, 600);
    kernel.raw.regimeInit(regime);
    const models: string[] = [];
    returns.forEach((value, i) => {
      kernel.raw.regimePushInput(regime, value);
      const reading = readRegime(kernel, regime);
      expect(Number.isNaN(reading.indicator)).toBe(i < 48);
      if (i < 48) expect(reading).toMatchObject({ regime: 'SIDEWAYS', stale: true, switches: 0 });
      else expect(mean(reading.probabilities)).toBeCloseTo(0.25, 12);
      if (models.at(-1) !== reading.model) models.push(reading.model);
    });
    expect(models).toHaveLength(2);
    expect(models[0]).toBe('default');
  });

  it('survives a market that does not move and inputs that are not finite', () => {
    kernel.raw.regimeInit(regime);
    for (let i = 0; i < 1200; i++)
      kernel.raw.regimePushInput(
        regime,
        i % 7 === 0 ? NaN : i % 11 === 0 ? Infinity : i % 13 === 0 ? 1e300 : 0,
      );
    expect(readRegime(kernel, regime).regime).toBe('SIDEWAYS');
    for (let i = 0; i < 900; i++) kernel.raw.regimePushInput(regime, ((i * 37) % 100) / 1e4 - 0.005);
    expect(mean(readRegime(kernel, regime).probabilities)).toBeCloseTo(0.25, 12);
  });

  it('keeps every label when later bars are cut off, changed or NaN', () => {
    const { returns } = simulateRegimes(4, 5200);
    const full = closesOf(returns);
    const { labels, indicators } = traceCloses(kernel, regime, scale, full);
    for (const cut of [49, 499, 500, 501, 1000, 1777, 2000, 2001, 4000, 4001, 5100]) {
      for (const change of [() => NaN, (close: number) => close * 3, null]) {
        const closes = change
          ? full.closes.map((c, i) => (i < cut ? c : change(c)))
          : full.closes.slice(0, cut);
        const other = traceCloses(kernel, regime, scale, { tsMs: full.tsMs, closes });
        expect(other.labels.slice(0, cut)).toEqual(labels.slice(0, cut));
        expect(other.indicators.slice(0, cut)).toEqual(indicators.slice(0, cut));
      }
    }
  });

  it('continues with the same bits from a copy of its bytes in another kernel', async () => {
    const { returns } = simulateRegimes(5, 4100);
    const bytes = kernel.raw.regimeBytes();
    kernel.raw.regimeInit(regime);
    returns.slice(0, 1990).forEach((value) => kernel.raw.regimePushInput(regime, value));
    const other = await loadAnalysis();
    other.alloc(4096);
    const moved = other.alloc(bytes);
    other.u8(moved, bytes).set(kernel.u8(regime, bytes));
    for (const value of returns.slice(1990)) {
      kernel.raw.regimePushInput(regime, value);
      other.raw.regimePushInput(moved, value);
    }
    expect(other.u8(moved, bytes)).toEqual(kernel.u8(regime, bytes));
  });
});

describe('the regime on real bars', () => {
  for (const name of LONG_FILES) {
    const path = sharedData(`${name}.csv.gz`);
    it.skipIf(path === null)(`keeps its bounds on ${name}`, () => {
      const market = readCloses(path ?? '');
      const { labels } = traceCloses(kernel, regime, scale, market);
      const { closes } = market;
      const returns = closes.map((close, i) => Math.log(close / (closes[i - 1] ?? close)));
      const report = reportRegimes(labels.slice(FIRST_JUDGED), returns.slice(FIRST_JUDGED));
      expect(report.bars).toBeGreaterThan(5000);
      expect(brokenRegimeLimits(report), JSON.stringify(report)).toEqual([]);
    });
  }
});
