// Range-based volatility from open, high, low and close: Parkinson (1980), Garman-Klass (1980),
// Rogers-Satchell (1991), Yang-Zhang (2000). All are per bar and scale-free: every logarithm is of a ratio.

import { log } from '../math/elementary';
import { shift } from '../math/shape';

const LN2: f64 = 0.6931471805599453;
/** Variance below which a market counts as frozen, so that a logarithm of a ratio of two stays finite. */
const VARIANCE_MIN: f64 = 1e-18;

/** Rogers-Satchell term of one bar from ln(H/O), ln(L/O), ln(C/O). */
@inline
export function rogersSatchellTerm(high: f64, low: f64, close: f64): f64 {
  return high * (high - close) + low * (low - close);
}

/** Weight k of the open-to-close variance in Yang-Zhang for n bars. */
@inline
export function yangZhangWeight(n: i32): f64 {
  return 0.34 / (1.34 + <f64>(n + 1) / <f64>(n - 1));
}

/** Trailing Yang-Zhang volatility over `size` bars, recomputed at each push; NaN before. */
@unmanaged
export class YangZhang {
  count: i32;
  size: i32;
  /** Volatility per bar; NaN before `size` bars. */
  value: f64;

  init(size: i32): void {
    this.count = 0;
    this.size = size;
    this.value = NaN;
  }

  /** One bar: ln(O/C₋₁), then ln(H/O), ln(L/O), ln(C/O). */
  push(overnight: f64, high: f64, low: f64, close: f64): void {
    const n = this.size;
    const entries = changetype<usize>(this) + offsetof<YangZhang>();
    const at = shift(entries, n, 24);
    store<f64>(at, overnight);
    store<f64>(at, close, 8);
    store<f64>(at, rogersSatchellTerm(high, low, close), 16);
    if (this.count < n) this.count++;
    if (this.count == n) this.value = Math.sqrt(max(combine(entries, n), VARIANCE_MIN));
  }
}

/** Bytes of a YangZhang of `size` bars. */
@inline
export function yangZhangBytes(size: i32): usize {
  return offsetof<YangZhang>() + <usize>size * 24;
}

/** σ²_overnight + k σ²_open-to-close + (1 − k) σ²_RS of n entries. */
function combine(entries: usize, n: i32): f64 {
  // lanes: overnight, open to close
  let sums = f64x2.splat(0.0);
  let satchell = 0.0;
  const end = entries + <usize>n * 24;
  for (let at = entries; at < end; at += 24) {
    sums = f64x2.add(sums, v128.load(at));
    satchell += load<f64>(at, 16);
  }
  const m = <f64>n;
  const means = f64x2.div(sums, f64x2.splat(m));
  let squares = f64x2.splat(0.0);
  for (let at = entries; at < end; at += 24) {
    const d = f64x2.sub(v128.load(at), means);
    squares = f64x2.add(squares, f64x2.mul(d, d));
  }
  const overnight2 = f64x2.extract_lane(squares, 0);
  const close2 = f64x2.extract_lane(squares, 1);
  const k = yangZhangWeight(n);
  return (overnight2 + k * close2) / (m - 1.0) + ((1.0 - k) * satchell) / m;
}

/** Parkinson volatility per bar of n highs and lows (f64 columns). */
export function parkinson(high: usize, low: usize, n: i32): f64 {
  let sum = 0.0;
  for (let i = 0; i < n; i++) {
    const x = log(at(high, i) / at(low, i));
    sum += x * x;
  }
  return Math.sqrt(sum / <f64>n / (4.0 * LN2));
}

/** Garman-Klass volatility per bar of n bars (f64 columns). */
export function garmanKlass(open: usize, high: usize, low: usize, close: usize, n: i32): f64 {
  let sum = 0.0;
  for (let i = 0; i < n; i++) {
    const range = log(at(high, i) / at(low, i));
    const body = log(at(close, i) / at(open, i));
    sum += 0.5 * range * range - (2.0 * LN2 - 1.0) * body * body;
  }
  return Math.sqrt(sum / <f64>n);
}

/** Rogers-Satchell volatility per bar of n bars (f64 columns). */
export function rogersSatchell(open: usize, high: usize, low: usize, close: usize, n: i32): f64 {
  let sum = 0.0;
  for (let i = 0; i < n; i++) {
    const o = at(open, i);
    sum += rogersSatchellTerm(log(at(high, i) / o), log(at(low, i) / o), log(at(close, i) / o));
  }
  return Math.sqrt(sum / <f64>n);
}

/**
 * Yang-Zhang volatility per bar of n bars; the first gives only its close. `scratch` holds `24 (n − 1)`
 * bytes.
 */
export function yangZhang(open: usize, high: usize, low: usize, close: usize, n: i32, scratch: usize): f64 {
  for (let i = 1; i < n; i++) {
    const o = at(open, i);
    const entry = scratch + <usize>(i - 1) * 24;
    const body = log(at(close, i) / o);
    store<f64>(entry, log(o / at(close, i - 1)));
    store<f64>(entry, body, 8);
    store<f64>(entry, rogersSatchellTerm(log(at(high, i) / o), log(at(low, i) / o), body), 16);
  }
  return Math.sqrt(combine(scratch, n - 1));
}

@inline
function at(column: usize, i: i32): f64 {
  return load<f64>(column + (<usize>i << 3));
}
