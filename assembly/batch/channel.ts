// Channels and relative ranges over f64 columns.

import { RSI_RANGE_MIN } from '../indicators/relative';
import { batchAtr } from './range';
import { emaFrom } from './average';
import { BLOCK, highestOf, lowestOf, powerBelow } from './extremes';
import { at, blank, put } from './lanes';
import { batchRsi } from './oscillator';
import { stochasticLines } from './stochastic';

/** Highest and lowest of the last `period` bars and the middle between them; no NaN place is written. */
export function batchDonchian(
  high: usize, low: usize, middle: usize, upper: usize, lower: usize, n: i32, period: i32,
): void {
  blank(middle, 0, period - 1, n);
  blank(upper, 0, period - 1, n);
  blank(lower, 0, period - 1, n);
  const ahead = (<usize>(period - powerBelow(period))) << 3;
  for (let from = period - 1; from < n; from += BLOCK) {
    const to = min(from + BLOCK, n);
    const tops = highestOf(high, from, to, period, 0);
    const bottoms = lowestOf(low, from, to, period, 1);
    for (let i = from; i < to; i++) {
      const w = (<usize>(i - from)) << 3;
      const top = max(load<f64>(tops + w), load<f64>(tops + w + ahead));
      const bottom = min(load<f64>(bottoms + w), load<f64>(bottoms + w + ahead));
      put(upper, i, top);
      put(lower, i, bottom);
      put(middle, i, 0.5 * (top + bottom));
    }
  }
}

/** Williams %R; `work` holds a column of n. */
export function batchWilliams(
  high: usize, low: usize, close: usize, out: usize, work: usize, work2: usize, n: i32, period: i32,
): void {
  batchDonchian(high, low, out, work, work2, n, period);
  for (let i = period - 1; i < n; i++) {
    const top = at(work, i);
    const range = top - at(work2, i);
    put(out, i, range > 0.0 ? (-100.0 * (top - at(close, i))) / range : -50.0);
  }
}

/** Ichimoku lines as of each bar. */
export function batchIchimoku(
  high: usize, low: usize, conversion: usize, base: usize, spanA: usize, spanB: usize, work: usize, n: i32,
  conversionPeriod: i32, basePeriod: i32, spanPeriod: i32,
): void {
  batchDonchian(high, low, conversion, spanA, work, n, conversionPeriod);
  batchDonchian(high, low, base, spanA, work, n, basePeriod);
  batchDonchian(high, low, spanB, spanA, work, n, spanPeriod);
  blank(spanA, 0, basePeriod - 1, n);
  for (let i = basePeriod - 1; i < n; i++) put(spanA, i, 0.5 * (at(conversion, i) + at(base, i)));
}

/** Keltner channel: EMA of the close ± width·ATR. */
export function batchKeltner(
  high: usize, low: usize, close: usize, middle: usize, upper: usize, lower: usize, n: i32, period: i32,
  atrPeriod: i32, width: f64,
): void {
  emaFrom(close, middle, 0, n, period);
  batchAtr(high, low, close, upper, n, atrPeriod);
  const first = max(period - 1, atrPeriod);
  for (let i = first; i < n; i++) {
    const half = width * at(upper, i);
    put(upper, i, at(middle, i) + half);
    put(lower, i, at(middle, i) - half);
  }
  blank(upper, 0, first, n);
  blank(lower, 0, first, n);
}

/** Average true range in percent of the close. */
export function batchNatr(high: usize, low: usize, close: usize, out: usize, n: i32, period: i32): void {
  batchAtr(high, low, close, out, n, period);
  for (let i = period; i < n; i++) put(out, i, (100.0 * at(out, i)) / at(close, i));
}

/** Stochastic RSI; `work` holds a column of n. */
export function batchStochasticRsi(
  x: usize, slowK: usize, slowD: usize, work: usize, n: i32, rsiPeriod: i32, kPeriod: i32, slowing: i32,
  dPeriod: i32,
): void {
  batchRsi(x, work, n, rsiPeriod);
  blank(slowK, 0, rsiPeriod, n);
  blank(slowD, 0, rsiPeriod, n);
  if (n <= rsiPeriod) return;
  const start = (<usize>rsiPeriod) << 3;
  const y = work + start;
  const rest = n - rsiPeriod;
  stochasticLines(y, y, y, slowK + start, slowD + start, rest, kPeriod, slowing, dPeriod, RSI_RANGE_MIN);
}
