// Uncertainty on real files against the limits and the measured table, and its rules on simulated
// closes.

import { beforeAll, describe, expect, test } from 'vitest';
import { judgeUncertainty, uncertaintyFigures } from '../../src/backtest/uncertainty-report.ts';
import { CLASS_BITS, UNCERTAINTY_FLAGS } from '../../src/signals/uncertainty.ts';
import { loadAnalysis } from '../../src/wasm/analysis.ts';
import type { AnalysisKernel } from '../../src/wasm/analysis.ts';
import golden from '../golden/strategic-statistics.json' with { type: 'json' };
import { sharedData } from '../fixtures/shared-data.ts';
import { readBars } from '../fixtures/signal-feed.ts';
import type { Columns } from '../fixtures/signal-feed.ts';
import { halfHours, startStrategic } from '../fixtures/strategic-feed.ts';
import type { StrategicSide } from '../fixtures/strategic-feed.ts';
import { runUncertainty } from '../fixtures/uncertainty-run.ts';

const FILES = [
  'NQ_5m',
  'NQ_5m_long_novol',
  'ES_5m',
  'BTCUSDT_5m',
  'ETHUSDT_5m',
  'XRPUSDT_5m',
  'BNBUSDT_5m',
  'EURUSD_5m',
  'SPX_5m_novol',
  'GC_5m_novol',
  'DOGEUSDT_5m',
  'ADAUSDT_5m',
  'AUDUSD_5m_2026_novol',
  'GBPUSD_5m_2026_novol',
  'USDJPY_5m_2026_novol',
  'EURUSD_5m_2026_novol',
];

let kernel: AnalysisKernel;
let side: StrategicSide;

beforeAll(async () => {
  kernel = await loadAnalysis();
  side = startStrategic(kernel);
});

/** The published row of a file, if it has one. */
function published(
  name: string,
): { share: number[]; coverage: number[]; hit: number[]; rms: number[] } | null {
  const rows = Object.entries(golden.uncertainty);
  const row = rows.find(([key]) => key === name)?.[1];
  return row === undefined || typeof row === 'string' ? null : row;
}

describe.each(FILES)('%s', (name) => {
  const path = sharedData(`${name}.csv.gz`);
  test.skipIf(path === null)(
    'keeps the limits on levels, coverage and small moves, and the published figures',
    () => {
      const bars = halfHours(readBars(path!));
      const run = runUncertainty(kernel, side, bars);
      const figures = uncertaintyFigures(run);
      expect(judgeUncertainty(figures, bars.ts.length).failures).toEqual([]);
      const judged = run.logReturns.length - 1 - run.reports.findIndex((r) => !Number.isNaN(r.halfWidth));
      const misses = run.reports
        .slice(0, -1)
        .filter((r, t) => Math.abs(run.logReturns[t + 1]!) > r.halfWidth).length;
      expect(Math.abs(misses / judged - 0.1)).toBeLessThanOrEqual(0.91 / (0.01 * judged));
      const want = published(name);
      if (want === null) return;
      for (const level of [0, 1, 2] as const) {
        expect(Math.abs(figures.share[level] - want.share[level]!)).toBeLessThan(0.025);
        expect(Math.abs(figures.coverage[level] - want.coverage[level]!)).toBeLessThan(0.015);
        expect(Math.abs(figures.smallMoves[level] - want.hit[level]!)).toBeLessThan(0.015);
      }
      const [low, medium, high] = figures.rms;
      expect(low < medium && medium < high).toBe(true);
    },
  );
});

describe('rules', () => {
  /** Half-hours whose volatility follows the time of day and clusters. */
  function market(seed: number, n: number): Columns {
    const rng = kernel.alloc(16);
    kernel.raw.rngInit(rng, seed);
    const empty = (): Float64Array => new Float64Array(n);
    const bars = { ts: empty(), open: empty(), high: empty(), low: empty(), close: empty(), volume: empty() };
    let price = 100;
    let heat = 1;
    for (let i = 0; i < n; i++) {
      heat = 0.97 * heat + 0.03 * (kernel.raw.rngUniform(rng) < 0.05 ? 12 : 0.4);
      const slot = i % 48;
      price *= Math.exp(0.001 * heat * (slot > 28 && slot < 40 ? 2 : 0.7) * kernel.raw.rngNormal(rng));
      bars.ts[i] = Date.UTC(2025, 0, 6) + i * 1_800_000;
      bars.close[i] = price;
    }
    return bars;
  }

  test('is HIGH through warm-up and decides by rank from bar 116 on', () => {
    const run = runUncertainty(kernel, side, market(1, 400));
    const first = run.reports.findIndex((r) => r.forced === 0);
    expect(first).toBe(116);
    expect(
      run.reports.slice(0, 116).every((r) => r.level === 2 && r.forced === UNCERTAINTY_FLAGS.warmUp),
    ).toBe(true);
    for (const r of run.reports.slice(116)) expect(r.level).toBe(r.rank < 0.5 ? 0 : r.rank < 0.85 ? 1 : 2);
  });

  test('a gap, imputed input or disagreement forces HIGH at that close and changes nothing else', () => {
    const bars = market(2, 600);
    const plain = runUncertainty(kernel, side, bars);
    const { gap, imputed, ensemble } = UNCERTAINTY_FLAGS;
    const flags = (i: number): number => (i % 3 === 0 ? [gap, imputed, ensemble, gap | imputed][i % 4]! : 0);
    const forced = runUncertainty(kernel, side, bars, flags);
    forced.reports.forEach((r, i) => {
      if (flags(i) !== 0) expect(r.level).toBe(2);
      expect({ ...r, level: 0, forced: 0 }).toEqual({ ...plain.reports[i]!, level: 0, forced: 0 });
    });
  });

  test('class probabilities are a distribution, the conformal set covers nine in ten classes', () => {
    const bars = market(3, 6000);
    const run = runUncertainty(kernel, side, bars);
    let [held, judged] = [0, 0];
    run.reports.slice(0, -1).forEach((r, t) => {
      if (Number.isNaN(r.pFlat)) return;
      expect(r.pDown + r.pFlat + r.pUp).toBeCloseTo(1, 12);
      if (t < 200) return;
      const sigma = sigmaOf(run.logReturns, t);
      const move = run.logReturns[t + 1]! / sigma;
      const bit = Math.abs(move) <= 0.25 ? CLASS_BITS.flat : move > 0 ? CLASS_BITS.up : CLASS_BITS.down;
      judged++;
      held += Number((r.setMask & bit) !== 0);
    });
    expect(Math.abs(held / judged - 0.9)).toBeLessThan(0.91 / (0.01 * judged) + 0.001);
  });

  test('reports the share of the last 500 intervals that held, and an α_t that follows the misses', () => {
    const run = runUncertainty(kernel, side, market(6, 2500));
    const start = run.reports.findIndex((r) => !Number.isNaN(r.halfWidth));
    const held: number[] = [];
    let alpha = 0.1;
    for (let t = start; t + 1 < run.reports.length; t++) {
      const hit = Math.abs(run.logReturns[t + 1]!) <= run.reports[t]!.halfWidth;
      held.push(Number(hit));
      alpha += 0.01 * (0.1 - Number(!hit));
      const next = run.reports[t + 1]!;
      expect(next.alphaT).toBe(alpha);
      const last = held.slice(-500);
      if (last.length >= 48)
        expect(next.coverage500).toBeCloseTo(last.reduce((a, b) => a + b) / last.length, 12);
      else expect(next.coverage500).toBeNaN();
    }
  });

  test('price × 2^k and whole days later give the same reports bit for bit', () => {
    const bars = market(4, 900);
    const plain = runUncertainty(kernel, side, bars).reports;
    const large = { ...bars, close: bars.close.map((c) => c * 1024) };
    expect(runUncertainty(kernel, side, large).reports).toEqual(plain);
    const later = { ...bars, ts: bars.ts.map((t) => t + 3 * 86_400_000) };
    expect(runUncertainty(kernel, side, later).reports).toEqual(plain);
  });

  test('the forecast learns the time of day', () => {
    const run = runUncertainty(kernel, side, market(5, 6000));
    const mean = (from: number, to: number): number => {
      const x = run.reports.filter((_, i) => i > 3000 && (i + 1) % 48 >= from && (i + 1) % 48 < to);
      return x.reduce((sum, r) => sum + r.sigmaForecast, 0) / x.length;
    };
    expect(mean(29, 40) / mean(5, 25)).toBeGreaterThan(2);
  });
});

/** EWMA(.97) volatility known at t, seeded by the mean of twenty squares. */
function sigmaOf(returns: ArrayLike<number>, t: number): number {
  let v = 0;
  for (let i = 1; i <= t; i++) v = i <= 20 ? v + returns[i]! ** 2 / 20 : 0.97 * v + 0.03 * returns[i]! ** 2;
  return Math.sqrt(v);
}
