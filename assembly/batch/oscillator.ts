// RSI, MACD and rate of change over an f64 column.

import { sumOf } from '../indicators/ring';
import { at, blank, carry, follow, put, scanPair } from './lanes';

/**
 * Wilder's relative strength index as 100·G/T: T, the average of |change|, is G + L, so that one division and
 * two scans are enough.
 */
export function batchRsi(x: usize, out: usize, n: i32, period: i32): void {
  blank(out, 0, period, n);
  if (n <= period) return;
  let gain = 0.0;
  let total = 0.0;
  for (let i = 1; i <= period; i++) {
    const change = at(x, i) - at(x, i - 1);
    gain += max(change, 0.0);
    total += abs(change);
  }
  gain /= <f64>period;
  total /= <f64>period;
  put(out, period, strength(gain, total));
  const take = 1.0 / <f64>period;
  const keep = <f64>(period - 1) / <f64>period;
  const zero = f64x2.splat(0.0);
  const hundred = f64x2.splat(100.0);
  const fifty = f64x2.splat(50.0);
  const share = f64x2.splat(take);
  const one = f64x2.splat(keep);
  const low = f64x2(keep, keep * keep);
  const high = f64x2(keep * keep * keep, keep * keep * (keep * keep));
  let gains = f64x2.splat(gain);
  let totals = f64x2.splat(total);
  let i = period + 1;
  for (; i + 3 < n; i += 4) {
    const q = x + ((<usize>i) << 3);
    const d0 = f64x2.mul(f64x2.sub(v128.load(q), v128.load(q - 8)), share);
    const d1 = f64x2.mul(f64x2.sub(v128.load(q, 16), v128.load(q, 8)), share);
    let g0 = scanPair(f64x2.pmax(zero, d0), one);
    let t0 = scanPair(f64x2.abs(d0), one);
    const g1 = follow(follow(scanPair(f64x2.pmax(zero, d1), one), low, carry(g0)), high, gains);
    const t1 = follow(follow(scanPair(f64x2.abs(d1), one), low, carry(t0)), high, totals);
    g0 = follow(g0, low, gains);
    t0 = follow(t0, low, totals);
    gains = carry(g1);
    totals = carry(t1);
    const w = out + ((<usize>i) << 3);
    const y0 = f64x2.mul(hundred, f64x2.div(g0, t0));
    const y1 = f64x2.mul(hundred, f64x2.div(g1, t1));
    v128.store(w, v128.bitselect(y0, fifty, f64x2.gt(t0, zero)));
    v128.store(w, v128.bitselect(y1, fifty, f64x2.gt(t1, zero)), 16);
  }
  gain = f64x2.extract_lane(gains, 0);
  total = f64x2.extract_lane(totals, 0);
  for (; i < n; i++) {
    const change = at(x, i) - at(x, i - 1);
    gain = gain * keep + take * max(change, 0.0);
    total = total * keep + take * abs(change);
    put(out, i, strength(gain, total));
  }
}

@inline
function strength(gain: f64, total: f64): f64 {
  return total > 0.0 ? 100.0 * (gain / total) : 50.0;
}

/** MACD line, signal and histogram: three scans in one pass. */
export function batchMacd(
  x: usize, line: usize, signal: usize, histogram: usize, n: i32, fast: i32, slow: i32, smooth: i32,
): void {
  const first = slow - 1;
  const full = first + smooth - 1;
  blank(line, 0, first, n);
  blank(signal, 0, full, n);
  blank(histogram, 0, full, n);
  if (first >= n) return;
  const takeF = 2.0 / <f64>(fast + 1);
  const takeS = 2.0 / <f64>(slow + 1);
  const takeG = 2.0 / <f64>(smooth + 1);
  let f = sumOf(x + ((<usize>(slow - fast)) << 3), fast) / <f64>fast;
  let s = sumOf(x, slow) / <f64>slow;
  let m = f - s;
  let g = m;
  put(line, first, m);
  let i = slow;
  for (const end = min(full + 1, n); i < end; i++) {
    f += takeF * (at(x, i) - f);
    s += takeS * (at(x, i) - s);
    m = f - s;
    g += m;
    put(line, i, m);
  }
  if (full >= n) return;
  g /= <f64>smooth;
  put(signal, full, g);
  put(histogram, full, m - g);
  macdFrom(x, line, signal, histogram, i, n, f, s, g, takeF, takeS, takeG);
}

/** Bars from..n−1, from the averages f, s, g at the bar before. */
function macdFrom(
  x: usize, line: usize, signal: usize, histogram: usize, from: i32, n: i32, f: f64, s: f64, g: f64,
  takeF: f64, takeS: f64, takeG: f64,
): void {
  const kf = f64x2.splat(takeF);
  const ks = f64x2.splat(takeS);
  const kg = f64x2.splat(takeG);
  const bf = f64x2.splat(1.0 - takeF);
  const bs = f64x2.splat(1.0 - takeS);
  const bg = f64x2.splat(1.0 - takeG);
  const lowF = lowPowers(1.0 - takeF);
  const lowS = lowPowers(1.0 - takeS);
  const lowG = lowPowers(1.0 - takeG);
  const highF = highPowers(1.0 - takeF);
  const highS = highPowers(1.0 - takeS);
  const highG = highPowers(1.0 - takeG);
  let lastF = f64x2.splat(f);
  let lastS = f64x2.splat(s);
  let lastG = f64x2.splat(g);
  let i = from;
  for (; i + 3 < n; i += 4) {
    const w = (<usize>i) << 3;
    const x0 = v128.load(x + w);
    const x1 = v128.load(x + w, 16);
    let f0 = scanPair(f64x2.mul(x0, kf), bf);
    const f1 = follow(follow(scanPair(f64x2.mul(x1, kf), bf), lowF, carry(f0)), highF, lastF);
    f0 = follow(f0, lowF, lastF);
    lastF = carry(f1);
    let s0 = scanPair(f64x2.mul(x0, ks), bs);
    const s1 = follow(follow(scanPair(f64x2.mul(x1, ks), bs), lowS, carry(s0)), highS, lastS);
    s0 = follow(s0, lowS, lastS);
    lastS = carry(s1);
    const m0 = f64x2.sub(f0, s0);
    const m1 = f64x2.sub(f1, s1);
    let g0 = scanPair(f64x2.mul(m0, kg), bg);
    const g1 = follow(follow(scanPair(f64x2.mul(m1, kg), bg), lowG, carry(g0)), highG, lastG);
    g0 = follow(g0, lowG, lastG);
    lastG = carry(g1);
    v128.store(line + w, m0);
    v128.store(line + w, m1, 16);
    v128.store(signal + w, g0);
    v128.store(signal + w, g1, 16);
    v128.store(histogram + w, f64x2.sub(m0, g0));
    v128.store(histogram + w, f64x2.sub(m1, g1), 16);
  }
  f = f64x2.extract_lane(lastF, 0);
  s = f64x2.extract_lane(lastS, 0);
  g = f64x2.extract_lane(lastG, 0);
  for (; i < n; i++) {
    f += takeF * (at(x, i) - f);
    s += takeS * (at(x, i) - s);
    const m = f - s;
    g += takeG * (m - g);
    put(line, i, m);
    put(signal, i, g);
    put(histogram, i, m - g);
  }
}

/** [b, b²]. */
@inline
function lowPowers(b: f64): v128 {
  return f64x2(b, b * b);
}

/** [b³, b⁴]. */
@inline
function highPowers(b: f64): v128 {
  return f64x2(b * b * b, b * b * (b * b));
}

/** Rate of change, percent; 0 where the value compared with is 0. */
export function batchRoc(x: usize, out: usize, n: i32, period: i32): void {
  blank(out, 0, period, n);
  const hundred = f64x2.splat(100.0);
  const zero = f64x2.splat(0.0);
  const back = (<usize>period) << 3;
  let i = period;
  for (; i + 1 < n; i += 2) {
    const w = (<usize>i) << 3;
    const before = v128.load(x + w - back);
    const y = f64x2.div(f64x2.mul(hundred, f64x2.sub(v128.load(x + w), before)), before);
    v128.store(out + w, v128.and(y, f64x2.ne(before, zero)));
  }
  for (; i < n; i++) {
    const before = at(x, i - period);
    put(out, i, before != 0.0 ? (100.0 * (at(x, i) - before)) / before : 0.0);
  }
}
