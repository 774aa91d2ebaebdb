// Value at risk and expected shortfall at any level: filtered history, normal, Cornish-Fisher, one series or
// a portfolio. Losses are positive fractions for one bar; alpha is the tail probability, 0.05 for "VaR95".

import { normalPdf, normalQuantile } from '../math/normal';
import { FILTERED_HISTORY_BYTES, FilteredHistory } from '../statistics/filtered-history';
import { atLeastZero, tailRisk } from './tail';

/** Standardised returns below which filtered history says nothing. */
const MINIMUM: i32 = 96;

/** Bytes of one series' filtered history: EWMA(.94) volatility and 500 standardised returns. */
export function fhsBytes(): usize {
  return FILTERED_HISTORY_BYTES;
}

export function fhsInit(p: usize): void {
  memory.fill(p, 0, FILTERED_HISTORY_BYTES);
  changetype<FilteredHistory>(p).init();
}

/** Takes one log return; gives the volatility of the next bar, NaN before 20 returns. */
export function fhsPush(p: usize, r: f64): f64 {
  changetype<FilteredHistory>(p).push(r);
  return changetype<FilteredHistory>(p).sigma;
}

/**
 * −q_α(z) σ, at least 0; NaN before 96 standardised returns. Source: Barone-Adesi, Giannopoulos & Vosper
 * 1999.
 */
export function fhsVar(p: usize, alpha: f64): f64 {
  const history = changetype<FilteredHistory>(p);
  return atLeastZero(-history.standardised().quantile(alpha, MINIMUM) * history.sigma);
}

/** −mean(z | z ≤ q_α) σ, at least 0; NaN before 96 standardised returns. */
export function fhsEs(p: usize, alpha: f64): f64 {
  const history = changetype<FilteredHistory>(p);
  const window = history.standardised();
  const limit = window.quantile(alpha, MINIMUM);
  if (limit != limit) return NaN;
  const n = max(1, window.upper(limit));
  let sum = 0.0;
  for (let i = 0; i < n; i++) sum += window.at(i);
  return atLeastZero((-sum / <f64>n) * history.sigma);
}

/**
 * Cornish-Fisher VaR from the skewness and excess kurtosis of the kept z; NaN where the expansion is not
 * monotone.
 */
export function fhsCornishFisherVar(p: usize, alpha: f64): f64 {
  const history = changetype<FilteredHistory>(p);
  const window = history.standardised();
  const n = window.known;
  if (n < MINIMUM) return NaN;
  let mean = 0.0;
  for (let i = 0; i < n; i++) mean += window.at(i);
  mean /= <f64>n;
  let m2 = 0.0;
  let m3 = 0.0;
  let m4 = 0.0;
  for (let i = 0; i < n; i++) {
    const d = window.at(i) - mean;
    const square = d * d;
    m2 += square;
    m3 += square * d;
    m4 += square * square;
  }
  m2 /= <f64>n;
  if (!(m2 > 0.0)) return NaN;
  const deviation = Math.sqrt(m2);
  const skew = m3 / <f64>n / (m2 * deviation);
  const kurtosis = m4 / <f64>n / (m2 * m2) - 3.0;
  const quantile = cornishFisherQuantile(normalQuantile(alpha), skew, kurtosis);
  return atLeastZero(-(mean + deviation * quantile) * history.sigma);
}

/** Normal VaR in standard deviations, −Φ⁻¹(α). */
export function normalVar(alpha: f64): f64 {
  return -normalQuantile(alpha);
}

/** Normal ES in standard deviations, φ(Φ⁻¹(α))/α. */
export function normalEs(alpha: f64): f64 {
  return normalPdf(normalQuantile(alpha)) / alpha;
}

/**
 * Is z + (z²−1)S/6 + (z³−3z)K/24 − (2z³−5z)S²/36 increasing for every z? Its derivative is a quadratic in z.
 * @source Maillard 2012, domain of validity
 */
export function cornishFisherMonotone(skew: f64, kurtosis: f64): bool {
  const s2 = skew * skew;
  const a = kurtosis / 8.0 - s2 / 6.0;
  const c = 1.0 - kurtosis / 8.0 + (5.0 * s2) / 36.0;
  if (a == 0.0) return skew == 0.0 && c > 0.0;
  return a > 0.0 && s2 / 9.0 - 4.0 * a * c <= 0.0;
}

/**
 * The adjusted quantile of a normal quantile z, for a skewness and an excess kurtosis; NaN outside the
 * monotone domain.
 */
export function cornishFisherQuantile(z: f64, skew: f64, kurtosis: f64): f64 {
  if (!cornishFisherMonotone(skew, kurtosis)) return NaN;
  const z2 = z * z;
  return (
    z +
    ((z2 - 1.0) * skew) / 6.0 +
    ((z2 - 3.0) * z * kurtosis) / 24.0 -
    ((2.0 * z2 - 5.0) * z * skew * skew) / 36.0
  );
}

/**
 * ES in standard deviations of the same expansion, integrated in closed form by Hermite polynomials; NaN
 * outside the domain.
 */
export function cornishFisherEs(alpha: f64, skew: f64, kurtosis: f64): f64 {
  if (!cornishFisherMonotone(skew, kurtosis)) return NaN;
  const z = normalQuantile(alpha);
  const z2 = z * z;
  const factor =
    1.0 + (z * skew) / 6.0 + ((z2 - 1.0) * kurtosis) / 24.0 - ((2.0 * z2 - 1.0) * skew * skew) / 36.0;
  return (normalPdf(z) / alpha) * factor;
}

/** EWMA variance of n f64, v ← λv + (1−λ)x², started at the first square. NaN when n is 0. */
export function ewmaVariance(at: usize, n: i32, lambda: f64): f64 {
  if (n < 1) return NaN;
  let v = load<f64>(at) * load<f64>(at);
  for (let i = 1; i < n; i++) {
    const x = load<f64>(at + (<usize>i << 3));
    v = lambda * v + (1.0 - lambda) * x * x;
  }
  return v;
}

/** One step of GARCH(1,1): ω + αr² + βv. Source: Bollerslev 1986. */
export function garchVariance(v: f64, r: f64, omega: f64, alpha: f64, beta: f64): f64 {
  return omega + alpha * r * r + beta * v;
}

/**
 * VaR and ES of a portfolio by filtered history: the z of one date are taken together, which keeps their
 * dependence.
 * @param z         f64[dates][assets], standardised returns
 * @param exposure  f64[assets], signed fraction of equity times the asset's volatility of the next bar
 * @param profit    f64[dates], filled with the profit of each date
 * @param out       f64[2], VaR and ES, at least 0; NaN when dates < 96
 */
export function fhsPortfolio(
  z: usize,
  dates: i32,
  assets: i32,
  exposure: usize,
  alpha: f64,
  profit: usize,
  out: usize,
): void {
  store<f64>(out, NaN);
  store<f64>(out, NaN, 8);
  if (dates < MINIMUM) return;
  const width = <usize>assets << 3;
  let t = 0;
  for (; t + 4 <= dates; t += 4) {
    quadProfits(z + <usize>t * width, width, exposure, profit + (<usize>t << 3));
  }
  for (; t < dates; t++) {
    store<f64>(profit + (<usize>t << 3), dateProfit(z + <usize>t * width, width, exposure));
  }
  tailRisk<f64>(profit, dates, alpha, out);
}

function dateProfit(row: usize, width: usize, exposure: usize): f64 {
  let pair = f64x2.splat(0.0);
  let at: usize = 0;
  for (; at + 16 <= width; at += 16) {
    pair = f64x2.add(pair, f64x2.mul(v128.load(row + at), v128.load(exposure + at)));
  }
  const sum = f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
  return at < width ? sum + load<f64>(row + at) * load<f64>(exposure + at) : sum;
}

/** Profits of four dates on end, each with the bits of `dateProfit`. */
function quadProfits(row: usize, width: usize, exposure: usize, to: usize): void {
  const row1 = row + width;
  const row2 = row1 + width;
  const row3 = row2 + width;
  let pair0 = f64x2.splat(0.0);
  let pair1 = pair0;
  let pair2 = pair0;
  let pair3 = pair0;
  let at: usize = 0;
  for (; at + 16 <= width; at += 16) {
    const weight = v128.load(exposure + at);
    pair0 = f64x2.add(pair0, f64x2.mul(v128.load(row + at), weight));
    pair1 = f64x2.add(pair1, f64x2.mul(v128.load(row1 + at), weight));
    pair2 = f64x2.add(pair2, f64x2.mul(v128.load(row2 + at), weight));
    pair3 = f64x2.add(pair3, f64x2.mul(v128.load(row3 + at), weight));
  }
  let low = f64x2.add(i64x2.shuffle(pair0, pair1, 0, 2), i64x2.shuffle(pair0, pair1, 1, 3));
  let high = f64x2.add(i64x2.shuffle(pair2, pair3, 0, 2), i64x2.shuffle(pair2, pair3, 1, 3));
  if (at < width) {
    const weight = v128.load64_splat(exposure + at);
    low = f64x2.add(low, f64x2.mul(v128.load64_lane(row1 + at, v128.load64_splat(row + at), 1), weight));
    high = f64x2.add(high, f64x2.mul(v128.load64_lane(row3 + at, v128.load64_splat(row2 + at), 1), weight));
  }
  v128.store(to, low);
  v128.store(to, high, 16);
}
