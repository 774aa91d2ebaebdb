// Orders and their life: only an approved order enters, client ids are unique, children never exceed their
// parent.

import { f64, i64, list, oneOf, struct, text, u16 } from '../core/codec.ts';
import type { Codec } from '../core/codec.ts';
import type { RiskApproved } from '../risk/gate.ts';

/** Working orders at most, exits included. */
export const ORDERS_MAX = 256;
/** Client ids remembered, so that a resend is recognised as the same order. */
export const RECENT_IDS_MAX = 256;
/** `barsLeft` of exits, which do not expire. */
export const NO_EXPIRY = 65_535;
/** Longest client id, characters. */
const ID_LENGTH_MAX = 80;

export const ORDER_KINDS = ['MARKET', 'LIMIT', 'TWAP', 'STOP'] as const;
/** STOP belongs to exits; TWAP sends equal market children on consecutive bars. */
export type OrderKind = (typeof ORDER_KINDS)[number];
export const ORDER_ROLES = ['ENTRY', 'EXIT', 'STOP', 'TARGET'] as const;
/** ENTRY opens or changes a position; EXIT, STOP and TARGET only ever reduce it. */
export type OrderRole = (typeof ORDER_ROLES)[number];
export const ORDER_STATES = ['WORKING', 'PARTIAL', 'FILLED', 'CANCELLED', 'EXPIRED', 'REJECTED'] as const;
export type OrderState = (typeof ORDER_STATES)[number];

/** What a caller asks for. Lots are signed, > 0 buys; prices are ticks. */
export interface OrderRequest {
  /** Client order id, derived from the journal by the caller. */
  readonly id: string;
  readonly symbolIndex: number;
  readonly role: 'ENTRY' | 'EXIT';
  readonly kind: 'MARKET' | 'LIMIT' | 'TWAP';
  readonly lots: number;
  /** Limit price; 0 for MARKET and TWAP. */
  readonly limitTicks: number;
  /** Close the decision was made on: slippage is measured from it. */
  readonly decisionTicks: number;
  /** Distance of stop and target from the entry's first fill; 0 attaches none. */
  readonly stopAwayTicks: number;
  readonly targetAwayTicks: number;
  /** An entry whose bar opens further against it than this is cancelled, basis points; 0 is no guard. */
  readonly guardBp: number;
  /** Bars the order may work before it expires, ≥ 1. */
  readonly barsToLive: number;
  /** Children of a TWAP, 1..16; 1 otherwise. */
  readonly slices: number;
  readonly placedAtMs: number;
}

/** A working order. */
export interface Order {
  id: string;
  /** Id of the entry that an exit protects, of the TWAP that a child belongs to, or ''. */
  parentId: string;
  symbolIndex: number;
  role: OrderRole;
  kind: OrderKind;
  lots: number;
  /** Signed lots filled so far; |filled| ≤ |lots|. */
  filledLots: number;
  /** Limit or stop price; 0 for MARKET and TWAP. */
  priceTicks: number;
  decisionTicks: number;
  stopAwayTicks: number;
  targetAwayTicks: number;
  guardBp: number;
  /** Bars left, or NO_EXPIRY. */
  barsLeft: number;
  slicesLeft: number;
  placedAtMs: number;
}

/** Orders and the ids seen lately. */
export interface OrderBook {
  working: Order[];
  recentIds: string[];
}

/** The end of an order, or its refusal. */
export interface OrderEnd {
  readonly id: string;
  readonly state: OrderState;
  /** FILLED, or why it ended otherwise. */
  readonly reason: string;
  readonly filledLots: number;
}

const orderCodec: Codec<Order> = struct<Order>({
  id: text,
  parentId: text,
  symbolIndex: u16,
  role: oneOf(ORDER_ROLES),
  kind: oneOf(ORDER_KINDS),
  lots: i64,
  filledLots: i64,
  priceTicks: i64,
  decisionTicks: i64,
  stopAwayTicks: i64,
  targetAwayTicks: i64,
  guardBp: f64,
  barsLeft: u16,
  slicesLeft: u16,
  placedAtMs: i64,
});

/** Canonical encoding of an order book. */
export const orderBookCodec: Codec<OrderBook> = struct<OrderBook>({
  working: list(orderCodec, ORDERS_MAX),
  recentIds: list(text, RECENT_IDS_MAX),
});

/** Canonical encoding of an order as it was asked for. */
export const orderRequestCodec: Codec<OrderRequest> = struct<OrderRequest>({
  id: text,
  symbolIndex: u16,
  role: oneOf(['ENTRY', 'EXIT']),
  kind: oneOf(['MARKET', 'LIMIT', 'TWAP']),
  lots: i64,
  limitTicks: i64,
  decisionTicks: i64,
  stopAwayTicks: i64,
  targetAwayTicks: i64,
  guardBp: f64,
  barsToLive: u16,
  slices: u16,
  placedAtMs: i64,
});

/** Canonical encoding of an order's end. */
export const orderEndCodec: Codec<OrderEnd> = struct<OrderEnd>({
  id: text,
  state: oneOf(ORDER_STATES),
  reason: text,
  filledLots: i64,
});

/** An empty book. */
export function createOrderBook(): OrderBook {
  return { working: [], recentIds: [] };
}

/** Answer to a submission. A DUPLICATE changes nothing: it is the order that is already known. */
export type Submission =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'rejected'; readonly reason: string };

/** Takes an order that passed the gate. It can fill from the next bar on. */
export function submitOrder(book: OrderBook, approved: RiskApproved<OrderRequest>): Submission {
  const request = approved.order;
  const reason = requestFault(request) ?? (isFull(book) ? 'the order book is full' : null);
  if (reason !== null) return { kind: 'rejected', reason };
  if (book.recentIds.includes(request.id)) return { kind: 'duplicate' };
  if (book.recentIds.length >= RECENT_IDS_MAX) book.recentIds.shift();
  book.recentIds.push(request.id);
  const { limitTicks, barsToLive, slices, ...shared } = request;
  book.working.push({
    ...shared,
    parentId: '',
    filledLots: 0,
    priceTicks: limitTicks,
    barsLeft: barsToLive,
    slicesLeft: request.kind === 'TWAP' ? slices : 1,
  });
  return { kind: 'accepted' };
}

/** Every entry keeps room for its stop and its target. */
function isFull(book: OrderBook): boolean {
  const entries = book.working.reduce((count, order) => count + (order.role === 'ENTRY' ? 1 : 0), 0);
  return book.working.length + 2 * entries + 3 > ORDERS_MAX;
}

function requestFault(request: OrderRequest): string | null {
  if (request.id === '' || request.id.length > ID_LENGTH_MAX) return `id has ${request.id.length} characters`;
  const integers = [request.lots, request.decisionTicks, request.stopAwayTicks, request.targetAwayTicks];
  if (!integers.every((value) => Number.isSafeInteger(value)) || request.lots === 0)
    return 'a quantity is not exact';
  if (!(request.decisionTicks > 0 && request.stopAwayTicks >= 0 && request.targetAwayTicks >= 0)) {
    return 'a price or distance is out of range';
  }
  if (request.kind === 'LIMIT' && !(Number.isSafeInteger(request.limitTicks) && request.limitTicks > 0)) {
    return `limitTicks ${request.limitTicks} is not a price`;
  }
  if (!(Number.isInteger(request.barsToLive) && request.barsToLive >= 1 && request.barsToLive < NO_EXPIRY)) {
    return `barsToLive ${request.barsToLive} is out of range`;
  }
  if (!(Number.isInteger(request.slices) && request.slices >= 1 && request.slices <= 16)) {
    return `slices ${request.slices} is not 1..16`;
  }
  return request.guardBp >= 0 ? null : `guardBp ${request.guardBp} is out of range`;
}

/** Signed lots an order still wants. */
export function remainingLots(order: Order): number {
  return order.lots - order.filledLots;
}

/** Signed lots that working entries of a symbol may still add: exposure that no position shows yet. */
export function pendingEntryLots(book: OrderBook, symbolIndex: number): number {
  let lots = 0;
  for (const order of book.working) {
    if (order.symbolIndex === symbolIndex && order.role === 'ENTRY') lots += remainingLots(order);
  }
  return lots;
}

/** True for roles that may only reduce a position. */
export function isExit(order: Order): boolean {
  return order.role !== 'ENTRY';
}

/**
 * Cancels working orders.
 *
 * @param which  picks the orders to cancel, such as all entries when trading halts
 */
export function cancelOrders(book: OrderBook, which: (order: Order) => boolean, reason: string): OrderEnd[] {
  const ended: OrderEnd[] = [];
  book.working = book.working.filter((order) => {
    if (!which(order)) return true;
    ended.push({ id: order.id, state: 'CANCELLED', reason, filledLots: order.filledLots });
    return false;
  });
  return ended;
}

/** Takes an order out of the book; null when it has already left. */
export function endOrder(book: OrderBook, order: Order, state: OrderState, reason: string): OrderEnd | null {
  const at = book.working.indexOf(order);
  if (at < 0) return null;
  book.working.splice(at, 1);
  return { id: order.id, state, reason, filledLots: order.filledLots };
}
