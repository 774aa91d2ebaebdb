// From a verdict to orders: the size, the gate, the client order ids. What an opposite position needs is
// closed by an order of its own that can only reduce.

import { voidedChoice } from '../agents/policies.ts';
import type { OrderStyle, PolicyChoice } from '../agents/policies.ts';
import type { Verdict } from '../consensus/quorum.ts';
import { ByteWriter } from '../core/bytes.ts';
import { LONG, SHORT } from '../core/units.ts';
import { cancelOrders, submitOrder } from '../execution/orders.ts';
import type { OrderEnd, OrderRequest } from '../execution/orders.ts';
import type { RiskContext } from '../risk/context.ts';
import { gate, newRiskBlock } from '../risk/gate.ts';
import type { RiskCode } from '../risk/gate.ts';
import { sizeOrder } from '../risk/sizing.ts';
import type { SizedOrder } from '../risk/sizing.ts';
import { askPolicies } from './decision-row.ts';
import type { EngineCore } from './engine.ts';
import { CHILDREN, riskContext, STOP_ATR } from './risk-context.ts';
import type { OpenRound } from './state.ts';

const TARGET_ATR = 3;
const BP = 10_000;
/** Legs of a decision, part of the client order id. */
const ENTRY_LEG = 0;
const EXIT_LEG = 1;

/** What became of a verdict that may trade. */
export interface Traded {
  /** Orders that passed the gate, in the order in which they work; empty when risk refused. */
  readonly orders: readonly OrderRequest[];
  /** Older orders of the symbol that the new ones replace. */
  readonly replaced: readonly OrderEnd[];
  /** Why nothing was sent, else null. */
  readonly refusal: RiskCode | null;
  readonly sized: SizedOrder;
  readonly policy: PolicyChoice;
}

/** Where a verdict's orders start from, and what the policies choose there. */
interface Guided {
  readonly side: 1 | -1;
  readonly held: RiskContext;
  /** True when the position is on the other side: it is closed first. */
  readonly opposite: boolean;
  /** As if from flat behind an opposite position. */
  readonly context: RiskContext;
  readonly policy: PolicyChoice;
}

/** Asks the policies about a verdict that executes; the same answer until the next bar. */
export function guide(core: EngineCore, open: OpenRound, verdict: Verdict): Guided {
  const side = verdict.direction === LONG ? 1 : -1;
  const held = riskContext(core, open, side, 'held');
  const opposite = held.positionLots * side < 0;
  const context = opposite ? riskContext(core, open, side, 'flat') : held;
  return { side, held, opposite, context, policy: askPolicies(core, open, verdict, open.synergy, context) };
}

/**
 * Sizes, gates and submits. Orders can fill from the next bar on.
 *
 * An opposite position is closed by an EXIT, which can never open one, and the new size is opened behind it
 * as if from flat. A position in the same direction is filled up to the size, never beyond: synergies do not
 * pyramid. What older orders of the symbol still want is cancelled, so that it cannot add to the new size.
 *
 * @param voided  the policies' answers do not count: an opposite position is closed and nothing is opened
 */
export function trade(core: EngineCore, open: OpenRound, verdict: Verdict, voided = false): Traded {
  const { state, config, kernel } = core;
  const { limits } = config;
  const { side, held, opposite, context, policy: chosen } = guide(core, open, verdict);
  const policy = voided ? voidedChoice(chosen.row) : chosen;
  const sized = sizeOrder(
    {
      direction: side === 1 ? LONG : SHORT,
      sizeConfidence: verdict.sizeConfidence,
      closedTrades: state.ledger.closedTrades,
      bucketQuarters: policy.quarters,
    },
    context,
    limits,
    kernel.raw,
  );
  const refused = (refusal: RiskCode): Traded => ({ orders: [], replaced: [], refusal, sized, policy });
  const blocked = newRiskBlock(context, limits);
  if (blocked !== null) return refused(blocked);
  const legs: { request: OrderRequest; seen: RiskContext }[] = [];
  if (opposite) legs.push({ request: exitOf(core, open, held), seen: held });
  const opening = Math.max(0, Math.abs(sized.lots) - side * context.positionLots);
  if (opening > 0 && policy.style !== 'NONE') {
    legs.push({ request: entryOf(core, open, context, side * opening, policy.style), seen: context });
  }
  let refusal: RiskCode = sized.code ?? (policy.style === 'NONE' ? 'EXECUTION_POLICY' : 'ZERO_SIZE');
  const approved = legs.flatMap(({ request, seen }) => {
    const answer = gate(request, seen, limits);
    if (answer.kind === 'approved') return [answer];
    refusal = answer.code;
    return [];
  });
  if (approved.length === 0) return refused(refusal);
  const replaced = cancelOrders(
    state.broker.book,
    (order) => order.symbolIndex === open.symbol && (order.role === 'ENTRY' || order.role === 'EXIT'),
    'REPLACED',
  );
  const sent = approved.filter((answer) => submitOrder(state.broker.book, answer).kind === 'accepted');
  for (let i = 0; i < sent.length; i++) state.orderTimes.push(open.knownAtMs);
  const orders = sent.map((answer) => answer.order);
  return { orders, replaced, refusal: orders.length === 0 ? 'UNKNOWN' : null, sized, policy };
}

function entryOf(
  core: EngineCore,
  open: OpenRound,
  context: RiskContext,
  lots: number,
  style: OrderStyle,
): OrderRequest {
  return {
    ...exitOf(core, open, context),
    id: clientOrderId(core, open, ENTRY_LEG),
    role: 'ENTRY',
    lots,
    ...sendingOf(style, context, lots > 0),
    stopAwayTicks: context.stopTicks,
    targetAwayTicks: Math.max(1, Math.round((context.stopTicks * TARGET_ATR) / STOP_ATR)),
    guardBp: core.config.limits.slippageGuardBp,
  };
}

/**
 * Kind and price of an entry: LIMIT_TOUCH waits at the near side of the spread, LIMIT_MID at the close, both
 * for half an hour; TWAP_3 crosses the market in three parts.
 */
export function sendingOf(
  style: OrderStyle,
  { priceTicks, halfSpreadBp }: Pick<RiskContext, 'priceTicks' | 'halfSpreadBp'>,
  buys: boolean,
): Pick<OrderRequest, 'kind' | 'limitTicks' | 'slices'> {
  if (style === 'TWAP_3') return { kind: 'TWAP', limitTicks: 0, slices: 3 };
  if (style !== 'LIMIT_TOUCH' && style !== 'LIMIT_MID') return { kind: 'MARKET', limitTicks: 0, slices: 1 };
  const away = style === 'LIMIT_MID' ? 0 : Math.ceil((priceTicks * halfSpreadBp) / BP);
  return { kind: 'LIMIT', limitTicks: Math.max(1, priceTicks + (buys ? -away : away)), slices: 1 };
}

function exitOf(core: EngineCore, open: OpenRound, context: RiskContext): OrderRequest {
  return {
    id: clientOrderId(core, open, EXIT_LEG),
    symbolIndex: open.symbol,
    role: 'EXIT',
    kind: 'MARKET',
    lots: -context.positionLots || 0,
    limitTicks: 0,
    decisionTicks: context.priceTicks,
    stopAwayTicks: 0,
    targetAwayTicks: 0,
    guardBp: 0,
    barsToLive: CHILDREN,
    slices: 1,
    placedAtMs: open.knownAtMs,
  };
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const ID_LENGTH = 20;

/**
 * base32(SHA-256(account epoch ‖ synergy ‖ round ‖ leg)): the same decision always asks for the same order.
 */
function clientOrderId(core: EngineCore, open: OpenRound, leg: number): string {
  const writer = new ByteWriter(96);
  writer.u32(core.config.accountEpoch);
  writer.text(open.synergyId);
  writer.u32(open.round);
  writer.u8(leg);
  const hash = core.kernel.sha256(writer.view8());
  const id: number[] = [];
  let bits = 0;
  let value = 0;
  for (const byte of hash) {
    value = ((value << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 5 && id.length < ID_LENGTH) {
      bits -= 5;
      id.push(BASE32.charCodeAt((value >> bits) & 31));
    }
  }
  return String.fromCharCode(...id);
}
