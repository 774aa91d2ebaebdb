// Emission densities of the four regime states, two states per vector, up to a factor that all states share.

import { expPair } from '../math/elementary';

/** Degrees of freedom of the tied model's Student-t. */
export const FREEDOM: f64 = 5.0;

/** Sum of the four lanes of two vectors, in both lanes. */
export function sumOfFour(a: v128, b: v128): v128 {
  const s = f64x2.add(a, b);
  return f64x2.add(s, v128.shuffle<f64>(s, s, 1, 0));
}

/**
 * Gaussian densities of x at `out` (4 f64), divided by the largest exponential so that none underflows
 * together.
 */
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
