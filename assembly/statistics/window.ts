// A trailing window over f64 values that grows from its minimum to its length (system rule: warm-up is NaN,
// not zero). State is position-independent bytes, so that a snapshot is a copy.

/** Ring header; the values follow it in memory. `size` values are kept at most. */
@unmanaged
export class Window {
  /** Values kept now, 0..size. */
  count: i32;
  /** Slot of the next write. */
  head: i32;
  /** Capacity, set once by `init`. */
  size: i32;
  pad: i32;

  init(size: i32): void {
    this.count = 0;
    this.head = 0;
    this.size = size;
  }

  @inline
  private values(): usize {
    return changetype<usize>(this) + WINDOW_HEADER;
  }

  @inline
  private slot(i: i32): usize {
    return this.values() + (<usize>i << 3);
  }

  /**
   * Appends a value; NaN takes a place, as in a trailing window over a column, and is skipped by the
   * statistics.
   */
  push(x: f64): void {
    store<f64>(this.slot(this.head), x);
    this.head = this.head + 1 == this.size ? 0 : this.head + 1;
    if (this.count < this.size) this.count++;
  }

  /** Share of kept values below x, ties one half; NaN while fewer than `minimum` are not NaN. */
  rank(x: f64, minimum: i32): f64 {
    if (x != x) return NaN;
    let twice = 0;
    let known = 0;
    const n = this.count;
    for (let i = 0; i < n; i++) {
      const y = load<f64>(this.slot(i));
      known += i32(y == y);
      twice += i32(y < x) + i32(y <= x);
    }
    return known < minimum ? NaN : <f64>twice / (2.0 * <f64>known);
  }

  /** Median of the values that are not NaN; NaN while fewer than `minimum`. `scratch` holds `size` f64. */
  median(minimum: i32, scratch: usize): f64 {
    let known = 0;
    for (let i = 0; i < this.count; i++) {
      const y = load<f64>(this.slot(i));
      if (y == y) {
        store<f64>(scratch + (<usize>known << 3), y);
        known++;
      }
    }
    if (known < minimum || known == 0) return NaN;
    const half = known >> 1;
    const upper = select(scratch, known, half);
    if (known & 1) return upper;
    let lower = load<f64>(scratch);
    for (let i = 1; i < half; i++) lower = max(lower, load<f64>(scratch + (<usize>i << 3)));
    return 0.5 * (lower + upper);
  }

  /** Value `age` places back: 0 is the newest. The caller keeps age < count. */
  @inline
  at(age: i32): f64 {
    const i = this.head - 1 - age;
    return load<f64>(this.slot(i < 0 ? i + this.size : i));
  }
}

/** Bytes of the header; a window of n values takes WINDOW_HEADER + 8 n. */
export const WINDOW_HEADER: usize = offsetof<Window>();

/**
 * The k-th smallest (from 0) of n numbers at `values`, by Hoare's quickselect; reorders them so that all
 * before k are not larger.
 */
export function select<T = f64>(values: usize, n: i32, k: i32): T {
  let left = 0;
  let right = n - 1;
  while (left < right) {
    const pivot = load<T>(values + <usize>k * sizeof<T>());
    let i = left;
    let j = right;
    do {
      while (load<T>(values + <usize>i * sizeof<T>()) < pivot) i++;
      while (pivot < load<T>(values + <usize>j * sizeof<T>())) j--;
      if (i <= j) {
        const a = values + <usize>i * sizeof<T>();
        const b = values + <usize>j * sizeof<T>();
        const t = load<T>(a);
        store<T>(a, load<T>(b));
        store<T>(b, t);
        i++;
        j--;
      }
    } while (i <= j);
    if (j < k) left = i;
    if (k < i) right = j;
  }
  return load<T>(values + <usize>k * sizeof<T>());
}
