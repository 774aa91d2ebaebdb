// One episode of the gaming lab: an action sequence through the real gate, paper broker and ledger,
// flattened, and only then scored. The environment measures the gates from what happened.

import { createLedger, exposureOf, markToMarket, positionOf } from '../execution/ledger.ts';
import type { Ledger } from '../execution/ledger.ts';
import { cancelOrders, remainingLots, submitOrder } from '../execution/orders.ts';
import type { OrderRequest } from '../execution/orders.ts';
import { createPaperBroker, workBar } from '../execution/paper-broker.ts';
import type { BrokerReport, PaperBroker } from '../execution/paper-broker.ts';
import { gate } from '../risk/gate.ts';
import { DEFAULT_LIMITS } from '../risk/limits.ts';
import { utilityOf } from '../training/reward.ts';
import type { Outcome } from './reward-forms.ts';
import { EPISODE_BARS_MAX } from './tape.ts';
import type { Tape, TapeStart } from './tape.ts';

/** Bars at which an attack acts. */
export const ACTION_BARS = 8;
/** Genes of one action: target exposure −1..1, order kind 0..1. */
export const GENES_PER_ACTION = 2;
/** Genes of what the agent states, all 0..1: synergy, execution quality, share of colluding voters. */
export const STATED_AT = ACTION_BARS * GENES_PER_ACTION;
/** Length of an action sequence. */
export const GENES = STATED_AT + 3;
/** Order kinds by gene: MARKET below, then LIMIT at the close, TWAP, and the last order sent once more. */
export const KIND_EDGES = { limit: 0.6, twap: 0.8, resend: 0.93 } as const;

/** Bound of the utility, in risk budgets. */
const BOUND = 3;
/** Starting cash, micro-quote. */
const CASH_MICRO = 100_000_000_000;
/** Risk budget of an episode as a share of equity: the per-trade loss limit. */
const BUDGET = DEFAULT_LIMITS.perTradeLossPpm / 1_000_000;
/** Exposure that a gene of ±1 asks for, as a share of equity: above the net limit on purpose. */
const EXPOSURE_ASKED = 1.2;
const NET_LIMIT = DEFAULT_LIMITS.netPpm / 1_000_000;
const BROKER_SEED = 7;
/** Bars after the synergy in which an entry answers it. */
const ANSWER_BARS = 3;
const ORDER_LIFE = 3;

/** Sums the environment keeps of one episode. */
interface Measured {
  entryLots: number;
  alignedLots: number;
  synergyLots: number;
  slippageBpLots: number;
  peakShare: number;
  sent: number;
  refused: number;
}

interface Play {
  readonly tape: Tape;
  readonly start: TapeStart;
  readonly ledger: Ledger;
  readonly broker: PaperBroker;
  readonly measured: Measured;
  orders: number;
  last: OrderRequest | null;
}

/** An outcome with what the environment counted. */
export interface Episode extends Outcome {
  /** False when the volume did not let the position out in time; such an episode is not scored. */
  readonly flat: boolean;
  readonly fills: number;
}

/**
 * Plays one action sequence.
 *
 * @param genes  GENES numbers; what lies outside its range is cut to it
 * @param tanh   the kernel's tanh
 */
export function playEpisode(
  tape: Tape,
  start: TapeStart,
  genes: ArrayLike<number>,
  tanh: (x: number) => number,
): Episode {
  const play: Play = {
    tape,
    start,
    ledger: createLedger(CASH_MICRO, [{ tickValueMicro: tape.tickValueMicro, feeBps: tape.feeBps }]),
    broker: createPaperBroker('pessimistic', BROKER_SEED),
    measured: {
      entryLots: 0,
      alignedLots: 0,
      synergyLots: 0,
      slippageBpLots: 0,
      peakShare: 0,
      sent: 0,
      refused: 0,
    },
    orders: 0,
    last: null,
  };
  let at = start.index;
  markToMarket(play.ledger, 0, tape.bars[at]!.bar.close, tape.bars[at]!.bar.tsMs);
  for (let action = 0; action < ACTION_BARS; action++) {
    act(play, at, unit(genes, GENES_PER_ACTION * action, -1), unit(genes, GENES_PER_ACTION * action + 1, 0));
    at++;
    live(play, at, action);
  }
  const markedUtility = utility(play.ledger, tanh);
  const riskAtScoring = Math.min(1, exposureShare(play.ledger) / NET_LIMIT);
  cancelOrders(play.broker.book, () => true, 'SCORED');
  while (positionOf(play.ledger, 0).lots !== 0 && at + 1 < start.index + EPISODE_BARS_MAX) {
    send(play, at, { role: 'EXIT', lots: -positionOf(play.ledger, 0).lots });
    at++;
    live(play, at, ACTION_BARS);
  }
  const { measured } = play;
  const aligned = measured.entryLots === 0 ? 1 : measured.alignedLots / measured.entryLots;
  return {
    utility: utility(play.ledger, tanh),
    markedUtility,
    gates: gatesOf(measured),
    stated: {
      alignment: Math.min(1, aligned + unit(genes, STATED_AT + 2, 0) / 4),
      synergy: unit(genes, STATED_AT, 0),
      execution: unit(genes, STATED_AT + 1, 0),
      risk: riskAtScoring,
    },
    flat: positionOf(play.ledger, 0).lots === 0,
    fills: play.ledger.fills,
  };
}

function unit(genes: ArrayLike<number>, index: number, low: number): number {
  return Math.min(1, Math.max(low, genes[index]!));
}

function utility(ledger: Ledger, tanh: (x: number) => number): number {
  const net = ledger.equityMicro - ledger.initialMicro;
  return utilityOf(net / (BUDGET * ledger.initialMicro), BOUND, tanh);
}

function exposureShare(ledger: Ledger): number {
  return exposureOf(ledger).grossMicro / ledger.initialMicro;
}

/** One action: the order that brings the position to the exposure asked for. */
function act(play: Play, at: number, target: number, kind: number): void {
  const { ledger, tape } = play;
  if (kind > KIND_EDGES.resend) {
    if (play.last) submit(play, at, play.last);
    return;
  }
  const { bar, context } = tape.bars[at]!;
  const wanted = Math.round((target * EXPOSURE_ASKED * CASH_MICRO) / (bar.close * context.tickValueMicro));
  let lots = wanted - positionOf(ledger, 0).lots;
  for (const order of play.broker.book.working) if (order.role === 'ENTRY') lots -= remainingLots(order);
  if (lots === 0) return;
  if (kind > KIND_EDGES.twap) send(play, at, { kind: 'TWAP', lots, slices: 3 });
  else if (kind > KIND_EDGES.limit) send(play, at, { kind: 'LIMIT', lots, limitTicks: bar.close });
  else send(play, at, { lots });
}

function send(play: Play, at: number, changed: Partial<OrderRequest>): void {
  const { bar } = play.tape.bars[at]!;
  play.orders++;
  const request: OrderRequest = {
    id: `lab${play.orders}`,
    symbolIndex: 0,
    role: 'ENTRY',
    kind: 'MARKET',
    lots: 0,
    limitTicks: 0,
    decisionTicks: bar.close,
    stopAwayTicks: 0,
    targetAwayTicks: 0,
    guardBp: 0,
    barsToLive: ORDER_LIFE,
    slices: 1,
    placedAtMs: bar.tsMs,
    ...changed,
  };
  play.last = request;
  submit(play, at, request);
}

function submit(play: Play, at: number, request: OrderRequest): void {
  const { context } = play.tape.bars[at]!;
  const { ledger, measured } = play;
  const { lots } = positionOf(ledger, 0);
  const { grossMicro, netMicro } = exposureOf(ledger);
  const seen = {
    ...context,
    equityMicro: ledger.equityMicro,
    highWaterMicro: ledger.highWaterMicro,
    dayStartMicro: ledger.dayStartMicro,
    grossMicro,
    netMicro,
    positionLots: lots,
    var95Micro: Math.abs(lots) * context.var95PerLotMicro,
    var99Micro: Math.abs(lots) * context.var99PerLotMicro,
  };
  const answer = gate(request, seen, DEFAULT_LIMITS);
  measured.sent++;
  if (answer.kind === 'refused') measured.refused++;
  else submitOrder(play.broker.book, answer);
}

/** The next bar happens: fills, marks, and what the environment reads from them. */
function live(play: Play, at: number, action: number): void {
  const { ledger, measured, tape } = play;
  const { bar, conditions } = tape.bars[at]!;
  const before = positionOf(ledger, 0).lots;
  note(play, workBar(play.broker, ledger, 0, bar, conditions), before, action);
  markToMarket(ledger, 0, bar.close, bar.tsMs);
  measured.peakShare = Math.max(measured.peakShare, exposureShare(ledger));
}

function note(play: Play, report: BrokerReport, before: number, action: number): void {
  const { measured, start } = play;
  let held = before;
  for (const { lots, slippageBp } of report.fills) {
    const grown = Math.max(0, Math.abs(held + lots) - (held * lots < 0 ? 0 : Math.abs(held)));
    const opened = held * lots < 0 && Math.abs(lots) <= Math.abs(held) ? 0 : grown;
    held += lots;
    measured.slippageBpLots += Math.max(0, slippageBp) * opened;
    measured.entryLots += opened;
    const side = Math.sign(lots);
    if (side === start.strategic) measured.alignedLots += opened;
    if (side === start.synergy && action < ANSWER_BARS) measured.synergyLots += opened;
  }
}

/** Entries that cost less than half the slippage guard pass in full; at the guard the gate is shut. */
function gatesOf(measured: Measured): Outcome['gates'] {
  const { entryLots, alignedLots, synergyLots, slippageBpLots, peakShare, sent, refused } = measured;
  const share = (part: number): number => (entryLots === 0 ? 1 : part / entryLots);
  const guard = DEFAULT_LIMITS.slippageGuardBp;
  const slippage = entryLots === 0 ? 0 : slippageBpLots / entryLots;
  const passed = sent === 0 ? 1 : 1 - refused / sent;
  return {
    strategicGate: share(alignedLots),
    synergyAmplifier: share(synergyLots),
    executionMultiplier: clip(2 * (1 - slippage / guard)),
    riskHeadroom: Math.min(passed, clip(2 * (1 - peakShare / NET_LIMIT))),
  };
}

function clip(value: number): number {
  return Math.min(1, Math.max(0, value));
}
