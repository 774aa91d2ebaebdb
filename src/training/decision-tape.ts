// What became of every way to send a decision: the engine decides on a market once, and each of its entries
// is then worked again at every size and in every style, alone, by the real broker and ledger.

import type { OrderStyle } from '../agents/policies.ts';
import { DECISION_COLUMNS, ORDER_STYLES, POLICY_CHOICES, QUARTERS } from '../agents/policies.ts';
import type { BarTable } from '../data/bar-table.ts';
import { listingOf } from '../data/listing.ts';
import { SIMULATED_SYMBOL } from '../data/market-options.ts';
import type { Decision } from '../engine/effects.ts';
import type { Listing } from '../engine/header.ts';
import { openEngine } from '../engine/open.ts';
import type { ModelFiles } from '../engine/open.ts';
import { sendingOf } from '../engine/trading.ts';
import type { FillConditions, TickBar } from '../execution/fill-model.ts';
import { createLedger, positionOf } from '../execution/ledger.ts';
import type { Ledger } from '../execution/ledger.ts';
import { cancelOrders, submitOrder } from '../execution/orders.ts';
import type { OrderRequest } from '../execution/orders.ts';
import { createPaperBroker, workBar } from '../execution/paper-broker.ts';
import type { PaperBroker } from '../execution/paper-broker.ts';
import { tickValueMicro } from '../market/instrument.ts';
import { lotRiskMicro } from '../risk/context.ts';
import type { RiskContext } from '../risk/context.ts';
import { gate } from '../risk/gate.ts';
import { DEFAULT_LIMITS } from '../risk/limits.ts';
import { flatContext, playBars } from './played-bars.ts';
import { gateProduct, rewardOf, utilityOf } from './reward.ts';

/** Bars after which a position that no stop, target or verdict ended is closed: a day. */
export const HOLDING_BARS_MAX = 288;
/** Bars that may pass until the last lots are out. */
const LEAVING_BARS_MAX = 96;
/** Bound of the utility, in units of what the whole size loses at its stop. */
const BOUND = 3;
const BROKER_SEED = 7;

/** Decisions with the worth of every way to send them. */
export interface DecisionSamples {
  count: number;
  /** f32[count, 25]: DECISION_COLUMNS. */
  rows: Float32Array;
  /**
   * f32[count, 5, 5] by quarters, then style: the reward R of system.md §7, with x in units of what the whole
   * size loses at its stop. No size and NONE are worth 0.
   */
  worths: Float32Array;
  /** f64[count] ms UTC at which each was made. */
  knownAtMs: Float64Array;
}

/** One entry of the run. */
interface Moment {
  readonly index: number;
  readonly decision: Decision;
  readonly order: OrderRequest;
  readonly context: RiskContext;
}

interface Tape {
  readonly bars: TickBar[];
  readonly conditions: FillConditions[];
  readonly moments: Moment[];
  /** Bars at whose close the quorum would trade, and the side. */
  readonly verdicts: { readonly index: number; readonly side: number }[];
  readonly instrument: { readonly tickValueMicro: number; readonly feeBps: number };
}

/**
 * Decisions of one market. A day at the end is left out: what they came to is not known there.
 *
 * @param models  the voters' models; the policies' are not asked
 * @param table   5m bars, enough for the warm-up (about 1,500)
 * @param tanh    the kernel's own
 * @param listing the bars' symbol; the simulated one when left out
 */
export async function sampleDecisions(
  models: ModelFiles,
  table: BarTable,
  tanh: (x: number) => number,
  listing: Listing = listingOf(SIMULATED_SYMBOL, table),
): Promise<DecisionSamples> {
  const tape = await recordDecisions(models, table, listing);
  const known = tape.moments.filter(
    ({ index }) => index + HOLDING_BARS_MAX + LEAVING_BARS_MAX < tape.bars.length,
  );
  const width = DECISION_COLUMNS.length;
  const cells = POLICY_CHOICES * POLICY_CHOICES;
  const samples: DecisionSamples = {
    count: known.length,
    rows: new Float32Array(known.length * width),
    worths: new Float32Array(known.length * cells),
    knownAtMs: Float64Array.from(known, ({ decision }) => decision.knownAtMs),
  };
  known.forEach((moment, n) => {
    samples.rows.set(moment.decision.policy?.row ?? [], n * width);
    for (const quarters of QUARTERS) {
      ORDER_STYLES.forEach((style, s) => {
        samples.worths[n * cells + quarters * POLICY_CHOICES + s] = worthOf(
          tape,
          moment,
          quarters,
          style,
          tanh,
        );
      });
    }
  });
  return samples;
}

async function recordDecisions(models: ModelFiles, table: BarTable, listing: Listing): Promise<Tape> {
  const { instrument } = listing;
  const simulated = instrument.symbol === SIMULATED_SYMBOL;
  const config = { simulated, policies: 'none' } as const;
  const engine = await openEngine({ models, listings: [listing], config });
  const tape: Tape = {
    bars: [],
    conditions: [],
    moments: [],
    verdicts: [],
    instrument: { tickValueMicro: tickValueMicro(instrument), feeBps: instrument.feeBps },
  };
  for (const played of playBars(engine, table)) {
    const { effects } = played;
    const index = tape.bars.length;
    for (const effect of effects) {
      if (effect.kind !== 'decision' || !effect.verdict.execute) continue;
      const side = effect.verdict.direction === 0 ? -1 : 1;
      tape.verdicts.push({ index, side });
      const placed = effects.find(
        (other) => other.kind === 'order' && other.round === effect.round && other.order.role === 'ENTRY',
      );
      if (placed?.kind !== 'order') continue;
      const context = flatContext(engine, played, side);
      tape.moments.push({ index, decision: effect, order: placed.order, context });
    }
    tape.bars.push(played.bar);
    tape.conditions.push(played.conditions);
  }
  return tape;
}

/** R of one way to send an entry, worked alone from a flat account until it is flat again. */
function worthOf(
  tape: Tape,
  moment: Moment,
  quarters: number,
  style: OrderStyle,
  tanh: (x: number) => number,
): number {
  const { order, context, index } = moment;
  const size = Math.floor((Math.abs(order.lots) * quarters) / 4);
  if (size === 0 || style === 'NONE') return 0;
  const lots = order.lots > 0 ? size : -size;
  const request = { ...order, ...sendingOf(style, context, lots > 0), lots };
  const account = {
    ledger: createLedger(context.equityMicro, [tape.instrument]),
    broker: createPaperBroker('pessimistic', BROKER_SEED + index),
  };
  if (!send(account, request, context)) return 0;
  const slippageBp = play(tape, account, moment);
  const net = account.ledger.equityMicro - account.ledger.initialMicro;
  const u = utilityOf(net / (Math.abs(order.lots) * lotRiskMicro(context)), BOUND, tanh);
  return rewardOf(u, gateProduct(gatesOf(moment, slippageBp)));
}

interface Account {
  readonly ledger: Ledger;
  readonly broker: PaperBroker;
}

function send({ broker }: Account, request: OrderRequest, context: RiskContext): boolean {
  const answer = gate(request, context, DEFAULT_LIMITS);
  return answer.kind === 'approved' && submitOrder(broker.book, answer).kind === 'accepted';
}

/** Bars until the account is flat; returns the mean slippage of the entry's fills, basis points. */
function play(tape: Tape, account: Account, { index, order, context }: Moment): number {
  const { ledger, broker } = account;
  const side = Math.sign(order.lots);
  const turn = tape.verdicts.find((verdict) => verdict.index > index && verdict.side !== side);
  const leaveAt = Math.min(index + HOLDING_BARS_MAX, turn?.index ?? Infinity);
  let [slippage, filled] = [0, 0];
  for (let at = index + 1; at < tape.bars.length; at++) {
    const bar = tape.bars[at]!;
    for (const fill of workBar(broker, ledger, 0, bar, tape.conditions[at]!).fills) {
      if (fill.role !== 'ENTRY') continue;
      slippage += fill.slippageBp * Math.abs(fill.lots);
      filled += Math.abs(fill.lots);
    }
    const { lots } = positionOf(ledger, 0);
    if (lots === 0 && broker.book.working.length === 0) break;
    if (at < leaveAt || (lots !== 0 && broker.book.working.some(({ role }) => role === 'EXIT'))) continue;
    cancelOrders(broker.book, () => true, 'LEFT');
    if (lots === 0) break;
    send(
      account,
      { ...order, ...LEAVING, lots: -lots, id: `${order.id}/${at}` },
      { ...context, positionLots: lots },
    );
  }
  return filled === 0 ? 0 : slippage / filled;
}

const LEAVING = {
  role: 'EXIT',
  kind: 'MARKET',
  limitTicks: 0,
  stopAwayTicks: 0,
  targetAwayTicks: 0,
  guardBp: 0,
  slices: 1,
} as const;

/**
 * Measured, never stated: the synergy's direction and strength, and what the fill cost beyond half the guard.
 */
function gatesOf({ decision }: Moment, slippageBp: number) {
  const agrees = decision.policy?.row[DECISION_COLUMNS.indexOf('synergy_agrees')] === 1;
  const cost = Math.max(0, slippageBp) / DEFAULT_LIMITS.slippageGuardBp;
  return {
    strategicGate: agrees ? 1 : 0.5,
    synergyAmplifier: 1,
    executionMultiplier: Math.min(1, Math.max(0, 2 * (1 - cost))),
    riskHeadroom: 1,
  };
}
