// Averages made of averages, over a column. Without `out`, a result is a view that the next call overwrites;
// errors are GrandModelError BAD_ARGUMENT and leave `out` as it was.

import type { Indicators } from './memory.ts';
import { checkPeriod } from './state.ts';

/**
 * Double exponential moving average 2·e₁ − e₂, e₂ the EMA of e₁.
 *
 * @param close   f64[n], oldest first, finite
 * @param period  count, 1..4,096
 * @param out     f64[n] to write to
 * @returns       f64[n]; the first 2·(period − 1) entries are NaN
 * @source        Mulloy 1994; TA-Lib DEMA
 * @example       [...dema(indicators, Float64Array.of(1, 2, 4), 1)] // [1, 2, 4]
 */
export function dema(
  indicators: Indicators,
  close: Float64Array,
  period = 20,
  out?: Float64Array,
): Float64Array {
  checkPeriod('period', period);
  const closeAt = indicators.first('close', close);
  const outAt = indicators.output(0, out);
  indicators.raw.batchMultipleEma(closeAt, outAt, close.length, period, 2);
  return indicators.result(0, out);
}

/**
 * Triple exponential moving average 3·e₁ − 3·e₂ + e₃. Parameters and result as `dema`; the first 3·(period −
 * 1) entries are NaN.
 * @source  Mulloy 1994; TA-Lib TEMA
 * @example [...tema(indicators, Float64Array.of(1, 2, 4), 1)] // [1, 2, 4]
 */
export function tema(
  indicators: Indicators,
  close: Float64Array,
  period = 20,
  out?: Float64Array,
): Float64Array {
  checkPeriod('period', period);
  const closeAt = indicators.first('close', close);
  const outAt = indicators.output(0, out);
  indicators.raw.batchMultipleEma(closeAt, outAt, close.length, period, 3);
  return indicators.result(0, out);
}

/**
 * Hull moving average: WMA over √period of 2·WMA(period/2) − WMA(period), whole parts of both.
 *
 * @param close   f64[n], oldest first, finite
 * @param period  count, 2..4,096
 * @param out     f64[n] to write to
 * @returns       f64[n]; the first period + ⌊√period⌋ − 2 entries are NaN
 * @source        Hull 2005
 */
export function hma(
  indicators: Indicators,
  close: Float64Array,
  period = 16,
  out?: Float64Array,
): Float64Array {
  checkPeriod('period', period, 2);
  const closeAt = indicators.first('close', close);
  const outAt = indicators.output(0, out);
  indicators.raw.batchHma(closeAt, outAt, indicators.output(5, undefined), close.length, period);
  return indicators.result(0, out);
}
