// Range and direction over columns. Without `out`, a result is a view that the next call overwrites; errors
// are GrandModelError BAD_ARGUMENT and leave `out` as it was.

import type { Indicators } from './memory.ts';
import { checkPeriod } from './state.ts';

/** Columns of a series of bars: f64[n] each, oldest first, finite. */
export interface HighLowClose {
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
}

/**
 * Average true range.
 *
 * @param bars    high, low, close
 * @param period  count, 1..4,096
 * @param out     f64[n] to write to
 * @returns       f64[n] in the unit of price; the first `period` entries are NaN
 * @source        Wilder 1978 ch. 4; TA-Lib ATR
 * @example       const bars = { high: Float64Array.of(3, 5), low: Float64Array.of(1, 3), close:
 *                Float64Array.of(2, 4) };
 *                atr(indicators, bars, 1)[1] // 3
 */
export function atr(
  indicators: Indicators,
  bars: HighLowClose,
  period = 14,
  out?: Float64Array,
): Float64Array {
  checkPeriod('period', period);
  const high = indicators.first('high', bars.high);
  const low = indicators.input('low', bars.low);
  const close = indicators.input('close', bars.close);
  indicators.raw.batchAtr(high, low, close, indicators.output(0, out), bars.close.length, period);
  return indicators.result(0, out);
}

/**
 * Average directional index. The true range cancels in DX, so the close is not read.
 *
 * @param bars    high, low
 * @param period  count, 2..4,096
 * @param out     f64[n] to write to
 * @returns       f64[n] percent; the first 2·period − 1 entries are NaN
 * @source        Wilder 1978 ch. 4; TA-Lib ADX
 */
export function adx(
  indicators: Indicators,
  bars: Pick<HighLowClose, 'high' | 'low'>,
  period = 14,
  out?: Float64Array,
): Float64Array {
  checkPeriod('period', period, 2);
  const high = indicators.first('high', bars.high);
  const low = indicators.input('low', bars.low);
  indicators.raw.batchAdx(high, low, indicators.output(0, out), bars.high.length, period);
  return indicators.result(0, out);
}

/**
 * Average true range in percent of the close; parameters as `atr`.
 * @source TA-Lib NATR
 */
export function natr(
  indicators: Indicators,
  bars: HighLowClose,
  period = 14,
  out?: Float64Array,
): Float64Array {
  checkPeriod('period', period);
  const highAt = indicators.first('high', bars.high);
  const lowAt = indicators.input('low', bars.low);
  const closeAt = indicators.input('close', bars.close);
  const outAt = indicators.output(0, out);
  indicators.raw.batchNatr(highAt, lowAt, closeAt, outAt, bars.high.length, period);
  return indicators.result(0, out);
}

/** Heikin-Ashi bars, f64[n] each. */
export interface CandleLines {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
}

/**
 * Heikin-Ashi bars: the mean of a bar's prices, opened in the middle of the body before.
 *
 * @param bars  open, high, low, close
 * @param out   four f64[n] to write to, disjoint
 * @returns     no warm-up
 * @source      Valcu 2004
 */
export function heikinAshi(indicators: Indicators, bars: CandleLines, out?: CandleLines): CandleLines {
  const openAt = indicators.first('open', bars.open);
  const highAt = indicators.input('high', bars.high);
  const lowAt = indicators.input('low', bars.low);
  const closeAt = indicators.input('close', bars.close);
  const closeOut = indicators.output(0, out?.close);
  const openOut = indicators.output(1, out?.open);
  const highOut = indicators.output(2, out?.high);
  const lowOut = indicators.output(3, out?.low);
  indicators.raw.batchHeikinAshi(
    openAt,
    highAt,
    lowAt,
    closeAt,
    closeOut,
    openOut,
    highOut,
    lowOut,
    bars.open.length,
  );
  const lines = {
    close: indicators.result(0, out?.close),
    open: indicators.result(1, out?.open),
    high: indicators.result(2, out?.high),
    low: indicators.result(3, out?.low),
  };
  return out ?? lines;
}
