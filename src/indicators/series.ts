// Streaming indicators of one series (mostly closes), computed in the kernel: one push per value, NaN in
// warm-up.

import { checkFinite, checkPeriod, SeriesIndicator } from './state.ts';
import type { IndicatorHost } from './state.ts';

/**
 * Simple moving average; NaN for the first period − 1 values.
 * @source  TA-Lib SMA
 * @example [...new Sma(indicators, 2).pushAll([1, 2, 4])] // [NaN, 1.5, 3]
 */
export class Sma extends SeriesIndicator {
  constructor(kernel: IndicatorHost, period: number) {
    super(kernel, kernel.raw.smaBytes(checkPeriod('period', period)));
    kernel.raw.smaInit(this.address, period);
  }

  push(x: number): number {
    return this.kernel.raw.smaPush(this.address, checkFinite('value', x));
  }
}

/**
 * Exponential moving average, factor 2/(period + 1), started at the mean of the first `period` values.
 * @source  TA-Lib EMA
 * @example [...new Ema(indicators, 3).pushAll([1, 2, 3, 6])] // [NaN, NaN, 2, 4]
 */
export class Ema extends SeriesIndicator {
  constructor(kernel: IndicatorHost, period: number) {
    checkPeriod('period', period);
    super(kernel, kernel.raw.emaBytes());
    kernel.raw.emaInit(this.address, period);
  }

  push(x: number): number {
    return this.kernel.raw.emaPush(this.address, checkFinite('value', x));
  }
}

/**
 * Weighted moving average: weight 1 for the oldest, `period` for the newest.
 * @source  TA-Lib WMA
 * @example [...new Wma(indicators, 2).pushAll([3, 6])] // [NaN, 5]
 */
export class Wma extends SeriesIndicator {
  constructor(kernel: IndicatorHost, period: number) {
    super(kernel, kernel.raw.wmaBytes(checkPeriod('period', period)));
    kernel.raw.wmaInit(this.address, period);
  }

  push(x: number): number {
    return this.kernel.raw.wmaPush(this.address, checkFinite('value', x));
  }
}

/**
 * Bollinger bands: mean ± width population deviations. The value is the middle band.
 * @source  Bollinger 2001; TA-Lib BBANDS
 * @example const bands = new Bollinger(indicators, 2, 2);
 *          bands.pushAll([1, 3]);
 *          [bands.value, bands.upper, bands.lower] // [2, 4, 0]
 */
export class Bollinger extends SeriesIndicator {
  constructor(kernel: IndicatorHost, period = 20, width = 2) {
    checkFinite('width', width);
    super(kernel, kernel.raw.bollingerBytes(checkPeriod('period', period, 2)));
    kernel.raw.bollingerInit(this.address, period, width);
  }

  push(x: number): number {
    return this.kernel.raw.bollingerPush(this.address, checkFinite('value', x));
  }

  get upper(): number {
    return this.output(1);
  }

  get lower(): number {
    return this.output(2);
  }

  /** Population standard deviation of the window. */
  get deviation(): number {
    return this.output(3);
  }
}

/**
 * Wilder's relative strength index, percent; NaN for the first `period` values, 100 without a fall, 50
 * without a move.
 * @source  Wilder 1978 ch. 6; TA-Lib RSI (0 without a move there)
 * @example new Rsi(indicators, 2).pushAll([1, 2, 3, 2])[3] // 50
 */
export class Rsi extends SeriesIndicator {
  constructor(kernel: IndicatorHost, period = 14) {
    checkPeriod('period', period, 2);
    super(kernel, kernel.raw.rsiBytes());
    kernel.raw.rsiInit(this.address, period);
  }

  push(x: number): number {
    return this.kernel.raw.rsiPush(this.address, checkFinite('value', x));
  }
}

/**
 * MACD: fast less slow exponential average. The value is that line; signal and histogram follow signalPeriod
 * − 1 values later.
 * @source  Appel 1979; TA-Lib MACD
 * @example const macd = new Macd(indicators, 1, 2, 1);
 *          macd.pushAll([1, 3]);
 *          [macd.value, macd.signal, macd.histogram] // [1, 1, 0]
 */
export class Macd extends SeriesIndicator {
  constructor(kernel: IndicatorHost, fast = 12, slow = 26, signal = 9) {
    checkPeriod('slow', slow, checkPeriod('fast', fast) + 1);
    checkPeriod('signal', signal);
    super(kernel, kernel.raw.macdBytes());
    kernel.raw.macdInit(this.address, fast, slow, signal);
  }

  push(x: number): number {
    return this.kernel.raw.macdPush(this.address, checkFinite('value', x));
  }

  get signal(): number {
    return this.output(1);
  }

  get histogram(): number {
    return this.output(2);
  }
}

/**
 * Rate of change over `period` values, percent; NaN for the first `period` values.
 * @source  TA-Lib ROC
 * @example [...new Roc(indicators, 1).pushAll([2, 3])] // [NaN, 50]
 */
export class Roc extends SeriesIndicator {
  constructor(kernel: IndicatorHost, period = 10) {
    super(kernel, kernel.raw.rocBytes(checkPeriod('period', period)));
    kernel.raw.rocInit(this.address, period);
  }

  push(x: number): number {
    return this.kernel.raw.rocPush(this.address, checkFinite('value', x));
  }
}
