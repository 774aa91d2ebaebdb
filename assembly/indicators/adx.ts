// Directional movement. Outputs from byte 0: adx, +DI, −DI, dx; percent, each NaN in its own warm-up.

import { trueRange } from './atr';

@unmanaged
export class Adx {
  /** From bar 2·period on. */
  value: f64;
  /** From bar period + 1 on, as minusDi and dx. */
  plusDi: f64;
  minusDi: f64;
  dx: f64;
  high: f64;
  low: f64;
  close: f64;
  plus: f64;
  minus: f64;
  range: f64;
  sum: f64;
  count: i32;
  period: i32;

  init(period: i32): void {
    memory.fill(changetype<usize>(this), 0, ADX_BYTES);
    this.value = NaN;
    this.plusDi = NaN;
    this.minusDi = NaN;
    this.dx = NaN;
    this.period = period;
  }

  /**
   * Takes one closed bar, returns adx. A bar without any range or movement leaves dx as it was (0 at first).
   * @source Wilder 1978 ch. 4, seeded as TA-Lib ADX: sums of the first period − 1 movements
   */
  push(high: f64, low: f64, close: f64): f64 {
    const n = this.count;
    const p = this.period;
    if (n > 0) this.move(high, low, n >= p ? 1.0 / <f64>p : 0.0);
    this.high = high;
    this.low = low;
    this.close = close;
    if (n >= p) {
      this.index();
      if (n >= 2 * p) this.value = (this.value * <f64>(p - 1) + this.dx) / <f64>p;
      else {
        this.sum += this.dx;
        if (n == 2 * p - 1) this.value = this.sum / <f64>p;
      }
    }
    if (n < 2 * p) this.count = n + 1;
    return this.value;
  }

  /** Adds one bar's movement and range to the running sums, which decay by `share`. */
  private move(high: f64, low: f64, share: f64): void {
    const up = high - this.high;
    const down = this.low - low;
    this.plus += (up > 0.0 && up > down ? up : 0.0) - this.plus * share;
    this.minus += (down > 0.0 && down > up ? down : 0.0) - this.minus * share;
    this.range += trueRange(high, low, this.close) - this.range * share;
  }

  private index(): void {
    if (this.dx != this.dx) this.dx = 0.0;
    if (!(this.range > 0.0)) {
      this.plusDi = 0.0;
      this.minusDi = 0.0;
      return;
    }
    this.plusDi = 100.0 * (this.plus / this.range);
    this.minusDi = 100.0 * (this.minus / this.range);
    const total = this.plusDi + this.minusDi;
    if (total > 0.0) this.dx = 100.0 * (abs(this.plusDi - this.minusDi) / total);
  }
}

/** Bytes of one Adx. */
export const ADX_BYTES: usize = offsetof<Adx>();

export function adxBytes(): usize {
  return ADX_BYTES;
}

export function adxInit(p: usize, period: i32): void {
  changetype<Adx>(p).init(period);
}

export function adxPush(p: usize, high: f64, low: f64, close: f64): f64 {
  return changetype<Adx>(p).push(high, low, close);
}
