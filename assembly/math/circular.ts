// Sine and cosine of angles counted in whole turns, which makes the argument reduction exact.

import { productError } from './elementary';

// (sin 2πt − 2πt) / t³ and (cos 2πt − 1) / t² in z = t² on |t| ≤ 1/8, errors 2.9e-18 and 7.8e-18
const S0: f64 = -41.341702240399760231;
const S1: f64 = 81.605249276075036173;
const S2: f64 = -76.705859753042920694;
const S3: f64 = 42.058693937805702486;
const S4: f64 = -15.094641279579798916;
const S5: f64 = 3.8198307439800161046;
const S6: f64 = -0.71244406267831929049;
const C0: f64 = -19.73920880217871723;
const C1: f64 = 64.939394022668242743;
const C2: f64 = -85.456817206643804246;
const C3: f64 = 60.244641352702008933;
const C4: f64 = -26.426253275854721364;
const C5: f64 = 7.9032069115696784291;
const C6: f64 = -1.6990343940660636356;
const TWO_PI: f64 = 6.283185307179586476925287;
const TWO_PI_LOW: f64 = 2.4492935982947063545e-16;

/**
 * cos(2πt): the angle is counted in whole turns, so the reduction is exact. At most 1 ulp off; finite |t| <
 * 2^50.
 */
export function cosTurns(t: f64): f64 {
  const quarter = nearest(t * 4.0);
  const k = <i32>((<i64>quarter) & 3);
  const rest = t - quarter * 0.25;
  const y = k & 1 ? sinEighth(rest) : cosEighth(rest);
  return k == 1 || k == 2 ? -y : y;
}

/** sin(2πt), as `cosTurns`. */
export function sinTurns(t: f64): f64 {
  const quarter = nearest(t * 4.0);
  const k = <i32>((<i64>quarter) & 3);
  const rest = t - quarter * 0.25;
  const y = k & 1 ? cosEighth(rest) : sinEighth(rest);
  return k >= 2 ? -y : y;
}

function sinEighth(t: f64): f64 {
  const z = t * t;
  const w = z * z;
  const p = S0 + S1 * z + (S2 + S3 * z) * w + (S4 + S5 * z + S6 * w) * (w * w);
  const y = t * TWO_PI;
  return y + (productError(t, TWO_PI) + t * TWO_PI_LOW + t * z * p);
}

function cosEighth(t: f64): f64 {
  const z = t * t;
  const w = z * z;
  const h = C0 * z;
  const y = 1.0 + h;
  return y + (1.0 - y + h + w * (C1 + C2 * z + (C3 + C4 * z) * w + (C5 + C6 * z) * (w * w)));
}
