// Built-in instruments, and what is inferred from the first closes when a symbol is not among them.

import { GrandModelError } from '../core/errors.ts';
import { checkSymbol, checked, nearInteger, wholeMicro } from './instrument.ts';
import type { Instrument } from './instrument.ts';
import type { Session } from './session.ts';

/** Paper account in quote units for which lots are sized. */
export const PAPER_EQUITY_QUOTE = 100_000;
/** Closes used to infer a price step. */
export const INFERENCE_CLOSES = 1_000;
type Known = readonly [tick: number, multiplier: number, quote: string, session: Session, feeBps: number];

// Fees per side: futures exchange and broker fees as a share of a contract's notional, perpetuals a taker
// fee, FX a raw account's commission, cash indexes what an index ETF costs.
const KNOWN: Readonly<Record<string, Known>> = {
  NQ: [0.25, 20, 'USD', 'cme', 0.1],
  MNQ: [0.25, 2, 'USD', 'cme', 0.2],
  ES: [0.25, 50, 'USD', 'cme', 0.1],
  MES: [0.25, 5, 'USD', 'cme', 0.2],
  YM: [1, 5, 'USD', 'cme', 0.1],
  RTY: [0.1, 50, 'USD', 'cme', 0.2],
  CL: [0.01, 1000, 'USD', 'cme', 0.4],
  GC: [0.1, 100, 'USD', 'cme', 0.1],
  SI: [0.005, 5000, 'USD', 'cme', 0.2],
  SPX: [0.01, 1, 'USD', 'us-cash', 0.5],
  SPY: [0.01, 1, 'USD', 'us-cash', 0.5],
  QQQ: [0.01, 1, 'USD', 'us-cash', 0.5],
  EURUSD: [0.00001, 1, 'USD', 'fx', 0.3],
  GBPUSD: [0.00001, 1, 'USD', 'fx', 0.3],
  AUDUSD: [0.00001, 1, 'USD', 'fx', 0.3],
  USDJPY: [0.001, 1, 'JPY', 'fx', 0.3],
  BTCUSDT: [0.01, 1, 'USDT', 'always', 5],
  ETHUSDT: [0.01, 1, 'USDT', 'always', 5],
  BNBUSDT: [0.01, 1, 'USDT', 'always', 5],
  SOLUSDT: [0.01, 1, 'USDT', 'always', 5],
  LTCUSDT: [0.01, 1, 'USDT', 'always', 5],
  DASHUSDT: [0.01, 1, 'USDT', 'always', 5],
  XRPUSDT: [0.0001, 1, 'USDT', 'always', 5],
  ADAUSDT: [0.0001, 1, 'USDT', 'always', 5],
  DOGEUSDT: [0.00001, 1, 'USDT', 'always', 5],
  SIM: [0.01, 1, 'USD', 'always', 1],
};

/** Symbols with a built-in instrument. */
export const BUILT_IN_SYMBOLS: readonly string[] = Object.keys(KNOWN);

/**
 * The instrument of a symbol: built-in, or inferred from its first closes. The lot always follows price and
 * equity.
 *
 * @param symbol       1..32 printable characters
 * @param closes       the first closes, quote units, oldest first; only the first 1,000 are looked at, and
 *                     non-finite or non-positive ones are skipped
 * @param equityQuote  account size, quote units
 * @throws             GrandModelError BAD_INPUT when there is no usable close or the symbol is malformed
 * @example            resolveInstrument('NQ', [22000]).lot // 0.00001
 */
export function resolveInstrument(
  symbol: string,
  closes: ArrayLike<number>,
  equityQuote = PAPER_EQUITY_QUOTE,
): Instrument {
  checkSymbol(symbol);
  const usable: number[] = [];
  for (let i = 0; i < Math.min(closes.length, INFERENCE_CLOSES); i++) {
    const close = closes[i] as number;
    if (Number.isFinite(close) && close > 0) usable.push(close);
  }
  const price = usable[0];
  if (price === undefined) {
    throw new GrandModelError(
      'BAD_INPUT',
      `Cannot infer instrument ${symbol}: no close is finite and positive`,
      {
        symbol,
      },
    );
  }
  const known = Object.hasOwn(KNOWN, symbol) ? KNOWN[symbol] : undefined;
  const [step, multiplier, quote, session, feeBps] = known ?? ([0, 1, 'USD', 'always', 1] as const);
  const tick = tickFrom(usable, step, session);
  const lot = defaultLot(price, tick, multiplier, equityQuote);
  const found = tick === step ? ['lot'] : ['tick', 'lot'];
  const inferred = known ? found : ['tick', 'lot', 'multiplier', 'quote', 'session', 'feeBps'];
  return checked({ symbol, tick, lot, multiplier, quote, session, feeBps, inferred });
}

/**
 * Crypto venues quote one pair in different steps: a coarser one that the data shows wins over the built-in.
 */
function tickFrom(closes: readonly number[], step: number, session: Session): number {
  if (step === 0) return inferTick(closes);
  if (session !== 'always' || closes.length < STEP_CLOSES_MIN) return step;
  return Math.max(step, inferTick(closes));
}

/**
 * The price step that a list of closes shows: the greatest 1, 2, 5, 10, 20, 25, 50 or 100 of their last
 * decimal that divides them all. Prices with more than 8 decimals are read to 8.
 *
 * @param closes  positive finite prices
 * @example       inferTick([22173.25, 22175.75, 22174]) // 0.25
 */
export function inferTick(closes: ArrayLike<number>): number {
  let decimals = 0;
  let scale = 1;
  for (let i = 0; i < closes.length; i++) {
    while (decimals < 8 && !nearInteger((closes[i] as number) * scale)) {
      decimals += 1;
      scale *= 10;
    }
  }
  let divisor = 0;
  let allEqual = true;
  for (let i = 0; i < closes.length; i++) {
    divisor = greatestCommonDivisor(divisor, Math.round((closes[i] as number) * scale));
    if (closes[i] !== closes[0]) allEqual = false;
  }
  if (allEqual) return 1 / scale;
  for (const step of [100, 50, 25, 20, 10, 5, 2]) if (divisor % step === 0) return step / scale;
  return 1 / scale;
}

/**
 * Default lot: the power of ten nearest (in ratio) to 1e-4 of equity over the money value of one contract,
 * raised until one tick of one lot is a whole number of micro-quote, at least 1.
 *
 * @example defaultLot(1.1, 0.00001, 1, 100000) // 10
 */
export function defaultLot(price: number, tick: number, multiplier: number, equityQuote: number): number {
  const target = (1e-4 * equityQuote) / (price * multiplier);
  const last = LOTS[LOTS.length - 1] as number;
  for (let i = 0; i < LOTS.length; i++) {
    const lot = LOTS[i] as number;
    const nearest = target < lot * SQRT_10 || lot === last;
    if (nearest && wholeMicro(tick, multiplier, lot) !== null) return lot;
  }
  throw new GrandModelError(
    'BAD_INPUT',
    `Cannot choose a lot: tick ${tick} times multiplier ${multiplier} is too fine`,
    {
      tick,
      multiplier,
    },
  );
}

/** Closes that must agree before a built-in price step is doubted. */
const STEP_CLOSES_MIN = 100;
const SQRT_10 = 3.1622776601683795;
const LOTS = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100, 1e3, 1e4, 1e5, 1e6] as const;

function greatestCommonDivisor(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}
