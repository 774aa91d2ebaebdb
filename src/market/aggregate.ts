// 5m bars to 30m bars, causally: a 30m bar closes with its last child (:25 or :55), or, when that child is missing,
// at the first later event, before that event is processed.

import { BAR_30M_MS, BAR_5M_MS } from '../core/units.ts';
import { bool, f64, i64, nullable, struct, u32, u8 } from '../core/codec.ts';
import type { Codec } from '../core/codec.ts';
import { GrandModelError } from '../core/errors.ts';
import { barKnownAtMs } from './bar.ts';
import type { Bar } from './bar.ts';
import { missingSlots, sessionEndsAt } from './session.ts';
import type { Session } from './session.ts';

/** Children of a whole 30m bar. */
export const CHILDREN = 6;

/** The 30m bar that is still growing. */
export interface OpenSlot {
  /** Open time of the slot, a multiple of 30 minutes. */
  slotMs: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  /** 5m bars seen in it, 1..6. */
  children: number;
  /** Missing 30m slots inside the session before this one. */
  gapSlots: number;
}

/** The aggregator of one symbol: plain data. */
export interface Aggregator {
  current: OpenSlot | null;
  /** Open time of the last closed slot, or null before the first. */
  closedSlotMs: number | null;
}

/** A closed 30m bar. */
export interface ClosedBar {
  tsMs: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  children: number;
  /** True when a child is missing. */
  partial: boolean;
  /** True when the bar becomes a row of the matrices and an input of the 30m signals. */
  makesRow: boolean;
  /** Missing 30m slots inside the session before this bar. */
  gapSlots: number;
  /** When it closed: everything derived from it is known then and not before. */
  knownAtMs: number;
}

/** An aggregator that has seen nothing. */
export function createAggregator(): Aggregator {
  return { current: null, closedSlotMs: null };
}

/**
 * The rule for partial bars: whole bars always make a row; a bar with missing children only when its session ends
 * inside it or at its end. Known at the bar's close, so it looks at nothing later.
 *
 * @param slotMs    open time of the 30m bar
 * @param children  5m bars seen, 1..6
 * @example         makesRow('always', 0, 5) // false
 */
export function makesRow(session: Session, slotMs: number, children: number): boolean {
  if (children >= CHILDREN) return true;
  const end = sessionEndsAt(session, slotMs);
  return end !== null && end <= slotMs + BAR_30M_MS;
}

/**
 * Closes the growing bar when an event later than its end arrives; call before the event is processed.
 *
 * @param knownAtMs  when the event is known (5m bar: open time + 300000)
 * @returns          the bar it closed, known at `knownAtMs`, or null
 */
export function closeBefore(state: Aggregator, session: Session, knownAtMs: number): ClosedBar | null {
  const slot = state.current;
  // A child of :25 is known exactly at the end of its slot, so only a strictly later event ends the wait for it.
  if (slot === null || knownAtMs <= slot.slotMs + BAR_30M_MS) return null;
  return close(state, session, slot, knownAtMs);
}

/**
 * Adds an accepted 5m bar, after `closeBefore` for the same bar. A bar of a slot that another symbol's event has
 * already closed comes too late for its 30m bar and is left out of it.
 *
 * @returns  the 30m bar when this was its last child, else null
 * @throws   GrandModelError BAD_ARGUMENT when an older slot is still open (closeBefore was not called)
 */
export function pushChild(state: Aggregator, session: Session, bar: Bar): ClosedBar | null {
  const slotMs = Math.floor(bar.tsMs / BAR_30M_MS) * BAR_30M_MS;
  if (state.closedSlotMs !== null && slotMs <= state.closedSlotMs) return null;
  const slot = state.current;
  if (slot === null) {
    const { open, high, low, close: last, volume } = bar;
    const gapSlots = gapBefore(state, session, bar.tsMs);
    state.current = { slotMs, open, high, low, close: last, volume, children: 1, gapSlots };
  } else {
    if (slot.slotMs !== slotMs) {
      throw new GrandModelError(
        'BAD_ARGUMENT',
        `Cannot aggregate to 30m: tsMs ${bar.tsMs} is outside the open slot ${slot.slotMs}`,
        { tsMs: bar.tsMs, slotMs: slot.slotMs },
      );
    }
    slot.high = Math.max(slot.high, bar.high);
    slot.low = Math.min(slot.low, bar.low);
    slot.close = bar.close;
    slot.volume += bar.volume;
    slot.children += 1;
  }
  const grown = state.current;
  if (grown === null || bar.tsMs !== slotMs + BAR_30M_MS - BAR_5M_MS) return null;
  return close(state, session, grown, barKnownAtMs(bar.tsMs));
}

/**
 * Missing 30m slots inside the session before the slot of a bar: known as soon as its first child is, not at its
 * close. 0 for a later child of an open slot. Call after `closeBefore` and before `pushChild`.
 *
 * @param tsMs  open time of the 5m bar
 */
export function gapBefore(state: Aggregator, session: Session, tsMs: number): number {
  if (state.closedSlotMs === null || state.current !== null) return 0;
  const slotMs = Math.floor(tsMs / BAR_30M_MS) * BAR_30M_MS;
  return missingSlots(session, state.closedSlotMs, slotMs);
}

function close(state: Aggregator, session: Session, slot: OpenSlot, knownAtMs: number): ClosedBar {
  state.current = null;
  state.closedSlotMs = slot.slotMs;
  return {
    tsMs: slot.slotMs,
    open: slot.open,
    high: slot.high,
    low: slot.low,
    close: slot.close,
    volume: slot.volume,
    children: slot.children,
    partial: slot.children < CHILDREN,
    makesRow: makesRow(session, slot.slotMs, slot.children),
    gapSlots: slot.gapSlots,
    knownAtMs,
  };
}

const openSlotCodec: Codec<OpenSlot> = struct<OpenSlot>({
  slotMs: i64,
  open: f64,
  high: f64,
  low: f64,
  close: f64,
  volume: f64,
  children: u8,
  gapSlots: u32,
});

/** Bytes of an aggregator. */
export const aggregatorCodec: Codec<Aggregator> = struct<Aggregator>({
  current: nullable(openSlotCodec),
  closedSlotMs: nullable(i64),
});

/** Bytes of a closed 30m bar. */
export const closedBarCodec: Codec<ClosedBar> = struct<ClosedBar>({
  tsMs: i64,
  open: f64,
  high: f64,
  low: f64,
  close: f64,
  volume: f64,
  children: u8,
  partial: bool,
  makesRow: bool,
  gapSlots: u32,
  knownAtMs: i64,
});
