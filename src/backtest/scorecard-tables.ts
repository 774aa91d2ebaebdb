// Tables of a scorecard from a run kept bar by bar: drawdowns, months, regimes, folds, turnover.

import { DAY_MS } from '../core/units.ts';
import { REGIMES } from '../signals/regime.ts';
import type { Experiment } from './experiment.ts';
import type { Days } from './replay.ts';
import { sharpeRatio } from './statistics.ts';
import { combinatorialSplits } from './splits.ts';

/** A fall from a high-water mark; `to` is null while it lasts. */
export interface Drawdown {
  readonly fromMs: number;
  readonly bottomMs: number;
  readonly toMs: number | null;
  /** Share of the mark, 0..1. */
  readonly depth: number;
}

/** Falls below this share of the deepest are not told. */
const SHALLOW = 0.1;

/** The deepest falls of an account, deepest first. */
export function drawdownsOf(tsMs: Float64Array, equity: Float64Array, count: number): Drawdown[] {
  const found: Drawdown[] = [];
  let high = equity[0] ?? 0;
  let highMs = tsMs[0] ?? 0;
  let depth = 0;
  let bottomMs = 0;
  for (let row = 0; row < equity.length; row++) {
    const value = equity[row] as number;
    const now = tsMs[row] as number;
    if (value >= high) {
      if (depth > 0) found.push({ fromMs: highMs, bottomMs, toMs: now, depth });
      [high, highMs, depth] = [value, now, 0];
    } else if (1 - value / high > depth) {
      depth = 1 - value / high;
      bottomMs = now;
    }
  }
  if (depth > 0) found.push({ fromMs: highMs, bottomMs, toMs: null, depth });
  found.sort((a, b) => b.depth - a.depth);
  const least = (found[0]?.depth ?? 0) * SHALLOW;
  return found.filter(({ depth: fall }) => fall >= least).slice(0, count);
}

/** Return of one calendar month, UTC. */
export interface MonthReturn {
  readonly year: number;
  /** 1..12. */
  readonly month: number;
  readonly value: number;
}

/** Compounded returns by month. */
export function monthsOf(days: Days, returns: Float64Array): MonthReturn[] {
  const months: { year: number; month: number; value: number }[] = [];
  days.day.forEach((day, i) => {
    const date = new Date(day * DAY_MS);
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + 1];
    let last = months[months.length - 1];
    if (last?.year !== year || last.month !== month) months.push((last = { year, month, value: 0 }));
    last.value = (1 + last.value) * (1 + (returns[i] as number)) - 1;
  });
  return months;
}

/** What the strategy did in one regime, as the regime was known before each bar. */
export interface RegimeRow {
  readonly regime: string;
  /** Share of bars. */
  readonly bars: number;
  /** Quote units. */
  readonly net: number;
  /** Per bar times the root of bars in a year; null when nothing moved. */
  readonly sharpe: number | null;
  readonly trades: number;
  /** Share of trades opened in it that earned; null without one. */
  readonly won: number | null;
  /** Share of its bars with a position. */
  readonly exposed: number;
}

/** The run by regime. */
export function regimesOf(experiment: Experiment, from: number, barsPerYear: number): RegimeRow[] {
  const { equity, regime, units, trades } = experiment;
  const total = Math.max(1, equity.length - from - 1);
  return REGIMES.map((name, code) => {
    const changes: number[] = [];
    let exposed = 0;
    for (let row = from + 1; row < equity.length; row++) {
      if (regime[row - 1] !== code) continue;
      changes.push((equity[row] as number) - (equity[row - 1] as number));
      if (units[row - 1] !== 0) exposed++;
    }
    const own = trades.filter((trade) => trade.regime === code);
    const sharpe = changes.length > 1 ? sharpeRatio(changes) * Math.sqrt(barsPerYear) : 0;
    return {
      regime: name,
      bars: changes.length / total,
      net: changes.reduce((sum, change) => sum + change, 0),
      sharpe: Number.isFinite(sharpe) && sharpe !== 0 ? sharpe : null,
      trades: own.length,
      won: own.length > 0 ? own.filter(({ net }) => net > 0).length / own.length : null,
      exposed: changes.length > 0 ? exposed / changes.length : 0,
    };
  });
}

/** One stretch of the file; the models saw none of it. */
export interface Fold {
  readonly fromDay: number;
  readonly toDay: number;
  /** Compounded return and annual Sharpe ratio of the strategy, and the best baseline's ratio. */
  readonly value: number;
  readonly sharpe: number;
  readonly rival: number;
}

const FOLDS = 6;

/** Six stretches of equal length, each judged alone; none when there are fewer than 30 days. */
export function foldsOf(
  days: Days,
  returns: Float64Array,
  baselines: readonly { readonly returns: Float64Array }[],
): Fold[] {
  if (returns.length < 5 * FOLDS) return [];
  const { groups } = combinatorialSplits(returns.length, FOLDS, 2, { purge: 0, embargo: 0 });
  const annual = (values: Float64Array): number => sharpeRatio(values) * Math.sqrt(days.perYear);
  return groups.map(({ from, to }) => ({
    fromDay: days.day[from] as number,
    toDay: days.day[to - 1] as number,
    value: returns.subarray(from, to).reduce((value, r) => value * (1 + r), 1) - 1,
    sharpe: annual(returns.subarray(from, to)),
    rival: Math.max(...baselines.map((baseline) => annual(baseline.returns.subarray(from, to)))),
  }));
}

/** How much was traded. */
export interface Turnover {
  /** Value of all fills over mean equity, a year. */
  readonly annual: number;
  /** Share of bars with a position. */
  readonly exposed: number;
  /** Mean |exposure| over equity while exposed. */
  readonly exposure: number;
  /** Mean bars of a trade. */
  readonly holdingBars: number;
  /** Cost of a fill, fee included, share of its value. */
  readonly cost: number;
  readonly fees: number;
  /** Spread, impact and latency, quote units. */
  readonly slippage: number;
}

/** Turnover and costs of a run. */
export function turnoverOf(experiment: Experiment, years: number, cost: number): Turnover {
  const { fills, equity, units, bars, trades, tally } = experiment;
  let [value, slippage, exposedBars, exposure, mean] = [0, 0, 0, 0, 0];
  for (const fill of fills) {
    value += Math.abs(fill.units) * fill.price;
    slippage += fill.units * (fill.price - fill.reference);
  }
  for (let row = 0; row < equity.length; row++) {
    mean += equity[row] as number;
    if (units[row] === 0) continue;
    exposedBars++;
    exposure += (Math.abs(units[row] as number) * (bars.close[row] as number)) / (equity[row] as number);
  }
  mean /= Math.max(1, equity.length);
  return {
    annual: value / mean / years,
    exposed: exposedBars / Math.max(1, equity.length),
    exposure: exposedBars > 0 ? exposure / exposedBars : 0,
    holdingBars: trades.reduce((sum, { from, to }) => sum + to - from, 0) / Math.max(1, trades.length),
    cost,
    fees: tally.fees,
    slippage,
  };
}
