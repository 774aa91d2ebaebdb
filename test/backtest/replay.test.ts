// The run kept bar by bar, its replays, its baselines and its null worlds, on a simulated market.

import { beforeAll, expect, it } from 'vitest';
import { baselinesOf, randomTraders } from '../../src/backtest/baselines.ts';
import { barsHash } from '../../src/backtest/bars-hash.ts';
import { runExperiment } from '../../src/backtest/experiment.ts';
import type { Experiment } from '../../src/backtest/experiment.ts';
import { costShare, dailyReturns, daysOf, replay } from '../../src/backtest/replay.ts';
import { surrogate } from '../../src/backtest/surrogates.ts';
import { momentsOf } from '../../src/backtest/statistics.ts';
import { shippedModels } from '../../src/runtime/shipped-models.ts';
import { simulatedBars } from '../../src/data/market-generator.ts';
import { SIMULATED_SYMBOL } from '../../src/data/market-options.ts';
import { resolveInstrument } from '../../src/market/built-in.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import type { Kernel } from '../../src/wasm/kernel.ts';

let kernel: Kernel;
let experiment: Experiment;

beforeAll(async () => {
  kernel = await loadKernel();
  const bars = simulatedBars(kernel, 3, 25_000);
  const listing = {
    instrument: resolveInstrument(SIMULATED_SYMBOL, bars.close),
    volume: 'quantity' as const,
  };
  experiment = await runExperiment({ models: await shippedModels(), listing, bars });
});

it('replays its own fills to its own account', () => {
  const { equity, fills, trades, tally, units } = experiment;
  expect(fills.length).toBeGreaterThan(100);
  expect(fills.length).toBe(tally.fills);
  expect(trades.length).toBe(tally.trades);
  const again = replay(experiment, { costs: 1, delayBars: 0 });
  let worst = 0;
  for (let row = 0; row < equity.length; row++) worst = Math.max(worst, Math.abs(again[row]! - equity[row]!));
  expect(worst).toBeLessThan(0.01);
  const net = trades.reduce((sum, trade) => sum + trade.net, 0);
  if (units[units.length - 1] === 0) expect(net).toBeCloseTo(tally.netPnl, 4);
  for (const { from, to, units: size } of trades) {
    expect(to).toBeGreaterThanOrEqual(from);
    expect(size).toBeGreaterThan(0);
  }
});

it('pays exactly once more at twice the costs and something else one bar late', () => {
  const { equity, fills } = experiment;
  const last = equity.length - 1;
  const cost = fills.reduce((sum, fill) => sum + fill.fee + fill.units * (fill.price - fill.reference), 0);
  const doubled = replay(experiment, { costs: 2, delayBars: 0 });
  expect(cost).toBeGreaterThan(0);
  expect(equity[last]! - doubled[last]!).toBeCloseTo(cost, 1);
  const delayed = replay(experiment, { costs: 1, delayBars: 1 });
  expect(delayed[last]).not.toBeCloseTo(equity[last]!, 0);
});

it('counts whole days and compounds them to the account', () => {
  const { bars, equity, firstDecision } = experiment;
  const days = daysOf(bars.tsMs, firstDecision);
  expect(days.perYear).toBeCloseTo(365.25, 0);
  const returns = dailyReturns(days, equity);
  const grown = returns.reduce((value, r) => value * (1 + r), equity[days.before]!);
  expect(grown).toBeCloseTo(equity[days.last[days.last.length - 1]!]!, 6);
});

it('lets baselines pay their costs and random traders keep the turnover', () => {
  const { bars, firstDecision, fills } = experiment;
  const days = daysOf(bars.tsMs, firstDecision);
  const cost = costShare(fills, 1e-4);
  expect(cost).toBeGreaterThan(1e-4);
  const [hold, momentum, flat] = baselinesOf(bars, days, cost, 100_000);
  const last = bars.rows - 1;
  const entry = bars.open[days.before + 1]!;
  expect(hold!.equity[last]).toBeCloseTo(100_000 * (bars.close[last]! / entry - cost), 4);
  expect(momentum!.equity[last]).not.toBe(100_000);
  expect(flat!.returns.every((r) => r === 0)).toBe(true);
  const plan = { seed: 9, count: 60 };
  const { sharpes } = randomTraders(bars, days, experiment, cost, plan);
  // they pay what the strategy pays and know nothing
  expect(momentsOf(sharpes).mean).toBeLessThan(0);
  expect(randomTraders(bars, days, experiment, cost, plan).sharpes).toEqual(sharpes);
});

it('makes null worlds that keep what they promise to keep', () => {
  const bars = simulatedBars(kernel, 5, 6_000, { edge: 1 });
  const logs = ({ close }: { close: Float64Array }): number[] =>
    Array.from({ length: 5_999 }, (_, i) => Math.log(close[i + 1]! / close[i]!));
  const real = logs(bars);
  const lag = (x: readonly number[], k: number): number =>
    x.slice(k).reduce((sum, value, i) => sum + value * x[i]!, 0) / x.reduce((sum, v) => sum + v * v, 0);
  const flipped = surrogate(kernel.raw, bars, 0.01, 'sign-flipped', 4);
  logs(flipped).forEach((move, i) =>
    expect(Math.abs(Math.abs(move) - Math.abs(real[i]!))).toBeLessThan(4e-4),
  );
  const phased = surrogate(kernel.raw, bars, 0.01, 'phase-randomised', 4);
  const moves = logs(phased);
  expect(momentsOf(moves).deviation / momentsOf(real).deviation).toBeCloseTo(1, 1);
  for (const k of [1, 2, 6]) expect(Math.abs(lag(moves, k) - lag(real, k))).toBeLessThan(0.03);
  expect(Math.log(phased.close[5_999]! / phased.close[0]!)).toBeCloseTo(
    Math.log(bars.close[5_999]! / bars.close[0]!),
    2,
  );
  for (const world of [flipped, phased]) {
    for (let row = 0; row < world.rows; row++) {
      const [o, h, l, c] = [world.open[row]!, world.high[row]!, world.low[row]!, world.close[row]!];
      expect(l > 0 && l <= Math.min(o, c) && h >= Math.max(o, c)).toBe(true);
    }
  }
  expect(barsHash(kernel, flipped)).not.toBe(barsHash(kernel, bars));
  expect(barsHash(kernel, surrogate(kernel.raw, bars, 0.01, 'sign-flipped', 4))).toBe(
    barsHash(kernel, flipped),
  );
});
