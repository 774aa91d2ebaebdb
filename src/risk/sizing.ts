// From a verdict to lots: Kelly with shrinkage and drawdown bounds (kernel), uncertainty, shocks, then every
// cap.

import { f64, i64, nullable, oneOf, struct } from '../core/codec.ts';
import type { Codec } from '../core/codec.ts';
import { LONG, PPM } from '../core/units.ts';
import type { SHORT } from '../core/units.ts';
import type { SizingAbi } from '../wasm/abi-sizing.ts';
import { drawdownOf, lotRiskMicro } from './context.ts';
import type { RiskContext } from './context.ts';
import { RISK_CODES, lotCaps, newRiskBlock } from './gate.ts';
import type { RiskCode } from './gate.ts';
import type { RiskLimits } from './limits.ts';

/** What a verdict brings to sizing. */
export interface SizingInput {
  readonly direction: typeof SHORT | typeof LONG;
  /** Probability that the direction is right, 0..1: the verdict's size confidence. */
  readonly sizeConfidence: number;
  /** Trades closed so far, for the standard error of the confidence. */
  readonly closedTrades: number;
  /** Quarters of the sized quantity that the risk policy keeps, 0..4. */
  readonly bucketQuarters: number;
}

/** A size and how it came about. */
export interface SizedOrder {
  /** Signed lots; 0 when nothing may be traded. */
  lots: number;
  /** Fraction of equity at risk at the stop before multiplier and caps, 0..1. */
  riskFraction: number;
  /** Why the size is 0, else the cap that made it smaller, else null. */
  code: RiskCode | null;
}

/** Canonical encoding of a size. */
export const sizedOrderCodec: Codec<SizedOrder> = struct<SizedOrder>({
  lots: i64,
  riskFraction: f64,
  code: nullable(oneOf(RISK_CODES)),
});

/** Payoff of a win in units of a loss assumed by Kelly. */
const PAYOFF = 1;
/** Factor on new risk at MEDIUM uncertainty, in a correlation shock, and from the halving drawdown on. */
const HALF = 0.5;

/**
 * Sizes a new position.
 *
 * @returns lots 0 with a code for every input that is not finite, out of range or blocked; never more than
 * any cap
 */
export function sizeOrder(
  input: SizingInput,
  context: RiskContext,
  limits: RiskLimits,
  kernel: Pick<SizingAbi, 'riskFraction'>,
): SizedOrder {
  const blocked = newRiskBlock(context, limits);
  if (blocked !== null) return { lots: 0, riskFraction: 0, code: blocked };
  const fraction = fractionOf(input, context, limits, kernel);
  const wanted = (fraction * (limits.riskMultiplierPpm / PPM) * context.equityMicro) / lotRiskMicro(context);
  let lots = wanted >= 1 && wanted <= Number.MAX_SAFE_INTEGER ? Math.floor(wanted) : 0;
  let code: RiskCode | null = lots === 0 ? 'ZERO_SIZE' : null;
  const side = input.direction === LONG ? 1 : -1;
  for (const cap of lotCaps(context, limits, side)) {
    if (lots > cap.lots) {
      lots = cap.lots > 0 ? cap.lots : 0;
      code = cap.code;
    }
  }
  const kept = keepQuarters(lots, input.bucketQuarters);
  if (lots > 0 && input.bucketQuarters === 0) code = 'RISK_POLICY';
  return kept === 0
    ? { lots: 0, riskFraction: fraction, code: code ?? 'ZERO_SIZE' }
    : { lots: side * kept, riskFraction: fraction, code };
}

function keepQuarters(lots: number, quarters: number): number {
  if (!Number.isInteger(quarters) || quarters < 0 || quarters > 4) return 0;
  const rest = lots % 4;
  return ((lots - rest) / 4) * quarters + Math.floor((rest * quarters) / 4);
}

function fractionOf(
  input: SizingInput,
  context: RiskContext,
  limits: RiskLimits,
  kernel: Pick<SizingAbi, 'riskFraction'>,
): number {
  const drawdown = drawdownOf(context);
  const limit = limits.drawdownHaltPpm / PPM;
  const fraction = kernel.riskFraction(input.sizeConfidence, PAYOFF, input.closedTrades, drawdown, limit);
  if (!(fraction > 0 && fraction < 1)) return 0;
  let factor = context.uncertainty === 'LOW' ? 1 : context.uncertainty === 'MEDIUM' ? HALF : 0;
  if (context.correlationShock) factor *= HALF;
  if (drawdown >= limits.drawdownHalvePpm / PPM) factor *= HALF;
  return fraction * factor;
}
