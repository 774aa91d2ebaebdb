// What a symbol is: price step, quantity step, contract multiplier, fee, session. Read from JSON here;
// built-ins and inference from data are next door.

import { f64, list, struct, text } from '../core/codec.ts';
import type { Codec } from '../core/codec.ts';
import { GrandModelError } from '../core/errors.ts';
import { MICRO, exactInteger } from '../core/units.ts';
import { SESSIONS, sessionCodec } from './session.ts';
import type { Session } from './session.ts';

/** Longest symbol, UTF-16 units. */
export const SYMBOL_MAX = 32;

/**
 * A tradable instrument. Money of one lot moving one tick: `tick · multiplier · lot` quote units, exact in
 * micro.
 */
export interface Instrument {
  symbol: string;
  /** Price step, quote units. */
  tick: number;
  /** Quantity step, contracts or units; fractional by default. */
  lot: number;
  /** Quote units per contract and point. */
  multiplier: number;
  /** Currency of the quote; several quotes on one ledger are not converted. */
  quote: string;
  session: Session;
  /** Fee per side, basis points of notional, a multiple of 0.01. */
  feeBps: number;
  /** Names of the fields that were inferred from data and not given. */
  inferred: string[];
}

/** Bytes of an instrument. */
export const instrumentCodec: Codec<Instrument> = struct<Instrument>({
  symbol: text,
  tick: f64,
  lot: f64,
  multiplier: f64,
  quote: text,
  session: sessionCodec,
  feeBps: f64,
  inferred: list(text, 8),
});

/**
 * Micro-quote that one lot gains when the price rises one tick; a whole number, so P&L is exact.
 *
 * @throws  GrandModelError BAD_INPUT when tick · multiplier · lot is not a whole number ≥ 1 of micro-quote
 * @example tickValueMicro(parseInstrument({ symbol: 'EUR', tick: 0.00001, lot: 10 })) // 100
 */
export function tickValueMicro(instrument: Instrument): number {
  const { symbol, tick, multiplier, lot } = instrument;
  const value = wholeMicro(tick, multiplier, lot);
  if (value === null) {
    throw new GrandModelError(
      'BAD_INPUT',
      `Cannot use instrument ${symbol}: tick ${tick} x multiplier ${multiplier} x lot ${lot} ` +
        `is not a whole number of 1e-6 ${instrument.quote}`,
      { symbol, tick, multiplier, lot },
    );
  }
  return value;
}

/**
 * Fee per side in parts per million of notional, a whole number.
 *
 * @example feePpm(parseInstrument({ symbol: 'X', tick: 0.01, lot: 1, feeBps: 5 })) // 500
 */
export function feePpm(instrument: Instrument): number {
  return Math.round(instrument.feeBps * 100);
}

/**
 * Nearest price step.
 *
 * @param price  quote units, finite
 * @returns      integer ticks
 * @throws       GrandModelError OVERFLOW when it is not exact
 * @example      priceToTicks(parseInstrument({ symbol: 'X', tick: 0.25, lot: 1 }), 22173.25) // 88693
 */
export function priceToTicks(instrument: Instrument, price: number): number {
  return exactInteger(Math.round(price / instrument.tick), 'price in ticks');
}

/**
 * Price of a number of ticks, the f64 nearest to its decimal.
 *
 * @example ticksToPrice(parseInstrument({ symbol: 'EUR', tick: 0.00001, lot: 10 }), 112345) // 1.12345
 */
export function ticksToPrice(instrument: Instrument, ticks: number): number {
  const perUnit = Math.round(1 / instrument.tick);
  return perUnit > 1 && nearInteger(1 / instrument.tick) ? ticks / perUnit : ticks * instrument.tick;
}

/**
 * Reads an instrument from parsed JSON. `symbol`, `tick` and `lot` are required; multiplier 1, quote USD,
 * session always and feeBps 1 are filled in and listed in `inferred`.
 *
 * @param value  what JSON.parse gave
 * @throws       GrandModelError BAD_INPUT naming the field and its value
 * @example      parseInstrument({ symbol: 'ABC', tick: 0.01, lot: 1, feeBps: 2 }).multiplier // 1
 */
export function parseInstrument(value: unknown): Instrument {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw refusal('file', 'an object', value);
  }
  const fields = new Map<string, unknown>(Object.entries(value));
  const names = ['symbol', 'tick', 'lot', 'multiplier', 'quote', 'session', 'feeBps', 'inferred'];
  for (const name of fields.keys())
    if (!names.includes(name)) throw refusal(name, `one of ${names.join(' ')}`, name);
  const inferred = ['multiplier', 'quote', 'session', 'feeBps'].filter((name) => !fields.has(name));
  const symbol = fields.get('symbol');
  if (typeof symbol !== 'string') throw refusal('symbol', 'a string', symbol);
  checkSymbol(symbol);
  const quote = fields.get('quote') ?? 'USD';
  if (typeof quote !== 'string' || !/^[A-Z0-9]{2,8}$/.test(quote))
    throw refusal('quote', '2 to 8 of A-Z 0-9', quote);
  const named = fields.get('session') ?? 'always';
  const session = SESSIONS.find((kind) => kind === named);
  if (session === undefined) throw refusal('session', `one of ${SESSIONS.join(' ')}`, named);
  const tick = numberField(fields.get('tick'), 'tick', 1e-8, 1e6);
  const lot = numberField(fields.get('lot'), 'lot', 1e-8, 1e6);
  const multiplier = numberField(fields.get('multiplier') ?? 1, 'multiplier', 1e-6, 1e6);
  const feeBps = numberField(fields.get('feeBps') ?? 1, 'feeBps', 0, 1000);
  return checked({ symbol, tick, lot, multiplier, quote, session, feeBps, inferred });
}

/**
 * Returns the instrument when its numbers fit together.
 *
 * @throws GrandModelError BAD_INPUT when one tick of one lot is not whole micro-quote or feeBps is not a
 * multiple of 0.01
 */
export function checked(instrument: Instrument): Instrument {
  tickValueMicro(instrument);
  if (!nearInteger(instrument.feeBps * 100)) throw refusal('feeBps', 'a multiple of 0.01', instrument.feeBps);
  return instrument;
}

/**
 * Refuses a malformed symbol.
 *
 * @throws GrandModelError BAD_INPUT
 */
export function checkSymbol(symbol: string): void {
  if (symbol.length > SYMBOL_MAX || !/^[\x21-\x7e]+$/.test(symbol)) {
    throw refusal('symbol', `1 to ${SYMBOL_MAX} printable characters without spaces`, symbol);
  }
}

function numberField(value: unknown, name: string, min: number, max: number): number {
  if (typeof value !== 'number' || !(value >= min && value <= max)) {
    throw refusal(name, `a number from ${min} to ${max}`, value);
  }
  return value;
}

function refusal(field: string, wanted: string, value: unknown): GrandModelError {
  const shown = typeof value === 'string' ? `"${value.slice(0, 60)}"` : String(value);
  return new GrandModelError('BAD_INPUT', `Cannot read instrument: ${field} ${shown} is not ${wanted}`, {
    field,
    value: shown,
  });
}

/** tick · multiplier · lot in micro-quote, when it is a whole number ≥ 1, else null. */
export function wholeMicro(tick: number, multiplier: number, lot: number): number | null {
  const micro = tick * multiplier * lot * MICRO;
  return micro >= 0.5 && nearInteger(micro) && Number.isSafeInteger(Math.round(micro))
    ? Math.round(micro)
    : null;
}

/** Whole up to the rounding that decimals such as 0.1 bring. */
export function nearInteger(value: number): boolean {
  return Math.abs(value - Math.round(value)) <= 1e-9 * Math.max(1, Math.abs(value));
}
