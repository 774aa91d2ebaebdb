// The last `size` values as one contiguous run, oldest first: every value is written twice, `size` slots
// apart. A statistic over the run depends on its values alone, so two indicators started at different bars
// agree once both are full.

/** Header; 2·size values follow it. */
@unmanaged
export class Ring {
  size: i32;
  /** Next slot to write, 0..size−1. */
  head: i32;
  /** Values kept, 0..size. */
  count: i32;
  pad: i32;

  init(size: i32): void {
    this.size = size;
    this.head = 0;
    this.count = 0;
    this.pad = 0;
    memory.fill(changetype<usize>(this) + RING_HEADER, 0, <usize>size << 4);
  }

  push(x: f64): void {
    const at = changetype<usize>(this) + RING_HEADER + ((<usize>this.head) << 3);
    store<f64>(at, x);
    store<f64>(at + ((<usize>this.size) << 3), x);
    this.head = this.head + 1 == this.size ? 0 : this.head + 1;
    if (this.count < this.size) this.count++;
  }

  get full(): bool {
    return this.count == this.size;
  }

  /** Address of the oldest value; `count` values follow in order of time. */
  get oldest(): usize {
    const first = this.count == this.size ? this.head : 0;
    return changetype<usize>(this) + RING_HEADER + ((<usize>first) << 3);
  }

  get sum(): f64 {
    return sumOf(this.oldest, this.count);
  }

  get mean(): f64 {
    return sumOf(this.oldest, this.count) / <f64>this.count;
  }

  get highest(): f64 {
    const at = this.oldest;
    const n = this.count;
    let pair = v128.load64_splat(at);
    const even = n & ~1;
    for (let i = 0; i < even; i += 2) pair = f64x2.pmax(pair, v128.load(at + ((<usize>i) << 3)));
    if (n & 1) pair = f64x2.pmax(pair, v128.load64_splat(at + ((<usize>even) << 3)));
    return f64x2.extract_lane(f64x2.pmax(pair, v128.shuffle<f64>(pair, pair, 1, 0)), 0);
  }

  get lowest(): f64 {
    const at = this.oldest;
    const n = this.count;
    let pair = v128.load64_splat(at);
    const even = n & ~1;
    for (let i = 0; i < even; i += 2) pair = f64x2.pmin(pair, v128.load(at + ((<usize>i) << 3)));
    if (n & 1) pair = f64x2.pmin(pair, v128.load64_splat(at + ((<usize>even) << 3)));
    return f64x2.extract_lane(f64x2.pmin(pair, v128.shuffle<f64>(pair, pair, 1, 0)), 0);
  }
}

/** Bytes before the values. */
export const RING_HEADER: usize = offsetof<Ring>();

/** Bytes of a ring of n values. */
export function ringBytes(n: i32): usize {
  return RING_HEADER + ((<usize>n) << 4);
}

/** Σ of n f64 in two lanes, even and odd places, lanes added last. */
export function sumOf(at: usize, n: i32): f64 {
  let pair = f64x2.splat(0.0);
  const even = n & ~1;
  for (let i = 0; i < even; i += 2) pair = f64x2.add(pair, v128.load(at + ((<usize>i) << 3)));
  const y = f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
  return n & 1 ? y + load<f64>(at + ((<usize>even) << 3)) : y;
}

/** Σ max(x, 0) of n f64, in the order of `deviationOf`, so never above Σ |x|. */
export function riseOf(at: usize, n: i32): f64 {
  const zero = f64x2.splat(0.0);
  let pair = zero;
  const even = n & ~1;
  for (let i = 0; i < even; i += 2) {
    pair = f64x2.add(pair, f64x2.pmax(v128.load(at + ((<usize>i) << 3)), zero));
  }
  const y = f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
  if (!(n & 1)) return y;
  const last = load<f64>(at + ((<usize>even) << 3));
  return last > 0.0 ? y + last : y;
}

/** Σ |x − centre| of n f64, in the order of `sumOf`. */
export function deviationOf(at: usize, n: i32, centre: f64): f64 {
  const c = f64x2.splat(centre);
  let pair = f64x2.splat(0.0);
  const even = n & ~1;
  for (let i = 0; i < even; i += 2) {
    pair = f64x2.add(pair, f64x2.abs(f64x2.sub(v128.load(at + ((<usize>i) << 3)), c)));
  }
  const y = f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
  return n & 1 ? y + abs(load<f64>(at + ((<usize>even) << 3)) - centre) : y;
}

/**
 * Population variance of n f64 around a mean already computed: two passes and the correction for the mean's
 * own rounding keep the digits at price 60,000 with a volatility of 1e-6.
 * @source Chan, Golub & LeVeque 1983, corrected two-pass algorithm
 */
export function varianceOf(at: usize, n: i32, mean: f64): f64 {
  const c = f64x2.splat(mean);
  let squares = f64x2.splat(0.0);
  let rests = f64x2.splat(0.0);
  const even = n & ~1;
  for (let i = 0; i < even; i += 2) {
    const d = f64x2.sub(v128.load(at + ((<usize>i) << 3)), c);
    squares = f64x2.add(squares, f64x2.mul(d, d));
    rests = f64x2.add(rests, d);
  }
  let square = f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1);
  let rest = f64x2.extract_lane(rests, 0) + f64x2.extract_lane(rests, 1);
  if (n & 1) {
    const d = load<f64>(at + ((<usize>even) << 3)) - mean;
    square += d * d;
    rest += d;
  }
  const y = (square - (rest * rest) / <f64>n) / <f64>n;
  return y > 0.0 ? y : 0.0;
}
