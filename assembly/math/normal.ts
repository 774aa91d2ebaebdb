// The normal distribution: density, distribution function and its inverse.

import { exp, log } from './elementary';

const SQRT_2PI_INVERSE: f64 = 0.39894228040143267794;
const SMALL: f64 = 0.67448975;
/** √32, where Cody's asymptotic branch begins. */
const LARGE: f64 = 5.656854249492380195;

/** φ(x), the standard normal density. */
export function normalPdf(x: f64): f64 {
  return SQRT_2PI_INVERSE * exp(-0.5 * x * x);
}

/**
 * Φ(x), relative error below 1e-15 in both tails down to −37.5.
 * @source Cody 1969, rational Chebyshev approximations for the error function (as in ACM 715 `anorm`)
 */
export function normalCdf(x: f64): f64 {
  const a = abs(x);
  if (a <= SMALL) {
    const z = x * x;
    let top = 0.065682337918207449113 * z;
    let low = z;
    top = (top + 2.2352520354606839287) * z;
    low = (low + 47.20258190468824187) * z;
    top = (top + 161.02823106855587881) * z;
    low = (low + 976.09855173777669322) * z;
    top = (top + 1067.6894854603709582) * z;
    low = (low + 10260.932208618978205) * z;
    return 0.5 + (x * (top + 18154.981253343561249)) / (low + 45507.789335026729956);
  }
  if (a > 40.0) return x > 0.0 ? 1.0 : 0.0;
  if (x != x) return NaN;
  const tail = squareTail(a) * (a <= LARGE ? middle(a) : far(a));
  return x > 0.0 ? 1.0 - tail : tail;
}

/**
 * Φ⁻¹(p) for 0 < p < 1, relative error below 1e-15; 0 and 1 give ∓Infinity, outside NaN.
 * @source Wichura 1988, algorithm AS 241 (PPND16)
 */
export function normalQuantile(p: f64): f64 {
  if (!(p >= 0.0 && p <= 1.0)) return NaN;
  const q = p - 0.5;
  if (abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * central(r)) / centralBelow(r);
  }
  const side = q < 0.0 ? p : 1.0 - p;
  if (side == 0.0) return q < 0.0 ? -Infinity : Infinity;
  const r = Math.sqrt(-log(side));
  const y = r <= 5.0 ? tailNear(r - 1.6) : tailFar(r - 5.0);
  return q < 0.0 ? -y : y;
}

/** exp(−a²/2) with a split at 1/16, so that the square's rounding error does not reach the exponential. */
function squareTail(a: f64): f64 {
  const s = trunc(a * 16.0) * 0.0625;
  return exp(-0.5 * s * s) * exp(-0.5 * (a - s) * (a + s));
}

function middle(a: f64): f64 {
  let top = 1.0765576773720192317e-8 * a;
  let low = a;
  top = (top + 0.39894151208813466764) * a;
  low = (low + 22.266688044328115691) * a;
  top = (top + 8.8831497943883759412) * a;
  low = (low + 235.38790178262499861) * a;
  top = (top + 93.506656132177855979) * a;
  low = (low + 1519.377599407554805) * a;
  top = (top + 597.27027639480026226) * a;
  low = (low + 6485.558298266760755) * a;
  top = (top + 2494.5375852903726711) * a;
  low = (low + 18615.571640885098091) * a;
  top = (top + 6848.1904505362823326) * a;
  low = (low + 34900.952721145977266) * a;
  top = (top + 11602.651437647350124) * a;
  low = (low + 38912.003286093271411) * a;
  return (top + 9842.7148383839780218) / (low + 19685.429676859990727);
}

function far(a: f64): f64 {
  const z = 1.0 / (a * a);
  let top = 0.02307344176494017303 * z;
  let low = z;
  top = (top + 0.21589853405795699) * z;
  low = (low + 1.28426009614491121) * z;
  top = (top + 0.1274011611602473639) * z;
  low = (low + 0.468238212480865118) * z;
  top = (top + 0.022235277870649807) * z;
  low = (low + 0.0659881378689285515) * z;
  top = (top + 0.001421619193227893466) * z;
  low = (low + 0.00378239633202758244) * z;
  const y = (z * (top + 2.9112874951168792e-5)) / (low + 7.29751555083966205e-5);
  return (SQRT_2PI_INVERSE - y) / a;
}

function central(r: f64): f64 {
  let y = 2.5090809287301226727e3;
  y = y * r + 3.3430575583588128105e4;
  y = y * r + 6.726577092700870085e4;
  y = y * r + 4.5921953931549871457e4;
  y = y * r + 1.3731693765509461125e4;
  y = y * r + 1.9715909503065514427e3;
  y = y * r + 1.3314166789178437745e2;
  return y * r + 3.387132872796366608;
}

function centralBelow(r: f64): f64 {
  let y = 5.226495278852854561e3;
  y = y * r + 2.8729085735721942674e4;
  y = y * r + 3.930789580009271061e4;
  y = y * r + 2.1213794301586595867e4;
  y = y * r + 5.3941960214247511077e3;
  y = y * r + 6.871870074920579083e2;
  y = y * r + 4.2313330701600911252e1;
  return y * r + 1.0;
}

function tailNear(r: f64): f64 {
  let top = 7.7454501427834140764e-4;
  top = top * r + 2.27238449892691845833e-2;
  top = top * r + 2.4178072517745061177e-1;
  top = top * r + 1.27045825245236838258;
  top = top * r + 3.64784832476320460504;
  top = top * r + 5.7694972214606914055;
  top = top * r + 4.6303378461565452959;
  top = top * r + 1.42343711074968357734;
  let low = 1.05075007164441684324e-9;
  low = low * r + 5.475938084995344946e-4;
  low = low * r + 1.51986665636164571966e-2;
  low = low * r + 1.4810397642748007459e-1;
  low = low * r + 6.8976733498510000455e-1;
  low = low * r + 1.6763848301838038494;
  low = low * r + 2.05319162663775882187;
  return top / (low * r + 1.0);
}

function tailFar(r: f64): f64 {
  let top = 2.01033439929228813265e-7;
  top = top * r + 2.71155556874348757815e-5;
  top = top * r + 1.2426609473880784386e-3;
  top = top * r + 2.6532189526576123093e-2;
  top = top * r + 2.9656057182850489123e-1;
  top = top * r + 1.7848265399172913358;
  top = top * r + 5.4637849111641143699;
  top = top * r + 6.6579046435011037772;
  let low = 2.04426310338993978564e-15;
  low = low * r + 1.4215117583164458887e-7;
  low = low * r + 1.8463183175100546818e-5;
  low = low * r + 7.868691311456132591e-4;
  low = low * r + 1.48753612908506148525e-2;
  low = low * r + 1.3692988092273580531e-1;
  low = low * r + 5.9983220655588793769e-1;
  return top / (low * r + 1.0);
}
