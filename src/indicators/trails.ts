// Streaming forms of the compound averages, channels and trailing lines: one push per value or closed bar,
// NaN in warm-up.

import { BarIndicator } from './bars.ts';
import type { PriceBar } from './bars.ts';
import { checkFinite, checkPeriod, SeriesIndicator } from './state.ts';
import type { IndicatorHost } from './state.ts';

/**
 * Double exponential moving average; see `dema`.
 * @source Mulloy 1994
 */
export class Dema extends SeriesIndicator {
  constructor(kernel: IndicatorHost, period = 20) {
    checkPeriod('period', period);
    super(kernel, kernel.raw.multipleEmaBytes());
    kernel.raw.multipleEmaInit(this.address, period, 2);
  }

  push(x: number): number {
    return this.kernel.raw.multipleEmaPush(this.address, checkFinite('value', x));
  }
}

/**
 * Triple exponential moving average; see `tema`.
 * @source Mulloy 1994
 */
export class Tema extends SeriesIndicator {
  constructor(kernel: IndicatorHost, period = 20) {
    checkPeriod('period', period);
    super(kernel, kernel.raw.multipleEmaBytes());
    kernel.raw.multipleEmaInit(this.address, period, 3);
  }

  push(x: number): number {
    return this.kernel.raw.multipleEmaPush(this.address, checkFinite('value', x));
  }
}

/**
 * Hull moving average; see `hma`.
 * @source Hull 2005
 */
export class Hma extends SeriesIndicator {
  constructor(kernel: IndicatorHost, period = 16) {
    checkPeriod('period', period, 2);
    super(kernel, kernel.raw.hmaBytes(period));
    kernel.raw.hmaInit(this.address, period);
  }

  push(x: number): number {
    return this.kernel.raw.hmaPush(this.address, checkFinite('value', x));
  }
}

/**
 * Stochastic RSI: the value is slow %K; see `stochasticRsi`.
 * @source Chande & Kroll 1994
 */
export class StochasticRsi extends SeriesIndicator {
  constructor(kernel: IndicatorHost, rsiPeriod = 14, kPeriod = 14, slowing = 3, dPeriod = 3) {
    checkPeriod('rsiPeriod', rsiPeriod, 2);
    checkPeriod('kPeriod', kPeriod);
    checkPeriod('slowing', slowing);
    checkPeriod('dPeriod', dPeriod);
    super(kernel, kernel.raw.stochasticRsiBytes(kPeriod, slowing, dPeriod));
    kernel.raw.stochasticRsiInit(this.address, rsiPeriod, kPeriod, slowing, dPeriod);
  }

  push(x: number): number {
    return this.kernel.raw.stochasticRsiPush(this.address, checkFinite('value', x));
  }

  get slowD(): number {
    return this.output(1);
  }

  get fastK(): number {
    return this.output(2);
  }
}

/**
 * Average true range in percent of the close; see `natr`.
 */
export class Natr extends BarIndicator {
  constructor(kernel: IndicatorHost, period = 14) {
    checkPeriod('period', period);
    super(kernel, kernel.raw.natrBytes());
    kernel.raw.natrInit(this.address, period);
  }

  protected take({ high, low, close }: PriceBar): number {
    return this.kernel.raw.natrPush(this.address, high, low, close);
  }
}

/**
 * Donchian channel: the value is its middle; see `donchian` and `williamsR`.
 * @source Donchian 1960; Williams 1973
 */
export class Donchian extends BarIndicator {
  constructor(kernel: IndicatorHost, period = 20) {
    checkPeriod('period', period);
    super(kernel, kernel.raw.donchianBytes(period));
    kernel.raw.donchianInit(this.address, period);
  }

  protected take({ high, low, close }: PriceBar): number {
    return this.kernel.raw.donchianPush(this.address, high, low, close);
  }

  get upper(): number {
    return this.output(1);
  }

  get lower(): number {
    return this.output(2);
  }

  /** Williams %R of the same window. */
  get percentR(): number {
    return this.output(3);
  }
}

/**
 * Keltner channel: the value is its middle; see `keltner`.
 * @source Keltner 1960
 */
export class Keltner extends BarIndicator {
  constructor(kernel: IndicatorHost, period = 20, atrPeriod = 10, width = 2) {
    checkPeriod('period', period);
    checkPeriod('atrPeriod', atrPeriod);
    checkFinite('width', width);
    super(kernel, kernel.raw.keltnerBytes());
    kernel.raw.keltnerInit(this.address, period, atrPeriod, width);
  }

  protected take({ high, low, close }: PriceBar): number {
    return this.kernel.raw.keltnerPush(this.address, high, low, close);
  }

  get upper(): number {
    return this.output(1);
  }

  get lower(): number {
    return this.output(2);
  }
}

/**
 * Ichimoku lines: the value is the conversion line; see `ichimoku`.
 * @source Hosoda 1969
 */
export class Ichimoku extends BarIndicator {
  constructor(kernel: IndicatorHost, conversion = 9, base = 26, span = 52) {
    checkPeriod('conversion', conversion);
    checkPeriod('base', base);
    checkPeriod('span', span);
    super(kernel, kernel.raw.ichimokuBytes(conversion, base, span));
    kernel.raw.ichimokuInit(this.address, conversion, base, span);
  }

  protected take({ high, low, close }: PriceBar): number {
    return this.kernel.raw.ichimokuPush(this.address, high, low, close);
  }

  get base(): number {
    return this.output(1);
  }

  get spanA(): number {
    return this.output(2);
  }

  get spanB(): number {
    return this.output(3);
  }
}

/**
 * Supertrend: the value is the line; see `supertrend`.
 * @source Seban 2008
 */
export class Supertrend extends BarIndicator {
  constructor(kernel: IndicatorHost, period = 10, width = 3) {
    checkPeriod('period', period);
    checkFinite('width', width);
    super(kernel, kernel.raw.supertrendBytes());
    kernel.raw.supertrendInit(this.address, period, width);
  }

  protected take({ high, low, close }: PriceBar): number {
    return this.kernel.raw.supertrendPush(this.address, high, low, close);
  }

  /** +1 while the line is below the price, −1 above. */
  get direction(): number {
    return this.output(1);
  }
}

/**
 * Parabolic stop and reverse: the value is the stop; see `parabolicSar`.
 * @source Wilder 1978 ch. 2
 */
export class ParabolicSar extends BarIndicator {
  constructor(kernel: IndicatorHost, step = 0.02, most = 0.2) {
    checkFinite('step', step);
    checkFinite('most', most);
    super(kernel, kernel.raw.parabolicSarBytes());
    kernel.raw.parabolicSarInit(this.address, step, most);
  }

  protected take({ high, low }: PriceBar): number {
    return this.kernel.raw.parabolicSarPush(this.address, high, low);
  }

  /** +1 while the stop is below the price, −1 above. */
  get direction(): number {
    return this.output(1);
  }
}
