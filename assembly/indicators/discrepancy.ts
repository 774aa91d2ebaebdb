// Whether a trailing window of returns is distributed as the one before it: maximum mean discrepancy. Output
// at byte 0; NaN in warm-up.

import { exp, log } from '../math/elementary';
import { Ring, ringBytes } from './ring';

/**
 * Maximum mean discrepancy between the newest `period` log returns and the `period` before them, squared and
 * biased (never below 0), Gaussian kernel as wide as the deviation of all; the ring of 2·period returns
 * follows.
 */
@unmanaged
export class Discrepancy {
  value: f64;
  close: f64;

  init(period: i32): void {
    this.value = NaN;
    this.close = NaN;
    this.ring.init(2 * period);
  }

  get ring(): Ring {
    return changetype<Ring>(changetype<usize>(this) + offsetof<Discrepancy>());
  }

  /** NaN for the first 2·period values; 0 when nothing moves. Source: Gretton et al. 2012, equation 5. */
  push(x: f64): f64 {
    const before = this.close;
    this.close = x;
    if (before != before) return NaN;
    const ring = this.ring;
    ring.push(log(x / before));
    if (!ring.full) return NaN;
    const n = ring.size;
    const at = ring.oldest;
    const mean = ring.mean;
    let variance = 0.0;
    for (let i = 0; i < n; i++) {
      const d = load<f64>(at + ((<usize>i) << 3)) - mean;
      variance += d * d;
    }
    variance /= <f64>n;
    this.value = variance > 0.0 ? discrepancy(at, n >> 1, -0.5 / variance) : 0.0;
    return this.value;
  }
}

/** Mean of the kernel within both halves of 2n values less twice the mean between them. */
function discrepancy(at: usize, n: i32, rate: f64): f64 {
  let within = 0.0;
  let between = 0.0;
  for (let i = 0; i < 2 * n; i++) {
    const x = load<f64>(at + ((<usize>i) << 3));
    for (let j = i + 1; j < 2 * n; j++) {
      const d = x - load<f64>(at + ((<usize>j) << 3));
      const y = exp(rate * d * d);
      if (i < n && j >= n) between += y;
      else within += y;
    }
  }
  const y = (2.0 * within + 2.0 * <f64>n - 2.0 * between) / (<f64>n * <f64>n);
  return y > 0.0 ? y : 0.0;
}

export function discrepancyBytes(period: i32): usize {
  return offsetof<Discrepancy>() + ringBytes(2 * period);
}

export function discrepancyInit(p: usize, period: i32): void {
  changetype<Discrepancy>(p).init(period);
}

export function discrepancyPush(p: usize, x: f64): f64 {
  return changetype<Discrepancy>(p).push(x);
}
