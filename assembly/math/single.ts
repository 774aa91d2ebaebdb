// e^x and tanh in f32 for the networks; the four-lane forms run the same operations, so they give the same
// bits.

const LN2_HIGH: f32 = 0.693145751953125;
const LN2_LOW: f32 = 1.42860682031e-6;
const LOG2_E: f32 = 1.44269504;
/** 1.5 · 2^23. */
const ROUNDER: f32 = 12582912.0;
const EXP_MAX: f32 = 89.0;
const EXP_MIN: f32 = -104.0;

// (e^r − 1 − r) / r² on |r| ≤ ½ ln 2, error 6.5e-8
const E0: f32 = 0.5;
const E1: f32 = 0.16666576989698775683;
const E2: f32 = 0.041666554617204574203;
const E3: f32 = 0.0083631790527225773697;
const E4: f32 = 0.0013926183587713494541;

// (tanh x − x) / x³ in z = x² on |x| ≤ 0.625, error 4.3e-8
const T0: f32 = -0.33333328944134254565;
const T1: f32 = 0.13332769736976327858;
const T2: f32 = -0.053850909578513580828;
const T3: f32 = 0.020997178999074750572;
const T4: f32 = -0.0060967141659081975245;
const TANH_SMALL: f32 = 0.625;
/** 2x from which tanh x is surely 1 in f32: 2/(e^20 + 1) is far below half a last place. */
const TANH_ONE: f32 = 20.0;

/** e^x in f32, at most 1 ulp off, subnormal results included; NaN gives NaN. */
export function expf(x: f32): f32 {
  if (x != x) return <f32>NaN;
  const t = x > EXP_MAX ? EXP_MAX : x < EXP_MIN ? EXP_MIN : x;
  const rounded = t * LOG2_E + ROUNDER;
  const k = (reinterpret<i32>(rounded) << 9) >> 9;
  const kf = rounded - ROUNDER;
  const high = t - kf * LN2_HIGH;
  const low = kf * LN2_LOW;
  const r = high - low;
  const r2 = r * r;
  const q = E0 + E1 * r + (E2 + E3 * r) * r2 + E4 * (r2 * r2);
  const y: f32 = <f32>1.0 + (r + (r2 * q + (high - r - low)));
  const k1 = k >> 1;
  return y * reinterpret<f32>((k1 + 127) << 23) * reinterpret<f32>((k - k1 + 127) << 23);
}

/** tanh in f32, at most 2 ulp off; NaN gives NaN. */
export function tanhf(x: f32): f32 {
  if (x != x) return <f32>NaN;
  const a = abs(x);
  if (a < TANH_SMALL) {
    const z = a * a;
    const w = z * z;
    return copysign<f32>(a + a * z * (T0 + T1 * z + (T2 + T3 * z) * w + T4 * (w * w)), x);
  }
  return copysign<f32>(<f32>1.0 - <f32>2.0 / (expf(a + a) + <f32>1.0), x);
}

// The constants of the four-lane forms, each four times over: from memory a vector is one instruction, while
// V8 puts every v128 constant together from three, each time anew.
const EXP_MAX_QUAD: usize = memory.data<f32>([EXP_MAX, EXP_MAX, EXP_MAX, EXP_MAX], 16);
const EXP_MIN_QUAD: usize = memory.data<f32>([EXP_MIN, EXP_MIN, EXP_MIN, EXP_MIN], 16);
const LOG2_E_QUAD: usize = memory.data<f32>([LOG2_E, LOG2_E, LOG2_E, LOG2_E], 16);
const ROUNDER_QUAD: usize = memory.data<f32>([ROUNDER, ROUNDER, ROUNDER, ROUNDER], 16);
const LN2_HIGH_QUAD: usize = memory.data<f32>([LN2_HIGH, LN2_HIGH, LN2_HIGH, LN2_HIGH], 16);
const LN2_LOW_QUAD: usize = memory.data<f32>([LN2_LOW, LN2_LOW, LN2_LOW, LN2_LOW], 16);
const E0_QUAD: usize = memory.data<f32>([E0, E0, E0, E0], 16);
const E1_QUAD: usize = memory.data<f32>([E1, E1, E1, E1], 16);
const E2_QUAD: usize = memory.data<f32>([E2, E2, E2, E2], 16);
const E3_QUAD: usize = memory.data<f32>([E3, E3, E3, E3], 16);
const E4_QUAD: usize = memory.data<f32>([E4, E4, E4, E4], 16);
const T0_QUAD: usize = memory.data<f32>([T0, T0, T0, T0], 16);
const T1_QUAD: usize = memory.data<f32>([T1, T1, T1, T1], 16);
const T2_QUAD: usize = memory.data<f32>([T2, T2, T2, T2], 16);
const T3_QUAD: usize = memory.data<f32>([T3, T3, T3, T3], 16);
const T4_QUAD: usize = memory.data<f32>([T4, T4, T4, T4], 16);
const TANH_SMALL_QUAD: usize = memory.data<f32>([TANH_SMALL, TANH_SMALL, TANH_SMALL, TANH_SMALL], 16);
const TANH_ONE_QUAD: usize = memory.data<f32>([TANH_ONE, TANH_ONE, TANH_ONE, TANH_ONE], 16);
const ONE_QUAD: usize = memory.data<f32>([1.0, 1.0, 1.0, 1.0], 16);
const TWO_QUAD: usize = memory.data<f32>([2.0, 2.0, 2.0, 2.0], 16);

/** e^x in four lanes: lane for lane the bits of `expf`, except that a NaN lane keeps its payload. */
export function expQuad(x: v128): v128 {
  const t = f32x4.pmax(f32x4.pmin(x, v128.load(EXP_MAX_QUAD)), v128.load(EXP_MIN_QUAD));
  const rounded = roundedPower(t);
  const k = i32x4.shr_s(i32x4.shl(rounded, 9), 9);
  const k1 = i32x4.shr_s(k, 1);
  return f32x4.mul(f32x4.mul(mantissa(t, rounded), powers(k1)), powers(i32x4.sub(k, k1)));
}

/** tanh in four lanes, with the bits of `tanhf`. */
@inline
export function tanhQuad(x: v128): v128 {
  const one = v128.load(ONE_QUAD);
  const a = f32x4.abs(x);
  const z = f32x4.mul(a, a);
  const w = f32x4.mul(z, z);
  const p2 = f32x4.add(linear(T0_QUAD, T1_QUAD, z), f32x4.mul(linear(T2_QUAD, T3_QUAD, z), w));
  const p = f32x4.add(p2, f32x4.mul(v128.load(T4_QUAD), f32x4.mul(w, w)));
  const small = f32x4.add(a, f32x4.mul(f32x4.mul(a, z), p));
  // Up to e^20 the power of two is one factor, made of the low bits of `rounded`; beyond, tanh x rounds to 1.
  const t = f32x4.pmin(f32x4.add(a, a), v128.load(TANH_ONE_QUAD));
  const rounded = roundedPower(t);
  const e = f32x4.mul(mantissa(t, rounded), powers(rounded));
  const large = f32x4.sub(one, f32x4.div(v128.load(TWO_QUAD), f32x4.add(e, one)));
  const size = v128.bitselect(small, large, f32x4.lt(a, v128.load(TANH_SMALL_QUAD)));
  return v128.or(size, v128.xor(x, a));
}

/** ROUNDER + k for the k with t ≈ k·ln 2. */
@inline
function roundedPower(t: v128): v128 {
  return f32x4.add(f32x4.mul(t, v128.load(LOG2_E_QUAD)), v128.load(ROUNDER_QUAD));
}

/** e^t / 2^k for the k of `roundedPower`. */
@inline
function mantissa(t: v128, rounded: v128): v128 {
  const kf = f32x4.sub(rounded, v128.load(ROUNDER_QUAD));
  const high = f32x4.sub(t, f32x4.mul(kf, v128.load(LN2_HIGH_QUAD)));
  const low = f32x4.mul(kf, v128.load(LN2_LOW_QUAD));
  const r = f32x4.sub(high, low);
  const r2 = f32x4.mul(r, r);
  const tail = f32x4.sub(f32x4.sub(high, r), low);
  const q2 = f32x4.add(linear(E0_QUAD, E1_QUAD, r), f32x4.mul(linear(E2_QUAD, E3_QUAD, r), r2));
  const q = f32x4.add(q2, f32x4.mul(v128.load(E4_QUAD), f32x4.mul(r2, r2)));
  return f32x4.add(v128.load(ONE_QUAD), f32x4.add(r, f32x4.add(f32x4.mul(r2, q), tail)));
}

/** 2^k from the low nine bits of k. */
@inline
function powers(k: v128): v128 {
  return i32x4.shl(i32x4.add(k, i32x4.splat(127)), 23);
}

/** The constants at a and b: a + b·r. */
@inline
function linear(a: usize, b: usize, r: v128): v128 {
  return f32x4.add(v128.load(a), f32x4.mul(v128.load(b), r));
}
