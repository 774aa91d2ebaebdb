// Amihud (2002) illiquidity: the mean of |return| over traded value.

import { log } from '../math/elementary';
import { shift } from '../math/shape';

/**
 * Trailing mean of |r|/(C V) over `size` bars, bars without volume skipped; NaN before, the last known while
 * none trades.
 */
@unmanaged
export class Amihud {
  count: i32;
  size: i32;
  value: f64;

  init(size: i32): void {
    this.count = 0;
    this.size = size;
    this.value = NaN;
  }

  /** One bar: log return, close > 0, volume ≥ 0. */
  push(r: f64, close: f64, volume: f64): void {
    const entries = changetype<usize>(this) + offsetof<Amihud>();
    store<f64>(shift(entries, this.size, 8), volume > 0.0 ? Math.abs(r) / (close * volume) : NaN);
    if (this.count < this.size) this.count++;
    if (this.count < this.size) return;
    let sum = 0.0;
    let known = 0;
    for (let i = 0; i < this.size; i++) {
      const x = load<f64>(entries + (<usize>i << 3));
      if (x == x) {
        sum += x;
        known++;
      }
    }
    if (known > 0) this.value = sum / <f64>known;
  }
}

/** Bytes of an Amihud of `size` bars. */
@inline
export function amihudBytes(size: i32): usize {
  return offsetof<Amihud>() + (<usize>size << 3);
}

/** Amihud illiquidity × 10⁶ of n bars in f64 columns; the first gives only its close. */
export function amihud(close: usize, volume: usize, n: i32): f64 {
  let sum = 0.0;
  let known = 0;
  for (let i = 1; i < n; i++) {
    const c = load<f64>(close + (<usize>i << 3));
    const v = load<f64>(volume + (<usize>i << 3));
    if (v > 0.0) {
      sum += Math.abs(log(c / load<f64>(close + (<usize>(i - 1) << 3)))) / (c * v);
      known++;
    }
  }
  return known > 0 ? (1e6 * sum) / <f64>known : NaN;
}
