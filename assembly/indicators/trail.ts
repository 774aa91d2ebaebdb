// Lines that trail the price and turn when it crosses them: Supertrend, parabolic SAR. Outputs from byte 0:
// line, direction (+1 the line is below the price, −1 above); NaN in warm-up.

import { Atr, ATR_BYTES } from './atr';

/** Supertrend; an ATR follows. */
@unmanaged
export class Supertrend {
  value: f64;
  direction: f64;
  upper: f64;
  lower: f64;
  close: f64;
  width: f64;

  init(period: i32, width: f64): void {
    this.value = NaN;
    this.direction = NaN;
    this.upper = NaN;
    this.lower = NaN;
    this.close = NaN;
    this.width = width;
    this.range.init(period);
  }

  get range(): Atr {
    return changetype<Atr>(changetype<usize>(this) + offsetof<Supertrend>());
  }

  /**
   * NaN for the first `period` bars; starts above the price. A band moves towards the price only, unless the
   * close before was beyond it.
   * @source Seban 2008
   */
  push(high: f64, low: f64, close: f64): f64 {
    const range = this.range.push(high, low, close);
    if (range != range) {
      this.close = close;
      return NaN;
    }
    const middle = 0.5 * (high + low);
    const upper = middle + this.width * range;
    const lower = middle - this.width * range;
    const first = this.upper != this.upper;
    if (first || upper < this.upper || this.close > this.upper) this.upper = upper;
    if (first || lower > this.lower || this.close < this.lower) this.lower = lower;
    if (first) this.direction = -1.0;
    else if (this.direction < 0.0 && close > this.upper) this.direction = 1.0;
    else if (this.direction > 0.0 && close < this.lower) this.direction = -1.0;
    this.value = this.direction > 0.0 ? this.lower : this.upper;
    this.close = close;
    return this.value;
  }
}

/** Parabolic stop and reverse. */
@unmanaged
export class ParabolicSar {
  value: f64;
  direction: f64;
  /** The stop of the next bar. */
  next: f64;
  extreme: f64;
  factor: f64;
  high: f64;
  low: f64;
  step: f64;
  most: f64;
  count: i32;
  pad: i32;

  init(step: f64, most: f64): void {
    memory.fill(changetype<usize>(this), 0, offsetof<ParabolicSar>());
    this.value = NaN;
    this.direction = NaN;
    this.step = step;
    this.most = most;
  }

  /**
   * NaN for the first bar; the first direction is that of the first movement.
   * @source Wilder 1978 ch. 2, as TA-Lib SAR
   */
  push(high: f64, low: f64): f64 {
    if (this.count == 0) {
      this.count = 1;
      this.high = high;
      this.low = low;
      return NaN;
    }
    if (this.count == 1) this.start(high, low);
    if (this.direction > 0.0) this.rise(high, low);
    else this.fall(high, low);
    this.high = high;
    this.low = low;
    return this.value;
  }

  private start(high: f64, low: f64): void {
    const down = this.low - low;
    const up = high - this.high;
    this.direction = down > 0.0 && down > up ? -1.0 : 1.0;
    this.next = this.direction > 0.0 ? this.low : this.high;
    this.extreme = this.direction > 0.0 ? high : low;
    this.factor = this.step;
    this.high = high;
    this.low = low;
    this.count = 2;
  }

  private rise(high: f64, low: f64): void {
    if (low <= this.next) {
      this.direction = -1.0;
      this.value = max(this.extreme, max(this.high, high));
      this.factor = this.step;
      this.extreme = low;
      this.next = max(this.value + this.step * (low - this.value), max(this.high, high));
      return;
    }
    this.value = this.next;
    if (high > this.extreme) {
      this.extreme = high;
      this.factor = min(this.factor + this.step, this.most);
    }
    this.next = min(this.value + this.factor * (this.extreme - this.value), min(this.low, low));
  }

  private fall(high: f64, low: f64): void {
    if (high >= this.next) {
      this.direction = 1.0;
      this.value = min(this.extreme, min(this.low, low));
      this.factor = this.step;
      this.extreme = high;
      this.next = min(this.value + this.step * (high - this.value), min(this.low, low));
      return;
    }
    this.value = this.next;
    if (low < this.extreme) {
      this.extreme = low;
      this.factor = min(this.factor + this.step, this.most);
    }
    this.next = max(this.value + this.factor * (this.extreme - this.value), max(this.high, high));
  }
}

export function supertrendBytes(): usize {
  return offsetof<Supertrend>() + ATR_BYTES;
}

export function supertrendInit(p: usize, period: i32, width: f64): void {
  changetype<Supertrend>(p).init(period, width);
}

export function supertrendPush(p: usize, high: f64, low: f64, close: f64): f64 {
  return changetype<Supertrend>(p).push(high, low, close);
}

export function parabolicSarBytes(): usize {
  return offsetof<ParabolicSar>();
}

export function parabolicSarInit(p: usize, step: f64, most: f64): void {
  changetype<ParabolicSar>(p).init(step, most);
}

export function parabolicSarPush(p: usize, high: f64, low: f64): f64 {
  return changetype<ParabolicSar>(p).push(high, low);
}
