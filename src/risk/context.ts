// What the risk rules look at: one plain snapshot of account, instrument and market, made by the engine at a
// decision.

import { mulDiv } from '../core/units.ts';
import type { UncertaintyLevel } from '../signals/uncertainty.ts';

/** Facts at a decision. Money is micro-quote, quantity lots, price ticks; a NaN anywhere blocks new risk. */
export interface RiskContext {
  /** False while the kill switch is latched. */
  readonly tradingEnabled: boolean;
  readonly equityMicro: number;
  /** Highest equity so far. */
  readonly highWaterMicro: number;
  /** Equity when the UTC day began. */
  readonly dayStartMicro: number;
  /** Σ |exposure| and Σ exposure of all positions. */
  readonly grossMicro: number;
  readonly netMicro: number;
  /** Position in this instrument, < 0 short. */
  readonly positionLots: number;
  /**
   * Σ |exposure| of the other instruments of its correlated group; null when it has no correlated partner.
   */
  readonly groupOthersMicro: number | null;
  /** True when the run trades several symbols: then the instrument cap holds. */
  readonly severalSymbols: boolean;
  /** Price of the decision, ticks > 0. */
  readonly priceTicks: number;
  /** Value of one tick of one lot, micro-quote, integer ≥ 1. */
  readonly tickValueMicro: number;
  /** Fee per side, basis points of notional. */
  readonly feeBps: number;
  /** Distance of the stop, ticks > 0. */
  readonly stopTicks: number;
  /** 1-day VaR of the portfolio now, ≥ 0, and what one more lot adds at most. */
  readonly var95Micro: number;
  readonly var99Micro: number;
  readonly var95PerLotMicro: number;
  readonly var99PerLotMicro: number;
  /** Half the bid–ask spread, basis points. */
  readonly halfSpreadBp: number;
  /** Standard deviation of one bar's return, basis points. */
  readonly sigmaBp: number;
  /** Volume of the last bar in lots; 0 where the source has none. */
  readonly volumeLots: number;
  /** Orders sent in the last minute. */
  readonly ordersLastMinute: number;
  readonly uncertainty: UncertaintyLevel;
  readonly correlationShock: boolean;
  /** True for the bars after a gap in which new risk is blocked. */
  readonly gapBlocked: boolean;
  /** Rules an operator has overridden, with a reason in the journal; some cannot be. */
  readonly overridden: readonly string[];
}

/** Notional of one lot, micro-quote. */
export function lotNotionalMicro(context: RiskContext): number {
  return context.priceTicks * context.tickValueMicro;
}

/** What one lot loses at its stop, both fees included, micro-quote. */
export function lotRiskMicro(context: RiskContext): number {
  const fees = 2 * mulDiv(lotNotionalMicro(context), Math.round(context.feeBps * 100), 1_000_000);
  return context.stopTicks * context.tickValueMicro + fees;
}

/** Drawdown from the high-water mark as a fraction, 0..; NaN without a positive mark. */
export function drawdownOf(context: Pick<RiskContext, 'equityMicro' | 'highWaterMicro'>): number {
  if (!(context.highWaterMicro > 0)) return NaN;
  return Math.max(0, context.highWaterMicro - context.equityMicro) / context.highWaterMicro;
}

/**
 * True when an order only makes the position smaller, or closes it.
 *
 * @example isReduction(-5, 5) // true
 */
export function isReduction(positionLots: number, lots: number): boolean {
  const after = positionLots + lots;
  return positionLots > 0 ? lots < 0 && after >= 0 : positionLots < 0 && lots > 0 && after <= 0;
}

/**
 * True when every number of the context is usable: exact money, finite measures, positive prices and equity.
 */
export function isKnown(context: RiskContext): boolean {
  const group = context.groupOthersMicro ?? 0;
  const positive = [
    context.equityMicro,
    context.highWaterMicro,
    context.dayStartMicro,
    context.priceTicks,
    context.tickValueMicro,
    context.stopTicks,
    lotNotionalMicro(context),
    context.stopTicks * context.tickValueMicro,
  ];
  const measures = [
    context.grossMicro,
    group,
    context.feeBps,
    context.var95Micro,
    context.var99Micro,
    context.var95PerLotMicro,
    context.var99PerLotMicro,
    context.halfSpreadBp,
    context.sigmaBp,
    context.volumeLots,
    context.ordersLastMinute,
  ];
  return (
    positive.every((value) => Number.isSafeInteger(value) && value > 0) &&
    measures.every((value) => Number.isFinite(value) && value >= 0) &&
    Number.isSafeInteger(context.netMicro) &&
    Number.isSafeInteger(context.positionLots) &&
    (context.uncertainty === 'LOW' || context.uncertainty === 'MEDIUM' || context.uncertainty === 'HIGH')
  );
}
