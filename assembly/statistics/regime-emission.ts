// Emission densities of the four regime states, two states per vector, up to a factor that all states share.

const LOG2_E: f64 = 1.4426950408889634;
/** ln 2 in two parts (fdlibm): the high part times any exponent of an f64 is exact. */
const LN2_HIGH: f64 = 0.6931471803691238;
const LN2_LOW: f64 = 1.9082149292705877e-10;
const EXPONENT_MIN: f64 = -700.0;

/** Degrees of freedom of the tied model's Student-t. */
export const FREEDOM: f64 = 5.0;

/** e^x for x ≤ 0, clamped below at e^−700; Taylor to degree 12 on |r| ≤ ln2/2 (truncation under 2e−16). */
function expPair(x: v128): v128 {
  const t = f64x2.pmax(x, f64x2.splat(EXPONENT_MIN));
  const k = f64x2.nearest(f64x2.mul(t, f64x2.splat(LOG2_E)));
  const high = f64x2.sub(t, f64x2.mul(k, f64x2.splat(LN2_HIGH)));
  const r = f64x2.sub(high, f64x2.mul(k, f64x2.splat(LN2_LOW)));
  const r2 = f64x2.mul(r, r);
  const r4 = f64x2.mul(r2, r2);
  const p0 = f64x2.add(f64x2.splat(1.0), r);
  const p1 = line(r, 1.0 / 2.0, 1.0 / 6.0);
  const p2 = line(r, 1.0 / 24.0, 1.0 / 120.0);
  const p3 = line(r, 1.0 / 720.0, 1.0 / 5040.0);
  const p4 = line(r, 1.0 / 40320.0, 1.0 / 362880.0);
  const p5 = line(r, 1.0 / 3628800.0, 1.0 / 39916800.0);
  const low = f64x2.add(p0, f64x2.mul(r2, p1));
  const middle = f64x2.add(p2, f64x2.mul(r2, p3));
  const top = f64x2.add(f64x2.add(p4, f64x2.mul(r2, p5)), f64x2.mul(r4, f64x2.splat(1.0 / 479001600.0)));
  const y = f64x2.add(low, f64x2.mul(r4, f64x2.add(middle, f64x2.mul(r4, top))));
  const exponent = i64x2.extend_low_i32x4_s(i32x4.trunc_sat_f64x2_s_zero(k));
  return f64x2.mul(y, i64x2.shl(i64x2.add(exponent, i64x2.splat(1023)), 52));
}

function line(r: v128, constant: f64, slope: f64): v128 {
  return f64x2.add(f64x2.splat(constant), f64x2.mul(r, f64x2.splat(slope)));
}

/** Sum of the four lanes of two vectors, in both lanes. */
export function sumOfFour(a: v128, b: v128): v128 {
  const s = f64x2.add(a, b);
  return f64x2.add(s, v128.shuffle<f64>(s, s, 1, 0));
}

/** Gaussian densities of x at `out` (4 f64), divided by the largest exponential so that none underflows together. */
export function gaussian(
  x: v128,
  mean0: v128,
  mean1: v128,
  inverse0: v128,
  inverse1: v128,
  out: usize,
): void {
  const e0 = f64x2.mul(f64x2.sub(x, mean0), inverse0);
  const e1 = f64x2.mul(f64x2.sub(x, mean1), inverse1);
  const l0 = f64x2.mul(f64x2.mul(e0, e0), f64x2.splat(-0.5));
  const l1 = f64x2.mul(f64x2.mul(e1, e1), f64x2.splat(-0.5));
  const pair = f64x2.pmax(l0, l1);
  const most = f64x2.pmax(pair, v128.shuffle<f64>(pair, pair, 1, 0));
  v128.store(out, f64x2.mul(expPair(f64x2.sub(l0, most)), inverse0));
  v128.store(out, f64x2.mul(expPair(f64x2.sub(l1, most)), inverse1), 16);
}

/** Student-t₅ shape u = 1/(1 + e²/5) of two states; the density is u³/σ. */
export function studentShape(x: v128, mean: v128, inverse: v128): v128 {
  const e = f64x2.mul(f64x2.sub(x, mean), inverse);
  const one = f64x2.splat(1.0);
  return f64x2.div(one, f64x2.add(one, f64x2.mul(f64x2.mul(e, e), f64x2.splat(1.0 / FREEDOM))));
}

/** Student-t₅ densities of two states from their shapes. */
export function studentDensity(shape: v128, inverse: v128): v128 {
  return f64x2.mul(f64x2.mul(f64x2.mul(shape, shape), shape), inverse);
}
