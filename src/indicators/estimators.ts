// Streaming forms of the estimators and of the engine's own indicators: one push per value or closed bar, NaN
// in warm-up.

import { BarIndicator } from './bars.ts';
import type { PriceBar } from './bars.ts';
import { checkFinite, checkPeriod, IndicatorState, SeriesIndicator } from './state.ts';
import type { IndicatorHost } from './state.ts';

/**
 * Garman-Klass volatility; see `garmanKlass`.
 * @source Garman & Klass 1980
 */
export class GarmanKlass extends BarIndicator {
  constructor(kernel: IndicatorHost, period = 20) {
    checkPeriod('period', period);
    super(kernel, kernel.raw.garmanKlassBytes(period));
    kernel.raw.garmanKlassInit(this.address, period);
  }

  protected take({ open, high, low, close }: PriceBar): number {
    return this.kernel.raw.garmanKlassPush(this.address, open, high, low, close);
  }
}

/**
 * Yang-Zhang volatility; see `yangZhang`.
 * @source Yang & Zhang 2000
 */
export class YangZhang extends BarIndicator {
  constructor(kernel: IndicatorHost, period = 20) {
    checkPeriod('period', period, 2);
    super(kernel, kernel.raw.estimatorBytes(0, period));
    kernel.raw.estimatorInit(this.address, 0, period);
  }

  protected take({ open, high, low, close, volume }: PriceBar): number {
    return this.kernel.raw.estimatorPush(this.address, open, high, low, close, volume);
  }
}

/**
 * EDGE bid-ask spread; see `edgeSpread`.
 * @source Ardia, Guidotti & Kroencke 2024
 */
export class EdgeSpread extends BarIndicator {
  constructor(kernel: IndicatorHost, period = 20) {
    checkPeriod('period', period, 3);
    super(kernel, kernel.raw.estimatorBytes(1, period));
    kernel.raw.estimatorInit(this.address, 1, period);
  }

  protected take({ open, high, low, close, volume }: PriceBar): number {
    return this.kernel.raw.estimatorPush(this.address, open, high, low, close, volume);
  }
}

/**
 * Amihud illiquidity; see `amihud`.
 * @source Amihud 2002
 */
export class Amihud extends BarIndicator {
  constructor(kernel: IndicatorHost, period = 20) {
    checkPeriod('period', period, 1);
    super(kernel, kernel.raw.estimatorBytes(2, period));
    kernel.raw.estimatorInit(this.address, 2, period);
  }

  protected take({ open, high, low, close, volume }: PriceBar): number {
    return this.kernel.raw.estimatorPush(this.address, open, high, low, close, volume);
  }
}

/**
 * Volume profile: the value is the point of control; see `volumeProfile`.
 * @source Steidlmayer 1984
 */
export class VolumeProfile extends BarIndicator {
  constructor(kernel: IndicatorHost, period = 240) {
    checkPeriod('period', period);
    super(kernel, kernel.raw.priceProfileBytes(period));
    kernel.raw.priceProfileInit(this.address, period);
  }

  protected take({ high, low, close, volume }: PriceBar): number {
    return this.kernel.raw.priceProfilePush(this.address, high, low, close, volume);
  }

  get lowNode(): number {
    return this.output(1);
  }

  /** (lowNode − close)/close in percent. */
  get distance(): number {
    return this.output(2);
  }
}

/**
 * Maximum mean discrepancy of returns; see `mmd`.
 * @source Gretton et al. 2012
 */
export class Mmd extends SeriesIndicator {
  constructor(kernel: IndicatorHost, period = 20) {
    checkPeriod('period', period, 2, 512);
    super(kernel, kernel.raw.discrepancyBytes(period));
    kernel.raw.discrepancyInit(this.address, period);
  }

  push(x: number): number {
    return this.kernel.raw.discrepancyPush(this.address, checkFinite('value', x));
  }
}

/**
 * Nadaraya-Watson line; see `nwRqk`.
 * @source Nadaraya 1964, Watson 1964
 */
export class NwRqk extends SeriesIndicator {
  constructor(kernel: IndicatorHost) {
    super(kernel, kernel.raw.nwRqkBytes());
    kernel.raw.nwRqkInit(this.address);
  }

  push(x: number): number {
    return this.kernel.raw.nwRqkPush(this.address, checkFinite('value', x));
  }

  get second(): number {
    return this.output(1);
  }
}

/**
 * Machine learning momentum index; see `mlmi`.
 */
export class Mlmi extends BarIndicator {
  constructor(kernel: IndicatorHost) {
    super(kernel, kernel.raw.mlmiBytes());
    kernel.raw.mlmiInit(this.address);
  }

  protected take({ open, high, low, close }: PriceBar): number {
    return this.kernel.raw.mlmiPush(this.address, open, high, low, close);
  }

  get slow(): number {
    return this.output(1);
  }

  get quick(): number {
    return this.output(2);
  }
}

/**
 * Fair value gaps of 5-minute bars; see `fvg`. The value is the direction of a gap touched now.
 * @throws GrandModelError BAD_ARGUMENT when tick is not finite
 */
export class Fvg extends IndicatorState {
  private readonly tick: number;

  constructor(kernel: IndicatorHost, tick = 0.01) {
    super(kernel, kernel.raw.fvgBytes());
    this.tick = checkFinite('tick', tick);
    kernel.raw.fvgInit(this.address);
  }

  /** Takes the next closed bar; three make a gap only when their open stamps are 5 minutes apart. */
  push(bar: PriceBar & { readonly tsMs: number }): number {
    const { tsMs, high, low, close } = bar;
    checkFinite('high', high);
    checkFinite('low', low);
    checkFinite('close', close);
    return this.kernel.raw.fvgPush(this.address, checkFinite('tsMs', tsMs), high, low, close, this.tick);
  }

  /** +1 or −1 when this bar completed a gap, else 0. */
  get born(): number {
    return this.output(2);
  }

  get bulls(): number {
    return this.output(4);
  }

  get bears(): number {
    return this.output(5);
  }

  /** (near edge − close)/close of the nearest gap in percent, 0 without one. */
  get nearest(): number {
    return this.output(6);
  }
}
