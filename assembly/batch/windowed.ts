// Indicators whose every value is computed from its own window: eight bars side by side, so that the sums of
// one bar do not wait for each other. No running sum, so no rounding error of an old price stays behind.

import { BLOCK, buffer } from './extremes';
import { blank } from './lanes';

/** Typical prices (high + low + close)/3 of bars from..to−1 at `out`. */
function typical(high: usize, low: usize, close: usize, from: i32, to: i32, out: usize): void {
  const place = (<usize>from) << 3;
  const bytes = (<usize>(to - from)) << 3;
  for (let w: usize = 0; w < bytes; w += 8) {
    const sum = load<f64>(high + place + w) + load<f64>(low + place + w) + load<f64>(close + place + w);
    store<f64>(out + w, sum / 3.0);
  }
}

/** Commodity channel index; 0 where the window has no deviation. */
export function batchCci(high: usize, low: usize, close: usize, out: usize, n: i32, period: i32): void {
  blank(out, 0, period - 1, n);
  for (let from = period - 1; from < n; from += BLOCK) {
    const to = min(from + BLOCK, n);
    const prices = buffer(0);
    const y = buffer(1);
    typical(high, low, close, from + 1 - period, to, prices);
    const bytes = (<usize>(to - from)) << 3;
    for (let w: usize = 0; w < bytes; w += 64) channel(prices + w, y + w, period);
    memory.copy(out + ((<usize>from) << 3), y, bytes);
  }
}

/** CCI of the eight windows that start at q, q + 8, …; means from the newest price, as the streaming form. */
function channel(q: usize, out: usize, period: i32): void {
  const end = q + ((<usize>period) << 3);
  const zero = f64x2.splat(0.0);
  const last = end - 8;
  const p0 = v128.load(last);
  const p1 = v128.load(last, 16);
  const p2 = v128.load(last, 32);
  const p3 = v128.load(last, 48);
  let a = zero;
  let b = zero;
  let c = zero;
  let d = zero;
  for (let x = q; x < end; x += 8) {
    a = f64x2.add(a, f64x2.sub(v128.load(x), p0));
    b = f64x2.add(b, f64x2.sub(v128.load(x, 16), p1));
    c = f64x2.add(c, f64x2.sub(v128.load(x, 32), p2));
    d = f64x2.add(d, f64x2.sub(v128.load(x, 48), p3));
  }
  const share = f64x2.splat(<f64>period);
  a = f64x2.add(p0, f64x2.div(a, share));
  b = f64x2.add(p1, f64x2.div(b, share));
  c = f64x2.add(p2, f64x2.div(c, share));
  d = f64x2.add(p3, f64x2.div(d, share));
  let e = zero;
  let f = zero;
  let g = zero;
  let h = zero;
  for (let x = q; x < end; x += 8) {
    e = f64x2.add(e, f64x2.abs(f64x2.sub(v128.load(x), a)));
    f = f64x2.add(f, f64x2.abs(f64x2.sub(v128.load(x, 16), b)));
    g = f64x2.add(g, f64x2.abs(f64x2.sub(v128.load(x, 32), c)));
    h = f64x2.add(h, f64x2.abs(f64x2.sub(v128.load(x, 48), d)));
  }
  v128.store(out, index(p0, a, e, share));
  v128.store(out, index(p1, b, f, share), 16);
  v128.store(out, index(p2, c, g, share), 32);
  v128.store(out, index(p3, d, h, share), 48);
}

@inline
function index(price: v128, mean: v128, deviation: v128, share: v128): v128 {
  const y = f64x2.div(
    f64x2.sub(price, mean),
    f64x2.mul(f64x2.splat(0.015), f64x2.div(deviation, share)),
  );
  return v128.and(y, f64x2.gt(deviation, f64x2.splat(0.0)));
}

/** Money flow index, percent; 50 where no money moved. */
export function batchMfi(
  high: usize, low: usize, close: usize, volume: usize, out: usize, n: i32, period: i32,
): void {
  blank(out, 0, period, n);
  for (let from = period; from < n; from += BLOCK) {
    const to = min(from + BLOCK, n);
    const prices = buffer(0);
    const flows = buffer(1);
    const y = buffer(2);
    const start = from - period;
    typical(high, low, close, start, to, prices);
    const v = volume + ((<usize>start) << 3);
    const width = (<usize>(to - start)) << 3;
    for (let w: usize = 8; w < width; w += 8) {
      const price = load<f64>(prices + w);
      const flow = price * load<f64>(v + w);
      const before = load<f64>(prices + w - 8);
      store<f64>(flows + w, price > before ? flow : price < before ? -flow : 0.0);
    }
    const bytes = (<usize>(to - from)) << 3;
    for (let w: usize = 0; w < bytes; w += 32) share(flows + 8 + w, y + w, period);
    memory.copy(out + ((<usize>from) << 3), y, bytes);
  }
}

/** Rising money over all money in percent, for the four windows that start at q, q + 8, …. */
function share(q: usize, out: usize, period: i32): void {
  const end = q + ((<usize>period) << 3);
  const zero = f64x2.splat(0.0);
  let a = zero;
  let b = zero;
  let c = zero;
  let d = zero;
  for (let x = q; x < end; x += 8) {
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    a = f64x2.add(a, f64x2.pmax(zero, x0));
    b = f64x2.add(b, f64x2.pmax(zero, x1));
    c = f64x2.add(c, f64x2.abs(x0));
    d = f64x2.add(d, f64x2.abs(x1));
  }
  const hundred = f64x2.splat(100.0);
  const fifty = f64x2.splat(50.0);
  const y0 = f64x2.mul(hundred, f64x2.div(a, c));
  const y1 = f64x2.mul(hundred, f64x2.div(b, d));
  v128.store(out, v128.bitselect(y0, fifty, f64x2.gt(c, zero)));
  v128.store(out, v128.bitselect(y1, fifty, f64x2.gt(d, zero)), 16);
}
