// Stochastic oscillator. Outputs from byte 0: slow %K, slow %D, fast %K; percent, each NaN in its own
// warm-up.

import { Ring, ringBytes } from './ring';

/** Four rings follow: highs, lows, fast %K, slow %K. */
@unmanaged
export class Stochastic {
  value: f64;
  slowD: f64;
  fastK: f64;
  /** Ranges up to this count as none. */
  least: f64;
  kPeriod: i32;
  slowing: i32;
  dPeriod: i32;
  pad32: i32;

  init(kPeriod: i32, slowing: i32, dPeriod: i32): void {
    this.value = NaN;
    this.slowD = NaN;
    this.fastK = NaN;
    this.least = 0.0;
    this.kPeriod = kPeriod;
    this.slowing = slowing;
    this.dPeriod = dPeriod;
    this.pad32 = 0;
    this.highs.init(kPeriod);
    this.lows.init(kPeriod);
    this.fast.init(slowing);
    this.slow.init(dPeriod);
  }

  get highs(): Ring {
    return changetype<Ring>(changetype<usize>(this) + offsetof<Stochastic>());
  }

  get lows(): Ring {
    return changetype<Ring>(changetype<usize>(this.highs) + ringBytes(this.kPeriod));
  }

  get fast(): Ring {
    return changetype<Ring>(changetype<usize>(this.lows) + ringBytes(this.kPeriod));
  }

  get slow(): Ring {
    return changetype<Ring>(changetype<usize>(this.fast) + ringBytes(this.slowing));
  }

  /**
   * Takes one closed bar, returns slow %K; fast %K is 50 when the window has no range (TA-Lib gives 0).
   * @source Lane 1984, as TA-Lib STOCH with simple averages
   */
  push(high: f64, low: f64, close: f64): f64 {
    this.highs.push(high);
    this.lows.push(low);
    if (!this.highs.full) return NaN;
    const bottom = this.lows.lowest;
    const range = this.highs.highest - bottom;
    this.fastK = range > this.least ? (100.0 * (close - bottom)) / range : 50.0;
    const fast = this.fast;
    fast.push(this.fastK);
    if (!fast.full) return NaN;
    this.value = fast.mean;
    const slow = this.slow;
    slow.push(this.value);
    if (slow.full) this.slowD = slow.mean;
    return this.value;
  }
}

/** Bytes of one Stochastic with its rings. */
export function stochasticBytes(kPeriod: i32, slowing: i32, dPeriod: i32): usize {
  return offsetof<Stochastic>() + 2 * ringBytes(kPeriod) + ringBytes(slowing) + ringBytes(dPeriod);
}

export function stochasticInit(p: usize, kPeriod: i32, slowing: i32, dPeriod: i32): void {
  changetype<Stochastic>(p).init(kPeriod, slowing, dPeriod);
}

export function stochasticPush(p: usize, high: f64, low: f64, close: f64): f64 {
  return changetype<Stochastic>(p).push(high, low, close);
}
