// One OHLCV bar and the reasons to reject it. A bar is stamped with its open time; it is known one interval
// later.

import { BAR_5M_MS } from '../core/units.ts';
import { f64, oneOf, struct, text } from '../core/codec.ts';
import type { Codec } from '../core/codec.ts';

/** Highest price taken, quote units: keeps ticks and notionals inside exact integers. */
export const PRICE_MAX = 1e9;
/** Highest volume taken, units of the instrument. */
export const VOLUME_MAX = 1e15;
/** Last open time taken, milliseconds since 1970 UTC (2200-01-01); the first is 0. */
export const TS_MS_MAX = 7_258_118_400_000;

/** One bar. Prices in quote units, volume in units (0 when the source has none), `tsMs` = open time, UTC. */
export interface Bar {
  symbol: string;
  tsMs: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

/** A bar without its name: all that checks, aggregation and the kernel look at. */
export type BarValues = Omit<Bar, 'symbol'>;

/** Why a bar is rejected, in the order in which the reasons are looked for. */
export const REJECTION_REASONS = [
  'NON_FINITE',
  'PRICE_NOT_POSITIVE',
  'OUT_OF_RANGE',
  'LOW_ABOVE_BODY',
  'HIGH_BELOW_BODY',
  'VOLUME_NEGATIVE',
  'OFF_GRID',
  'BACKWARD',
  'DUPLICATE',
] as const;
/** One of `REJECTION_REASONS`. */
export type RejectionReason = (typeof REJECTION_REASONS)[number];

/** Names of the numeric fields of a bar, in file order. */
export const BAR_FIELDS = ['tsMs', 'open', 'high', 'low', 'close', 'volume'] as const;
/** One of `BAR_FIELDS`. */
export type BarField = (typeof BAR_FIELDS)[number];

/** A refused bar: the reason, the field that shows it and its value (NaN and ±Infinity as they came). */
export interface Rejection {
  reason: RejectionReason;
  field: BarField;
  value: number;
}

/**
 * Says why a bar cannot be taken, or null when it can. Looks only; changes nothing.
 *
 * @param bar           the bar as it came, any numbers
 * @param previousTsMs  open time of the last accepted bar of this symbol, or null before the first
 * @param intervalMs    bar length: stamps must be multiples of it
 * @example rejectionOf({ symbol: 'X', tsMs: 300000, open: 2, high: 3, low: 2.5, close: 3, volume: 0 },
 *   null, 300000)?.reason // 'LOW_ABOVE_BODY'
 */
export function rejectionOf(
  bar: BarValues,
  previousTsMs: number | null,
  intervalMs: number,
): Rejection | null {
  return valueRejection(bar) ?? timeRejection(bar.tsMs, previousTsMs, intervalMs);
}

function valueRejection(bar: BarValues): Rejection | null {
  if (hasGoodValues(bar)) return null;
  for (const field of BAR_FIELDS) {
    if (!Number.isFinite(bar[field])) return { reason: 'NON_FINITE', field, value: bar[field] };
  }
  for (const field of ['open', 'high', 'low', 'close'] as const) {
    if (bar[field] <= 0) return { reason: 'PRICE_NOT_POSITIVE', field, value: bar[field] };
    if (bar[field] > PRICE_MAX) return { reason: 'OUT_OF_RANGE', field, value: bar[field] };
  }
  if (bar.low > Math.min(bar.open, bar.close))
    return { reason: 'LOW_ABOVE_BODY', field: 'low', value: bar.low };
  if (bar.high < Math.max(bar.open, bar.close))
    return { reason: 'HIGH_BELOW_BODY', field: 'high', value: bar.high };
  if (bar.volume < 0) return { reason: 'VOLUME_NEGATIVE', field: 'volume', value: bar.volume };
  if (bar.volume > VOLUME_MAX) return { reason: 'OUT_OF_RANGE', field: 'volume', value: bar.volume };
  return null;
}

/** All the conditions of `valueRejection` at once, for the bars that keep them: nearly all. */
function hasGoodValues({ tsMs, open, high, low, close, volume }: BarValues): boolean {
  return (
    low > 0 &&
    low <= open &&
    low <= close &&
    open <= high &&
    close <= high &&
    high <= PRICE_MAX &&
    volume >= 0 &&
    volume <= VOLUME_MAX &&
    tsMs - tsMs === 0
  );
}

function timeRejection(tsMs: number, previousTsMs: number | null, intervalMs: number): Rejection | null {
  if (tsMs < 0 || tsMs > TS_MS_MAX) return { reason: 'OUT_OF_RANGE', field: 'tsMs', value: tsMs };
  if (tsMs % intervalMs !== 0) return { reason: 'OFF_GRID', field: 'tsMs', value: tsMs };
  if (previousTsMs === null) return null;
  if (tsMs < previousTsMs) return { reason: 'BACKWARD', field: 'tsMs', value: tsMs };
  return tsMs === previousTsMs ? { reason: 'DUPLICATE', field: 'tsMs', value: tsMs } : null;
}

/**
 * When a 5m bar is known: one interval after its open time.
 *
 * @example barKnownAtMs(300000) // 600000
 */
export function barKnownAtMs(tsMs: number): number {
  return tsMs + BAR_5M_MS;
}

/**
 * Bytes of a bar. `tsMs` is f64, not i64: a bar that will be rejected is journalled too, and its stamp may be
 * NaN.
 */
export const barCodec: Codec<Bar> = struct<Bar>({
  symbol: text,
  tsMs: f64,
  open: f64,
  high: f64,
  low: f64,
  close: f64,
  volume: f64,
});

/** Bytes of a rejection. */
export const rejectionCodec: Codec<Rejection> = struct<Rejection>({
  reason: oneOf(REJECTION_REASONS),
  field: oneOf(BAR_FIELDS),
  value: f64,
});
