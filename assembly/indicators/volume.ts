// Indicators that read volume: on-balance volume, session VWAP, money flow index. Output at byte 0.

import { Ring, deviationOf, riseOf, ringBytes } from './ring';

/** On-balance volume, in the unit of volume. */
@unmanaged
export class Obv {
  value: f64;
  previous: f64;

  init(): void {
    this.value = NaN;
    this.previous = 0.0;
  }

  /**
   * The first bar gives its own volume; later volume is added on a rise, taken off on a fall.
   * @source Granville 1963, seeded as TA-Lib OBV
   */
  push(close: f64, volume: f64): f64 {
    if (this.value != this.value) this.value = volume;
    else if (close > this.previous) this.value += volume;
    else if (close < this.previous) this.value -= volume;
    this.previous = close;
    return this.value;
  }
}

/** Volume-weighted average of (high + low + close)/3 since the session began. */
@unmanaged
export class Vwap {
  value: f64;
  base: f64;
  moved: f64;
  volume: f64;

  init(): void {
    this.value = NaN;
    this.base = 0.0;
    this.moved = 0.0;
    this.volume = 0.0;
  }

  /**
   * `first` is 1 on the first bar of a session. NaN until the session has volume. Sums run from the session's
   * first price.
   */
  push(high: f64, low: f64, close: f64, volume: f64, first: i32): f64 {
    const price = (high + low + close) / 3.0;
    if (first != 0 || this.base == 0.0) {
      this.init();
      this.base = price;
    }
    this.moved += (price - this.base) * volume;
    this.volume += volume;
    if (this.volume > 0.0) this.value = this.base + this.moved / this.volume;
    return this.value;
  }
}

/** Money flow index, percent; the ring of signed flows follows. */
@unmanaged
export class Mfi {
  value: f64;
  previous: f64;
  started: i32;
  pad: i32;
  pad64: f64;

  init(period: i32): void {
    this.value = NaN;
    this.previous = 0.0;
    this.started = 0;
    this.pad = 0;
    this.pad64 = 0.0;
    this.ring.init(period);
  }

  get ring(): Ring {
    return changetype<Ring>(changetype<usize>(this) + offsetof<Mfi>());
  }

  /**
   * NaN for the first `period` bars; 50 when no money moved (TA-Lib gives 0).
   * @source Quong & Soudack 1989, as TA-Lib MFI
   */
  push(high: f64, low: f64, close: f64, volume: f64): f64 {
    const price = (high + low + close) / 3.0;
    const change = price - this.previous;
    this.previous = price;
    if (!this.started) {
      this.started = 1;
      return NaN;
    }
    const flow = price * volume;
    const ring = this.ring;
    ring.push(change > 0.0 ? flow : change < 0.0 ? -flow : 0.0);
    if (!ring.full) return NaN;
    const at = ring.oldest;
    const n = ring.size;
    const total = deviationOf(at, n, 0.0);
    const rise = riseOf(at, n);
    this.value = total > 0.0 ? 100.0 * (rise / total) : 50.0;
    return this.value;
  }
}

export function obvBytes(): usize {
  return offsetof<Obv>();
}

export function obvInit(p: usize): void {
  changetype<Obv>(p).init();
}

export function obvPush(p: usize, close: f64, volume: f64): f64 {
  return changetype<Obv>(p).push(close, volume);
}

export function vwapBytes(): usize {
  return offsetof<Vwap>();
}

export function vwapInit(p: usize): void {
  changetype<Vwap>(p).init();
}

export function vwapPush(p: usize, high: f64, low: f64, close: f64, volume: f64, first: i32): f64 {
  return changetype<Vwap>(p).push(high, low, close, volume, first);
}

export function mfiBytes(period: i32): usize {
  return offsetof<Mfi>() + ringBytes(period);
}

export function mfiInit(p: usize, period: i32): void {
  changetype<Mfi>(p).init(period);
}

export function mfiPush(p: usize, high: f64, low: f64, close: f64, volume: f64): f64 {
  return changetype<Mfi>(p).push(high, low, close, volume);
}
