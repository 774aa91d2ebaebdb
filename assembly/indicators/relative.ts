// An indicator measured by another: stochastic RSI, ATR in percent of the close. Outputs from byte 0; NaN in
// warm-up.

import { Atr, ATR_BYTES } from './atr';
import { Rsi, RSI_BYTES } from './rsi';
import { Stochastic, stochasticBytes } from './stochastic';

/** RSI of a motionless price still moves by rounding; a range up to this, in percent, is none. */
export const RSI_RANGE_MIN: f64 = 1e-9;

/** Stochastic RSI: slow %K, slow %D, fast %K of the RSI; an RSI and a Stochastic follow. */
@unmanaged
export class StochasticRsi {
  value: f64;
  slowD: f64;
  fastK: f64;
  pad: f64;

  init(rsiPeriod: i32, kPeriod: i32, slowing: i32, dPeriod: i32): void {
    this.value = NaN;
    this.slowD = NaN;
    this.fastK = NaN;
    this.pad = 0.0;
    this.rsi.init(rsiPeriod);
    this.place.init(kPeriod, slowing, dPeriod);
    this.place.least = RSI_RANGE_MIN;
  }

  get rsi(): Rsi {
    return changetype<Rsi>(changetype<usize>(this) + offsetof<StochasticRsi>());
  }

  get place(): Stochastic {
    return changetype<Stochastic>(changetype<usize>(this) + offsetof<StochasticRsi>() + RSI_BYTES);
  }

  /** NaN for the first rsiPeriod + kPeriod + slowing − 2 values. Source: Chande & Kroll 1994. */
  push(x: f64): f64 {
    const y = this.rsi.push(x);
    if (y != y) return NaN;
    const place = this.place;
    this.value = place.push(y, y, y);
    this.slowD = place.slowD;
    this.fastK = place.fastK;
    return this.value;
  }
}

/** Average true range in percent of the close; an ATR follows. */
@unmanaged
export class Natr {
  value: f64;
  pad: f64;

  init(period: i32): void {
    this.value = NaN;
    this.pad = 0.0;
    this.range.init(period);
  }

  get range(): Atr {
    return changetype<Atr>(changetype<usize>(this) + offsetof<Natr>());
  }

  /** NaN for the first `period` bars. Source: TA-Lib NATR. */
  push(high: f64, low: f64, close: f64): f64 {
    const y = this.range.push(high, low, close);
    if (y == y) this.value = (100.0 * y) / close;
    return this.value;
  }
}

export function stochasticRsiBytes(kPeriod: i32, slowing: i32, dPeriod: i32): usize {
  return offsetof<StochasticRsi>() + RSI_BYTES + stochasticBytes(kPeriod, slowing, dPeriod);
}

export function stochasticRsiInit(p: usize, rsiPeriod: i32, kPeriod: i32, slowing: i32, dPeriod: i32): void {
  changetype<StochasticRsi>(p).init(rsiPeriod, kPeriod, slowing, dPeriod);
}

export function stochasticRsiPush(p: usize, x: f64): f64 {
  return changetype<StochasticRsi>(p).push(x);
}

export function natrBytes(): usize {
  return offsetof<Natr>() + ATR_BYTES;
}

export function natrInit(p: usize, period: i32): void {
  changetype<Natr>(p).init(period);
}

export function natrPush(p: usize, high: f64, low: f64, close: f64): f64 {
  return changetype<Natr>(p).push(high, low, close);
}
