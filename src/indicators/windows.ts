// Volatility, spread, liquidity and what a window of bars looks like, over columns. Without `out`, a result
// is a view that the next call overwrites; errors are GrandModelError BAD_ARGUMENT and leave `out` as it was.

import type { Indicators } from './memory.ts';
import type { HighLowClose } from './ranges.ts';
import type { HighLowCloseVolume } from './volumes.ts';
import { checkFinite, checkPeriod } from './state.ts';

/** Kinds of the module's estimator. */
const YANG_ZHANG = 0;
const EDGE = 1;
const AMIHUD = 2;

/** Columns with opens. */
export interface OpenHighLowClose extends HighLowClose {
  readonly open: Float64Array;
}

/**
 * Garman-Klass volatility.
 *
 * @param bars    prices above 0
 * @param period  count, 1..4,096
 * @param out     f64[n] to write to
 * @returns       f64[n] per bar; the first period − 1 entries are NaN
 * @source        Garman & Klass 1980, equation 20
 */
export function garmanKlass(
  indicators: Indicators,
  bars: OpenHighLowClose,
  period = 20,
  out?: Float64Array,
): Float64Array {
  checkPeriod('period', period);
  const openAt = indicators.first('open', bars.open);
  const highAt = indicators.input('high', bars.high);
  const lowAt = indicators.input('low', bars.low);
  const closeAt = indicators.input('close', bars.close);
  const outAt = indicators.output(0, out);
  indicators.raw.batchGarmanKlass(openAt, highAt, lowAt, closeAt, outAt, bars.open.length, period);
  return indicators.result(0, out);
}

/**
 * Yang-Zhang volatility, which counts the gaps between bars.
 *
 * @param bars    prices above 0
 * @param period  count, 2..4,096
 * @param out     f64[n] to write to
 * @returns       f64[n] per bar; the first `period` entries are NaN
 * @source        Yang & Zhang 2000
 */
export function yangZhang(
  indicators: Indicators,
  bars: OpenHighLowClose,
  period = 20,
  out?: Float64Array,
): Float64Array {
  checkPeriod('period', period, 2);
  const openAt = indicators.first('open', bars.open);
  const highAt = indicators.input('high', bars.high);
  const lowAt = indicators.input('low', bars.low);
  const closeAt = indicators.input('close', bars.close);
  const outAt = indicators.output(0, out);
  indicators.raw.batchEstimator(
    YANG_ZHANG,
    openAt,
    highAt,
    lowAt,
    closeAt,
    closeAt,
    outAt,
    bars.open.length,
    period,
  );
  return indicators.result(0, out);
}

/**
 * EDGE: effective bid-ask spread, a share of price, from open, high, low and close; NaN where hardly anything
 * trades.
 *
 * @param bars    prices above 0
 * @param period  count, 3..4,096
 * @param out     f64[n] to write to
 * @returns       f64[n]; the first period − 1 entries are NaN
 * @source        Ardia, Guidotti & Kroencke 2024
 */
export function edgeSpread(
  indicators: Indicators,
  bars: OpenHighLowClose,
  period = 20,
  out?: Float64Array,
): Float64Array {
  checkPeriod('period', period, 3);
  const openAt = indicators.first('open', bars.open);
  const highAt = indicators.input('high', bars.high);
  const lowAt = indicators.input('low', bars.low);
  const closeAt = indicators.input('close', bars.close);
  const outAt = indicators.output(0, out);
  indicators.raw.batchEstimator(
    EDGE,
    openAt,
    highAt,
    lowAt,
    closeAt,
    closeAt,
    outAt,
    bars.open.length,
    period,
  );
  return indicators.result(0, out);
}

/**
 * Amihud illiquidity: mean of |log return| over traded value, bars without volume left out.
 *
 * @param bars    prices above 0
 * @param period  count, 1..4,096
 * @param out     f64[n] to write to
 * @returns       f64[n] per unit of price · volume; the first `period` entries are NaN
 * @source        Amihud 2002
 */
export function amihud(
  indicators: Indicators,
  bars: Pick<HighLowCloseVolume, 'close' | 'volume'>,
  period = 20,
  out?: Float64Array,
): Float64Array {
  checkPeriod('period', period);
  const closeAt = indicators.first('close', bars.close);
  const volumeAt = indicators.input('volume', bars.volume);
  const outAt = indicators.output(0, out);
  indicators.raw.batchEstimator(
    AMIHUD,
    closeAt,
    closeAt,
    closeAt,
    closeAt,
    volumeAt,
    outAt,
    bars.close.length,
    period,
  );
  return indicators.result(0, out);
}

/** Volume by price, f64[n] each. */
export interface ProfileLines {
  /** Middle of the bin with most volume. */
  readonly control: Float64Array;
  /** Middle of the low-volume bin nearest to the close; the close where no bin is low. */
  readonly lowNode: Float64Array;
  /** (lowNode − close)/close in percent. */
  readonly distance: Float64Array;
}

/**
 * Volume profile of a trailing window in 24 bins of the typical price: point of control and nearest
 * low-volume node, an inner bin not above its neighbours with less than half the mean volume.
 *
 * @param bars    high, low, close, volume
 * @param period  count, 1..4,096
 * @param out     three f64[n] to write to, disjoint
 * @returns       the first period − 1 entries are NaN
 * @source        Steidlmayer 1984, by volume
 */
export function volumeProfile(
  indicators: Indicators,
  bars: HighLowCloseVolume,
  period = 240,
  out?: ProfileLines,
): ProfileLines {
  checkPeriod('period', period);
  const highAt = indicators.first('high', bars.high);
  const lowAt = indicators.input('low', bars.low);
  const closeAt = indicators.input('close', bars.close);
  const volumeAt = indicators.input('volume', bars.volume);
  const controlAt = indicators.output(0, out?.control);
  const lowNodeAt = indicators.output(1, out?.lowNode);
  const distanceAt = indicators.output(2, out?.distance);
  indicators.raw.batchPriceProfile(
    highAt,
    lowAt,
    closeAt,
    volumeAt,
    controlAt,
    lowNodeAt,
    distanceAt,
    bars.high.length,
    period,
  );
  const lines = {
    control: indicators.result(0, out?.control),
    lowNode: indicators.result(1, out?.lowNode),
    distance: indicators.result(2, out?.distance),
  };
  return out ?? lines;
}

/**
 * Maximum mean discrepancy, squared, between the newest `period` log returns and the `period` before: 0 when
 * alike. Gaussian kernel as wide as the deviation of all of them; period² exponentials a bar.
 *
 * @param close   f64[n], oldest first, above 0
 * @param period  count, 2..512
 * @param out     f64[n] to write to
 * @returns       f64[n] from 0; the first 2·period entries are NaN
 * @source        Gretton et al. 2012, equation 5
 */
export function mmd(
  indicators: Indicators,
  close: Float64Array,
  period = 20,
  out?: Float64Array,
): Float64Array {
  checkPeriod('period', period, 2, 512);
  const closeAt = indicators.first('close', close);
  const outAt = indicators.output(0, out);
  indicators.raw.batchDiscrepancy(closeAt, outAt, close.length, period);
  return indicators.result(0, out);
}

/** Nadaraya-Watson lines, f64[n] each. */
export interface NwRqkLines {
  /** Bandwidth 8. */
  readonly line: Float64Array;
  /** Bandwidth 6. */
  readonly second: Float64Array;
}

/**
 * Nadaraya-Watson regression with the rational quadratic kernel: a causal filter of 26 taps.
 *
 * @param close  f64[n], oldest first, finite
 * @param out    two f64[n] to write to, disjoint
 * @returns      the first 25 entries are NaN
 * @source       Nadaraya 1964, Watson 1964
 */
export function nwRqk(indicators: Indicators, close: Float64Array, out?: NwRqkLines): NwRqkLines {
  const closeAt = indicators.first('close', close);
  const lineAt = indicators.output(0, out?.line);
  const secondAt = indicators.output(1, out?.second);
  indicators.raw.batchNwRqk(closeAt, lineAt, secondAt, close.length);
  const lines = {
    line: indicators.result(0, out?.line),
    second: indicators.result(1, out?.second),
  };
  return out ?? lines;
}

/** Machine learning momentum index, f64[n] each. */
export interface MlmiLines {
  /** Mean label of the nearest crosses, −1..1. */
  readonly value: Float64Array;
  /** Smoothed RSI20, percent. */
  readonly slow: Float64Array;
  /** Smoothed RSI5, percent. */
  readonly quick: Float64Array;
}

/**
 * Machine learning momentum index: the mean move after the crosses of WMA5 and WMA20 whose RSIs were nearest
 * to now's, on Heikin-Ashi closes. A label is known only at the next cross.
 *
 * @param bars  open, high, low, close
 * @param out   three f64[n] to write to, disjoint
 * @returns     value NaN until four crosses are labelled, slow for 39 entries, quick for 24
 */
export function mlmi(indicators: Indicators, bars: OpenHighLowClose, out?: MlmiLines): MlmiLines {
  const openAt = indicators.first('open', bars.open);
  const highAt = indicators.input('high', bars.high);
  const lowAt = indicators.input('low', bars.low);
  const closeAt = indicators.input('close', bars.close);
  const valueAt = indicators.output(0, out?.value);
  const slowAt = indicators.output(1, out?.slow);
  const quickAt = indicators.output(2, out?.quick);
  indicators.raw.batchMlmi(openAt, highAt, lowAt, closeAt, valueAt, slowAt, quickAt, bars.open.length);
  const lines = {
    value: indicators.result(0, out?.value),
    slow: indicators.result(1, out?.slow),
    quick: indicators.result(2, out?.quick),
  };
  return out ?? lines;
}

/** Fair value gaps, f64[n] each; 0 where nothing is. */
export interface FvgLines {
  /** +1 a bull gap was touched for the first time and held, −1 a bear gap. */
  readonly touched: Float64Array;
  /** +1 or −1 when the bar completed a gap. */
  readonly born: Float64Array;
  /** Live gaps below the price. */
  readonly bulls: Float64Array;
  /** Live gaps above it. */
  readonly bears: Float64Array;
  /** (near edge − close)/close of the nearest gap, percent. */
  readonly nearest: Float64Array;
}

/**
 * Fair value gaps of consecutive 5-minute bars, at least 2 ticks and 0.05 ATR14 wide; a gap dies when it is
 * filled or 50 bars old. Fill rates on real and on sign-flipped data are the same: by itself it is no edge.
 *
 * @param bars  tsMs (open stamps), high, low, close
 * @param tick  price step of the instrument, finite
 * @param out   five f64[n] to write to, disjoint
 */
export function fvg(
  indicators: Indicators,
  bars: HighLowClose & { readonly tsMs: Float64Array },
  tick = 0.01,
  out?: FvgLines,
): FvgLines {
  checkFinite('tick', tick);
  const tsMsAt = indicators.first('tsMs', bars.tsMs);
  const highAt = indicators.input('high', bars.high);
  const lowAt = indicators.input('low', bars.low);
  const closeAt = indicators.input('close', bars.close);
  const touchedAt = indicators.output(0, out?.touched);
  const bornAt = indicators.output(1, out?.born);
  const bullsAt = indicators.output(2, out?.bulls);
  const bearsAt = indicators.output(3, out?.bears);
  const nearestAt = indicators.output(4, out?.nearest);
  indicators.raw.batchFvg(
    tsMsAt,
    highAt,
    lowAt,
    closeAt,
    touchedAt,
    bornAt,
    bullsAt,
    bearsAt,
    nearestAt,
    bars.tsMs.length,
    tick,
  );
  const lines = {
    touched: indicators.result(0, out?.touched),
    born: indicators.result(1, out?.born),
    bulls: indicators.result(2, out?.bulls),
    bears: indicators.result(3, out?.bears),
    nearest: indicators.result(4, out?.nearest),
  };
  return out ?? lines;
}
