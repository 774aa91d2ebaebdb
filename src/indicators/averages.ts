// Moving averages and Bollinger bands over a column.

import type { Indicators } from './memory.ts';
import { checkFinite, checkPeriod } from './state.ts';

/**
 * Simple moving average.
 *
 * @param close   f64[n], oldest first, finite
 * @param period  count, 1..4,096
 * @param out     f64[n] to write to; else a view that the next call overwrites
 * @returns       f64[n] in the unit of close; the first period − 1 entries are NaN
 * @throws        GrandModelError BAD_ARGUMENT when a period or a length is not as above; out is unchanged
 * @source        TA-Lib SMA
 * @example       [...sma(indicators, Float64Array.of(1, 2, 4), 2)] // [NaN, 1.5, 3]
 */
export function sma(
  indicators: Indicators,
  close: Float64Array,
  period: number,
  out?: Float64Array,
): Float64Array {
  checkPeriod('period', period);
  const x = indicators.first('close', close);
  indicators.raw.batchSma(x, indicators.output(0, out), close.length, period);
  return indicators.result(0, out);
}

/**
 * Exponential moving average, factor 2/(period + 1), started at the mean of the first `period` values.
 * Parameters, result and errors as `sma`.
 * @source  TA-Lib EMA, classic seeding
 * @example [...ema(indicators, Float64Array.of(1, 2, 3, 6), 3)] // [NaN, NaN, 2, 4]
 */
export function ema(
  indicators: Indicators,
  close: Float64Array,
  period: number,
  out?: Float64Array,
): Float64Array {
  checkPeriod('period', period);
  const x = indicators.first('close', close);
  indicators.raw.batchEma(x, indicators.output(0, out), close.length, period);
  return indicators.result(0, out);
}

/**
 * Weighted moving average: weight 1 for the oldest value of the window, `period` for the newest. Parameters,
 * result and errors as `sma`.
 * @source  TA-Lib WMA
 * @example [...wma(indicators, Float64Array.of(3, 6), 2)] // [NaN, 5]
 */
export function wma(
  indicators: Indicators,
  close: Float64Array,
  period: number,
  out?: Float64Array,
): Float64Array {
  checkPeriod('period', period);
  const x = indicators.first('close', close);
  indicators.raw.batchWma(x, indicators.output(0, out), close.length, period);
  return indicators.result(0, out);
}

/** Bands over a column, f64[n] each, in the unit of close. */
export interface Bands {
  readonly middle: Float64Array;
  readonly upper: Float64Array;
  readonly lower: Float64Array;
}

/**
 * Bollinger bands: mean ± width population deviations. The deviation keeps 1e-9 relative at any price level.
 *
 * @param close   f64[n], oldest first, finite
 * @param period  count, 2..4,096
 * @param width   half width in deviations, finite
 * @param out     three f64[n] to write to, disjoint; else views that the next call overwrites
 * @returns       the first period − 1 entries are NaN
 * @throws        GrandModelError BAD_ARGUMENT, as `sma`
 * @source        Bollinger 2001 ch. 7; TA-Lib BBANDS
 * @example       bollinger(indicators, Float64Array.of(1, 3), 2, 2).upper[1] // 4
 */
export function bollinger(
  indicators: Indicators,
  close: Float64Array,
  period = 20,
  width = 2,
  out?: Bands,
): Bands {
  checkPeriod('period', period, 2);
  checkFinite('width', width);
  const x = indicators.first('close', close);
  const middle = indicators.output(0, out?.middle);
  const upper = indicators.output(1, out?.upper);
  const lower = indicators.output(2, out?.lower);
  indicators.raw.batchBollinger(x, middle, upper, lower, close.length, period, width);
  return bandsOf(indicators, out);
}

/** The three outputs after a call. */
export function bandsOf(indicators: Indicators, out: Bands | undefined): Bands {
  const middle = indicators.result(0, out?.middle);
  const upper = indicators.result(1, out?.upper);
  const lower = indicators.result(2, out?.lower);
  return out ?? { middle, upper, lower };
}
