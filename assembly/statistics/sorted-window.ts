// A trailing window that also keeps its values sorted: rank, median and quantiles in O(log n) instead of a
// scan. Values and results are those of window.ts; state is position-independent bytes.

import { canonical } from '../math/shape';

/** Header; `size` values in order of arrival follow, then the known ones in ascending order. */
@unmanaged
export class SortedWindow {
  /** Places taken, 0..size. */
  count: i32;
  /** Place of the next write. */
  head: i32;
  /** Capacity, set once by `init`. */
  size: i32;
  /** Values that are not NaN: the length of the sorted part. */
  known: i32;

  init(size: i32): void {
    this.count = 0;
    this.head = 0;
    this.size = size;
    this.known = 0;
  }

  @inline
  private place(i: i32): usize {
    return changetype<usize>(this) + offsetof<SortedWindow>() + (<usize>i << 3);
  }

  @inline
  private sorted(): usize {
    return this.place(this.size);
  }

  /** The i-th smallest, from 0. The caller keeps i < known. */
  @inline
  at(i: i32): f64 {
    return load<f64>(this.sorted() + (<usize>i << 3));
  }

  /** Appends a value and drops the oldest of a full window; NaN takes a place but no rank. */
  push(x: f64): void {
    const old = this.turn(x);
    if (old == old) {
      if (x == x) this.exchange(old, x);
      else this.remove(old);
    } else if (x == x) this.insert(x);
  }

  /**
   * Rank of x among the values so far, which x then joins: `rank` and `push` with one search for x. NaN
   * changes nothing.
   */
  rankAndPush(x: f64, minimum: i32): f64 {
    if (x != x) return NaN;
    const known = this.known;
    const old = this.turn(x);
    let twice: i32;
    if (old == old) twice = this.exchange(old, x);
    else {
      twice = this.below(x) + this.upper(x);
      this.insert(x);
    }
    return known < minimum ? NaN : <f64>twice / (2.0 * <f64>known);
  }

  /** Writes x in the order of arrival; the value that leaves, NaN when none does. */
  @inline
  private turn(x: f64): f64 {
    const at = this.place(this.head);
    const old = this.count == this.size ? load<f64>(at) : NaN;
    store<f64>(at, canonical(x));
    this.head = this.head + 1 == this.size ? 0 : this.head + 1;
    if (this.count < this.size) this.count++;
    return old;
  }

  private insert(x: f64): void {
    const at = this.sorted() + (<usize>this.upper(x) << 3);
    const end = this.sorted() + (<usize>this.known << 3);
    memory.copy(at + 8, at, end - at);
    store<f64>(at, x);
    this.known++;
  }

  private remove(x: f64): void {
    const at = this.sorted() + (<usize>this.below(x) << 3);
    const end = this.sorted() + (<usize>this.known << 3);
    memory.copy(at, at + 8, end - at - 8);
    this.known--;
  }

  /**
   * Remove and insert in one move of only the values between the two, whose places one loop finds: the steps
   * of one search wait for memory while those of the other go on. How many values were < x, and how many ≤ x,
   * added.
   */
  private exchange(old: f64, x: f64): i32 {
    const base = this.sorted();
    let from = base;
    let low = base;
    for (let n = this.known; n > 0; ) {
      const half = (n + 1) >> 1;
      const step = <usize>half << 3;
      from += select<usize>(step, 0, load<f64>(from + step - 8) < old);
      low += select<usize>(step, 0, load<f64>(low + step - 8) < x);
      n -= half;
    }
    let to = low;
    if (low < base + (<usize>this.known << 3) && load<f64>(low) == x) to = base + (<usize>this.upper(x) << 3);
    if (to > from) {
      memory.copy(from, from + 8, to - from - 8);
      store<f64>(to - 8, x);
    } else {
      memory.copy(to + 8, to, from - to);
      store<f64>(to, x);
    }
    return <i32>((low - base + to - base) >> 3);
  }

  /** How many known values are < x. */
  below(x: f64): i32 {
    let at = this.sorted();
    let n = this.known;
    const start = at;
    while (n > 0) {
      const half = (n + 1) >> 1;
      at += select<usize>(<usize>half << 3, 0, load<f64>(at + (<usize>(half - 1) << 3)) < x);
      n -= half;
    }
    return <i32>((at - start) >> 3);
  }

  /** How many known values are ≤ x. */
  upper(x: f64): i32 {
    let at = this.sorted();
    let n = this.known;
    const start = at;
    while (n > 0) {
      const half = (n + 1) >> 1;
      at += select<usize>(<usize>half << 3, 0, load<f64>(at + (<usize>(half - 1) << 3)) <= x);
      n -= half;
    }
    return <i32>((at - start) >> 3);
  }

  /** Share of known values below x, ties one half; NaN while fewer than `minimum` are known. */
  rank(x: f64, minimum: i32): f64 {
    if (x != x || this.known < minimum) return NaN;
    return <f64>(this.below(x) + this.upper(x)) / (2.0 * <f64>this.known);
  }

  /** Median of the known values; NaN while fewer than `minimum`. */
  median(minimum: i32): f64 {
    const n = this.known;
    if (n < minimum || n == 0) return NaN;
    const half = n >> 1;
    return n & 1 ? this.at(half) : 0.5 * (this.at(half - 1) + this.at(half));
  }

  /**
   * Quantile p in [0, 1] with linear interpolation between order statistics (type 7); NaN while fewer than
   * `minimum`.
   */
  quantile(p: f64, minimum: i32): f64 {
    const n = this.known;
    if (n < minimum || n == 0) return NaN;
    const h = p * <f64>(n - 1);
    const i = <i32>h;
    const low = this.at(i);
    return i + 1 < n ? low + (h - <f64>i) * (this.at(i + 1) - low) : low;
  }
}

/** Bytes of a sorted window of `size` values. */
@inline
export function sortedWindowBytes(size: i32): usize {
  return offsetof<SortedWindow>() + (<usize>size << 4);
}
