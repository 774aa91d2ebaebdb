// Estimators over a trailing window of bars, with the logarithms they need: Garman-Klass and Yang-Zhang
// volatility, EDGE spread, Amihud illiquidity. Output at byte 0; NaN in warm-up.

import { log } from '../math/elementary';
import { Amihud, amihudBytes } from '../statistics/liquidity';
import { Edge, edgeBytes } from '../statistics/edge';
import { YangZhang, yangZhangBytes } from '../statistics/volatility-range';
import { Ring, ringBytes } from './ring';

const LN2: f64 = 0.6931471805599453;

/** Garman-Klass volatility per bar; the ring of single-bar variances follows. */
@unmanaged
export class GarmanKlass {
  value: f64;
  pad: f64;

  init(period: i32): void {
    this.value = NaN;
    this.pad = 0.0;
    this.ring.init(period);
  }

  get ring(): Ring {
    return changetype<Ring>(changetype<usize>(this) + offsetof<GarmanKlass>());
  }

  /** NaN for the first period − 1 bars. Source: Garman & Klass 1980, equation 20. */
  push(open: f64, high: f64, low: f64, close: f64): f64 {
    const range = log(high / low);
    const body = log(close / open);
    const ring = this.ring;
    ring.push(0.5 * range * range - (2.0 * LN2 - 1.0) * body * body);
    if (ring.full) this.value = Math.sqrt(max(0.0, ring.mean));
    return this.value;
  }
}

/** Which estimator an OpenState holds. */
const YANG_ZHANG: i32 = 0;
const EDGE: i32 = 1;
const AMIHUD: i32 = 2;

/** An estimator of src/statistics with the close before; the estimator follows. */
@unmanaged
export class Estimator {
  value: f64;
  close: f64;
  kind: i32;
  pad: i32;

  init(kind: i32, period: i32): void {
    memory.fill(changetype<usize>(this), 0, estimatorBytes(kind, period));
    this.value = NaN;
    this.close = NaN;
    this.kind = kind;
    if (kind == YANG_ZHANG) changetype<YangZhang>(this.inside).init(period);
    else if (kind == EDGE) changetype<Edge>(this.inside).init(period);
    else changetype<Amihud>(this.inside).init(period);
  }

  get inside(): usize {
    return changetype<usize>(this) + offsetof<Estimator>();
  }

  /** One closed bar. Yang-Zhang and Amihud are NaN for the first `period` bars, EDGE for period − 1. */
  push(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    const before = this.close;
    this.close = close;
    const first = before != before;
    if (this.kind == AMIHUD) {
      const state = changetype<Amihud>(this.inside);
      if (first) return NaN;
      state.push(log(close / before), close, volume);
      this.value = state.value;
      return this.value;
    }
    // the first bar has no bar before it; its overnight move is not used
    const overnight = first ? 0.0 : log(open / before);
    const h = log(high / open);
    const l = log(low / open);
    const c = log(close / open);
    if (this.kind == EDGE) {
      const state = changetype<Edge>(this.inside);
      state.push(open, high, low, close, overnight, h, l, c, before);
      this.value = state.spread;
    } else if (!first) {
      const state = changetype<YangZhang>(this.inside);
      state.push(overnight, h, l, c);
      this.value = state.value;
    }
    return this.value;
  }
}

export function garmanKlassBytes(period: i32): usize {
  return offsetof<GarmanKlass>() + ringBytes(period);
}

export function garmanKlassInit(p: usize, period: i32): void {
  changetype<GarmanKlass>(p).init(period);
}

export function garmanKlassPush(p: usize, open: f64, high: f64, low: f64, close: f64): f64 {
  return changetype<GarmanKlass>(p).push(open, high, low, close);
}

/** Bytes of an estimator: kind 0 Yang-Zhang, 1 EDGE, 2 Amihud. */
export function estimatorBytes(kind: i32, period: i32): usize {
  const inside =
    kind == YANG_ZHANG ? yangZhangBytes(period) : kind == EDGE ? edgeBytes(period) : amihudBytes(period);
  return offsetof<Estimator>() + inside;
}

export function estimatorInit(p: usize, kind: i32, period: i32): void {
  changetype<Estimator>(p).init(kind, period);
}

export function estimatorPush(p: usize, open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
  return changetype<Estimator>(p).push(open, high, low, close, volume);
}
