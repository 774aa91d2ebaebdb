// Positions, cash and equity of one account in exact integers. Position = Σ fills; equity = cash + open
// profit.

import { bool, i64, list, struct, u32 } from '../core/codec.ts';
import type { Codec } from '../core/codec.ts';
import { GrandModelError } from '../core/errors.ts';
import { DAY_MS, PPM, exactInteger, mulDiv } from '../core/units.ts';

/** Symbols on one ledger at most. */
export const LEDGER_SYMBOLS_MAX = 64;

/** One symbol's position. Money is micro-quote. */
export interface Position {
  /** Value of one tick of one lot, integer ≥ 1. */
  tickValueMicro: number;
  /** Fee per side in hundredths of a basis point (ppm of notional). */
  feePpm: number;
  /** < 0 short. */
  lots: number;
  /** Σ lots · price · tick value of the open lots: signed, exact. */
  costMicro: number;
  /** Last mark, ticks; 0 before the first. */
  markTicks: number;
  /** Open trade since the position was last flat: its start, realised profit and fees. */
  openedAtMs: number;
  tradeRealisedMicro: number;
  tradeFeesMicro: number;
}

/** An account. Money is micro-quote. */
export interface Ledger {
  positions: Position[];
  initialMicro: number;
  /** Initial cash + realised profit − fees. */
  cashMicro: number;
  realisedMicro: number;
  feesMicro: number;
  /** Cash + open profit at the last marks. */
  equityMicro: number;
  highWaterMicro: number;
  /** Largest drawdown from the high-water mark so far, ppm. */
  maxDrawdownPpm: number;
  /** UTC day number of `dayStartMicro`; −1 before the first mark. */
  day: number;
  dayStartMicro: number;
  /** True when some position is open. */
  exposed: boolean;
  fills: number;
  closedTrades: number;
  wonTrades: number;
  /** Σ |notional| of all fills; a figure for reports that stops at the largest exact integer. */
  volumeMicro: number;
}

/** A round trip from flat to flat, or to the turn of the position. */
export interface ClosedTrade {
  readonly symbolIndex: number;
  readonly openedAtMs: number;
  readonly closedAtMs: number;
  /** Realised profit minus fees, micro-quote. */
  readonly netMicro: number;
}

/** What the ledger books of a fill. */
export interface Booking {
  readonly symbolIndex: number;
  readonly tsMs: number;
  /** Signed, > 0 bought. */
  readonly lots: number;
  readonly priceTicks: number;
}

/** What a booking did. */
export interface Booked {
  readonly feeMicro: number;
  readonly realisedMicro: number;
  readonly trade: ClosedTrade | null;
}

const positionCodec: Codec<Position> = struct<Position>({
  tickValueMicro: i64,
  feePpm: u32,
  lots: i64,
  costMicro: i64,
  markTicks: i64,
  openedAtMs: i64,
  tradeRealisedMicro: i64,
  tradeFeesMicro: i64,
});

/** Canonical encoding of the ledger. */
export const ledgerCodec: Codec<Ledger> = struct<Ledger>({
  positions: list(positionCodec, LEDGER_SYMBOLS_MAX),
  initialMicro: i64,
  cashMicro: i64,
  realisedMicro: i64,
  feesMicro: i64,
  equityMicro: i64,
  highWaterMicro: i64,
  maxDrawdownPpm: u32,
  day: i64,
  dayStartMicro: i64,
  exposed: bool,
  fills: i64,
  closedTrades: i64,
  wonTrades: i64,
  volumeMicro: i64,
});

/** Canonical encoding of a closed trade. */
export const closedTradeCodec: Codec<ClosedTrade> = struct<ClosedTrade>({
  symbolIndex: u32,
  openedAtMs: i64,
  closedAtMs: i64,
  netMicro: i64,
});

/**
 * An empty account.
 *
 * @param initialMicro  starting cash, micro-quote, > 0
 * @param instruments   one per symbol: tick value per lot (integer ≥ 1, micro-quote) and fee (basis points, ≥
 *                      0)
 * @throws              GrandModelError BAD_ARGUMENT naming the value out of range
 */
export function createLedger(
  initialMicro: number,
  instruments: readonly { readonly tickValueMicro: number; readonly feeBps: number }[],
): Ledger {
  if (!Number.isSafeInteger(initialMicro) || initialMicro <= 0) refuse('initialMicro', initialMicro);
  if (instruments.length < 1 || instruments.length > LEDGER_SYMBOLS_MAX)
    refuse('instruments', instruments.length);
  return {
    positions: instruments.map((instrument) => emptyPosition(instrument.tickValueMicro, instrument.feeBps)),
    initialMicro,
    cashMicro: initialMicro,
    realisedMicro: 0,
    feesMicro: 0,
    equityMicro: initialMicro,
    highWaterMicro: initialMicro,
    maxDrawdownPpm: 0,
    day: -1,
    dayStartMicro: initialMicro,
    exposed: false,
    fills: 0,
    closedTrades: 0,
    wonTrades: 0,
    volumeMicro: 0,
  };
}

function emptyPosition(tickValueMicro: number, feeBps: number): Position {
  if (!Number.isSafeInteger(tickValueMicro) || tickValueMicro < 1) refuse('tickValueMicro', tickValueMicro);
  if (!(feeBps >= 0 && feeBps <= 1000)) refuse('feeBps', feeBps);
  return {
    tickValueMicro,
    feePpm: Math.round(feeBps * 100),
    lots: 0,
    costMicro: 0,
    markTicks: 0,
    openedAtMs: 0,
    tradeRealisedMicro: 0,
    tradeFeesMicro: 0,
  };
}

function refuse(field: string, value: number): never {
  throw new GrandModelError('BAD_ARGUMENT', `Cannot open a ledger: ${field} ${value} is out of range`, {
    field,
    value,
  });
}

/**
 * The position of a symbol.
 *
 * @throws GrandModelError BAD_ARGUMENT for an unknown index
 */
export function positionOf(ledger: Ledger, symbolIndex: number): Position {
  const position = ledger.positions[symbolIndex];
  if (position) return position;
  throw new GrandModelError('BAD_ARGUMENT', `Cannot find position: symbolIndex ${symbolIndex} is unknown`, {
    symbolIndex,
  });
}

/** Notional of lots at a price, micro-quote, signed as the lots. */
export function notionalMicro(position: Position, lots: number, priceTicks: number): number {
  return exactInteger(lots * priceTicks * position.tickValueMicro, 'notional');
}

/**
 * Books a fill: fee, realised profit by average cost, and the closed trade when the position ends or turns.
 *
 * @throws GrandModelError OVERFLOW, and nothing is booked, when the money leaves the exact range
 */
export function bookFill(ledger: Ledger, booking: Booking): Booked {
  const position = positionOf(ledger, booking.symbolIndex);
  const { lots, priceTicks, tsMs } = booking;
  exactInteger(lots, 'fill lots');
  const notional = Math.abs(notionalMicro(position, lots, priceTicks));
  exactInteger(Math.abs(position.costMicro) + notional, 'position cost');
  const feeMicro = mulDiv(notional, position.feePpm, PPM);
  const closes = position.lots * lots < 0 ? Math.min(Math.abs(position.lots), Math.abs(lots)) : 0;
  const closedSigned = position.lots > 0 ? closes : -closes;
  // the cost of the closed lots leaves with them; rounding stays in the open lots and leaves with the last of
  // them
  const costOut = closes === 0 ? 0 : mulDiv(position.costMicro, closes, Math.abs(position.lots));
  const realisedMicro = closes === 0 ? 0 : notionalMicro(position, closedSigned, priceTicks) - costOut;
  const closeFee = closes === 0 ? 0 : mulDiv(feeMicro, closes, Math.abs(lots));

  if (position.lots === 0) position.openedAtMs = tsMs;
  const opened = lots + closedSigned;
  position.lots = exactInteger(position.lots + lots, 'position');
  position.costMicro += notionalMicro(position, opened, priceTicks) - costOut;
  position.tradeRealisedMicro += realisedMicro;
  position.tradeFeesMicro += closes === 0 ? feeMicro : closeFee;
  const ended = closes > 0 && (position.lots === 0 || opened !== 0);
  const trade = ended ? endTrade(ledger, position, booking, feeMicro - closeFee) : null;

  ledger.cashMicro += realisedMicro - feeMicro;
  ledger.realisedMicro += realisedMicro;
  ledger.feesMicro += feeMicro;
  ledger.volumeMicro = Math.min(Number.MAX_SAFE_INTEGER, ledger.volumeMicro + notional);
  ledger.fills += 1;
  // the fill is the newest price; an older mark would show a profit that nobody can take
  position.markTicks = priceTicks;
  remark(ledger);
  return { feeMicro, realisedMicro, trade };
}

function endTrade(ledger: Ledger, position: Position, booking: Booking, nextFee: number): ClosedTrade {
  const netMicro = position.tradeRealisedMicro - position.tradeFeesMicro;
  const trade: ClosedTrade = {
    symbolIndex: booking.symbolIndex,
    openedAtMs: position.openedAtMs,
    closedAtMs: booking.tsMs,
    netMicro,
  };
  ledger.closedTrades += 1;
  if (netMicro > 0) ledger.wonTrades += 1;
  position.tradeRealisedMicro = 0;
  position.tradeFeesMicro = nextFee;
  position.openedAtMs = booking.tsMs;
  return trade;
}

/**
 * Marks a symbol at a closed bar: equity, high-water mark, drawdown, and the day's starting equity at a new
 * UTC day.
 */
export function markToMarket(ledger: Ledger, symbolIndex: number, closeTicks: number, tsMs: number): void {
  const position = positionOf(ledger, symbolIndex);
  const day = Math.floor(tsMs / DAY_MS);
  if (day > ledger.day) {
    ledger.day = day;
    ledger.dayStartMicro = ledger.equityMicro;
  }
  const moved = closeTicks - position.markTicks;
  position.markTicks = closeTicks;
  if (position.lots !== 0 && moved !== 0) {
    ledger.equityMicro = exactInteger(
      ledger.equityMicro + moved * position.lots * position.tickValueMicro,
      'equity',
    );
  }
  // also when nothing moved: the bar's fills changed the equity, and the last one may have left the position
  // flat
  trackDrawdown(ledger);
}

/**
 * Recomputes equity from cash and open profit after a fill; the high-water mark waits for the bar's close.
 */
function remark(ledger: Ledger): void {
  let equity = ledger.cashMicro;
  let exposed = false;
  for (const position of ledger.positions) {
    if (position.lots === 0) continue;
    exposed = true;
    equity += notionalMicro(position, position.lots, position.markTicks) - position.costMicro;
  }
  ledger.exposed = exposed;
  ledger.equityMicro = exactInteger(equity, 'equity');
}

function trackDrawdown(ledger: Ledger): void {
  const { equityMicro, highWaterMicro } = ledger;
  if (equityMicro >= highWaterMicro) {
    ledger.highWaterMicro = equityMicro;
    return;
  }
  const drawdown = Math.floor(((highWaterMicro - equityMicro) / highWaterMicro) * PPM);
  if (drawdown > ledger.maxDrawdownPpm) ledger.maxDrawdownPpm = drawdown;
}

/** Σ |exposure| and Σ exposure of all positions at their marks, micro-quote. */
export function exposureOf(ledger: Ledger): { readonly grossMicro: number; readonly netMicro: number } {
  let grossMicro = 0;
  let netMicro = 0;
  for (const position of ledger.positions) {
    if (position.lots === 0) continue;
    const exposure = notionalMicro(position, position.lots, position.markTicks);
    grossMicro += Math.abs(exposure);
    netMicro += exposure;
  }
  return { grossMicro, netMicro };
}

/** Starts the drawdown anew from today's equity; part of an operator's reset, never automatic. */
export function rebaseHighWater(ledger: Ledger): void {
  ledger.highWaterMicro = ledger.equityMicro;
}
