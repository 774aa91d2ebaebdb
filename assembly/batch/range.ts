// Average true range and directional movement over f64 columns.

import { at, blank, carry, follow, put, scanPair, trueRangeAt, trueRangePair } from './lanes';

/** Average true range. */
export function batchAtr(high: usize, low: usize, close: usize, out: usize, n: i32, period: i32): void {
  blank(out, 0, period, n);
  if (n <= period) return;
  let y = 0.0;
  for (let i = 1; i <= period; i++) y += trueRangeAt(high, low, close, i);
  y /= <f64>period;
  put(out, period, y);
  const take = 1.0 / <f64>period;
  const keep = <f64>(period - 1) / <f64>period;
  const share = f64x2.splat(take);
  const one = f64x2.splat(keep);
  const near = f64x2(keep, keep * keep);
  const far = f64x2(keep * keep * keep, keep * keep * (keep * keep));
  let last = f64x2.splat(y);
  let i = period + 1;
  for (; i + 3 < n; i += 4) {
    const w = (<usize>i) << 3;
    const a = scanPair(f64x2.mul(share, trueRangePair(high + w, low + w, close + w)), one);
    const second = f64x2.mul(share, trueRangePair(high + w + 16, low + w + 16, close + w + 16));
    const b = follow(follow(scanPair(second, one), near, carry(a)), far, last);
    v128.store(out + w, follow(a, near, last));
    v128.store(out + w, b, 16);
    last = carry(b);
  }
  y = f64x2.extract_lane(last, 0);
  for (; i < n; i++) {
    y = y * keep + take * trueRangeAt(high, low, close, i);
    put(out, i, y);
  }
}

@inline
function plusMove(up: f64, down: f64): f64 {
  return up > down ? max(up, 0.0) : 0.0;
}

@inline
function plusMoves(up: v128, down: v128): v128 {
  return v128.and(f64x2.pmax(f64x2.splat(0.0), up), f64x2.gt(up, down));
}

/**
 * Average directional index. The range cancels in DX = 100·|plus − minus|/(plus + minus), so two movements
 * are smoothed and the range is not.
 */
export function batchAdx(high: usize, low: usize, out: usize, n: i32, period: i32): void {
  blank(out, 0, 2 * period - 1, n);
  if (n < 2 * period) return;
  const take = 1.0 / <f64>period;
  const keep = 1.0 - take;
  let plus = 0.0;
  let minus = 0.0;
  let dx = 0.0;
  let y = 0.0;
  for (let i = 1; i < 2 * period; i++) {
    const up = at(high, i) - at(high, i - 1);
    const down = at(low, i - 1) - at(low, i);
    const factor = i >= period ? keep : 1.0;
    plus = plus * factor + plusMove(up, down);
    minus = minus * factor + plusMove(down, up);
    if (i < period) continue;
    if (plus + minus > 0.0) dx = abs(plus - minus) / (plus + minus);
    y += dx;
  }
  y *= 100.0 * take;
  put(out, 2 * period - 1, y);
  adxFrom(high, low, out, 2 * period, n, plus, minus, dx, y, take);
}

/** Bars from..n−1, from the movements, DX (as a share) and ADX at the bar before. */
function adxFrom(
  high: usize, low: usize, out: usize, from: i32, n: i32, plus: f64, minus: f64, dx: f64, y: f64, take: f64,
): void {
  const keep = 1.0 - take;
  const zero = f64x2.splat(0.0);
  const one = f64x2.splat(keep);
  const near = f64x2(keep, keep * keep);
  const far = f64x2(keep * keep * keep, keep * keep * (keep * keep));
  const share = f64x2.splat(100.0 * take);
  let lastP = f64x2.splat(plus);
  let lastM = f64x2.splat(minus);
  let last = f64x2.splat(y);
  let before = f64x2.splat(dx);
  let i = from;
  for (; i + 3 < n; i += 4) {
    const w = (<usize>i) << 3;
    const h = high + w;
    const l = low + w;
    const u0 = f64x2.sub(v128.load(h), v128.load(h - 8));
    const u1 = f64x2.sub(v128.load(h, 16), v128.load(h, 8));
    const d0 = f64x2.sub(v128.load(l - 8), v128.load(l));
    const d1 = f64x2.sub(v128.load(l, 8), v128.load(l, 16));
    let p0 = scanPair(plusMoves(u0, d0), one);
    let m0 = scanPair(plusMoves(d0, u0), one);
    const p1 = follow(follow(scanPair(plusMoves(u1, d1), one), near, carry(p0)), far, lastP);
    const m1 = follow(follow(scanPair(plusMoves(d1, u1), one), near, carry(m0)), far, lastM);
    p0 = follow(p0, near, lastP);
    m0 = follow(m0, near, lastM);
    lastP = carry(p1);
    lastM = carry(m1);
    const t0 = f64x2.add(p0, m0);
    const t1 = f64x2.add(p1, m1);
    let x0 = f64x2.div(f64x2.abs(f64x2.sub(p0, m0)), t0);
    let x1 = f64x2.div(f64x2.abs(f64x2.sub(p1, m1)), t1);
    if (!i64x2.all_true(f64x2.gt(f64x2.pmin(t0, t1), zero))) {
      // nothing has moved: DX stays as it was, bar after bar
      x0 = kept(x0, t0, before);
      x1 = kept(x1, t1, x0);
    }
    before = x1;
    const a = scanPair(f64x2.mul(share, x0), one);
    const b = follow(follow(scanPair(f64x2.mul(share, x1), one), near, carry(a)), far, last);
    v128.store(out + w, follow(a, near, last));
    v128.store(out + w, b, 16);
    last = carry(b);
  }
  plus = f64x2.extract_lane(lastP, 0);
  minus = f64x2.extract_lane(lastM, 0);
  dx = f64x2.extract_lane(before, 1);
  y = f64x2.extract_lane(last, 0);
  for (; i < n; i++) {
    const up = at(high, i) - at(high, i - 1);
    const down = at(low, i - 1) - at(low, i);
    plus = plus * keep + plusMove(up, down);
    minus = minus * keep + plusMove(down, up);
    if (plus + minus > 0.0) dx = abs(plus - minus) / (plus + minus);
    y = y * keep + 100.0 * take * dx;
    put(out, i, y);
  }
}

/** x where the total is above 0, else the lane before it: the high lane of `before`, then lane 0. */
function kept(x: v128, total: v128, before: v128): v128 {
  const x0 = f64x2.extract_lane(total, 0) > 0.0 ? f64x2.extract_lane(x, 0) : f64x2.extract_lane(before, 1);
  const x1 = f64x2.extract_lane(total, 1) > 0.0 ? f64x2.extract_lane(x, 1) : x0;
  return f64x2(x0, x1);
}
