// Moving averages: simple, exponential, weighted. Output at byte 0: the average; NaN in warm-up.

import { Ring, ringBytes } from './ring';

/** Simple moving average; the ring follows. */
@unmanaged
export class Sma {
  value: f64;
  pad: f64;

  init(period: i32): void {
    this.value = NaN;
    this.pad = 0.0;
    this.ring.init(period);
  }

  get ring(): Ring {
    return changetype<Ring>(changetype<usize>(this) + offsetof<Sma>());
  }

  /** NaN for the first period − 1 values. */
  push(x: f64): f64 {
    const ring = this.ring;
    ring.push(x);
    if (ring.full) this.value = ring.mean;
    return this.value;
  }
}

/** Exponential moving average, factor 2/(period + 1). */
@unmanaged
export class Ema {
  value: f64;
  sum: f64;
  count: i32;
  period: i32;

  init(period: i32): void {
    this.value = NaN;
    this.sum = 0.0;
    this.count = 0;
    this.period = period;
  }

  /**
   * NaN for the first period − 1 values, then their mean, then the recursion.
   * @source TA-Lib EMA, classic seeding
   */
  push(x: f64): f64 {
    const p = this.period;
    if (this.count == p) {
      this.value += (x - this.value) * (2.0 / <f64>(p + 1));
      return this.value;
    }
    this.sum += x;
    if (++this.count == p) this.value = this.sum / <f64>p;
    return this.value;
  }
}

/** Bytes of one Ema. */
export const EMA_BYTES: usize = offsetof<Ema>();

/** Linearly weighted moving average: weight 1 for the oldest, `period` for the newest; the ring follows. */
@unmanaged
export class Wma {
  value: f64;
  pad: f64;

  init(period: i32): void {
    this.value = NaN;
    this.pad = 0.0;
    this.ring.init(period);
  }

  get ring(): Ring {
    return changetype<Ring>(changetype<usize>(this) + offsetof<Wma>());
  }

  /** NaN for the first period − 1 values. */
  push(x: f64): f64 {
    const ring = this.ring;
    ring.push(x);
    if (!ring.full) return NaN;
    const n = ring.size;
    const at = ring.oldest;
    let sum = 0.0;
    for (let i = 0; i < n; i++) sum += <f64>(i + 1) * load<f64>(at + ((<usize>i) << 3));
    this.value = sum / (0.5 * <f64>n * <f64>(n + 1));
    return this.value;
  }
}

/** Bytes of one Sma with its ring. */
export function smaBytes(period: i32): usize {
  return offsetof<Sma>() + ringBytes(period);
}

export function smaInit(p: usize, period: i32): void {
  changetype<Sma>(p).init(period);
}

export function smaPush(p: usize, x: f64): f64 {
  return changetype<Sma>(p).push(x);
}

export function emaBytes(): usize {
  return EMA_BYTES;
}

export function emaInit(p: usize, period: i32): void {
  changetype<Ema>(p).init(period);
}

export function emaPush(p: usize, x: f64): f64 {
  return changetype<Ema>(p).push(x);
}

/** Bytes of one Wma with its ring. */
export function wmaBytes(period: i32): usize {
  return offsetof<Wma>() + ringBytes(period);
}

export function wmaInit(p: usize, period: i32): void {
  changetype<Wma>(p).init(period);
}

export function wmaPush(p: usize, x: f64): f64 {
  return changetype<Wma>(p).push(x);
}
