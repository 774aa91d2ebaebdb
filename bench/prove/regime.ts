// The regime on the reference generator, with parameters fitted elsewhere and fitted by itself.

import { balancedAccuracy } from '../../src/backtest/regime-report.ts';
import { closesOf, simulateRegimes, traceCloses, traceRegime } from '../../src/backtest/regime-trial.ts';
import type { AnalysisKernel } from '../../src/wasm/analysis.ts';
import { loadAnalysis } from '../../src/wasm/analysis.ts';
import { readCloses } from '../../test/fixtures/regime-market.ts';
import { sharedData } from '../../test/fixtures/shared-data.ts';
import { resultOf, skipped, within } from './figure.ts';
import type { Step } from './figure.ts';
import { regimeRows } from './runs.ts';

const BARS = 20_000;
const FIT_SEED = 11;
const SEEDS = [1, 2, 3, 4, 5];
const ONLINE_FROM = 2000;
const PARAMETER_BYTES = 80;

/** Balanced accuracy, mean of seeds 1 to 5; above .94 would mean look-ahead. */
export const regimeStep: Step = {
  name: 'regime on the reference generator',
  async run() {
    const kernel = await loadAnalysis();
    const regime = kernel.alloc(kernel.raw.regimeBytes());
    const scale = kernel.alloc(kernel.raw.scaleBytes());
    const parameters = fitted(kernel);
    const mean = (score: (seed: number) => number): number =>
      SEEDS.reduce((sum, seed) => sum + score(seed), 0) / SEEDS.length;
    const given = mean((seed) => {
      const { truth, returns } = simulateRegimes(seed, BARS);
      kernel.raw.regimeInitFixed(regime, parameters);
      const push = (i: number): void => kernel.raw.regimePushInput(regime, returns[i] ?? Number.NaN);
      return balancedAccuracy(truth, traceRegime(kernel, regime, BARS, push).likeliest);
    });
    const online = mean((seed) => {
      const { truth, returns } = simulateRegimes(seed, BARS);
      const { likeliest } = traceCloses(kernel, regime, scale, closesOf(returns));
      return balancedAccuracy(truth, likeliest, ONLINE_FROM);
    });
    return resultOf([
      within('balanced accuracy, fitted on seed 11', given, 0.9, 0.94),
      within('balanced accuracy, online after bar 2,000', online, 0.9, 0.94),
    ]);
  },
};

/** Files too coarse for the engine, closes alone. */
export const coarseRegimeSteps: readonly Step[] = ['EURUSD_30m', 'EURUSD_15m'].map((name) => ({
  name: `regime ${name}`,
  async run() {
    const path = sharedData(`${name}.csv.gz`);
    if (path === null) return skipped(`../shared/data/${name}.csv.gz is not on this machine`);
    const kernel = await loadAnalysis();
    const market = readCloses(path);
    const { raw } = kernel;
    const { labels } = traceCloses(
      kernel,
      kernel.alloc(raw.regimeBytes()),
      kernel.alloc(raw.scaleBytes()),
      market,
    );
    const returns = market.closes.map((close, i) => Math.log(close / (market.closes[i - 1] ?? close)));
    return resultOf(regimeRows(labels, returns));
  },
}));

function fitted(kernel: AnalysisKernel): number {
  const { returns } = simulateRegimes(FIT_SEED, BARS);
  const inputs = kernel.alloc(8 * BARS);
  kernel.f64(inputs, BARS).set(returns);
  const parameters = kernel.alloc(PARAMETER_BYTES);
  kernel.raw.fitRegime(inputs, BARS, parameters, kernel.alloc(kernel.raw.fitRegimeWorkBytes(BARS)));
  return parameters;
}
