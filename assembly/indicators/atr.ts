// Average true range. The outputs of every indicator are the first f64 of its state; here atr, true range.

@unmanaged
export class Atr {
  /** Quote currency; NaN in warm-up. */
  value: f64;
  /** True range of the newest bar; NaN at the first bar, which has no previous close. */
  trueRange: f64;
  previousClose: f64;
  sum: f64;
  count: i32;
  period: i32;

  init(period: i32): void {
    this.value = NaN;
    this.trueRange = NaN;
    this.previousClose = 0.0;
    this.sum = 0.0;
    this.count = 0;
    this.period = period;
  }

  /**
   * Takes one closed bar; NaN for the first `period` bars, then the mean of the first `period` true ranges,
   * then smoothed by 1/period.
   * @source Wilder 1978 ch. 4, seeded as TA-Lib ATR
   */
  push(high: f64, low: f64, close: f64): f64 {
    const n = this.count;
    const p = this.period;
    if (n > 0) {
      const range = trueRange(high, low, this.previousClose);
      this.trueRange = range;
      if (n > p) this.value = (this.value * <f64>(p - 1) + range) / <f64>p;
      else {
        this.sum += range;
        if (n == p) this.value = this.sum / <f64>p;
      }
    }
    if (n <= p) this.count = n + 1;
    this.previousClose = close;
    return this.value;
  }
}

/** Bytes of one Atr. */
export const ATR_BYTES: usize = offsetof<Atr>();

/** max(high, previous close) − min(low, previous close). */
export function trueRange(high: f64, low: f64, previousClose: f64): f64 {
  const top = high > previousClose ? high : previousClose;
  const bottom = low < previousClose ? low : previousClose;
  return top - bottom;
}

export function atrBytes(): usize {
  return ATR_BYTES;
}

export function atrInit(p: usize, period: i32): void {
  changetype<Atr>(p).init(period);
}

export function atrPush(p: usize, high: f64, low: f64, close: f64): f64 {
  return changetype<Atr>(p).push(high, low, close);
}
