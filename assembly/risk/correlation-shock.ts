// Correlation of two return series: EWMA for groups, Fisher z of the last 12 against the 250 before them for
// shocks.

import { log } from '../math/elementary';

const SHORT_BARS: i32 = 12;
const LONG_BARS: i32 = 250;
const BARS: i32 = SHORT_BARS + LONG_BARS;
const LAMBDA: f64 = 0.94;
/** Returns seen before the EWMA correlation is emitted. */
const RHO_MINIMUM: i32 = 20;

/**
 * Position-independent state of one pair; BARS pairs of f64 follow in memory, the oldest at `head` once full.
 */
@unmanaged
export class CorrelationPair {
  count: i32;
  head: i32;
  varianceX: f64;
  varianceY: f64;
  covariance: f64;

  init(): void {
    memory.fill(changetype<usize>(this), 0, CORRELATION_PAIR_BYTES);
  }

  /** Takes the two returns of one bar, both finite. */
  push(x: f64, y: f64): void {
    const old = this.count == 0 ? 0.0 : LAMBDA;
    this.varianceX = old * this.varianceX + (1.0 - old) * x * x;
    this.varianceY = old * this.varianceY + (1.0 - old) * y * y;
    this.covariance = old * this.covariance + (1.0 - old) * x * y;
    const at = this.slot(this.head);
    store<f64>(at, x);
    store<f64>(at, y, 8);
    this.head = this.head + 1 == BARS ? 0 : this.head + 1;
    if (this.count < BARS) this.count++;
  }

  /** EWMA(.94) correlation of products of returns; NaN during warm-up or without movement. */
  rho(): f64 {
    const scale = Math.sqrt(this.varianceX * this.varianceY);
    if (this.count < RHO_MINIMUM || !(scale > 0.0)) return NaN;
    return max(-1.0, min(1.0, this.covariance / scale));
  }

  /** Fisher z of the newest 12 bars against the 250 before them; NaN until 262 bars. */
  shock(): f64 {
    if (this.count < BARS) return NaN;
    return fisherShock(this.sample(LONG_BARS, SHORT_BARS), SHORT_BARS, this.sample(0, LONG_BARS), LONG_BARS);
  }

  /**
   * 1 when the newest 12 bars move together (or against each other) more than before by `threshold`, else 0.
   */
  shocked(threshold: f64): i32 {
    const z = this.shock();
    if (!(Math.abs(z) >= threshold)) return 0;
    return Math.abs(this.sample(LONG_BARS, SHORT_BARS)) > Math.abs(this.sample(0, LONG_BARS)) ? 1 : 0;
  }

  /** Pearson correlation of n bars from the `from`-th oldest on; 0 when one of them does not move. */
  private sample(from: i32, n: i32): f64 {
    let meanX = 0.0;
    let meanY = 0.0;
    for (let i = from; i < from + n; i++) {
      const at = this.oldest(i);
      meanX += load<f64>(at);
      meanY += load<f64>(at, 8);
    }
    meanX /= <f64>n;
    meanY /= <f64>n;
    let xx = 0.0;
    let yy = 0.0;
    let xy = 0.0;
    for (let i = from; i < from + n; i++) {
      const at = this.oldest(i);
      const x = load<f64>(at) - meanX;
      const y = load<f64>(at, 8) - meanY;
      xx += x * x;
      yy += y * y;
      xy += x * y;
    }
    const scale = Math.sqrt(xx * yy);
    return scale > 0.0 ? xy / scale : 0.0;
  }

  @inline
  private oldest(i: i32): usize {
    const place = this.head + i;
    return this.slot(place < BARS ? place : place - BARS);
  }

  @inline
  private slot(i: i32): usize {
    return changetype<usize>(this) + offsetof<CorrelationPair>() + ((<usize>i) << 4);
  }
}

/** Bytes of one pair with its ring. */
export const CORRELATION_PAIR_BYTES: usize = offsetof<CorrelationPair>() + <usize>BARS * 16;

/** Largest |ρ| given to atanh, so that a perfect correlation stays finite. */
const RHO_MAX: f64 = 1.0 - 1e-12;

/** (atanh ρs − atanh ρl) / √(1/(ns − 3) + 1/(nl − 3)) (Fisher 1921); NaN when a sample has under 4 bars. */
export function fisherShock(rhoShort: f64, nShort: f64, rhoLong: f64, nLong: f64): f64 {
  if (!(nShort > 3.0 && nLong > 3.0)) return NaN;
  const scale = Math.sqrt(1.0 / (nShort - 3.0) + 1.0 / (nLong - 3.0));
  return (atanh(rhoShort) - atanh(rhoLong)) / scale;
}

function atanh(rho: f64): f64 {
  const r = max(-RHO_MAX, min(RHO_MAX, rho));
  return 0.5 * log((1.0 + r) / (1.0 - r));
}

export function correlationPairBytes(): usize {
  return CORRELATION_PAIR_BYTES;
}

export function correlationPairInit(address: usize): void {
  changetype<CorrelationPair>(address).init();
}

export function correlationPairPush(address: usize, x: f64, y: f64): void {
  changetype<CorrelationPair>(address).push(x, y);
}

export function correlationPairRho(address: usize): f64 {
  return changetype<CorrelationPair>(address).rho();
}

export function correlationPairShock(address: usize): f64 {
  return changetype<CorrelationPair>(address).shock();
}

export function correlationPairShocked(address: usize, threshold: f64): i32 {
  return changetype<CorrelationPair>(address).shocked(threshold);
}
