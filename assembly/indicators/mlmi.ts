// Machine Learning Momentum Index: k nearest neighbours in the plane (slow RSI20, quick RSI5) over the
// crosses of WMA5 and WMA20. A cross is labelled when the next cross happens, by the sign of the move between
// the two.

import { alloc } from '../memory';
import { Rsi, RSI_BYTES } from './rsi';
import { select } from '../statistics/window';

const RING: i32 = 2048;
const LABELLED_MIN: i32 = 4;
const NEIGHBOURS_MAX: i32 = 200;
const SLOW: i32 = 20;
const QUICK: i32 = 5;
/** Disjoint groups of distances whose minima bound the k-th distance; more than floor(sqrt(RING)). */
const GROUPS: i32 = 64;

/**
 * Position-independent state. Behind it: the last 20 closes, slow RSIs and quick RSIs (oldest first), then
 * the ring of labelled crosses as columns: slow f64[2048], quick f64[2048], label i8[2048].
 */
@unmanaged
export class Mlmi {
  /** Mean label of the nearest neighbours, −1..1; NaN before 4 labelled crosses. */
  value: f64;
  /** Smoothed RSI20 and RSI5 now, 0..100; NaN in warm-up. */
  slow: f64;
  quick: f64;
  /** +1 WMA5 crossed above WMA20 on this bar, −1 below, 0 neither. */
  cross: f64;
  /** Labelled crosses kept, 0..2048. */
  labelled: f64;
  fast: f64;
  base: f64;
  pendingSlow: f64;
  pendingQuick: f64;
  pendingClose: f64;
  head: i32;
  count: i32;
  bars: i32;
  pending: i32;

  init(): void {
    reserveScratch();
    memory.fill(changetype<usize>(this), 0, MLMI_BYTES);
    this.value = NaN;
    this.slow = NaN;
    this.quick = NaN;
    this.fast = NaN;
    this.base = NaN;
    this.rsiSlow().init(SLOW);
    this.rsiQuick().init(QUICK);
    for (let i = 0; i < 2 * SLOW; i++) store<f64>(this.series(SLOW + i), NaN);
  }

  /** Takes one Heikin-Ashi close, the newest. */
  push(close: f64): void {
    this.rsiSlow().push(close);
    this.rsiQuick().push(close);
    append(this.series(0), close);
    append(this.series(SLOW), this.rsiSlow().value);
    append(this.series(2 * SLOW), this.rsiQuick().value);
    if (this.bars < 2 * SLOW) this.bars++;
    const fastBefore = this.fast;
    const baseBefore = this.base;
    if (this.bars >= QUICK) this.fast = wma(this.series(0), QUICK);
    if (this.bars >= SLOW) this.base = wma(this.series(0), SLOW);
    if (this.bars >= SLOW + QUICK) this.quick = wma(this.series(2 * SLOW), SLOW);
    // Twenty RSI20 exist from bar 40 on; a NaN that arithmetic made has host-dependent bits and is never
    // stored.
    if (this.bars < 2 * SLOW) return;
    this.slow = wma(this.series(SLOW), SLOW);
    this.cross = 0.0;
    if (this.fast > this.base && fastBefore <= baseBefore) this.cross = 1.0;
    else if (this.fast < this.base && fastBefore >= baseBefore) this.cross = -1.0;
    if (this.cross != 0.0) this.remember(close);
    if (this.count >= LABELLED_MIN) this.value = this.nearestMean();
  }

  /** Labels the cross before by the move up to this one, and keeps this one unlabelled. */
  private remember(close: f64): void {
    if (this.pending) {
      const move = close - this.pendingClose;
      store<f64>(this.slowColumn() + ((<usize>this.head) << 3), this.pendingSlow);
      store<f64>(this.quickColumn() + ((<usize>this.head) << 3), this.pendingQuick);
      store<i8>(this.labelColumn() + <usize>this.head, <i8>(i32(move > 0.0) - i32(move < 0.0)));
      this.head = (this.head + 1) & (RING - 1);
      if (this.count < RING) this.count++;
      this.labelled = <f64>this.count;
    }
    this.pending = 1;
    this.pendingSlow = this.slow;
    this.pendingQuick = this.quick;
    this.pendingClose = close;
  }

  /**
   * Mean label of the k = min(200, ⌊√n⌋) nearest labelled crosses; of equal distances the older cross counts
   * first.
   */
  private nearestMean(): f64 {
    const n = this.count;
    const k = min(NEIGHBOURS_MAX, <i32>Math.sqrt(<f64>n));
    reserveScratch();
    const minima = scratch + <usize>RING * 8;
    const found = this.within(this.distances(minima), n, select(minima, GROUPS, k - 1));
    const near = minima;
    const copy = near + <usize>RING * 8;
    memory.copy(copy, near, (<usize>found) << 3);
    const limit = select(copy, found, k - 1);
    const labels = copy + <usize>RING * 8;
    let sum = 0;
    let closer = 0;
    for (let i = 0; i < found; i++) {
      const inside = i32(load<f64>(near + ((<usize>i) << 3)) < limit);
      sum += inside * <i32>load<i8>(labels + <usize>i);
      closer += inside;
    }
    for (let i = 0; i < found && closer < k; i++) {
      if (load<f64>(near + ((<usize>i) << 3)) != limit) continue;
      sum += <i32>load<i8>(labels + <usize>i);
      closer++;
    }
    return <f64>sum / <f64>k;
  }

  /**
   * Squared distances to every labelled cross, in slot order, Infinity up to a multiple of 64; and the
   * minimum of each of 64 interleaved groups at `minima`: the k-th of those is not below the k-th distance,
   * so few candidates remain.
   */
  private distances(minima: usize): usize {
    const n = this.count;
    const out = scratch;
    const xs = this.slowColumn();
    const ys = this.quickColumn();
    const x = f64x2.splat(this.slow);
    const y = f64x2.splat(this.quick);
    const padded = (n + GROUPS - 1) & ~(GROUPS - 1);
    for (let i = 0; i < n; i += 2) {
      const at = (<usize>i) << 3;
      const dx = f64x2.sub(v128.load(xs + at), x);
      const dy = f64x2.sub(v128.load(ys + at), y);
      v128.store(out + at, f64x2.add(f64x2.mul(dx, dx), f64x2.mul(dy, dy)));
    }
    for (let i = n; i < padded; i++) store<f64>(out + ((<usize>i) << 3), Infinity);
    for (let g = 0; g < GROUPS; g += 2) {
      let least = v128.load(out + ((<usize>g) << 3));
      for (let i = g + GROUPS; i < padded; i += GROUPS) {
        least = f64x2.pmin(least, v128.load(out + ((<usize>i) << 3)));
      }
      v128.store(minima + ((<usize>g) << 3), least);
    }
    return out;
  }

  /** Gathers distances ≤ bound with their labels, oldest cross first; returns how many. */
  private within(distances: usize, n: i32, bound: f64): i32 {
    const start = n < RING ? 0 : this.head;
    const found = this.gather(distances, start, n, bound, 0);
    return start == 0 ? found : this.gather(distances, 0, start, bound, found);
  }

  private gather(distances: usize, from: i32, to: i32, bound: f64, count: i32): i32 {
    const near = scratch + <usize>RING * 8;
    const labels = near + <usize>RING * 16;
    const column = this.labelColumn();
    const limit = f64x2.splat(bound);
    let found = count;
    for (let i = from & ~7; i < to; i += 8) {
      const at = distances + ((<usize>i) << 3);
      const a = f64x2.le(v128.load(at), limit);
      const b = f64x2.le(v128.load(at, 16), limit);
      const c = f64x2.le(v128.load(at, 32), limit);
      const d = f64x2.le(v128.load(at, 48), limit);
      if (!v128.any_true(v128.or(v128.or(a, b), v128.or(c, d)))) continue;
      let hits =
        i64x2.bitmask(a) | (i64x2.bitmask(b) << 2) | (i64x2.bitmask(c) << 4) | (i64x2.bitmask(d) << 6);
      if (i < from) hits &= -1 << (from - i);
      if (i + 8 > to) hits &= (1 << (to - i)) - 1;
      for (; hits != 0; hits &= hits - 1) {
        const one = i + ctz(hits);
        store<f64>(near + ((<usize>found) << 3), load<f64>(distances + ((<usize>one) << 3)));
        store<i8>(labels + <usize>found, load<i8>(column + <usize>one));
        found++;
      }
    }
    return found;
  }

  @inline
  private rsiSlow(): Rsi {
    return changetype<Rsi>(changetype<usize>(this) + offsetof<Mlmi>());
  }

  @inline
  private rsiQuick(): Rsi {
    return changetype<Rsi>(changetype<usize>(this) + offsetof<Mlmi>() + RSI_BYTES);
  }

  @inline
  private series(i: i32): usize {
    return changetype<usize>(this) + offsetof<Mlmi>() + 2 * RSI_BYTES + ((<usize>i) << 3);
  }

  @inline
  private slowColumn(): usize {
    return this.series(3 * SLOW);
  }

  @inline
  private quickColumn(): usize {
    return this.slowColumn() + <usize>RING * 8;
  }

  @inline
  private labelColumn(): usize {
    return this.slowColumn() + <usize>RING * 16;
  }
}

/** Bytes of one Mlmi with its ring. */
export const MLMI_BYTES: usize =
  offsetof<Mlmi>() + 2 * RSI_BYTES + <usize>(3 * SLOW) * 8 + <usize>RING * 17;

/**
 * Working memory of one call: distances, candidates (whose place the group minima take first), their copy,
 * labels.
 */
const SCRATCH_BYTES: usize = <usize>RING * 25 + 16;
let scratch: usize = 0;

/** At the first init, or at the first use after a snapshot was copied into a fresh kernel. */
function reserveScratch(): void {
  if (scratch == 0) scratch = alloc(SCRATCH_BYTES);
}

/** Moves 20 values one place to the front and writes x last. */
function append(series: usize, x: f64): void {
  memory.copy(series, series + 8, <usize>(SLOW - 1) * 8);
  store<f64>(series + <usize>(SLOW - 1) * 8, x);
}

/** Linearly weighted mean of the newest `length` of 20 values, none of them NaN. */
function wma(series: usize, length: i32): f64 {
  let sum = 0.0;
  for (let i = 0; i < length; i++) {
    sum += <f64>(length - i) * load<f64>(series + ((<usize>(SLOW - 1 - i)) << 3));
  }
  return sum / (0.5 * <f64>(length * (length + 1)));
}
