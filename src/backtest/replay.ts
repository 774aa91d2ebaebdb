// The same fills under worse conditions, without asking the engine again: costs multiplied, every fill one
// bar later. And the daily returns that all figures rest on.

import { DAY_MS } from '../core/units.ts';
import type { Bars, Experiment, PlacedFill } from './experiment.ts';

/** How a replay differs from the run. */
export interface Conditions {
  /** Multiplies fees, spread, impact and latency; 1 is the run itself. */
  readonly costs: number;
  /** Bars by which every fill is late: it then happens at that bar's open, with the cost it had. */
  readonly delayBars: number;
}

/**
 * Account after each bar when the fills of a run happen under other conditions. With costs of 1 and no delay
 * it is the run's own account, up to rounding.
 *
 * @returns f64[rows] quote units
 */
export function replay(experiment: Experiment, { costs, delayBars }: Conditions): Float64Array {
  const { bars, fills, initial } = experiment;
  const equity = new Float64Array(bars.rows);
  let cash = initial;
  let units = 0;
  let next = 0;
  for (let row = 0; row < bars.rows; row++) {
    for (; next < fills.length && fills[next]!.bar + delayBars <= row; next++) {
      const fill = fills[next]!;
      const base = delayBars === 0 ? fill.reference : (bars.open[row] as number);
      const price = base * (1 + (costs * (fill.price - fill.reference)) / fill.reference);
      cash -= fill.units * price + costs * fill.fee;
      units += fill.units;
    }
    // what rounding leaves of a closed position is no position
    if (Math.abs(units) < 1e-12) units = 0;
    equity[row] = cash + units * (bars.close[row] as number);
  }
  return equity;
}

/** Mean cost of a fill, fee included, as a share of its value; `fallback` when nothing was filled. */
export function costShare(fills: readonly PlacedFill[], fallback: number): number {
  let [cost, value] = [0, 0];
  for (const fill of fills) {
    cost += fill.fee + fill.units * (fill.price - fill.reference);
    value += Math.abs(fill.units) * fill.price;
  }
  return value > 0 ? Math.max(0, cost / value) : fallback;
}

/** Days of a run: where each begins and ends, from a first bar on. */
export interface Days {
  /** Day numbers since 1970, UTC. */
  readonly day: Int32Array;
  /** Last bar of each day. */
  readonly last: Int32Array;
  /** Bar before the first day. */
  readonly before: number;
  /** Such days in a year, by the calendar that the bars show. */
  readonly perYear: number;
}

const YEAR_DAYS = 365.25;

/** The UTC days from that of bar `from` on, each from its first bar. */
export function daysOf(tsMs: Float64Array, from: number): Days {
  const dayAt = (row: number): number => Math.floor((tsMs[row] as number) / DAY_MS);
  let row = Math.max(0, from);
  const first = tsMs.length > 0 ? dayAt(row) : 0;
  while (row > 0 && dayAt(row - 1) === first) row--;
  const before = Math.max(0, row - 1);
  const day: number[] = [];
  const last: number[] = [];
  for (; row < tsMs.length; row++) {
    if (dayAt(row) !== day[day.length - 1]) {
      day.push(dayAt(row));
      last.push(row);
    } else last[last.length - 1] = row;
  }
  const span = day.length > 1 ? day[day.length - 1]! - day[0]! + 1 : 1;
  const perYear = Math.min(366, Math.max(1, (day.length / span) * YEAR_DAYS));
  return { day: Int32Array.from(day), last: Int32Array.from(last), before, perYear };
}

/** Returns of an account from day to day. */
export function dailyReturns(days: Days, equity: Float64Array): Float64Array {
  let previous = equity[days.before] ?? Number.NaN;
  return Float64Array.from(days.last, (row) => {
    const value = equity[row] as number;
    const change = value / previous - 1;
    previous = value;
    return change;
  });
}

/** Account of a trader who wants `exposure[row]` times equity after each bar and gets it at the next open. */
export function tradeExposure(
  bars: Bars,
  exposure: Float64Array,
  cost: number,
  initial: number,
): Float64Array {
  const equity = new Float64Array(bars.rows);
  let cash = initial;
  let units = 0;
  for (let row = 0; row < bars.rows; row++) {
    const wanted = row > 0 ? (exposure[row - 1] as number) : 0;
    const before = row > 1 ? (exposure[row - 2] as number) : 0;
    if (wanted !== before) {
      const price = bars.open[row] as number;
      const traded = (wanted * Math.max(0, cash + units * price)) / price - units;
      cash -= traded * price + Math.abs(traded) * price * cost;
      units += traded;
    }
    equity[row] = cash + units * (bars.close[row] as number);
  }
  return equity;
}
