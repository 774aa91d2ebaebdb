// Elementary functions in f64 compiled into the module, so that every host gets the same bits. Polynomials
// are own Chebyshev fits (60-digit arithmetic); every sum has one order, and `exp` and `expPair` run the same
// operations.

const LN2_HIGH: f64 = 0.6931467056274414;
const LN2_LOW: f64 = 4.7493250390316723212e-7;
const LOG2_E: f64 = 1.4426950408889634074;
/** 1.5 · 2^52: adding it rounds to the nearest integer and leaves that integer in the low bits. */
const ROUNDER: f64 = 6755399441055744.0;
const EXP_MAX: f64 = 710.0;
const EXP_MIN: f64 = -746.0;

// (e^r − 1 − r) / r² on |r| ≤ ½ ln 2, error 1.4e-18
const E0: f64 = 0.5;
const E1: f64 = 0.16666666666666670991;
const E2: f64 = 0.041666666666666669755;
const E3: f64 = 0.0083333333333261351258;
const E4: f64 = 0.0013888888888883748305;
const E5: f64 = 0.00019841269874820625271;
const E6: f64 = 0.000024801587325547741216;
const E7: f64 = 2.755725540020642443e-6;
const E8: f64 = 2.7557273643110295328e-7;
const E9: f64 = 2.5105217004720745163e-8;
const E10: f64 = 2.0914686968086877232e-9;

/**
 * e^x, at most 1 ulp off, subnormal results included.
 * @param x  f64; NaN gives NaN, above 709.78 Infinity, below −745.13 zero
 */
export function exp(x: f64): f64 {
  if (x != x) return NaN;
  const t = x > EXP_MAX ? EXP_MAX : x < EXP_MIN ? EXP_MIN : x;
  const rounded = t * LOG2_E + ROUNDER;
  const k = <i32>reinterpret<i64>(rounded);
  const kf = rounded - ROUNDER;
  const high = t - kf * LN2_HIGH;
  const low = kf * LN2_LOW;
  const r = high - low;
  const tail = high - r - low;
  const r2 = r * r;
  const r4 = r2 * r2;
  const q =
    E0 +
    E1 * r +
    (E2 + E3 * r) * r2 +
    (E4 + E5 * r + (E6 + E7 * r) * r2) * r4 +
    (E8 + E9 * r + E10 * r2) * (r4 * r4);
  const y = 1.0 + (r + (r2 * q + tail));
  const k1 = k >> 1;
  return y * powerOfTwo(k1) * powerOfTwo(k - k1);
}

/** e^x in both lanes: lane for lane the bits of `exp`, except that a NaN lane keeps its payload. */
export function expPair(x: v128): v128 {
  const t = f64x2.pmax(f64x2.pmin(x, f64x2.splat(EXP_MAX)), f64x2.splat(EXP_MIN));
  const rounded = f64x2.add(f64x2.mul(t, f64x2.splat(LOG2_E)), f64x2.splat(ROUNDER));
  const kf = f64x2.sub(rounded, f64x2.splat(ROUNDER));
  const high = f64x2.sub(t, f64x2.mul(kf, f64x2.splat(LN2_HIGH)));
  const low = f64x2.mul(kf, f64x2.splat(LN2_LOW));
  const r = f64x2.sub(high, low);
  const tail = f64x2.sub(f64x2.sub(high, r), low);
  const r2 = f64x2.mul(r, r);
  const r4 = f64x2.mul(r2, r2);
  const q0 = f64x2.add(linear(E0, E1, r), f64x2.mul(linear(E2, E3, r), r2));
  const q4 = f64x2.add(linear(E4, E5, r), f64x2.mul(linear(E6, E7, r), r2));
  const q8 = f64x2.add(linear(E8, E9, r), f64x2.mul(f64x2.splat(E10), r2));
  const q = f64x2.add(f64x2.add(q0, f64x2.mul(q4, r4)), f64x2.mul(q8, f64x2.mul(r4, r4)));
  const y = f64x2.add(f64x2.splat(1.0), f64x2.add(r, f64x2.add(f64x2.mul(r2, q), tail)));
  const k1 = i32x4.shr_s(rounded, 1);
  const k2 = i32x4.sub(rounded, k1);
  return f64x2.mul(f64x2.mul(y, powersOfTwo(k1)), powersOfTwo(k2));
}

// (ln((1+s)/(1−s)) − 2s) / s³ in z = s² on |s| ≤ 0.1716, error 3.1e-16
const L0: f64 = 0.66666666666666697077;
const L1: f64 = 0.39999999999898890514;
const L2: f64 = 0.28571428626253837606;
const L3: f64 = 0.22222211089379496214;
const L4: f64 = 0.181828924325368712;
const L5: f64 = 0.15331611722055007897;
const L6: f64 = 0.14617807153417324815;

/**
 * Natural logarithm, at most 1 ulp off.
 * @param x  f64; 0 gives −Infinity, negative and NaN give NaN
 * @source   argument reduction and summation order of fdlibm e_log (Ng 1993), own coefficients
 */
export function log(x: f64): f64 {
  let k = 0;
  let bits = reinterpret<u64>(x);
  if (bits - 0x0010000000000000 >= 0x7fe0000000000000) {
    if (x == 0.0) return -Infinity;
    if (!(x > 0.0)) return NaN;
    if (x == Infinity) return x;
    bits = reinterpret<u64>(x * 18014398509481984.0); // 2^54
    k = -54;
  }
  // mantissa in [√½, √2)
  const shifted = bits + (0x3ff0000000000000 - 0x3fe6a09e00000000);
  k += <i32>(shifted >> 52) - 0x3ff;
  const m = reinterpret<f64>((shifted & 0x000fffffffffffff) + 0x3fe6a09e00000000);
  const kf = <f64>k;
  const f = m - 1.0;
  const half = 0.5 * f * f;
  const s = f / (2.0 + f);
  const z = s * s;
  const w = z * z;
  const tail = z * (L0 + L1 * z + (L2 + L3 * z) * w + (L4 + L5 * z + L6 * w) * (w * w));
  return s * (half + tail) + kf * LN2_LOW - half + f + kf * LN2_HIGH;
}

/**
 * ln(1 + x) without losing the digits of a small x, at most 2 ulp off.
 * @param x  f64 above −1; −1 gives −Infinity
 * @source   Kahan's correction (Goldberg 1991, theorem 4)
 */
export function log1p(x: f64): f64 {
  const u = 1.0 + x;
  if (u == 1.0) return x;
  const y = log(u);
  return u > 1e16 ? y : y + (x - (u - 1.0)) / u;
}

/**
 * Inverse hyperbolic tangent of x in −1..1 (Fisher z), at most 3 ulp off; ±1 gives ±Infinity, outside NaN.
 */
export function atanh(x: f64): f64 {
  const a = abs(x);
  return copysign(0.5 * log1p((2.0 * a) / (1.0 - a)), x);
}

/**
 * x^y for x > 0, relative error (2 + |y ln x|) · 2^-53; x ≤ 0 is for the caller to exclude (0 gives 0 for y >
 * 0).
 */
export function pow(x: f64, y: f64): f64 {
  return exp(y * log(x));
}

// (tanh x − x) / x³ in z = x² on |x| ≤ 0.45, error 5.8e-18
const T0: f64 = -0.3333333333333333275;
const T1: f64 = 0.13333333333332757031;
const T2: f64 = -0.05396825396731285765;
const T3: f64 = 0.021869488476433937204;
const T4: f64 = -0.0088632336009622221736;
const T5: f64 = 0.003592092138684695994;
const T6: f64 = -0.0014554257178951656622;
const T7: f64 = 0.00058712419875218346644;
const T8: f64 = -0.00022646125178830043615;
const T9: f64 = 0.000065076921787323699759;
const TANH_SMALL: f64 = 0.4;
const TANH_ONE: f64 = 19.1;
/** 2^27 + 1: Veltkamp's constant splits a f64 in two halves whose products are exact. */
const SPLITTER: f64 = 134217729.0;

/**
 * Hyperbolic tangent, at most 1 ulp off.
 * @param x  f64; ±Infinity gives ±1, NaN NaN
 */
export function tanh(x: f64): f64 {
  if (x != x) return NaN;
  const a = abs(x);
  if (a < TANH_SMALL) {
    const z = a * a;
    const w = z * z;
    const v = w * w;
    const p =
      T0 + T1 * z + (T2 + T3 * z) * w + (T4 + T5 * z + (T6 + T7 * z) * w) * v + (T8 + T9 * z) * (v * v);
    return copysign(a + a * z * p, x);
  }
  if (a > TANH_ONE) return copysign(1.0, x);
  // e^{2a} as an unevaluated sum eHigh + eLow, then 1 − 2 / (e^{2a} + 1) with the quotient's rounding error
  // put back
  const t = a + a;
  const rounded = t * LOG2_E + ROUNDER;
  const kf = rounded - ROUNDER;
  const high = t - kf * LN2_HIGH;
  const low = kf * LN2_LOW;
  const r = high - low;
  const tail = high - r - low;
  const r2 = r * r;
  const r4 = r2 * r2;
  const q =
    E0 +
    E1 * r +
    (E2 + E3 * r) * r2 +
    (E4 + E5 * r + (E6 + E7 * r) * r2) * r4 +
    (E8 + E9 * r + E10 * r2) * (r4 * r4);
  const v = r2 * q + tail;
  const u = r + v;
  const s = 1.0 + u;
  const sLow = 1.0 - s + u + (r - u + v);
  const scale = powerOfTwo(<i32>reinterpret<i64>(rounded));
  const eHigh = s * scale;
  const d = eHigh + 1.0;
  const dLow = 1.0 - (d - eHigh) + (eHigh - (d - (d - eHigh))) + sLow * scale;
  const quotient = 2.0 / d;
  const correction = (2.0 - quotient * d - productError(quotient, d) - quotient * dLow) / d;
  const y = 1.0 - quotient;
  return copysign(y + (1.0 - y - quotient - correction), x);
}

/** a·b − fl(a·b), exactly (Dekker 1971): WebAssembly without relaxed SIMD has no fused multiply-add. */
export function productError(a: f64, b: f64): f64 {
  const p = a * b;
  const ca = SPLITTER * a;
  const cb = SPLITTER * b;
  const aHigh = ca - (ca - a);
  const bHigh = cb - (cb - b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  return aHigh * bHigh - p + aHigh * bLow + aLow * bHigh + aLow * bLow;
}

/** 2^k for −1022 ≤ k ≤ 1023. */
function powerOfTwo(k: i32): f64 {
  return reinterpret<f64>((<u64>(k + 1023)) << 52);
}

/** The same in both lanes; k in the low word of each lane, the high word is dropped. */
function powersOfTwo(k: v128): v128 {
  return i64x2.shl(i32x4.add(k, i32x4.splat(1023)), 52);
}

function linear(a: f64, b: f64, r: v128): v128 {
  return f64x2.add(f64x2.splat(a), f64x2.mul(f64x2.splat(b), r));
}
