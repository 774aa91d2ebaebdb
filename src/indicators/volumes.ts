// Indicators that read volume, over columns. Without `out`, a result is a view that the next call overwrites;
// errors are GrandModelError BAD_ARGUMENT and leave `out` as it was.

import { GrandModelError } from '../core/errors.ts';
import type { Indicators } from './memory.ts';
import type { HighLowClose } from './ranges.ts';
import { checkPeriod } from './state.ts';

/** Columns with volume: f64[n] each, oldest first, finite; volume ≥ 0. */
export interface HighLowCloseVolume extends HighLowClose {
  readonly volume: Float64Array;
}

/**
 * On-balance volume, from the first bar's own volume.
 *
 * @param bars  close, volume
 * @param out   f64[n] to write to
 * @returns     f64[n] in the unit of volume; no warm-up
 * @source      Granville 1963; TA-Lib OBV
 * @example     const bars = { close: Float64Array.of(1, 2, 1), volume: Float64Array.of(5, 3, 2) };
 *              [...obv(indicators, bars)] // [5, 8, 6]
 */
export function obv(
  indicators: Indicators,
  bars: Pick<HighLowCloseVolume, 'close' | 'volume'>,
  out?: Float64Array,
): Float64Array {
  const close = indicators.first('close', bars.close);
  const volume = indicators.input('volume', bars.volume);
  indicators.raw.batchObv(close, volume, indicators.output(0, out), bars.close.length);
  return indicators.result(0, out);
}

/**
 * Volume-weighted average of (high + low + close)/3 since the session began; NaN until it has volume.
 *
 * @param bars      high, low, close, volume
 * @param sessions  places of the first bars of the sessions, ascending, starting with 0
 * @param out       f64[n] to write to
 * @returns         f64[n] in the unit of price
 */
export function vwap(
  indicators: Indicators,
  bars: HighLowCloseVolume,
  sessions: ArrayLike<number> = [0],
  out?: Float64Array,
): Float64Array {
  const n = bars.close.length;
  checkSessions(sessions, n);
  const high = indicators.first('high', bars.high);
  const low = indicators.input('low', bars.low);
  const close = indicators.input('close', bars.close);
  const volume = indicators.input('volume', bars.volume);
  const y = indicators.output(0, out);
  for (let i = 0; i < sessions.length; i++) {
    indicators.raw.batchVwap(high, low, close, volume, y, sessions[i] ?? 0, sessions[i + 1] ?? n);
  }
  return indicators.result(0, out);
}

function checkSessions(sessions: ArrayLike<number>, n: number): void {
  let before = -1;
  for (let i = 0; i < sessions.length; i++) {
    const place = sessions[i] ?? NaN;
    if (Number.isInteger(place) && place > before && place < n && (i > 0 || place === 0)) before = place;
    else throw sessionsError(i, place, n);
  }
  if (before < 0) throw sessionsError(0, NaN, n);
}

function sessionsError(i: number, place: number, n: number): GrandModelError {
  return new GrandModelError(
    'BAD_ARGUMENT',
    `Cannot compute VWAP: session ${i} at ${place} does not ascend from 0 below ${n}`,
    { session: i, place: String(place) },
  );
}

/**
 * Money flow index; 50 where no money moved.
 *
 * @param bars    high, low, close, volume
 * @param period  count, 1..4,096
 * @param out     f64[n] to write to
 * @returns       f64[n] percent; the first `period` entries are NaN
 * @source        Quong & Soudack 1989; TA-Lib MFI
 */
export function mfi(
  indicators: Indicators,
  bars: HighLowCloseVolume,
  period = 14,
  out?: Float64Array,
): Float64Array {
  checkPeriod('period', period);
  const highAt = indicators.first('high', bars.high);
  const lowAt = indicators.input('low', bars.low);
  const closeAt = indicators.input('close', bars.close);
  const volumeAt = indicators.input('volume', bars.volume);
  const outAt = indicators.output(0, out);
  indicators.raw.batchMfi(highAt, lowAt, closeAt, volumeAt, outAt, bars.high.length, period);
  return indicators.result(0, out);
}
