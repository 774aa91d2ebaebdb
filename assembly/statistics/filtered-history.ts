// VaR and ES of the next bar by filtered historical simulation: EWMA(.94) volatility times the quantiles of
// standardised returns (Barone-Adesi, Giannopoulos and Vosper 1999), and the parametric normal values beside
// them.

import { SortedWindow, sortedWindowBytes } from './sorted-window';

const LAMBDA: f64 = 0.94;
const SEED: i32 = 20;
const WINDOW: i32 = 500;
const MINIMUM: i32 = 96;
const NORMAL_VAR95: f64 = 1.6448536269514722;
const NORMAL_VAR99: f64 = 2.3263478740408408;
const NORMAL_ES95: f64 = 2.0627128054846826;

/**
 * Position-independent state; losses are positive fractions of price for one bar, NaN before 96 standardised
 * returns.
 */
@unmanaged
export class FilteredHistory {
  var95: f64;
  var99: f64;
  es95: f64;
  /** EWMA(.94) volatility known now; NaN before 20 returns. The parametric values are multiples of it. */
  sigma: f64;
  variance: f64;
  returns: i32;
  pad: i32;

  init(): void {
    this.var95 = NaN;
    this.var99 = NaN;
    this.es95 = NaN;
    this.sigma = NaN;
    this.variance = 0.0;
    this.returns = 0;
    this.pad = 0;
    this.standardised().init(WINDOW);
  }

  /** Standardised returns, at most 500. */
  @inline
  standardised(): SortedWindow {
    return changetype<SortedWindow>(changetype<usize>(this) + offsetof<FilteredHistory>());
  }

  push(r: f64): void {
    const window = this.standardised();
    if (this.sigma > 0.0) window.push(r / this.sigma);
    const n = ++this.returns;
    this.variance =
      n <= SEED ? this.variance + (r * r) / <f64>SEED : LAMBDA * this.variance + (1.0 - LAMBDA) * r * r;
    if (n < SEED) return;
    this.sigma = Math.sqrt(this.variance);
    if (window.known < MINIMUM) return;
    const tail = window.quantile(0.05, MINIMUM);
    this.var95 = max(0.0, -tail * this.sigma);
    this.var99 = max(0.0, -window.quantile(0.01, MINIMUM) * this.sigma);
    this.es95 = max(0.0, -meanUpTo(window, tail) * this.sigma);
  }

  @inline
  parametricVar95(): f64 {
    return NORMAL_VAR95 * this.sigma;
  }

  @inline
  parametricVar99(): f64 {
    return NORMAL_VAR99 * this.sigma;
  }

  @inline
  parametricEs95(): f64 {
    return NORMAL_ES95 * this.sigma;
  }
}

/** Bytes of one FilteredHistory. */
export const FILTERED_HISTORY_BYTES: usize = offsetof<FilteredHistory>() + sortedWindowBytes(WINDOW);

/** Mean of the values ≤ limit; the smallest value is always one of them. */
function meanUpTo(window: SortedWindow, limit: f64): f64 {
  const n = max(1, window.upper(limit));
  let sum = 0.0;
  for (let i = 0; i < n; i++) sum += window.at(i);
  return sum / <f64>n;
}
