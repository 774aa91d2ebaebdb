// The paper broker: works the orders of one symbol against one closed bar. Orders can fill from the bar after
// their decision on; inside a bar the open comes first, then stops, then targets.

import { f64, i64, oneOf, struct, text, u16, u32 } from '../core/codec.ts';
import type { Codec } from '../core/codec.ts';
import { attachExits, dropIdleExits, openedLots, reachExit } from './exits.ts';
import {
  FILL_MODELS,
  FILL_MODEL_NAMES,
  adverseTicks,
  crossingCostBp,
  limitFillTicks,
  lotsAvailable,
  stopTriggerTicks,
} from './fill-model.ts';
import type { FillConditions, FillModel, FillModelName, TickBar } from './fill-model.ts';
import { bookFill, positionOf } from './ledger.ts';
import type { ClosedTrade, Ledger } from './ledger.ts';
import {
  NO_EXPIRY,
  ORDER_ROLES,
  createOrderBook,
  endOrder,
  isExit,
  orderBookCodec,
  remainingLots,
} from './orders.ts';
import type { Order, OrderBook, OrderEnd, OrderRole } from './orders.ts';

/** Broker state. */
export interface PaperBroker {
  fillModel: FillModelName;
  /** State of the seeded latency generator, u32. */
  random: number;
  book: OrderBook;
}

/** One execution. */
export interface Fill {
  /** The order, or `<order>/<open stamp of the bar>` for a child of a TWAP. */
  readonly orderId: string;
  /** The entry that an exit protects, the TWAP of a child, or ''. */
  readonly parentId: string;
  readonly symbolIndex: number;
  readonly role: OrderRole;
  /** Open stamp of the bar it happened in. */
  readonly tsMs: number;
  /** Signed, > 0 bought. */
  readonly lots: number;
  readonly priceTicks: number;
  readonly feeMicro: number;
  readonly realisedMicro: number;
  /**
   * Cost against the decision's close, basis points, > 0 worse; for stops and targets against their own
   * price.
   */
  readonly slippageBp: number;
}

/** What one bar did to the orders of a symbol. */
export interface BrokerReport {
  readonly fills: readonly Fill[];
  readonly ends: readonly OrderEnd[];
  readonly trades: readonly ClosedTrade[];
}

/** Canonical encoding of the broker. */
export const paperBrokerCodec: Codec<PaperBroker> = struct<PaperBroker>({
  fillModel: oneOf(FILL_MODEL_NAMES),
  random: u32,
  book: orderBookCodec,
});

/** Canonical encoding of a fill. */
export const fillCodec: Codec<Fill> = struct<Fill>({
  orderId: text,
  parentId: text,
  symbolIndex: u16,
  role: oneOf(ORDER_ROLES),
  tsMs: i64,
  lots: i64,
  priceTicks: i64,
  feeMicro: i64,
  realisedMicro: i64,
  slippageBp: f64,
});

const NOTHING: BrokerReport = { fills: [], ends: [], trades: [] };
const BP = 10_000;
const TWO_32 = 4_294_967_296;

/**
 * A broker without orders.
 *
 * @param seed  u32 seed of the latency draws
 */
export function createPaperBroker(fillModel: FillModelName, seed: number): PaperBroker {
  return { fillModel, random: seed >>> 0, book: createOrderBook() };
}

interface Work {
  readonly broker: PaperBroker;
  readonly ledger: Ledger;
  readonly model: FillModel;
  readonly bar: TickBar;
  readonly conditions: FillConditions;
  readonly symbolIndex: number;
  available: number;
  readonly fills: Fill[];
  readonly ends: OrderEnd[];
  readonly trades: ClosedTrade[];
  /**
   * Entries filled inside the bar by a limit: their targets wait, because the high may have come before the
   * fill.
   */
  readonly limitEntries: string[];
}

/**
 * Works all orders of a symbol against a closed bar and books the fills.
 *
 * @param bar         ticks, a bar that passed validation
 * @param conditions  known before this bar
 * @returns           one shared empty report when no order of the symbol can act in this bar
 */
export function workBar(
  broker: PaperBroker,
  ledger: Ledger,
  symbolIndex: number,
  bar: TickBar,
  conditions: FillConditions,
): BrokerReport {
  const { book } = broker;
  if (book.working.length === 0) return NOTHING;
  if (!book.working.some((order) => order.symbolIndex === symbolIndex && mayAct(order, bar))) return NOTHING;
  const mine = book.working.filter((order) => order.symbolIndex === symbolIndex);
  const model = FILL_MODELS[broker.fillModel];
  const available = lotsAvailable(model, bar, conditions);
  const lists = { fills: [], ends: [], trades: [], limitEntries: [] };
  const work: Work = { broker, ledger, model, bar, conditions, symbolIndex, available, ...lists };
  for (const order of mine) if (order.kind === 'MARKET' || order.kind === 'TWAP') workAtOpen(work, order);
  for (const order of mine) if (order.kind === 'LIMIT' && order.role !== 'TARGET') workLimit(work, order);
  for (const order of working(work, 'STOP')) if (order.kind === 'STOP') workStop(work, order);
  for (const order of working(work, 'TARGET')) {
    if (!work.limitEntries.includes(order.parentId)) workLimit(work, order);
  }
  for (const order of mine) expire(work, order);
  return { fills: work.fills, ends: work.ends, trades: work.trades };
}

/** False when the bar cannot concern the order under any model, the usual case of a stop and a target. */
function mayAct(order: Order, bar: TickBar): boolean {
  if (order.barsLeft !== NO_EXPIRY || order.kind === 'MARKET' || order.kind === 'TWAP') return true;
  const rising = remainingLots(order) > 0 === (order.kind === 'STOP');
  return rising ? bar.high >= order.priceTicks : bar.low <= order.priceTicks;
}

function working(work: Work, role: OrderRole): Order[] {
  return work.broker.book.working.filter(
    (order) => order.symbolIndex === work.symbolIndex && order.role === role,
  );
}

function isWorking(work: Work, order: Order): boolean {
  return work.broker.book.working.includes(order);
}

function workAtOpen(work: Work, order: Order): void {
  if (!isWorking(work, order)) return;
  const remaining = remainingLots(order);
  const wanted =
    order.kind === 'TWAP'
      ? Math.sign(remaining) * Math.ceil(Math.abs(remaining) / order.slicesLeft)
      : remaining;
  const lots = fillableLots(work, order, wanted);
  if (order.kind === 'TWAP' && order.slicesLeft > 1) order.slicesLeft--;
  if (lots === 0) return;
  const priceTicks = crossTicks(work, work.bar.open, lots);
  if (order.role === 'ENTRY' && order.guardBp > 0 && slippageBp(order, priceTicks, lots) > order.guardBp) {
    end(work, order, 'CANCELLED', 'SLIPPAGE_GUARD');
    return;
  }
  execute(work, order, lots, priceTicks);
}

function workLimit(work: Work, order: Order): void {
  if (!isWorking(work, order)) return;
  const wanted = remainingLots(order);
  const priceTicks = limitFillTicks(work.model, work.bar, order.priceTicks, wanted > 0);
  if (priceTicks === null) return;
  const lots = fillableLots(work, order, wanted);
  if (lots === 0) return;
  if (order.role === 'ENTRY') work.limitEntries.push(order.id);
  execute(work, order, lots, priceTicks);
}

function workStop(work: Work, order: Order): void {
  if (!isWorking(work, order)) return;
  const wanted = remainingLots(order);
  const trigger = stopTriggerTicks(work.bar, order.priceTicks, wanted > 0);
  if (trigger === null) return;
  // once triggered it is a market order: what this bar's volume cannot take leaves at the next open
  order.kind = 'MARKET';
  const lots = fillableLots(work, order, wanted);
  if (lots !== 0) execute(work, order, lots, crossTicks(work, trigger, lots));
}

/** Signed lots that volume, and for exits the open position, let through. */
function fillableLots(work: Work, order: Order, wanted: number): number {
  let size = Math.min(Math.abs(wanted), work.available);
  if (isExit(order)) {
    const held = positionOf(work.ledger, work.symbolIndex).lots;
    size = held * wanted < 0 ? Math.min(size, Math.abs(held)) : 0;
  }
  return wanted > 0 ? size : -size || 0;
}

function crossTicks(work: Work, priceTicks: number, lots: number): number {
  const uniform = work.model.latency ? nextUniform(work.broker) : 0;
  const cost = crossingCostBp(work.model, work.conditions, lots, work.bar.volumeLots, uniform);
  return adverseTicks(priceTicks, cost, lots > 0);
}

function slippageBp(order: Order, priceTicks: number, lots: number): number {
  const worse = lots > 0 ? priceTicks - order.decisionTicks : order.decisionTicks - priceTicks;
  return (worse / order.decisionTicks) * BP;
}

function execute(work: Work, order: Order, lots: number, priceTicks: number): void {
  const { symbolIndex, bar, ledger } = work;
  const before = positionOf(ledger, symbolIndex).lots;
  const booked = bookFill(ledger, { symbolIndex, tsMs: bar.tsMs, lots, priceTicks });
  work.available -= Math.abs(lots);
  order.filledLots += lots;
  const child = order.kind === 'TWAP';
  work.fills.push({
    orderId: child ? `${order.id}/${work.bar.tsMs}` : order.id,
    parentId: child ? order.id : order.parentId,
    symbolIndex,
    role: order.role,
    tsMs: bar.tsMs,
    lots,
    priceTicks,
    feeMicro: booked.feeMicro,
    realisedMicro: booked.realisedMicro,
    slippageBp: slippageBp(order, priceTicks, lots),
  });
  if (booked.trade !== null) work.trades.push(booked.trade);
  const { book } = work.broker;
  if (isExit(order)) work.ends.push(...reachExit(book, order, lots));
  else attachExits(book, order, openedLots(before, lots), priceTicks, bar.tsMs);
  if (remainingLots(order) === 0) end(work, order, 'FILLED', 'FILLED');
  work.ends.push(...dropIdleExits(book, symbolIndex, positionOf(ledger, symbolIndex).lots));
}

function end(work: Work, order: Order, state: OrderEnd['state'], reason: string): void {
  const ended = endOrder(work.broker.book, order, state, reason);
  if (ended !== null) work.ends.push(ended);
}

function expire(work: Work, order: Order): void {
  if (order.barsLeft === NO_EXPIRY || !isWorking(work, order)) return;
  order.barsLeft--;
  if (order.barsLeft === 0) end(work, order, 'EXPIRED', 'EXPIRED');
}

/**
 * One draw of mulberry32 from the broker's generator.
 *
 * @returns 0..1, 1 excluded
 * @source  mulberry32 (T. Ettinger 2017); check values in test/golden/execution.json
 */
export function nextUniform(broker: Pick<PaperBroker, 'random'>): number {
  broker.random = (broker.random + 0x6d2b79f5) >>> 0;
  let t = broker.random;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / TWO_32;
}
