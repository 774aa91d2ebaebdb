// Bollinger bands. Outputs from byte 0: middle, upper, lower, population standard deviation; NaN in warm-up.

import { Ring, ringBytes, varianceOf } from './ring';

/** The ring follows. */
@unmanaged
export class Bollinger {
  value: f64;
  upper: f64;
  lower: f64;
  deviation: f64;
  /** Half width in standard deviations. */
  width: f64;
  pad: f64;

  init(period: i32, width: f64): void {
    this.value = NaN;
    this.upper = NaN;
    this.lower = NaN;
    this.deviation = NaN;
    this.width = width;
    this.pad = 0.0;
    this.ring.init(period);
  }

  get ring(): Ring {
    return changetype<Ring>(changetype<usize>(this) + offsetof<Bollinger>());
  }

  /**
   * Returns the middle band; NaN for the first period − 1 values.
   * @source Bollinger 2001 ch. 7, as TA-Lib BBANDS with a simple average
   */
  push(x: f64): f64 {
    const ring = this.ring;
    ring.push(x);
    if (!ring.full) return NaN;
    const mean = ring.mean;
    const deviation = Math.sqrt(varianceOf(ring.oldest, ring.size, mean));
    this.value = mean;
    this.deviation = deviation;
    this.upper = mean + this.width * deviation;
    this.lower = mean - this.width * deviation;
    return mean;
  }
}

/** Bytes of one Bollinger with its ring. */
export function bollingerBytes(period: i32): usize {
  return offsetof<Bollinger>() + ringBytes(period);
}

export function bollingerInit(p: usize, period: i32, width: f64): void {
  changetype<Bollinger>(p).init(period, width);
}

export function bollingerPush(p: usize, x: f64): f64 {
  return changetype<Bollinger>(p).push(x);
}
