// Stops and targets: children of an entry that protect what it has filled, and nothing more.

import { NO_EXPIRY, endOrder, isExit, remainingLots } from './orders.ts';
import type { Order, OrderBook, OrderEnd } from './orders.ts';

/**
 * Signed lots of a fill that open exposure, after what it closes of an opposite position.
 *
 * @example openedLots(-3, 5) // 2
 */
export function openedLots(before: number, lots: number): number {
  if (before * lots >= 0) return lots;
  const opened = Math.abs(lots) - Math.abs(before);
  return opened > 0 ? Math.sign(lots) * opened : 0;
}

/** Adds a fill of an entry to its stop and target; they keep the prices set by its first fill. */
export function attachExits(
  book: OrderBook,
  entry: Order,
  opened: number,
  priceTicks: number,
  tsMs: number,
): void {
  if (opened === 0) return;
  const side = Math.sign(opened);
  if (entry.stopAwayTicks > 0) {
    attach(book, entry, 'STOP', opened, priceTicks - side * entry.stopAwayTicks, tsMs);
  }
  if (entry.targetAwayTicks > 0) {
    attach(book, entry, 'TARGET', opened, priceTicks + side * entry.targetAwayTicks, tsMs);
  }
}

function attach(
  book: OrderBook,
  entry: Order,
  role: 'STOP' | 'TARGET',
  opened: number,
  price: number,
  tsMs: number,
): void {
  const present = book.working.find((order) => order.parentId === entry.id && order.role === role);
  if (present) {
    present.lots -= opened;
    return;
  }
  const priceTicks = Math.max(1, price);
  book.working.push({
    id: `${entry.id}.${role === 'STOP' ? 'stop' : 'target'}`,
    parentId: entry.id,
    symbolIndex: entry.symbolIndex,
    role,
    kind: role === 'STOP' ? 'STOP' : 'LIMIT',
    lots: -opened,
    filledLots: 0,
    priceTicks,
    decisionTicks: priceTicks,
    stopAwayTicks: 0,
    targetAwayTicks: 0,
    guardBp: 0,
    barsLeft: NO_EXPIRY,
    slicesLeft: 1,
    placedAtMs: tsMs,
  });
}

/**
 * Stop and target cover the same lots: what one closes, the other no longer has to; the entry stops buying
 * more.
 */
export function reachExit(book: OrderBook, exit: Order, lots: number): OrderEnd[] {
  const ended: OrderEnd[] = [];
  if (exit.parentId === '') return ended;
  for (const order of [...book.working]) {
    if (order.id === exit.parentId) {
      const end = endOrder(book, order, 'CANCELLED', 'EXIT_REACHED');
      if (end !== null) ended.push(end);
    } else if (order.parentId === exit.parentId && order !== exit) {
      order.lots -= lots;
    }
  }
  return ended;
}

/** Ends the exits of a symbol that have nothing left to protect. */
export function dropIdleExits(book: OrderBook, symbolIndex: number, heldLots: number): OrderEnd[] {
  const ended: OrderEnd[] = [];
  for (const order of [...book.working]) {
    if (order.symbolIndex !== symbolIndex || !isExit(order)) continue;
    const remaining = remainingLots(order);
    if (remaining !== 0 && heldLots * remaining < 0) continue;
    const end = endOrder(book, order, 'CANCELLED', 'POSITION_CLOSED');
    if (end !== null) ended.push(end);
  }
  return ended;
}
