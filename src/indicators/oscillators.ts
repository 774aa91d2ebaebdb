// Oscillators over columns. Without `out`, a result is a view that the next call overwrites; errors are
// GrandModelError BAD_ARGUMENT and leave `out` as it was.

import { GrandModelError } from '../core/errors.ts';
import type { Indicators } from './memory.ts';
import { checkPeriod } from './state.ts';

/**
 * Wilder's relative strength index.
 *
 * @param close   f64[n], oldest first, finite
 * @param period  count, 2..4,096
 * @param out     f64[n] to write to
 * @returns       f64[n] percent 0..100, 100 without a fall, 50 without a move; the first `period` entries are
 *                NaN
 * @source        Wilder 1978 ch. 6; TA-Lib RSI (0 without a move there)
 * @example       rsi(indicators, Float64Array.of(1, 2, 3, 2), 2)[3] // 50
 */
export function rsi(
  indicators: Indicators,
  close: Float64Array,
  period = 14,
  out?: Float64Array,
): Float64Array {
  checkPeriod('period', period, 2);
  const x = indicators.first('close', close);
  indicators.raw.batchRsi(x, indicators.output(0, out), close.length, period);
  return indicators.result(0, out);
}

/**
 * Wilder's relative strength index of one bar: one number without a column of them.
 *
 * @param close   f64[n], oldest first, finite
 * @param period  count, 2..4,096
 * @param bar     which bar, 0..n−1; the newest by default
 * @returns       percent 0..100 as `rsi` has it at that bar; NaN for the first `period` bars
 * @throws        GrandModelError BAD_ARGUMENT when close is empty, or period or bar is out of range
 * @source        Wilder 1978 ch. 6
 * @example       rsiAt(indicators, Float64Array.of(1, 2, 3, 2), 2) // 50
 */
export function rsiAt(
  indicators: Indicators,
  close: Float64Array,
  period = 14,
  bar = close.length - 1,
): number {
  checkPeriod('period', period, 2);
  const x = indicators.first('close', close);
  if (Number.isInteger(bar) && bar >= 0 && bar < close.length) return indicators.raw.rsiAt(x, period, bar);
  const range = `is not a whole number in 0..${close.length - 1}`;
  throw new GrandModelError('BAD_ARGUMENT', `Cannot compute an indicator: bar ${bar} ${range}`, {
    bar: String(bar),
  });
}

/** MACD over a column, f64[n] each, in the unit of close. */
export interface MacdLines {
  readonly macd: Float64Array;
  readonly signal: Float64Array;
  readonly histogram: Float64Array;
}

/**
 * Moving average convergence / divergence: EMA fast − EMA slow, its EMA `signal`, and their difference.
 *
 * @param close   f64[n], oldest first, finite
 * @param fast    count, 1..4,095, below slow
 * @param slow    count, up to 4,096
 * @param signal  count, 1..4,096
 * @param out     three f64[n] to write to, disjoint
 * @returns       macd NaN for slow − 1 entries, the others for slow + signal − 2
 * @source        Appel 1979; TA-Lib MACD
 * @example       macd(indicators, Float64Array.of(1, 3), 1, 2, 1).macd[1] // 1
 */
export function macd(
  indicators: Indicators,
  close: Float64Array,
  fast = 12,
  slow = 26,
  signal = 9,
  out?: MacdLines,
): MacdLines {
  checkPeriod('slow', slow, checkPeriod('fast', fast) + 1);
  checkPeriod('signal', signal);
  const x = indicators.first('close', close);
  const line = indicators.output(0, out?.macd);
  const smooth = indicators.output(1, out?.signal);
  const rest = indicators.output(2, out?.histogram);
  indicators.raw.batchMacd(x, line, smooth, rest, close.length, fast, slow, signal);
  const lines = {
    macd: indicators.result(0, out?.macd),
    signal: indicators.result(1, out?.signal),
    histogram: indicators.result(2, out?.histogram),
  };
  return out ?? lines;
}

/**
 * Rate of change over `period` values, percent; 0 where the value compared with is 0.
 *
 * @param close   f64[n], oldest first, finite
 * @param period  count, 1..4,096
 * @param out     f64[n] to write to
 * @returns       f64[n]; the first `period` entries are NaN
 * @source        TA-Lib ROC
 * @example       [...roc(indicators, Float64Array.of(2, 3), 1)] // [NaN, 50]
 */
export function roc(
  indicators: Indicators,
  close: Float64Array,
  period = 10,
  out?: Float64Array,
): Float64Array {
  checkPeriod('period', period);
  const x = indicators.first('close', close);
  indicators.raw.batchRoc(x, indicators.output(0, out), close.length, period);
  return indicators.result(0, out);
}

/** Stochastic oscillator over columns, f64[n] each, percent. */
export interface StochasticLines {
  readonly slowK: Float64Array;
  readonly slowD: Float64Array;
}

/**
 * Stochastic oscillator: place of the close in the range of the last kPeriod bars, smoothed by simple
 * averages; fast %K is 50 where the window has no range.
 *
 * @param bars     high, low, close: f64[n], oldest first, finite
 * @param kPeriod  count, 1..4,096, as slowing and dPeriod
 * @param out      two f64[n] to write to, disjoint
 * @returns        %K NaN for kPeriod + slowing − 2 entries, %D for dPeriod − 1 more
 * @source         Lane 1984; TA-Lib STOCH with simple averages (0 without a range there)
 */
export function stochastic(
  indicators: Indicators,
  bars: { readonly high: Float64Array; readonly low: Float64Array; readonly close: Float64Array },
  kPeriod = 14,
  slowing = 3,
  dPeriod = 3,
  out?: StochasticLines,
): StochasticLines {
  checkPeriod('kPeriod', kPeriod);
  checkPeriod('slowing', slowing);
  checkPeriod('dPeriod', dPeriod);
  const high = indicators.first('high', bars.high);
  const low = indicators.input('low', bars.low);
  const close = indicators.input('close', bars.close);
  const k = indicators.output(0, out?.slowK);
  const d = indicators.output(1, out?.slowD);
  indicators.raw.batchStochastic(high, low, close, k, d, bars.close.length, kPeriod, slowing, dPeriod);
  const lines = { slowK: indicators.result(0, out?.slowK), slowD: indicators.result(1, out?.slowD) };
  return out ?? lines;
}

/**
 * Stochastic oscillator of the RSI.
 *
 * @param close      f64[n], oldest first, finite
 * @param rsiPeriod  count, 2..4,096; the others 1..4,096
 * @param out        two f64[n] to write to, disjoint
 * @returns          %K NaN for rsiPeriod + kPeriod + slowing − 2 entries, %D for dPeriod − 1 more
 * @source           Chande & Kroll 1994
 */
export function stochasticRsi(
  indicators: Indicators,
  close: Float64Array,
  rsiPeriod = 14,
  kPeriod = 14,
  slowing = 3,
  dPeriod = 3,
  out?: StochasticLines,
): StochasticLines {
  checkPeriod('rsiPeriod', rsiPeriod, 2);
  checkPeriod('kPeriod', kPeriod);
  checkPeriod('slowing', slowing);
  checkPeriod('dPeriod', dPeriod);
  const closeAt = indicators.first('close', close);
  const slowKAt = indicators.output(0, out?.slowK);
  const slowDAt = indicators.output(1, out?.slowD);
  indicators.raw.batchStochasticRsi(
    closeAt,
    slowKAt,
    slowDAt,
    indicators.output(5, undefined),
    close.length,
    rsiPeriod,
    kPeriod,
    slowing,
    dPeriod,
  );
  const lines = {
    slowK: indicators.result(0, out?.slowK),
    slowD: indicators.result(1, out?.slowD),
  };
  return out ?? lines;
}

/**
 * Commodity channel index; 0 where the window has no deviation.
 *
 * @param bars    high, low, close: f64[n], oldest first, finite
 * @param period  count, 1..4,096
 * @param out     f64[n] to write to
 * @returns       f64[n]; the first period − 1 entries are NaN
 * @source        Lambert 1980; TA-Lib CCI
 */
export function cci(
  indicators: Indicators,
  bars: { readonly high: Float64Array; readonly low: Float64Array; readonly close: Float64Array },
  period = 20,
  out?: Float64Array,
): Float64Array {
  checkPeriod('period', period);
  const highAt = indicators.first('high', bars.high);
  const lowAt = indicators.input('low', bars.low);
  const closeAt = indicators.input('close', bars.close);
  const outAt = indicators.output(0, out);
  indicators.raw.batchCci(highAt, lowAt, closeAt, outAt, bars.high.length, period);
  return indicators.result(0, out);
}
