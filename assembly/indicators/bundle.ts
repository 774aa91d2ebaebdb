// Seven indicators with eleven outputs in one push: RSI 14, MACD 12/26/9, Bollinger 20/2, ATR 14, ADX 14, OBV
// and VWAP. The streaming forms carry it through the warm-up; from then on the recurrences run side by side
// on one set of fields, with products in place of divisions by the period.

import { Adx, ADX_BYTES } from './adx';
import { Atr, ATR_BYTES } from './atr';
import { Macd, MACD_BYTES } from './macd';
import { sumOf, varianceOf } from './ring';
import { Rsi, RSI_BYTES } from './rsi';

const PERIOD: i32 = 14;
const BAND: i32 = 20;
/** Bars until every output is known; the fields take over after them. */
const WARM: i32 = 40;
const KEEP: f64 = 13.0 / 14.0;
const TAKE: f64 = 1.0 / 14.0;
/** Variance over the largest mean square since the sums began, as in batch/bollinger.ts. */
const SHARE_MIN: f64 = 1e-4;

/**
 * The last 20 closes, in no order, then RSI, MACD, ATR and ADX of the warm-up follow. Pairs that stand side
 * by side here are computed in two lanes.
 */
@unmanaged
export class Bundle {
  /** Outputs: RSI, then as named, each NaN in its own warm-up. */
  value: f64;
  macd: f64;
  signal: f64;
  histogram: f64;
  middle: f64;
  upper: f64;
  lower: f64;
  atr: f64;
  adx: f64;
  obv: f64;
  vwap: f64;
  gain: f64;
  change: f64;
  fast: f64;
  slow: f64;
  plus: f64;
  minus: f64;
  dx: f64;
  high: f64;
  low: f64;
  close: f64;
  base: f64;
  moved: f64;
  volume: f64;
  reference: f64;
  sum: f64;
  square: f64;
  peak: f64;
  count: i32;
  /** Where the next close goes, 0..19. */
  head: i32;

  init(): void {
    memory.fill(changetype<usize>(this), 0, BUNDLE_BYTES);
    for (let i: usize = 0; i < 88; i += 8) store<f64>(changetype<usize>(this) + i, NaN);
    this.rsi.init(PERIOD);
    this.lines.init(12, 26, 9);
    this.range.init(PERIOD);
    this.direction.init(PERIOD);
  }

  get closes(): usize {
    return changetype<usize>(this) + offsetof<Bundle>();
  }

  get rsi(): Rsi {
    return changetype<Rsi>(changetype<usize>(this) + offsetof<Bundle>() + ((<usize>BAND) << 3));
  }

  get lines(): Macd {
    return changetype<Macd>(changetype<usize>(this.rsi) + RSI_BYTES);
  }

  get range(): Atr {
    return changetype<Atr>(changetype<usize>(this.lines) + MACD_BYTES);
  }

  get direction(): Adx {
    return changetype<Adx>(changetype<usize>(this.range) + ATR_BYTES);
  }

  /** Takes one closed bar; `first` is 1 on the first bar of a session, for VWAP. */
  push(high: f64, low: f64, close: f64, volume: f64, first: i32): f64 {
    if (this.count < WARM) this.warm(high, low, close, volume);
    else this.step(high, low, close, volume);
    this.bands(close);
    const price = (high + low + close) * (1.0 / 3.0);
    if (first != 0 || this.base == 0.0) {
      this.vwap = NaN;
      this.base = price;
      this.moved = 0.0;
      this.volume = 0.0;
    }
    this.moved += (price - this.base) * volume;
    this.volume += volume;
    if (this.volume > 0.0) this.vwap = this.base + this.moved / this.volume;
    this.high = high;
    this.low = low;
    this.close = close;
    return this.value;
  }

  private warm(high: f64, low: f64, close: f64, volume: f64): void {
    const change = close - this.close;
    if (this.count == 0) this.obv = volume;
    else this.obv += change > 0.0 ? volume : change < 0.0 ? -volume : 0.0;
    this.value = this.rsi.push(close);
    this.macd = this.lines.push(close);
    this.signal = this.lines.signal;
    this.histogram = this.lines.histogram;
    this.atr = this.range.push(high, low, close);
    this.adx = this.direction.push(high, low, close);
    if (++this.count < WARM) return;
    this.gain = this.rsi.gain;
    this.change = this.rsi.gain + this.rsi.loss;
    this.fast = this.lines.average(0).value;
    this.slow = this.lines.average(1).value;
    this.plus = this.direction.plus;
    this.minus = this.direction.minus;
    this.dx = this.direction.dx;
  }

  private step(high: f64, low: f64, close: f64, volume: f64): void {
    const at = changetype<usize>(this);
    const zero = f64x2.splat(0.0);
    const keep = f64x2.splat(KEEP);
    const take = f64x2.splat(TAKE);
    const before = this.close;
    const change = close - before;
    const up = high - this.high;
    const down = this.low - low;
    // masks and pmax in place of select and max, which branch: on prices half of the guesses would be wrong
    const fall = -change;
    const sides = v128.and(f64x2.splat(volume), f64x2.gt(f64x2(change, fall), zero));
    this.obv += f64x2.extract_lane(sides, 0) - f64x2.extract_lane(sides, 1);
    // gain and change; plus and minus; fast and slow
    const rise = f64x2.pmax(f64x2.splat(change), f64x2(0.0, fall));
    const a = f64x2.add(f64x2.mul(v128.load(at, offsetof<Bundle>('gain')), keep), f64x2.mul(take, rise));
    const moves = f64x2(up, down);
    const larger = f64x2.gt(moves, v128.shuffle<f64>(moves, moves, 1, 0));
    const directed = v128.and(f64x2.pmax(zero, moves), larger);
    const b = f64x2.add(f64x2.mul(v128.load(at, offsetof<Bundle>('plus')), keep), directed);
    const c = v128.load(at, offsetof<Bundle>('fast'));
    const d = f64x2.add(c, f64x2.mul(f64x2(2.0 / 13.0, 2.0 / 27.0), f64x2.sub(f64x2.splat(close), c)));
    v128.store(at, a, offsetof<Bundle>('gain'));
    v128.store(at, b, offsetof<Bundle>('plus'));
    v128.store(at, d, offsetof<Bundle>('fast'));
    // RSI and DX are the two quotients
    const swapped = v128.shuffle<f64>(b, b, 1, 0);
    const above = v128.shuffle<f64>(a, f64x2.abs(f64x2.sub(b, swapped)), 0, 2);
    const below = v128.shuffle<f64>(a, f64x2.add(b, swapped), 1, 2);
    const y = f64x2.mul(f64x2.splat(100.0), f64x2.div(above, below));
    const known = v128.bitselect(y, f64x2(50.0, this.dx), f64x2.gt(below, zero));
    this.value = f64x2.extract_lane(known, 0);
    this.dx = f64x2.extract_lane(known, 1);
    const macd = f64x2.extract_lane(d, 0) - f64x2.extract_lane(d, 1);
    const signal = this.signal + 0.2 * (macd - this.signal);
    this.macd = macd;
    this.signal = signal;
    this.histogram = macd - signal;
    const ends = f64x2.pmax(f64x2(high, -low), f64x2(before, -before));
    const range = f64x2.extract_lane(ends, 0) + f64x2.extract_lane(ends, 1);
    const ranges = f64x2.mul(take, v128.replace_lane<f64>(known, 0, range));
    const e = f64x2.add(f64x2.mul(v128.load(at, offsetof<Bundle>('atr')), keep), ranges);
    v128.store(at, e, offsetof<Bundle>('atr'));
  }

  /** Running sums less a reference; afresh each time the ring comes round, and where digits would be lost. */
  private bands(close: f64): void {
    const slot = this.closes + ((<usize>this.head) << 3);
    const old = load<f64>(slot);
    store<f64>(slot, close);
    this.head = this.head + 1 == BAND ? 0 : this.head + 1;
    const x = close - this.reference;
    const y = old - this.reference;
    const d = (x - y) * (1.0 / <f64>BAND);
    const mean = this.sum + d;
    const square = this.square + d * (x + y);
    const variance = square - mean * mean;
    if (this.head == 0 || variance < SHARE_MIN * this.peak) {
      // in the warm-up the first comes when the window is full
      if (this.head == 0 || this.count >= BAND) this.afresh(close);
      return;
    }
    if (this.count < BAND) return;
    this.sum = mean;
    this.square = square;
    if (square > this.peak) this.peak = square;
    this.write(this.reference + mean, variance);
  }

  private afresh(close: f64): void {
    const mean = sumOf(this.closes, BAND) / <f64>BAND;
    const variance = varianceOf(this.closes, BAND, mean);
    this.reference = close;
    this.sum = mean - close;
    this.square = variance + this.sum * this.sum;
    this.peak = this.square;
    this.write(mean, variance);
  }

  private write(middle: f64, variance: f64): void {
    const half = 2.0 * Math.sqrt(variance > 0.0 ? variance : 0.0);
    this.middle = middle;
    this.upper = middle + half;
    this.lower = middle - half;
  }
}

/** Bytes of one Bundle. */
export const BUNDLE_BYTES: usize =
  offsetof<Bundle>() + ((<usize>BAND) << 3) + RSI_BYTES + MACD_BYTES + ATR_BYTES + ADX_BYTES;

export function bundleBytes(): usize {
  return BUNDLE_BYTES;
}

export function bundleInit(p: usize): void {
  changetype<Bundle>(p).init();
}

export function bundlePush(p: usize, high: f64, low: f64, close: f64, volume: f64, first: i32): f64 {
  return changetype<Bundle>(p).push(high, low, close, volume, first);
}
