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

/** e^x in four lanes: lane for lane the bits of `expf`, except that a NaN lane keeps its payload. */
export function expQuad(x: v128): v128 {
  const t = f32x4.pmax(f32x4.pmin(x, f32x4.splat(EXP_MAX)), f32x4.splat(EXP_MIN));
  const rounded = f32x4.add(f32x4.mul(t, f32x4.splat(LOG2_E)), f32x4.splat(ROUNDER));
  const k = i32x4.shr_s(i32x4.shl(rounded, 9), 9);
  const kf = f32x4.sub(rounded, f32x4.splat(ROUNDER));
  const high = f32x4.sub(t, f32x4.mul(kf, f32x4.splat(LN2_HIGH)));
  const low = f32x4.mul(kf, f32x4.splat(LN2_LOW));
  const r = f32x4.sub(high, low);
  const r2 = f32x4.mul(r, r);
  const tail = f32x4.sub(f32x4.sub(high, r), low);
  const q2 = f32x4.add(linear(E0, E1, r), f32x4.mul(linear(E2, E3, r), r2));
  const q = f32x4.add(q2, f32x4.mul(f32x4.splat(E4), f32x4.mul(r2, r2)));
  const y = f32x4.add(f32x4.splat(1.0), f32x4.add(r, f32x4.add(f32x4.mul(r2, q), tail)));
  const k1 = i32x4.shr_s(k, 1);
  return f32x4.mul(f32x4.mul(y, powers(k1)), powers(i32x4.sub(k, k1)));
}

/** tanh in four lanes, with the bits of `tanhf`. */
export function tanhQuad(x: v128): v128 {
  const one = f32x4.splat(1.0);
  const a = f32x4.abs(x);
  const z = f32x4.mul(a, a);
  const w = f32x4.mul(z, z);
  const p2 = f32x4.add(linear(T0, T1, z), f32x4.mul(linear(T2, T3, z), w));
  const p = f32x4.add(p2, f32x4.mul(f32x4.splat(T4), f32x4.mul(w, w)));
  const small = f32x4.add(a, f32x4.mul(f32x4.mul(a, z), p));
  const large = f32x4.sub(one, f32x4.div(f32x4.splat(2.0), f32x4.add(expQuad(f32x4.add(a, a)), one)));
  const size = v128.bitselect(small, large, f32x4.lt(a, f32x4.splat(TANH_SMALL)));
  return v128.or(size, v128.and(x, i32x4.splat(0x80000000)));
}

function powers(k: v128): v128 {
  return i32x4.shl(i32x4.add(k, i32x4.splat(127)), 23);
}

function linear(a: f32, b: f32, r: v128): v128 {
  return f32x4.add(f32x4.splat(a), f32x4.mul(f32x4.splat(b), r));
}
