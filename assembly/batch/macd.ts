// MACD over an f64 column: three recurrences in one pass.

import { sumOf } from '../indicators/ring';
import { RUN_UP, at, blank, carry, follow, pairAt, put, scanPair } from './lanes';

/** MACD line, signal and histogram. */
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

/**
 * Bars from..n−1, from the averages f, s, g at the bar before. A long column is cut in four quarters that run
 * side by side: half the operations of a scan. The later quarters start `RUN_UP` periods before their first
 * bar.
 */
function macdFrom(
  x: usize, line: usize, signal: usize, histogram: usize, from: i32, n: i32, f: f64, s: f64, g: f64,
  takeF: f64, takeS: f64, takeG: f64,
): void {
  const ahead = <i32>(<f64>RUN_UP * 2.0 / min(takeF, min(takeS, takeG)));
  const quarter = (n - from) >> 2;
  if (quarter < 8 * ahead) {
    macdScan(x, line, signal, histogram, from, n, f, s, g, takeF, takeS, takeG);
    return;
  }
  const step = (<usize>quarter) << 3;
  const kf = f64x2.splat(takeF);
  const ks = f64x2.splat(takeS);
  const kg = f64x2.splat(takeG);
  const bf = f64x2.splat(1.0 - takeF);
  const bs = f64x2.splat(1.0 - takeS);
  const bg = f64x2.splat(1.0 - takeG);
  let w = (<usize>(from - ahead)) << 3;
  let f0 = v128.load64_splat(x + w + step);
  let f1 = pairAt(x + w + 2 * step, x + w + 3 * step);
  let s0 = f0;
  let s1 = f1;
  let g0 = f64x2.splat(0.0);
  let g1 = g0;
  const start = (<usize>from) << 3;
  for (; w != start; w += 8) {
    // the first quarter has nothing to run up to
    const x0 = v128.load64_splat(x + w + step);
    const x1 = pairAt(x + w + 2 * step, x + w + 3 * step);
    f0 = f64x2.add(f64x2.mul(bf, f0), f64x2.mul(kf, x0));
    f1 = f64x2.add(f64x2.mul(bf, f1), f64x2.mul(kf, x1));
    s0 = f64x2.add(f64x2.mul(bs, s0), f64x2.mul(ks, x0));
    s1 = f64x2.add(f64x2.mul(bs, s1), f64x2.mul(ks, x1));
    g0 = f64x2.add(f64x2.mul(bg, g0), f64x2.mul(kg, f64x2.sub(f0, s0)));
    g1 = f64x2.add(f64x2.mul(bg, g1), f64x2.mul(kg, f64x2.sub(f1, s1)));
  }
  f0 = f64x2.replace_lane(f0, 0, f);
  s0 = f64x2.replace_lane(s0, 0, s);
  g0 = f64x2.replace_lane(g0, 0, g);
  for (const end = start + step; w != end; w += 8) {
    const x0 = pairAt(x + w, x + w + step);
    const x1 = pairAt(x + w + 2 * step, x + w + 3 * step);
    f0 = f64x2.add(f64x2.mul(bf, f0), f64x2.mul(kf, x0));
    f1 = f64x2.add(f64x2.mul(bf, f1), f64x2.mul(kf, x1));
    s0 = f64x2.add(f64x2.mul(bs, s0), f64x2.mul(ks, x0));
    s1 = f64x2.add(f64x2.mul(bs, s1), f64x2.mul(ks, x1));
    const m0 = f64x2.sub(f0, s0);
    const m1 = f64x2.sub(f1, s1);
    g0 = f64x2.add(f64x2.mul(bg, g0), f64x2.mul(kg, m0));
    g1 = f64x2.add(f64x2.mul(bg, g1), f64x2.mul(kg, m1));
    scatter(line + w, step, m0, m1);
    scatter(signal + w, step, g0, g1);
    scatter(histogram + w, step, f64x2.sub(m0, g0), f64x2.sub(m1, g1));
  }
  const rest = from + 4 * quarter;
  const lastF = f64x2.extract_lane(f1, 1);
  const lastS = f64x2.extract_lane(s1, 1);
  const lastG = f64x2.extract_lane(g1, 1);
  macdScan(x, line, signal, histogram, rest, n, lastF, lastS, lastG, takeF, takeS, takeG);
}

/** Four lanes to four places, a step apart. */
@inline
function scatter(at: usize, step: usize, a: v128, b: v128): void {
  v128.store64_lane(at, a, 0);
  v128.store64_lane(at + step, a, 1);
  v128.store64_lane(at + 2 * step, b, 0);
  v128.store64_lane(at + 3 * step, b, 1);
}

/** The same by scans. */
function macdScan(
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
