// Commodity channel index and rate of change. Output at byte 0; NaN in warm-up.

import { Ring, deviationOf, ringBytes } from './ring';

/** Commodity channel index; the ring of typical prices follows. */
@unmanaged
export class Cci {
  value: f64;
  pad: f64;

  init(period: i32): void {
    this.value = NaN;
    this.pad = 0.0;
    this.ring.init(period);
  }

  get ring(): Ring {
    return changetype<Ring>(changetype<usize>(this) + offsetof<Cci>());
  }

  /**
   * NaN for the first period − 1 bars; 0 when the window has no deviation.
   * @source Lambert 1980, as TA-Lib CCI
   */
  push(high: f64, low: f64, close: f64): f64 {
    const price = (high + low + close) / 3.0;
    const ring = this.ring;
    ring.push(price);
    if (!ring.full) return NaN;
    const n = ring.size;
    const at = ring.oldest;
    // from the newest price, so that a motionless window has no deviation to the last bit
    const mean = price + moveOf(at, n, price) / <f64>n;
    const deviation = deviationOf(at, n, mean) / <f64>n;
    this.value = deviation > 0.0 ? (price - mean) / (0.015 * deviation) : 0.0;
    return this.value;
  }
}

/** Rate of change over `period` values, percent; the ring of period + 1 values follows. */
@unmanaged
export class Roc {
  value: f64;
  pad: f64;

  init(period: i32): void {
    this.value = NaN;
    this.pad = 0.0;
    this.ring.init(period + 1);
  }

  get ring(): Ring {
    return changetype<Ring>(changetype<usize>(this) + offsetof<Roc>());
  }

  /** NaN for the first `period` values; 0 when the value compared with is 0. Source: TA-Lib ROC. */
  push(x: f64): f64 {
    const ring = this.ring;
    ring.push(x);
    if (!ring.full) return NaN;
    const before = load<f64>(ring.oldest);
    this.value = before != 0.0 ? (100.0 * (x - before)) / before : 0.0;
    return this.value;
  }
}

/** Σ (x − centre) of n f64. */
function moveOf(at: usize, n: i32, centre: f64): f64 {
  let sum = 0.0;
  for (let i = 0; i < n; i++) sum += load<f64>(at + ((<usize>i) << 3)) - centre;
  return sum;
}

export function cciBytes(period: i32): usize {
  return offsetof<Cci>() + ringBytes(period);
}

export function cciInit(p: usize, period: i32): void {
  changetype<Cci>(p).init(period);
}

export function cciPush(p: usize, high: f64, low: f64, close: f64): f64 {
  return changetype<Cci>(p).push(high, low, close);
}

export function rocBytes(period: i32): usize {
  return offsetof<Roc>() + ringBytes(period + 1);
}

export function rocInit(p: usize, period: i32): void {
  changetype<Roc>(p).init(period);
}

export function rocPush(p: usize, x: f64): f64 {
  return changetype<Roc>(p).push(x);
}
