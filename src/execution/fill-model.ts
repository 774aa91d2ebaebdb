// Three answers to "would this order have filled, and where?": pessimistic (default), neutral, optimistic.

import { impactBp } from '../risk/slippage.ts';

export const FILL_MODEL_NAMES = ['pessimistic', 'neutral', 'optimistic'] as const;
export type FillModelName = (typeof FILL_MODEL_NAMES)[number];

/** One closed bar on the tick grid. */
export interface TickBar {
  /** Open stamp, ms UTC. */
  readonly tsMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Lots traded in the bar; ignored when the source has no volume. */
  readonly volumeLots: number;
}

/** Market conditions known before the bar. */
export interface FillConditions {
  /** Half the bid–ask spread, basis points, ≥ 0. */
  readonly halfSpreadBp: number;
  /** Standard deviation of one bar's return, basis points, ≥ 0. */
  readonly sigmaBp: number;
  /** True when the source has no volume: then participation is not capped. */
  readonly noVolume: boolean;
}

/** What a fill model decides. */
export interface FillModel {
  /** Largest share of a bar's volume one account gets; Infinity is no cap. */
  readonly participation: number;
  /** Ticks by which price must trade through a limit: 1 means that a touch does not fill. */
  readonly throughTicks: number;
  /** True when a limit order gets a better open than its limit. */
  readonly improves: boolean;
  /** True when a market order also pays for its latency. */
  readonly latency: boolean;
  /** Multiples of half-spread and square-root impact a market order pays. */
  readonly spreadShare: number;
  readonly impactShare: number;
}

/** The models by name. */
export const FILL_MODELS: Readonly<Record<FillModelName, FillModel>> = {
  pessimistic: {
    participation: 0.1,
    throughTicks: 1,
    improves: false,
    latency: true,
    spreadShare: 1,
    impactShare: 1,
  },
  neutral: {
    participation: 0.25,
    throughTicks: 1,
    improves: true,
    latency: false,
    spreadShare: 1,
    impactShare: 0,
  },
  optimistic: {
    participation: Infinity,
    throughTicks: 0,
    improves: true,
    latency: false,
    spreadShare: 0,
    impactShare: 0,
  },
};

const BAR_MS = 300_000;
/** Order latency is drawn uniformly from this range, ms. */
const LATENCY_MS_MIN = 50;
const LATENCY_MS_SPAN = 450;
const BP = 10_000;

/**
 * Cost of crossing the market, in basis points of the price: half-spread, impact, and the move during the
 * latency, taken as one standard deviation against us.
 *
 * @param lots    lots traded, sign ignored
 * @param uniform latency draw, 0..1
 */
export function crossingCostBp(
  model: FillModel,
  conditions: FillConditions,
  lots: number,
  volumeLots: number,
  uniform: number,
): number {
  const volume = conditions.noVolume ? 0 : volumeLots;
  let cost = model.spreadShare * conditions.halfSpreadBp;
  if (model.impactShare > 0) cost += model.impactShare * impactBp(conditions.sigmaBp, lots, volume);
  if (model.latency) {
    const latencyMs = LATENCY_MS_MIN + LATENCY_MS_SPAN * uniform;
    cost += conditions.sigmaBp * Math.sqrt(latencyMs / BAR_MS);
  }
  // unknown conditions (warm-up) cost nothing here; the gate has already refused new risk on them
  return cost > 0 && cost < BP ? cost : 0;
}

/**
 * A price moved against the trade by a cost and rounded against it to the tick grid; never below one tick.
 *
 * @param buys  true for a buy
 * @example     adverseTicks(10000, 1, true) // 10001
 */
export function adverseTicks(priceTicks: number, costBp: number, buys: boolean): number {
  const move = (priceTicks * costBp) / BP;
  return buys ? Math.ceil(priceTicks + move) : Math.max(1, Math.floor(priceTicks - move));
}

/**
 * Fill price of a limit order in this bar, or null: only when price trades through it far enough.
 * Without improvement it is the limit itself, or the bar's worst price where the whole bar was better.
 */
export function limitFillTicks(
  model: FillModel,
  bar: TickBar,
  limitTicks: number,
  buys: boolean,
): number | null {
  if (buys ? bar.low > limitTicks - model.throughTicks : bar.high < limitTicks + model.throughTicks)
    return null;
  if (model.improves) return buys ? Math.min(limitTicks, bar.open) : Math.max(limitTicks, bar.open);
  return buys ? Math.min(limitTicks, bar.high) : Math.max(limitTicks, bar.low);
}

/** Trigger price of a stop order in this bar, or null: the worse of the stop and the open. */
export function stopTriggerTicks(bar: TickBar, stopTicks: number, buys: boolean): number | null {
  if (buys) return bar.high >= stopTicks ? Math.max(stopTicks, bar.open) : null;
  return bar.low <= stopTicks ? Math.min(stopTicks, bar.open) : null;
}

/** Most lots one account may fill in this bar. */
export function lotsAvailable(model: FillModel, bar: TickBar, conditions: FillConditions): number {
  if (conditions.noVolume || model.participation === Infinity) return Number.MAX_SAFE_INTEGER;
  const lots = Math.floor(bar.volumeLots * model.participation);
  return lots > 0 ? Math.min(lots, Number.MAX_SAFE_INTEGER) : 0;
}
