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
  // lanes: (mid, ·), (mid + overnight, ·), (overnight, traded), (opens, closes)
  let sum1 = f64x2.splat(0.0);
  let sum3 = sum1;
  let sum5 = sum1;
  let marks = sum1;
  let moved = i64x2.splat(0);
  for (let at = pairs; at < end; at += ENTRY) {
    const step = v128.load(at, 32);
    sum1 = f64x2.add(sum1, v128.load(at));
    sum3 = f64x2.add(sum3, v128.load(at, 16));
    sum5 = f64x2.add(sum5, step);
    marks = f64x2.add(marks, v128.load(at, 48));
    moved = v128.or(moved, f64x2.ne(step, f64x2.splat(0.0)));
  }
  const reopened = i64x2.extract_lane(moved, 0) != 0;
  const traded = f64x2.extract_lane(sum5, 1);
  const opens = f64x2.extract_lane(marks, 0);
  const closes = f64x2.extract_lane(marks, 1);
  if (traded < 2.0 || opens == 0.0 || closes == 0.0) return NaN;
  const m = <f64>n;
  const close = (-4.0 * m) / closes;
  const factors = f64x2((-4.0 * m) / opens, close);
  const means = f64x2.div(v128.shuffle<f64>(sum1, sum3, 0, 2), f64x2.splat(traded));
  const mean5 = f64x2.extract_lane(sum5, 0) / traded;
  let e = f64x2.splat(0.0);
  let q = e;
  for (let at = pairs; at < end; at += ENTRY) {
    // (r1, r2), (r3, r4), (r5, mark) of the authors
    const first = v128.load(at);
    const third = v128.load(at, 16);
    const mark = load<f64>(at, 40);
    const r4 = load<f64>(at, 24);
    const r5 = load<f64>(at, 32);
    const centred = f64x2.sub(v128.shuffle<f64>(first, third, 0, 2), f64x2.mul(means, f64x2.splat(mark)));
    const d = f64x2.mul(factors, centred);
    // d1·r2 and d3·r4, d1·r5 and the last: one sum for each moment
    const a = f64x2.mul(d, v128.shuffle<f64>(first, third, 1, 3));
    const b = f64x2.extract_lane(d, 0) * r5;
    const c = close * (r5 - mean5 * mark) * r4;
    const x = f64x2.add(f64x2.replace_lane(a, 1, b), f64x2(f64x2.extract_lane(a, 1), c));
    e = f64x2.add(e, x);
    q = f64x2.add(q, f64x2.mul(x, x));
  }
  let e1 = f64x2.extract_lane(e, 0);
  let e2 = f64x2.extract_lane(e, 1);
  const q1 = f64x2.extract_lane(q, 0);
  const q2 = f64x2.extract_lane(q, 1);
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
