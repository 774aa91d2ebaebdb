// How much of the equity a trade may lose: Kelly, shrunk for what is not known, quartered and bounded by
// drawdown. Pure functions; every input outside its range gives 0, so that an error never sizes a trade.

import { exp, log } from '../math/elementary';

const BISECTIONS: i32 = 60;
const KELLY_SHARE: f64 = 0.25;
const TRADES_FLOOR: f64 = 30.0;
/** Accepted probability that the drawdown limit is ever reached, for independent trades. */
const DRAWDOWN_PROBABILITY: f64 = 0.1;

@inline
function isBet(p: f64, b: f64): bool {
  return p > 0.0 && p < 1.0 && b > 0.0 && b < Infinity;
}

/**
 * Kelly fraction of a bet that wins b with probability p and loses 1 otherwise (Kelly 1956); 0 without an
 * edge.
 */
export function kellyFraction(p: f64, b: f64): f64 {
  return isBet(p, b) ? max(0.0, (b * p - (1.0 - p)) / b) : 0.0;
}

/**
 * Share of the Kelly fraction that survives an uncertain p with standard error `se` (Baker and McHale 2013);
 * 0..1.
 */
export function kellyShrinkage(p: f64, b: f64, se: f64): f64 {
  if (!isBet(p, b) || !(se >= 0.0 && se < Infinity)) return 0.0;
  const edge = (b + 1.0) * p - 1.0;
  if (!(edge > 0.0)) return 0.0;
  const noise = (b + 1.0) * se;
  return (edge * edge) / (edge * edge + noise * noise);
}

/** λ = ln β / ln α: P(wealth ever below α) ≤ β under E[(1 + f r)^−λ] ≤ 1 (Busseti, Ryu and Boyd 2016). */
export function drawdownAversion(alpha: f64, beta: f64): f64 {
  return alpha > 0.0 && alpha < 1.0 && beta > 0.0 && beta < 1.0 ? log(beta) / log(alpha) : NaN;
}

/** Largest f with p (1 + f b)^−λ + (1 − p)(1 − f)^−λ ≤ 1 (Busseti, Ryu and Boyd 2016), rounded down. */
export function kellyDrawdownBound(p: f64, b: f64, lambda: f64): f64 {
  const kelly = kellyFraction(p, b);
  if (!(kelly > 0.0 && lambda > 0.0 && lambda < Infinity)) return 0.0;
  let low = 0.0;
  let high = kelly;
  for (let i = 0; i < BISECTIONS; i++) {
    const f = 0.5 * (low + high);
    const growth = p * exp(-lambda * log(1.0 + f * b)) + (1.0 - p) * exp(-lambda * log(1.0 - f));
    if (growth <= 1.0) low = f;
    else high = f;
  }
  return low;
}

/** What is left of new risk at a drawdown (Grossman and Zhou 1993), 1 at none and 0 at the limit. */
export function drawdownRoom(drawdown: f64, limit: f64): f64 {
  if (!(drawdown >= 0.0 && limit > 0.0 && limit <= 1.0)) return 0.0;
  return max(0.0, 1.0 - drawdown / limit);
}

/**
 * Fraction of equity that may be lost at the stop: min(¼ shrunk Kelly, drawdown bound) × drawdown room.
 * `closedTrades` sets the standard error √(p(1−p) / max(30, closedTrades)); `drawdown` and `limit` are
 * fractions.
 */
export function riskFraction(p: f64, b: f64, closedTrades: f64, drawdown: f64, limit: f64): f64 {
  if (!isBet(p, b) || !(closedTrades >= 0.0 && closedTrades < Infinity)) return 0.0;
  const room = drawdownRoom(drawdown, limit);
  const se = Math.sqrt((p * (1.0 - p)) / max(TRADES_FLOOR, closedTrades));
  const quarter = KELLY_SHARE * kellyFraction(p, b) * kellyShrinkage(p, b, se);
  if (!(room > 0.0 && quarter > 0.0)) return 0.0;
  // a limit of 1 is no limit: there is no wealth below 0 to avoid
  if (limit == 1.0) return quarter * room;
  return min(quarter, kellyDrawdownBound(p, b, drawdownAversion(1.0 - limit, DRAWDOWN_PROBABILITY))) * room;
}
