// What anyone could have done without a model, costs inside: buy and hold, momentum, nothing, and the
// strategy's own trades at random times in random directions.

import { nextUniform } from '../execution/paper-broker.ts';
import type { Session } from '../market/session.ts';
import type { MathAbi } from '../wasm/abi.ts';
import type { Bars, PlacedTrade } from './experiment.ts';
import { dailyReturns, tradeExposure } from './replay.ts';
import type { Days } from './replay.ts';
import { ridgeWalk } from './ridge.ts';
import { sharpeRatio } from './statistics.ts';

/** A baseline's account. */
export interface Baseline {
  readonly name: string;
  /** f64[rows] quote units. */
  readonly equity: Float64Array;
  /** f64[days]. */
  readonly returns: Float64Array;
}

/** Days that momentum looks back. */
export const MOMENTUM_DAYS = 20;

/**
 * Buy and hold, time-series momentum (Moskowitz, Ooi & Pedersen 2012, on 20 days) and flat, all from the same
 * bar on.
 *
 * @param cost  share of the value paid at each change of position
 */
export function baselinesOf(bars: Bars, days: Days, cost: number, initial: number): Baseline[] {
  const bought = new Float64Array(bars.rows).fill(1, days.before);
  const made = (name: string, exposure: Float64Array): Baseline => {
    const equity = tradeExposure(bars, exposure, cost, initial);
    return { name, equity, returns: dailyReturns(days, equity) };
  };
  const momentum = momentumExposure(bars, days);
  return [
    made('buy and hold', bought),
    made('momentum, 20 days', momentum),
    made('flat', new Float64Array(bars.rows)),
  ];
}

/**
 * Baselines that are shown and gate nothing: a ridge regression that walks forward, none when the file is too
 * short.
 */
export function reportedOf(
  math: Pick<MathAbi, 'log'>,
  bars: Bars,
  days: Days,
  session: Session,
  cost: number,
  initial: number,
): Baseline[] {
  const { fits, exposure } = ridgeWalk(math, bars, session, cost);
  if (fits === 0) return [];
  const equity = tradeExposure(bars, exposure, cost, initial);
  const name = `ridge, ${fits} fits`;
  return [{ name, equity, returns: dailyReturns(days, equity) }];
}

/** +1 or −1 by the sign of the last 20 days, chosen at each day's end. */
function momentumExposure(bars: Bars, days: Days): Float64Array {
  const exposure = new Float64Array(bars.rows);
  const close = (row: number): number => bars.close[row] as number;
  for (let d = MOMENTUM_DAYS; d < days.last.length; d++) {
    const [from, to] = [days.last[d - MOMENTUM_DAYS]!, days.last[d]!];
    const until = days.last[d + 1] ?? bars.rows;
    exposure.fill(close(to) >= close(from) ? 1 : -1, to, until);
  }
  return exposure;
}

/** Random traders with the strategy's turnover. */
export interface RandomTraders {
  readonly seed: number;
  readonly count: number;
  /** Sharpe ratio per day of each, ascending. */
  readonly sharpes: Float64Array;
}

/**
 * Traders that make the strategy's own trades, each with its size, its length and its cost, at a random time
 * and in a random direction.
 *
 * @param equity  account of the strategy, f64[rows]: sizes are shares of it
 * @param cost    share of the value paid at each end of a trade
 */
export function randomTraders(
  bars: Bars,
  days: Days,
  strategy: { readonly trades: readonly PlacedTrade[]; readonly equity: Float64Array },
  cost: number,
  plan: { readonly seed: number; readonly count: number },
): RandomTraders {
  const stream = { random: plan.seed >>> 0 };
  const first = days.before;
  const room = bars.rows - first - 1;
  const trades = strategy.trades
    .filter((trade) => trade.from >= first)
    .map(({ from, to, units, entry }) => ({
      bars: Math.min(Math.max(1, to - from), Math.max(1, room - 1)),
      size: (units * entry) / (strategy.equity[from] as number),
    }));
  const moves = new Float64Array(bars.rows);
  for (let row = 1; row < bars.rows; row++) {
    moves[row] = (bars.close[row] as number) / (bars.close[row - 1] as number) - 1;
  }
  const change = new Float64Array(bars.rows + 1);
  const paid = new Float64Array(bars.rows + 1);
  const sharpes = Float64Array.from({ length: plan.count }, () => {
    change.fill(0);
    paid.fill(0);
    for (const { bars: length, size } of trades) {
      const start = first + Math.floor(nextUniform(stream) * Math.max(1, room - length));
      const signed = nextUniform(stream) < 0.5 ? -size : size;
      change[start + 1] = (change[start + 1] as number) + signed;
      change[start + length + 1] = (change[start + length + 1] as number) - signed;
      paid[start] = (paid[start] as number) + cost * size;
      paid[start + length] = (paid[start + length] as number) + cost * size;
    }
    return sharpeRatio(daily(days, moves, change, paid));
  }).sort();
  return { ...plan, sharpes };
}

function daily(days: Days, moves: Float64Array, change: Float64Array, paid: Float64Array): Float64Array {
  let exposure = 0;
  let row = days.before + 1;
  for (let before = 0; before < row; before++) exposure += change[before] as number;
  return Float64Array.from(days.last, (last) => {
    let sum = 0;
    for (; row <= last; row++) {
      exposure += change[row] as number;
      sum += exposure * (moves[row] as number) - (paid[row] as number);
    }
    return sum;
  });
}
