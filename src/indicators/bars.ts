// Streaming indicators of whole bars, computed in the kernel: one push per closed bar, NaN in warm-up.

import { checkFinite, checkPeriod, IndicatorState } from './state.ts';
import type { IndicatorHost } from './state.ts';

/** The prices an indicator reads; a market Bar is one. */
export interface PriceBar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** An indicator of bars. */
export abstract class BarIndicator extends IndicatorState {
  /**
   * Takes the next closed bar.
   * @throws GrandModelError BAD_ARGUMENT when a price or the volume is not finite; the state is unchanged
   */
  push(bar: PriceBar): number {
    checkFinite('open', bar.open);
    checkFinite('high', bar.high);
    checkFinite('low', bar.low);
    checkFinite('close', bar.close);
    checkFinite('volume', bar.volume);
    return this.take(bar);
  }

  protected abstract take(bar: PriceBar): number;
}

/**
 * Average true range in quote currency; NaN for the first `period` bars.
 * @source  Wilder 1978 ch. 4; TA-Lib ATR
 * @example const atr = new Atr(indicators, 1);
 *          atr.push({ open: 1, high: 3, low: 1, close: 2, volume: 0 });
 *          atr.push({ open: 2, high: 5, low: 3, close: 4, volume: 0 }) // 3
 */
export class Atr extends BarIndicator {
  constructor(kernel: IndicatorHost, period = 14) {
    checkPeriod('period', period);
    super(kernel, kernel.raw.atrBytes());
    kernel.raw.atrInit(this.address, period);
  }

  protected take({ high, low, close }: PriceBar): number {
    return this.kernel.raw.atrPush(this.address, high, low, close);
  }

  /** True range of the newest bar. */
  get trueRange(): number {
    return this.output(1);
  }
}

/**
 * Average directional index, percent; NaN for the first 2 · period − 1 bars, ±DI and DX for the first
 * `period`.
 * @source Wilder 1978 ch. 4; TA-Lib ADX
 */
export class Adx extends BarIndicator {
  constructor(kernel: IndicatorHost, period = 14) {
    checkPeriod('period', period, 2);
    super(kernel, kernel.raw.adxBytes());
    kernel.raw.adxInit(this.address, period);
  }

  protected take({ high, low, close }: PriceBar): number {
    return this.kernel.raw.adxPush(this.address, high, low, close);
  }

  get plusDi(): number {
    return this.output(1);
  }

  get minusDi(): number {
    return this.output(2);
  }

  get dx(): number {
    return this.output(3);
  }
}

/**
 * Stochastic oscillator, percent: the value is slow %K. 50 when the window has no range.
 * @source Lane 1984; TA-Lib STOCH with simple averages
 */
export class Stochastic extends BarIndicator {
  constructor(kernel: IndicatorHost, kPeriod = 14, slowing = 3, dPeriod = 3) {
    checkPeriod('kPeriod', kPeriod);
    checkPeriod('slowing', slowing);
    super(kernel, kernel.raw.stochasticBytes(kPeriod, slowing, checkPeriod('dPeriod', dPeriod)));
    kernel.raw.stochasticInit(this.address, kPeriod, slowing, dPeriod);
  }

  protected take({ high, low, close }: PriceBar): number {
    return this.kernel.raw.stochasticPush(this.address, high, low, close);
  }

  get slowD(): number {
    return this.output(1);
  }

  get fastK(): number {
    return this.output(2);
  }
}

/**
 * Commodity channel index; NaN for the first period − 1 bars, 0 when the window has no deviation.
 * @source Lambert 1980; TA-Lib CCI
 */
export class Cci extends BarIndicator {
  constructor(kernel: IndicatorHost, period = 20) {
    super(kernel, kernel.raw.cciBytes(checkPeriod('period', period)));
    kernel.raw.cciInit(this.address, period);
  }

  protected take({ high, low, close }: PriceBar): number {
    return this.kernel.raw.cciPush(this.address, high, low, close);
  }
}

/**
 * Money flow index, percent; NaN for the first `period` bars, 50 when no money moved.
 * @source Quong & Soudack 1989; TA-Lib MFI
 */
export class Mfi extends BarIndicator {
  constructor(kernel: IndicatorHost, period = 14) {
    super(kernel, kernel.raw.mfiBytes(checkPeriod('period', period)));
    kernel.raw.mfiInit(this.address, period);
  }

  protected take({ high, low, close, volume }: PriceBar): number {
    return this.kernel.raw.mfiPush(this.address, high, low, close, volume);
  }
}

/**
 * On-balance volume; the first bar gives its own volume.
 * @source Granville 1963; TA-Lib OBV
 */
export class Obv extends BarIndicator {
  constructor(kernel: IndicatorHost) {
    super(kernel, kernel.raw.obvBytes());
    kernel.raw.obvInit(this.address);
  }

  protected take({ close, volume }: PriceBar): number {
    return this.kernel.raw.obvPush(this.address, close, volume);
  }
}

/**
 * Volume-weighted average of (high + low + close)/3 since the session began; NaN until it has volume.
 * @example const vwap = new Vwap(indicators);
 *          vwap.push({ open: 9, high: 9, low: 9, close: 9, volume: 1 });
 *          vwap.push({ open: 6, high: 6, low: 6, close: 6, volume: 2 }) // 7
 */
export class Vwap extends BarIndicator {
  constructor(kernel: IndicatorHost) {
    super(kernel, kernel.raw.vwapBytes());
    kernel.raw.vwapInit(this.address);
  }

  /** Forgets the session so far: the next bar is the first of a new one. */
  startSession(): void {
    this.kernel.raw.vwapInit(this.address);
  }

  protected take({ high, low, close, volume }: PriceBar): number {
    return this.kernel.raw.vwapPush(this.address, high, low, close, volume, 0);
  }
}

/**
 * Heikin-Ashi bars: the value is the close; no warm-up.
 * @source Valcu 2004
 */
export class HeikinAshi extends BarIndicator {
  constructor(kernel: IndicatorHost) {
    super(kernel, kernel.raw.heikinAshiBytes());
    kernel.raw.heikinAshiInit(this.address);
  }

  protected take({ open, high, low, close }: PriceBar): number {
    return this.kernel.raw.heikinAshiPush(this.address, open, high, low, close);
  }

  get open(): number {
    return this.output(1);
  }

  get high(): number {
    return this.output(2);
  }

  get low(): number {
    return this.output(3);
  }
}
