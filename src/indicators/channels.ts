// Channels and trailing lines over columns. Without `out`, a result is a view that the next call overwrites;
// errors are GrandModelError BAD_ARGUMENT and leave `out` as it was.

import type { Bands } from './averages.ts';
import type { Indicators } from './memory.ts';
import type { HighLowClose } from './ranges.ts';
import { checkFinite, checkPeriod } from './state.ts';

/**
 * Donchian channel: highest high, lowest low, the middle between them.
 *
 * @param bars    high, low: f64[n], oldest first, finite
 * @param period  count, 1..4,096
 * @param out     three f64[n] to write to, disjoint
 * @returns       the first period − 1 entries are NaN
 * @source        Donchian 1960
 * @example       donchian(indicators, { high: Float64Array.of(3, 5), low: Float64Array.of(1, 3) },
 *                2).middle[1] // 3
 */
export function donchian(
  indicators: Indicators,
  bars: Pick<HighLowClose, 'high' | 'low'>,
  period = 20,
  out?: Bands,
): Bands {
  checkPeriod('period', period);
  const highAt = indicators.first('high', bars.high);
  const lowAt = indicators.input('low', bars.low);
  const middleAt = indicators.output(0, out?.middle);
  const upperAt = indicators.output(1, out?.upper);
  const lowerAt = indicators.output(2, out?.lower);
  indicators.raw.batchDonchian(highAt, lowAt, middleAt, upperAt, lowerAt, bars.high.length, period);
  const lines = {
    middle: indicators.result(0, out?.middle),
    upper: indicators.result(1, out?.upper),
    lower: indicators.result(2, out?.lower),
  };
  return out ?? lines;
}

/**
 * Williams %R, −100 at the low of the window, 0 at its high, −50 without a range.
 *
 * @param bars    high, low, close
 * @param period  count, 1..4,096
 * @param out     f64[n] to write to
 * @returns       f64[n] percent; the first period − 1 entries are NaN
 * @source        Williams 1973; TA-Lib WILLR (0 without a range there)
 */
export function williamsR(
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
  indicators.raw.batchWilliams(
    highAt,
    lowAt,
    closeAt,
    outAt,
    indicators.output(4, undefined),
    indicators.output(5, undefined),
    bars.high.length,
    period,
  );
  return indicators.result(0, out);
}

/**
 * Keltner channel: EMA of the close ± width · ATR.
 *
 * @param bars       high, low, close
 * @param period     of the average, count, 1..4,096, as atrPeriod
 * @param width      half width in average true ranges, finite
 * @param out        three f64[n] to write to, disjoint
 * @returns          middle NaN for period − 1 entries, the bands also for atrPeriod
 * @source           Keltner 1960, in Raschke's form
 */
export function keltner(
  indicators: Indicators,
  bars: HighLowClose,
  period = 20,
  atrPeriod = 10,
  width = 2,
  out?: Bands,
): Bands {
  checkPeriod('period', period);
  checkPeriod('atrPeriod', atrPeriod);
  checkFinite('width', width);
  const highAt = indicators.first('high', bars.high);
  const lowAt = indicators.input('low', bars.low);
  const closeAt = indicators.input('close', bars.close);
  const middleAt = indicators.output(0, out?.middle);
  const upperAt = indicators.output(1, out?.upper);
  const lowerAt = indicators.output(2, out?.lower);
  indicators.raw.batchKeltner(
    highAt,
    lowAt,
    closeAt,
    middleAt,
    upperAt,
    lowerAt,
    bars.high.length,
    period,
    atrPeriod,
    width,
  );
  const lines = {
    middle: indicators.result(0, out?.middle),
    upper: indicators.result(1, out?.upper),
    lower: indicators.result(2, out?.lower),
  };
  return out ?? lines;
}

/** Ichimoku lines as of each bar, f64[n] each; spans A and B are usually drawn `base` bars ahead. */
export interface IchimokuLines {
  readonly conversion: Float64Array;
  readonly base: Float64Array;
  readonly spanA: Float64Array;
  readonly spanB: Float64Array;
}

/**
 * Ichimoku lines: middles of three Donchian channels, and the middle of the first two.
 *
 * @param bars        high, low
 * @param conversion  count, 1..4,096, as base and span
 * @param out         four f64[n] to write to, disjoint
 * @returns           each NaN until its own window is full
 * @source            Hosoda 1969
 */
export function ichimoku(
  indicators: Indicators,
  bars: Pick<HighLowClose, 'high' | 'low'>,
  conversion = 9,
  base = 26,
  span = 52,
  out?: IchimokuLines,
): IchimokuLines {
  checkPeriod('conversion', conversion);
  checkPeriod('base', base);
  checkPeriod('span', span);
  const highAt = indicators.first('high', bars.high);
  const lowAt = indicators.input('low', bars.low);
  const conversionAt = indicators.output(0, out?.conversion);
  const baseAt = indicators.output(1, out?.base);
  const spanAAt = indicators.output(2, out?.spanA);
  const spanBAt = indicators.output(3, out?.spanB);
  indicators.raw.batchIchimoku(
    highAt,
    lowAt,
    conversionAt,
    baseAt,
    spanAAt,
    spanBAt,
    indicators.output(5, undefined),
    bars.high.length,
    conversion,
    base,
    span,
  );
  const lines = {
    conversion: indicators.result(0, out?.conversion),
    base: indicators.result(1, out?.base),
    spanA: indicators.result(2, out?.spanA),
    spanB: indicators.result(3, out?.spanB),
  };
  return out ?? lines;
}

/** A line that trails the price, f64[n] each. */
export interface TrailLines {
  /** In the unit of price. */
  readonly line: Float64Array;
  /** +1 while the line is below the price, −1 above. */
  readonly direction: Float64Array;
}

/**
 * Supertrend: the middle of the bar ∓ width · ATR, moved towards the price only; turns when the close crosses
 * it.
 *
 * @param bars    high, low, close
 * @param period  of the ATR, count, 1..4,096
 * @param width   in average true ranges, finite
 * @param out     two f64[n] to write to, disjoint
 * @returns       the first `period` entries are NaN; starts above the price
 * @source        Seban 2008
 */
export function supertrend(
  indicators: Indicators,
  bars: HighLowClose,
  period = 10,
  width = 3,
  out?: TrailLines,
): TrailLines {
  checkPeriod('period', period);
  checkFinite('width', width);
  const highAt = indicators.first('high', bars.high);
  const lowAt = indicators.input('low', bars.low);
  const closeAt = indicators.input('close', bars.close);
  const lineAt = indicators.output(0, out?.line);
  const directionAt = indicators.output(1, out?.direction);
  indicators.raw.batchSupertrend(
    highAt,
    lowAt,
    closeAt,
    lineAt,
    directionAt,
    bars.high.length,
    period,
    width,
  );
  const lines = {
    line: indicators.result(0, out?.line),
    direction: indicators.result(1, out?.direction),
  };
  return out ?? lines;
}

/**
 * Parabolic stop and reverse.
 *
 * @param bars  high, low
 * @param step  acceleration a new extreme adds, finite
 * @param most  largest acceleration, finite
 * @param out   two f64[n] to write to, disjoint
 * @returns     the first entry is NaN
 * @source      Wilder 1978 ch. 2; TA-Lib SAR
 */
export function parabolicSar(
  indicators: Indicators,
  bars: Pick<HighLowClose, 'high' | 'low'>,
  step = 0.02,
  most = 0.2,
  out?: TrailLines,
): TrailLines {
  checkFinite('step', step);
  checkFinite('most', most);
  const highAt = indicators.first('high', bars.high);
  const lowAt = indicators.input('low', bars.low);
  const lineAt = indicators.output(0, out?.line);
  const directionAt = indicators.output(1, out?.direction);
  indicators.raw.batchParabolicSar(highAt, lowAt, lineAt, directionAt, bars.high.length, step, most);
  const lines = {
    line: indicators.result(0, out?.line),
    direction: indicators.result(1, out?.direction),
  };
  return out ?? lines;
}
