// The only door from a decision to an order. Every cap is a largest number of lots, so a larger order can
// never pass where a smaller one is refused.

import { PPM, mulDiv } from '../core/units.ts';
import { drawdownOf, isKnown, isReduction, lotNotionalMicro, lotRiskMicro } from './context.ts';
import type { RiskContext } from './context.ts';
import type { RiskLimits } from './limits.ts';
import { lotsWithinSlippage } from './slippage.ts';

/** Why an order is refused, most fundamental first; also the keys of the `refused` counts. */
export const RISK_CODES = [
  'HALTED',
  'UNKNOWN',
  'DRAWDOWN_HALT',
  'DAILY_LOSS',
  'GAP_BLOCK',
  'UNCERTAINTY_HIGH',
  'ORDER_RATE',
  'ZERO_SIZE',
  'PER_TRADE_LOSS',
  'GROSS',
  'NET',
  'INSTRUMENT_CAP',
  'GROUP_CAP',
  'VAR95',
  'VAR99',
  'SLIPPAGE_GUARD',
  'RISK_POLICY',
  'EXECUTION_POLICY',
] as const;
export type RiskCode = (typeof RISK_CODES)[number];

/** Rules that no operator lifts. */
export const NEVER_OVERRIDDEN: readonly RiskCode[] = ['HALTED', 'UNKNOWN', 'VAR95', 'VAR99', 'ZERO_SIZE'];

/** What the gate reads of an order. */
export interface RiskOrder {
  /** Signed lots, > 0 buys. */
  readonly lots: number;
}

/**
 * An order the gate has passed. Its private field makes the type nominal, and the class never leaves this
 * file.
 */
class Approval<T extends RiskOrder> {
  readonly kind = 'approved';
  readonly order: T;
  readonly #sealed: true = true;

  constructor(order: T) {
    this.order = order;
  }

  static isOne(value: object): boolean {
    return #sealed in value;
  }
}

/** Proof that an order passed the gate; only `gate` makes it. */
export type RiskApproved<T extends RiskOrder> = Approval<T>;

/** A refusal: the rule, the lots asked for and the lots the rule would have passed. */
export interface RiskRefused {
  readonly kind: 'refused';
  readonly code: RiskCode;
  readonly lotsAsked: number;
  readonly lotsAllowed: number;
}

/** One cap: the rule and the most lots (unsigned, may be Infinity) it passes. */
export interface LotCap {
  readonly code: RiskCode;
  readonly lots: number;
}

/**
 * Passes or refuses an order. A reduction of an open position passes even when trading is halted.
 *
 * @param order    signed integer lots; frozen copies are the caller's business: the approved order is this
 *                 object
 * @param context  facts at the decision; anything unknown refuses
 * @param limits   limits in force
 */
export function gate<T extends RiskOrder>(
  order: T,
  context: RiskContext,
  limits: RiskLimits,
): RiskApproved<T> | RiskRefused {
  const asked = order.lots;
  if (!Number.isSafeInteger(asked)) return refuse('UNKNOWN', 0, 0);
  if (asked === 0) return refuse('ZERO_SIZE', 0, 0);
  if (Number.isSafeInteger(context.positionLots) && isReduction(context.positionLots, asked)) {
    return new Approval(order);
  }
  const blocked = newRiskBlock(context, limits);
  if (blocked !== null) return refuse(blocked, asked, 0);
  const size = Math.abs(asked);
  for (const cap of lotCaps(context, limits, asked > 0 ? 1 : -1)) {
    if (!(size <= cap.lots)) return refuse(cap.code, asked, cap.lots > 0 ? cap.lots : 0);
  }
  return new Approval(order);
}

/** True for a value that came out of `gate` as approved, also when its type was lost on the way. */
export function isApproved(value: object): boolean {
  return Approval.isOne(value);
}

function refuse(code: RiskCode, lotsAsked: number, lotsAllowed: number): RiskRefused {
  return { kind: 'refused', code, lotsAsked, lotsAllowed };
}

/** The first rule that blocks all new risk whatever its size, or null. */
export function newRiskBlock(context: RiskContext, limits: RiskLimits): RiskCode | null {
  if (!context.tradingEnabled) return 'HALTED';
  if (!isKnown(context)) return 'UNKNOWN';
  const holds = (code: RiskCode): boolean => !isOverridden(context, code);
  const dayLoss = context.dayStartMicro - context.equityMicro;
  const dayLimit = mulDiv(context.dayStartMicro, limits.dailyLossPpm, PPM);
  if (drawdownOf(context) >= limits.drawdownHaltPpm / PPM && holds('DRAWDOWN_HALT')) return 'DRAWDOWN_HALT';
  if (dayLoss >= dayLimit && holds('DAILY_LOSS')) return 'DAILY_LOSS';
  if (context.gapBlocked && holds('GAP_BLOCK')) return 'GAP_BLOCK';
  if (context.uncertainty === 'HIGH' && holds('UNCERTAINTY_HIGH')) return 'UNCERTAINTY_HIGH';
  if (context.ordersLastMinute >= limits.ordersPerMinute && holds('ORDER_RATE')) return 'ORDER_RATE';
  return null;
}

/**
 * The caps on new risk. A measure already over its limit only refuses what would make it worse.
 *
 * @param context  known facts (`isKnown`)
 * @param side     1 buys, −1 sells
 */
export function lotCaps(context: RiskContext, limits: RiskLimits, side: 1 | -1): LotCap[] {
  const notional = lotNotionalMicro(context);
  const part = (ppm: number): number => mulDiv(context.equityMicro, ppm, PPM);
  // an order that turns the position over first closes it, then may open as many lots again without adding
  // size
  const opposite = side * context.positionLots < 0 ? Math.abs(context.positionLots) : 0;
  const grow = (now: number, limit: number, perLot: number): number =>
    (perLot > 0 ? Math.floor((Math.max(limit, now) - now) / perLot) : Infinity) + 2 * opposite;
  const lean = (signed: number, limit: number): number =>
    Math.floor((Math.max(limit, Math.abs(signed)) - side * signed) / notional);
  const own = context.positionLots * notional;
  const guard = limits.slippageGuardBp;
  const caps: LotCap[] = [
    {
      code: 'PER_TRADE_LOSS',
      lots: Math.floor(part(limits.perTradeLossPpm) / lotRiskMicro(context)) + opposite,
    },
    { code: 'GROSS', lots: grow(context.grossMicro, part(limits.grossPpm), notional) },
    { code: 'NET', lots: lean(context.netMicro, part(limits.netPpm)) },
  ];
  if (context.severalSymbols)
    caps.push({ code: 'INSTRUMENT_CAP', lots: lean(own, part(limits.instrumentPpm)) });
  if (context.groupOthersMicro !== null) {
    const group = context.groupOthersMicro + Math.abs(own);
    caps.push({ code: 'GROUP_CAP', lots: grow(group, part(limits.groupPpm), notional) });
  }
  caps.push(
    { code: 'VAR95', lots: grow(context.var95Micro, part(limits.var95Ppm), context.var95PerLotMicro) },
    { code: 'VAR99', lots: grow(context.var99Micro, part(limits.var99Ppm), context.var99PerLotMicro) },
    {
      code: 'SLIPPAGE_GUARD',
      lots: lotsWithinSlippage(guard, context.halfSpreadBp, context.sigmaBp, context.volumeLots),
    },
  );
  return caps.filter((cap) => !isOverridden(context, cap.code));
}

function isOverridden(context: RiskContext, code: RiskCode): boolean {
  return context.overridden.includes(code) && !NEVER_OVERRIDDEN.includes(code);
}
