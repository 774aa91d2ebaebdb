// Moving average convergence / divergence. Outputs from byte 0: macd, signal, histogram; each NaN in its own
// warm-up.

import { Ema, EMA_BYTES } from './moving';

/** Three averages follow: fast, slow, signal. */
@unmanaged
export class Macd {
  /** Fast less slow average, from value `slow` on. */
  value: f64;
  /** Exponential average of `value`, from value slow + signal − 1 on. */
  signal: f64;
  /** value − signal. */
  histogram: f64;
  /** Values still to come before the fast average starts. */
  delay: i32;
  pad: i32;

  /** fast < slow. */
  init(fast: i32, slow: i32, signal: i32): void {
    this.value = NaN;
    this.signal = NaN;
    this.histogram = NaN;
    this.delay = slow - fast;
    this.pad = 0;
    this.average(0).init(fast);
    this.average(1).init(slow);
    this.average(2).init(signal);
  }

  /**
   * Returns macd.
   * @source Appel 1979, seeded as TA-Lib MACD: the fast average starts from the last `fast` of the first
   *         `slow` values
   */
  push(x: f64): f64 {
    const slow = this.average(1).push(x);
    if (this.delay > 0) {
      this.delay--;
      return NaN;
    }
    this.value = this.average(0).push(x) - slow;
    if (this.value == this.value) {
      this.signal = this.average(2).push(this.value);
      this.histogram = this.value - this.signal;
    }
    return this.value;
  }

  average(i: usize): Ema {
    return changetype<Ema>(changetype<usize>(this) + offsetof<Macd>() + i * EMA_BYTES);
  }
}

/** Bytes of one Macd. */
export const MACD_BYTES: usize = offsetof<Macd>() + 3 * EMA_BYTES;

export function macdBytes(): usize {
  return MACD_BYTES;
}

export function macdInit(p: usize, fast: i32, slow: i32, signal: i32): void {
  changetype<Macd>(p).init(fast, slow, signal);
}

export function macdPush(p: usize, x: f64): f64 {
  return changetype<Macd>(p).push(x);
}
