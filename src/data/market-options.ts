// Options of the simulated market: every figure with its unit, and what is planted in it.

import { GrandModelError } from '../core/errors.ts';
import type { Session } from '../market/session.ts';

/** Symbol of the simulated market; its instrument is built in (tick 0.01, always open, fee 1 bp). */
export const SIMULATED_SYMBOL = 'SIM';
/** Regimes of the simulated market by code; the order of the optional truth column. */
export const MARKET_REGIMES = ['BULL', 'BEAR', 'SIDEWAYS', 'VOLATILE'] as const;

/** What the simulated market is like. Bars made with equal seed and options are equal on every host. */
export interface MarketOptions {
  /** First open time, milliseconds UTC, a multiple of 300000. Default 2024-01-01T00:00Z. */
  readonly startMs: number;
  /** First price, quote units. Default 100. */
  readonly startPrice: number;
  /** Price step, quote units. Default 0.01. */
  readonly tick: number;
  /** Volatility of a 30m log return in BULL, before season and clustering. Default 0.0025. */
  readonly sigma30m: number;
  /** Chance that a regime lasts another 30m. Default 0.985: 67 bars of 30m on average. */
  readonly stay: number;
  /** Student-t degrees of freedom of the 5m innovations, a whole number ≥ 3. Default 5. */
  readonly degrees: number;
  /** Jumps a day on average. Default 0.5. */
  readonly jumpsPerDay: number;
  /** Standard deviation of a jump in units of the 30m volatility of the moment. Default 3. */
  readonly jumpSize: number;
  /**
   * When bars are made. Closed hours have none; the price moves across them at half speed. Default always.
   */
  readonly session: Session;
  /** Share of bars that are left out, 0..0.5: holes in the feed. Default 0. */
  readonly missing: number;
  /** Typical volume of a 5m bar, units; 0 makes a market without volume. Default 1000. */
  readonly volume: number;
  /**
   * Strength of the planted edge; 0 switches both parts off. Default 1.
   * (a) BULL drifts up and BEAR down by `drift`; (b) after the first touch of a fair value gap that holds,
   * the price follows through in the gap's direction by `followThrough` for the next six 5m bars.
   */
  readonly edge: number;
  /** Planted drift in BULL (BEAR: minus), in units of `sigma30m` per 30m. Default 0.2. */
  readonly drift: number;
  /**
   * Planted drift after a held gap, in units of the 5m volatility of the moment, per 5m bar. Default 0.12.
   */
  readonly followThrough: number;
  /**
   * Slots of 30m in which the price would return to its start, 0 for never. Default 20000: it keeps a million
   * bars within sane prices, and is a pull of about 0.01 of a bar's volatility. It stays when the edge is
   * off.
   */
  readonly anchorSlots: number;
}

/** The default market. */
export const MARKET_DEFAULTS: MarketOptions = {
  startMs: 1_704_067_200_000,
  startPrice: 100,
  tick: 0.01,
  sigma30m: 0.0025,
  stay: 0.985,
  degrees: 5,
  jumpsPerDay: 0.5,
  jumpSize: 3,
  session: 'always',
  missing: 0,
  volume: 1000,
  edge: 1,
  drift: 0.2,
  followThrough: 0.12,
  anchorSlots: 20_000,
};

const RANGES: readonly (readonly [Exclude<keyof MarketOptions, 'session'>, number, number])[] = [
  ['startMs', 0, 4_000_000_000_000],
  ['startPrice', 1e-3, 1e6],
  ['tick', 1e-8, 1e3],
  ['sigma30m', 1e-6, 0.05],
  ['stay', 0, 1],
  ['degrees', 3, 100],
  ['jumpsPerDay', 0, 288],
  ['jumpSize', 0, 20],
  ['missing', 0, 0.5],
  ['volume', 0, 1e12],
  ['edge', -5, 5],
  ['drift', 0, 2],
  ['followThrough', 0, 2],
  ['anchorSlots', 0, 1e9],
];

/**
 * Defaults with changes.
 *
 * @throws  GrandModelError BAD_ARGUMENT naming the option, its value and its range
 * @example marketOptions({ edge: 0 }).edge // 0
 */
export function marketOptions(changes: Partial<MarketOptions> = {}): MarketOptions {
  const options = { ...MARKET_DEFAULTS, ...changes };
  for (const [name, min, max] of RANGES) {
    const value = options[name];
    if (!(value >= min && value <= max)) throw refusal(name, value, `a number from ${min} to ${max}`);
  }
  if (options.startMs % 300_000 !== 0) throw refusal('startMs', options.startMs, 'a multiple of 300000');
  if (!Number.isInteger(options.degrees)) throw refusal('degrees', options.degrees, 'a whole number');
  if (options.startPrice < 20 * options.tick) {
    throw refusal('startPrice', options.startPrice, `at least 20 ticks of ${options.tick}`);
  }
  return options;
}

function refusal(name: string, value: number, wanted: string): GrandModelError {
  return new GrandModelError('BAD_ARGUMENT', `Cannot make a market: ${name} ${value} is not ${wanted}`, {
    name,
    value,
  });
}
