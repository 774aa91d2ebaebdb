// 5m bars to 30m bars, causally: a 30m bar closes with its last child (:25 or :55), or, when that child is
// missing, at the first later bar of its symbol, before that bar is processed. Other symbols' bars do not
// close it, so that the rows of a symbol do not depend on what runs beside it.

import { BAR_30M_MS, BAR_5M_MS } from '../core/units.ts';
import { f64, i64, nullable, struct, u32, u8 } from '../core/codec.ts';
import type { Codec } from '../core/codec.ts';
import { GrandModelError } from '../core/errors.ts';
import { barKnownAtMs } from './bar.ts';
import type { BarValues } from './bar.ts';
import { missingSlots } from './session.ts';
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
 * The rule for partial bars: whole bars always make a row; a bar with missing children only when its session
 * ended there. What is known at its close decides, on every session alike, because holidays and early closes
 * are in no schedule: its last child is missing and the market skipped at least the whole next slot. A
 * partial bar whose last child came makes none: nobody can know then whether the session ends with it.
 *
 * @param slotMs    open time of the 30m bar
 * @param children  5m bars seen, 1..6
 * @param nextTsMs  open time of the later bar that closes it, or null when its own last child does
 * @example         makesRow(0, 5, 3600000) // true
 */
export function makesRow(slotMs: number, children: number, nextTsMs: number | null): boolean {
  return children >= CHILDREN || (nextTsMs !== null && nextTsMs >= slotMs + 2 * BAR_30M_MS);
}

/**
 * Closes the growing bar when a bar of a later slot arrives; call before that bar is processed.
 *
 * @param nextTsMs  open time of the arriving, accepted 5m bar of the same symbol
 * @returns         the bar it closed, known when the arriving bar is, or null
 */
export function closeBefore(state: Aggregator, nextTsMs: number): ClosedBar | null {
  const slot = state.current;
  if (slot === null || nextTsMs < slot.slotMs + BAR_30M_MS) return null;
  return close(state, slot, nextTsMs);
}

/**
 * Adds an accepted 5m bar, after `closeBefore` for the same bar.
 *
 * @returns  the 30m bar when this was its last child, else null
 * @throws   GrandModelError BAD_ARGUMENT when an older slot is still open (closeBefore was not called) or the
 *           bar's is closed
 */
export function pushChild(state: Aggregator, session: Session, bar: BarValues): ClosedBar | null {
  const slotMs = Math.floor(bar.tsMs / BAR_30M_MS) * BAR_30M_MS;
  const slot = state.current;
  if (slot === null) {
    if (state.closedSlotMs !== null && slotMs <= state.closedSlotMs)
      throw outside(bar.tsMs, state.closedSlotMs);
    const { open, high, low, close: last, volume } = bar;
    const gapSlots = gapBefore(state, session, bar.tsMs);
    state.current = { slotMs, open, high, low, close: last, volume, children: 1, gapSlots };
  } else {
    if (slot.slotMs !== slotMs) throw outside(bar.tsMs, slot.slotMs);
    slot.high = Math.max(slot.high, bar.high);
    slot.low = Math.min(slot.low, bar.low);
    slot.close = bar.close;
    slot.volume += bar.volume;
    slot.children += 1;
  }
  const grown = state.current;
  if (grown === null || bar.tsMs !== slotMs + BAR_30M_MS - BAR_5M_MS) return null;
  return close(state, grown, null);
}

/**
 * Missing 30m slots inside the session before the slot of a bar: known as soon as its first child is, not at
 * its close. 0 for a later child of an open slot. Call after `closeBefore` and before `pushChild`.
 *
 * @param tsMs  open time of the 5m bar
 */
export function gapBefore(state: Aggregator, session: Session, tsMs: number): number {
  if (state.closedSlotMs === null || state.current !== null) return 0;
  const slotMs = Math.floor(tsMs / BAR_30M_MS) * BAR_30M_MS;
  return missingSlots(session, state.closedSlotMs, slotMs);
}

function outside(tsMs: number, slotMs: number): GrandModelError {
  return new GrandModelError(
    'BAD_ARGUMENT',
    `Cannot aggregate to 30m: tsMs ${tsMs} does not belong to slot ${slotMs}`,
    {
      tsMs,
      slotMs,
    },
  );
}

/** Closes by a later bar, or by the last child when `nextTsMs` is null. */
function close(state: Aggregator, slot: OpenSlot, nextTsMs: number | null): ClosedBar {
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
    makesRow: makesRow(slot.slotMs, slot.children, nextTsMs),
    gapSlots: slot.gapSlots,
    knownAtMs: nextTsMs === null ? slot.slotMs + BAR_30M_MS : barKnownAtMs(nextTsMs),
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
