// Averages made of averages over an f64 column.

import { Ema, EMA_BYTES } from '../indicators/moving';
import { hullRoot } from '../indicators/compound';
import { wmaFrom } from './average';
import { buffer } from './extremes';
import { at, blank, carry, follow, put, scanPair } from './lanes';

/** Double (stages 2) or triple (stages 3) exponential average: three scans in one pass. */
export function batchMultipleEma(x: usize, out: usize, n: i32, period: i32, stages: i32): void {
  const first = stages * (period - 1);
  blank(out, 0, first, n);
  // the streaming averages carry the scan over its seeds
  const state = buffer(7);
  const e1 = changetype<Ema>(state);
  const e2 = changetype<Ema>(state + EMA_BYTES);
  const e3 = changetype<Ema>(state + 2 * EMA_BYTES);
  e1.init(period);
  e2.init(period);
  e3.init(period);
  const a = stages == 2 ? 2.0 : 3.0;
  const b = stages == 2 ? -1.0 : -3.0;
  const c = stages == 2 ? 0.0 : 1.0;
  let i = 0;
  for (const end = min(3 * period - 2, n); i < end; i++) {
    const y1 = e1.push(at(x, i));
    if (y1 != y1) continue;
    const y2 = e2.push(y1);
    if (y2 != y2) continue;
    const y3 = e3.push(y2);
    if (i >= first) put(out, i, stages == 2 ? 2.0 * y1 - y2 : 3.0 * y1 - 3.0 * y2 + y3);
  }
  if (i >= n) return;
  tripleScan(x, out, i, n, e1.value, e2.value, e3.value, 2.0 / <f64>(period + 1), a, b, c);
}

/** a·e₁ + b·e₂ + c·e₃ of bars from..n−1, from the averages at the bar before. */
function tripleScan(
  x: usize, out: usize, from: i32, n: i32, y1: f64, y2: f64, y3: f64, take: f64, a: f64, b: f64, c: f64,
): void {
  const keep = 1.0 - take;
  const share = f64x2.splat(take);
  const one = f64x2.splat(keep);
  const low = f64x2(keep, keep * keep);
  const high = f64x2(keep * keep * keep, keep * keep * (keep * keep));
  const va = f64x2.splat(a);
  const vb = f64x2.splat(b);
  const vc = f64x2.splat(c);
  let l1 = f64x2.splat(y1);
  let l2 = f64x2.splat(y2);
  let l3 = f64x2.splat(y3);
  let i = from;
  for (; i + 3 < n; i += 4) {
    const w = (<usize>i) << 3;
    let p = scanPair(f64x2.mul(v128.load(x + w), share), one);
    let q = follow(follow(scanPair(f64x2.mul(v128.load(x + w, 16), share), one), low, carry(p)), high, l1);
    p = follow(p, low, l1);
    l1 = carry(q);
    let r = scanPair(f64x2.mul(p, share), one);
    let s = follow(follow(scanPair(f64x2.mul(q, share), one), low, carry(r)), high, l2);
    r = follow(r, low, l2);
    l2 = carry(s);
    let t = scanPair(f64x2.mul(r, share), one);
    const u = follow(follow(scanPair(f64x2.mul(s, share), one), low, carry(t)), high, l3);
    t = follow(t, low, l3);
    l3 = carry(u);
    p = f64x2.add(f64x2.mul(va, p), f64x2.add(f64x2.mul(vb, r), f64x2.mul(vc, t)));
    q = f64x2.add(f64x2.mul(va, q), f64x2.add(f64x2.mul(vb, s), f64x2.mul(vc, u)));
    v128.store(out + w, p);
    v128.store(out + w, q, 16);
  }
  let e1 = f64x2.extract_lane(l1, 0);
  let e2 = f64x2.extract_lane(l2, 0);
  let e3 = f64x2.extract_lane(l3, 0);
  for (; i < n; i++) {
    e1 += take * (at(x, i) - e1);
    e2 += take * (e1 - e2);
    e3 += take * (e2 - e3);
    put(out, i, a * e1 + (b * e2 + c * e3));
  }
}

/** Hull moving average; `work` and `out` hold columns of n. */
export function batchHma(x: usize, out: usize, work: usize, n: i32, period: i32): void {
  wmaFrom(x, work, 0, n, period);
  wmaFrom(x, out, 0, n, period >> 1);
  const two = f64x2.splat(2.0);
  let i = 0;
  for (; i + 1 < n; i += 2) {
    const w = (<usize>i) << 3;
    v128.store(work + w, f64x2.sub(f64x2.mul(two, v128.load(out + w)), v128.load(work + w)));
  }
  if (i < n) put(work, i, 2.0 * at(out, i) - at(work, i));
  blank(out, 0, period - 1, n);
  if (period - 1 < n) wmaFrom(work, out, period - 1, n, hullRoot(period));
}
