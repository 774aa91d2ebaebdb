// EDGE: the bid-ask spread from open, high, low and close of a trailing window.
// Ardia, Guidotti and Kroencke (2024), Journal of Financial Economics 161, 103916.
// Where every open repeats the previous close (exchange candles), only the moment that needs no open is used.

import { log } from '../math/elementary';
import { shift } from '../math/shape';

/** Five log differences and three trade marks of one pair of bars. */
const ENTRY: usize = 64;

/**
 * Trailing estimator over `size` bars (size − 1 pairs), recomputed at each push; NaN before and while hardly
 * anything trades.
 */
@unmanaged
export class Edge {
  bars: i32;
  size: i32;
  /** Signed squared spread; negative where noise outweighs the spread. */
  squared: f64;
  /** √|squared|, a fraction of price, as the authors publish it. */
  spread: f64;
  previousMid: f64;
  /** Whether the previous close was below its high, and above its low: 0, 1 or 2 in all. */
  previousInside: f64;

  init(size: i32): void {
    this.bars = 0;
    this.size = size;
    this.squared = NaN;
    this.spread = NaN;
    this.previousMid = NaN;
    this.previousInside = 0.0;
  }

  /**
   * One bar and its logs: ln(O/C₋₁), ln(H/O), ln(L/O), ln(C/O). Differences of logs keep price × 2^k
   * bit-equal.
   */
  push(
    o: f64, h: f64, l: f64, c: f64, overnight: f64, high: f64, low: f64, close: f64, previousClose: f64,
  ): void {
    const mid = 0.5 * (high + low);
    if (this.bars++ > 0) this.append(o, h, l, overnight, mid, previousClose);
    this.previousMid = mid - close;
    this.previousInside = f64(c != h) + f64(c != l);
    if (this.bars >= this.size) this.estimate();
  }

  private append(o: f64, h: f64, l: f64, overnight: f64, mid: f64, previousClose: f64): void {
    const at = shift(this.pairs(), this.size - 1, ENTRY);
    const traded = f64(h != l || l != previousClose);
    store<f64>(at, mid);
    store<f64>(at, overnight - this.previousMid, 8);
    store<f64>(at, mid + overnight, 16);
    store<f64>(at, -this.previousMid, 24);
    store<f64>(at, overnight, 32);
    store<f64>(at, traded, 40);
    store<f64>(at, traded * (f64(o != h) + f64(o != l)), 48);
    store<f64>(at, traded * this.previousInside, 56);
  }

  @inline
  private pairs(): usize {
    return changetype<usize>(this) + offsetof<Edge>();
  }

  private estimate(): void {
    const squared = edgeSquared(this.pairs(), this.size - 1);
    this.squared = squared;
    this.spread = squared == squared ? Math.sqrt(Math.abs(squared)) : NaN;
  }
}

/** Bytes of an Edge of `size` bars. */
@inline
export function edgeBytes(size: i32): usize {
  return offsetof<Edge>() + <usize>(size - 1) * ENTRY;
}

/** Signed squared spread of n pairs: the two moment estimates weighted by each other's variance. */
function edgeSquared(pairs: usize, n: i32): f64 {
  const end = pairs + <usize>n * ENTRY;
  let sum1 = 0.0;
  let sum3 = 0.0;
  let sum5 = 0.0;
  let traded = 0.0;
  let opens = 0.0;
  let closes = 0.0;
  let reopened = false;
  for (let at = pairs; at < end; at += ENTRY) {
    sum1 += load<f64>(at);
    sum3 += load<f64>(at, 16);
    const step = load<f64>(at, 32);
    sum5 += step;
    reopened = reopened || step != 0.0;
    traded += load<f64>(at, 40);
    opens += load<f64>(at, 48);
    closes += load<f64>(at, 56);
  }
  if (traded < 2.0 || opens == 0.0 || closes == 0.0) return NaN;
  const m = <f64>n;
  const open = (-4.0 * m) / opens;
  const close = (-4.0 * m) / closes;
  const mean1 = sum1 / traded;
  const mean3 = sum3 / traded;
  const mean5 = sum5 / traded;
  let e1 = 0.0;
  let e2 = 0.0;
  let q1 = 0.0;
  let q2 = 0.0;
  for (let at = pairs; at < end; at += ENTRY) {
    const mark = load<f64>(at, 40);
    const d1 = open * (load<f64>(at) - mean1 * mark);
    const d3 = close * (load<f64>(at, 16) - mean3 * mark);
    const r4 = load<f64>(at, 24);
    const r5 = load<f64>(at, 32);
    const x1 = d1 * load<f64>(at, 8) + d3 * r4;
    const x2 = d1 * r5 + close * (r5 - mean5 * mark) * r4;
    e1 += x1;
    e2 += x2;
    q1 += x1 * x1;
    q2 += x2 * x2;
  }
  e1 /= m;
  e2 /= m;
  // candles whose every open repeats the previous close leave the second moment empty, not zero: the first
  // stands alone
  if (!reopened) return e1;
  const v1 = max(0.0, q1 / m - e1 * e1);
  const v2 = max(0.0, q2 / m - e2 * e2);
  return v1 + v2 > 0.0 ? (v2 * e1 + v1 * e2) / (v1 + v2) : 0.5 * (e1 + e2);
}

/** Signed squared spread of n ≥ 3 bars in f64 columns; `scratch` holds `edgeScratch(n)` bytes. */
export function edgeSpreadSquared(
  open: usize, high: usize, low: usize, close: usize, n: i32, scratch: usize,
): f64 {
  const edge = changetype<Edge>(scratch);
  edge.init(n);
  let previous = NaN;
  for (let i = 0; i < n; i++) {
    const at = <usize>i << 3;
    const o = load<f64>(open + at);
    const h = load<f64>(high + at);
    const l = load<f64>(low + at);
    const c = load<f64>(close + at);
    edge.push(o, h, l, c, log(o / previous), log(h / o), log(l / o), log(c / o), previous);
    previous = c;
  }
  return edge.squared;
}

/** Bytes of scratch that `edgeSpreadSquared` needs for n bars. */
export function edgeScratch(n: i32): usize {
  return edgeBytes(n);
}
