// strategic48x13: one row of 13 columns for each closed 30-minute bar, 48 rows, and the statistics that other
// parts read.

import { Atr, ATR_BYTES } from '../indicators/atr';
import { Macd, MACD_BYTES } from '../indicators/macd';
import { Rsi, RSI_BYTES } from '../indicators/rsi';
import { log } from '../math/elementary';
import { canonical, clip, ratio, shift } from '../math/shape';
import { CORRELATION_BYTES, EwmaCorrelation } from '../statistics/correlation';
import { Cusum, CUSUM_BYTES } from '../statistics/cusum';
import { Edge, edgeBytes } from '../statistics/edge';
import { FilteredHistory, FILTERED_HISTORY_BYTES } from '../statistics/filtered-history';
import { Amihud, amihudBytes } from '../statistics/liquidity';
import { Scale, slotOf } from '../statistics/scale';
import { SortedWindow, sortedWindowBytes } from '../statistics/sorted-window';
import { VolumeProfile, VOLUME_PROFILE_BYTES } from '../statistics/volume-profile';
import { YangZhang, yangZhangBytes } from '../statistics/volatility-range';
import { bandPosition, CLOSE_LOCATION_BYTES, CloseLocation } from './price-columns';

const ROWS: i32 = 48;
const COLUMNS: i32 = 13;
const ROW: usize = 52;
const MATRIX: usize = 2496;
const NAN_F32: u32 = 0x7fc00000;

const BAND: i32 = 20;
const MOMENTUM: i32 = 10;
const RANK_WINDOW: i32 = 250;
const RANK_MINIMUM: i32 = 48;
const CORRELATION_LAMBDA: f64 = 0.94;
const CORRELATION_MINIMUM: i32 = 20;
const CUSUM_ALARM: f64 = 5.0;
const SQRT_MOMENTUM: f64 = 3.1622776601683795;

/**
 * Position-independent state. The first fields and the matrix after them are read by src/signals/matrix.ts.
 */
@unmanaged
export class Strategic {
  /** ATR14 of 30-minute bars, price units. */
  atr14: f64;
  /** EDGE spread over 20 bars, fraction of price; the last known while nothing trades. */
  edgeSpread: f64;
  /** Its signed square: negative where noise outweighs the spread. */
  edgeSquared: f64;
  /**
   * Filtered historical simulation for one 30-minute bar, positive fractions of price; NaN below 96 values.
   */
  fhsVar95: f64;
  fhsVar99: f64;
  fhsEs95: f64;
  /** EWMA(.94) normal values of the same; NaN below 20 returns. */
  parametricVar95: f64;
  parametricVar99: f64;
  parametricEs95: f64;
  /** EWMA(.97) volatility per 30-minute bar. */
  sigma: f64;
  /** EWMA(.94) volatility of the VaR. */
  sigmaVar: f64;
  /** Yang-Zhang volatility over 20 bars, per 30-minute bar. */
  yangZhang: f64;
  /** Standardised returns behind the simulation, 0..500; the risk gate uses it from 250 on. */
  fhsCount: i32;
  /** 30-minute bars taken. */
  bars: i32;
  /** Finite rows without a break up to the newest; the matrix is complete at 48. */
  streak: i32;
  /** Finite rows in all. */
  completeRows: i32;

  previousClose: f64;
  previousVolume: f64;
  referenced: i32;
  pad: i32;

  init(): void {
    const self = changetype<usize>(this);
    memory.fill(self, 0, STRATEGIC_BYTES);
    for (let at: usize = 0; at < 96; at += 8) store<f64>(self + at, NaN);
    for (let at: usize = 0; at < MATRIX; at += 4) store<u32>(self + MATRIX_AT + at, NAN_F32);
    changetype<Rsi>(self + RSI_AT).init(14);
    changetype<Macd>(self + MACD_AT).init(12, 26, 9);
    changetype<Atr>(self + ATR_AT).init(14);
    changetype<CloseLocation>(self + LOCATION_AT).init();
    changetype<EwmaCorrelation>(self + CORRELATION_AT).init(CORRELATION_LAMBDA);
    changetype<Cusum>(self + CUSUM_AT).init();
    changetype<Edge>(self + EDGE_AT).init(BAND);
    changetype<Amihud>(self + AMIHUD_AT).init(BAND);
    changetype<YangZhang>(self + YANG_ZHANG_AT).init(BAND);
    changetype<FilteredHistory>(self + HISTORY_AT).init();
    this.ranked(0).init(RANK_WINDOW);
    this.ranked(1).init(RANK_WINDOW);
    this.ranked(2).init(RANK_WINDOW);
    this.ranked(3).init(RANK_WINDOW);
    changetype<VolumeProfile>(self + VOLUME_AT).init();
  }

  /** Windows of 250 behind ranks and medians: 0 Yang-Zhang, 1 VaR95, 2 EDGE, 3 Amihud. */
  @inline
  private ranked(i: i32): SortedWindow {
    return changetype<SortedWindow>(
      changetype<usize>(this) + RANKED_AT + <usize>i * sortedWindowBytes(RANK_WINDOW),
    );
  }


  /** Address of the newest row, f32[13]. */
  @inline
  newestRow(): usize {
    return changetype<usize>(this) + MATRIX_AT + MATRIX - ROW;
  }

  /** Writes a column of the newest row. */
  @inline
  private set(column: i32, x: f64): void {
    const at = changetype<usize>(this) + MATRIX_AT + MATRIX - ROW + ((<usize>column) << 2);
    if (x == x) store<f32>(at, <f32>x);
    else store<u32>(at, NAN_F32);
  }

  /**
   * Takes one closed bar whose `scale` already took it; `regime` is the indicator known before it,
   * `reference` the log return of the reference symbol over the same bar (NaN: none). True when the new row
   * is finite.
   */
  push(
    scale: Scale,
    tsMs: f64,
    o: f64,
    h: f64,
    l: f64,
    c: f64,
    v: f64,
    regime: f64,
    reference: f64,
    noVolume: bool,
  ): bool {
    const self = changetype<usize>(this);
    const first = this.bars++ == 0;
    const r = scale.logReturn;
    const z = first ? NaN : ratio(r, scale.sigmaBefore);
    shift(self + MATRIX_AT, ROWS, ROW);
    const closes = self + CLOSES_AT;
    store<f64>(shift(closes, BAND, 8), c);
    this.sigma = scale.sigma;
    this.set(0, clip(z, 5.0));
    this.set(1, noVolume ? 0.0 : changetype<VolumeProfile>(self + VOLUME_AT).push(slotOf(tsMs), v));
    this.set(
      3,
      this.bars > MOMENTUM
        ? clip(ratio(log(c / load<f64>(closes, 72)), scale.sigma * SQRT_MOMENTUM), 5.0)
        : NaN,
    );
    this.pushMomentum(h, l, c);
    this.set(6, this.bars >= BAND ? clip(bandPosition(closes), 3.0) : NaN);
    this.set(7, changetype<CloseLocation>(self + LOCATION_AT).push(h, l, c));
    this.set(8, first ? NaN : this.pushCorrelation(r, v, reference, noVolume));
    this.set(9, regime);
    this.pushRange(o, h, l, c, first);
    if (!first) this.pushRisk(r);
    this.set(10, first ? NaN : this.ranked(1).rankAndPush(this.fhsVar95, RANK_MINIMUM));
    this.set(11, this.pushLiquidity(r, c, v, first, noVolume));
    const alarm = changetype<Cusum>(self + CUSUM_AT).push(z);
    this.set(12, z == z ? min(1.0, alarm / CUSUM_ALARM) : NaN);
    this.previousClose = c;
    this.previousVolume = v;
    return this.close();
  }

  private pushMomentum(h: f64, l: f64, c: f64): void {
    const self = changetype<usize>(this);
    const rsi = changetype<Rsi>(self + RSI_AT);
    const macd = changetype<Macd>(self + MACD_AT);
    const atr = changetype<Atr>(self + ATR_AT);
    rsi.push(c);
    macd.push(c);
    atr.push(h, l, c);
    this.atr14 = atr.value;
    this.set(4, (rsi.value - 50.0) / 50.0);
    this.set(5, clip(ratio(macd.histogram, atr.value), 3.0));
  }

  /** With the reference from its first return on (its missing bars pass), else with the own volume change. */
  private pushCorrelation(r: f64, v: f64, reference: f64, noVolume: bool): f64 {
    const state = changetype<EwmaCorrelation>(changetype<usize>(this) + CORRELATION_AT);
    if (reference == reference) {
      if (!this.referenced) state.init(CORRELATION_LAMBDA);
      this.referenced = 1;
      state.push(r, reference);
    } else if (!this.referenced) {
      const known = !noVolume && v > 0.0 && this.previousVolume > 0.0;
      state.push(r, known ? log(v / this.previousVolume) : 0.0);
    }
    return state.value(CORRELATION_MINIMUM);
  }

  /** Yang-Zhang and EDGE share four logarithms. */
  private pushRange(o: f64, h: f64, l: f64, c: f64, first: bool): void {
    const self = changetype<usize>(this);
    const overnight = first ? NaN : log(o / this.previousClose);
    const high = log(h / o);
    const low = log(l / o);
    const body = log(c / o);
    const edge = changetype<Edge>(self + EDGE_AT);
    edge.push(o, h, l, c, overnight, high, low, body, this.previousClose);
    if (edge.spread == edge.spread) {
      this.edgeSpread = edge.spread;
      this.edgeSquared = edge.squared;
    }
    const range = changetype<YangZhang>(self + YANG_ZHANG_AT);
    if (!first) range.push(overnight, high, low, body);
    this.yangZhang = range.value;
    const past = this.ranked(0);
    if (range.value == range.value) past.push(range.value);
    this.set(2, clip(log(range.value / past.median(RANK_MINIMUM)), 3.0));
  }

  private pushRisk(r: f64): void {
    const history = changetype<FilteredHistory>(changetype<usize>(this) + HISTORY_AT);
    history.push(r);
    this.fhsVar95 = history.var95;
    this.fhsVar99 = history.var99;
    this.fhsEs95 = history.es95;
    this.parametricVar95 = canonical(history.parametricVar95());
    this.parametricVar99 = canonical(history.parametricVar99());
    this.parametricEs95 = canonical(history.parametricEs95());
    this.sigmaVar = history.sigma;
    this.fhsCount = history.standardised().known;
  }

  /** 1 − mean rank of spread and illiquidity; the spread alone without volume. */
  private pushLiquidity(r: f64, c: f64, v: f64, first: bool, noVolume: bool): f64 {
    const spread = this.ranked(2).rankAndPush(this.edgeSpread, RANK_MINIMUM);
    if (noVolume) return 1.0 - spread;
    const amihud = changetype<Amihud>(changetype<usize>(this) + AMIHUD_AT);
    if (!first) amihud.push(r, c, v);
    const dryness = this.ranked(3).rankAndPush(amihud.value, RANK_MINIMUM);
    return 1.0 - 0.5 * (spread + dryness);
  }

  /** Counts the newest row. */
  private close(): bool {
    const row = changetype<usize>(this) + MATRIX_AT + MATRIX - ROW;
    let finite = true;
    for (let i = 0; i < COLUMNS; i++) {
      const x = load<f32>(row + ((<usize>i) << 2));
      finite = finite && x - x == 0.0;
    }
    this.streak = finite ? min(ROWS, this.streak + 1) : 0;
    this.completeRows += i32(finite);
    return finite;
  }
}

const MATRIX_AT: usize = offsetof<Strategic>();
const CLOSES_AT: usize = MATRIX_AT + MATRIX;
const RSI_AT: usize = CLOSES_AT + <usize>BAND * 8;
const MACD_AT: usize = RSI_AT + RSI_BYTES;
const ATR_AT: usize = MACD_AT + MACD_BYTES;
const LOCATION_AT: usize = ATR_AT + ATR_BYTES;
const CORRELATION_AT: usize = LOCATION_AT + CLOSE_LOCATION_BYTES;
const CUSUM_AT: usize = CORRELATION_AT + CORRELATION_BYTES;
const EDGE_AT: usize = CUSUM_AT + CUSUM_BYTES;
const AMIHUD_AT: usize = EDGE_AT + edgeBytes(BAND);
const YANG_ZHANG_AT: usize = AMIHUD_AT + amihudBytes(BAND);
const HISTORY_AT: usize = YANG_ZHANG_AT + yangZhangBytes(BAND);
const RANKED_AT: usize = HISTORY_AT + FILTERED_HISTORY_BYTES;
const VOLUME_AT: usize = RANKED_AT + 4 * sortedWindowBytes(RANK_WINDOW);
/** Bytes of the strategic state of one symbol. */
export const STRATEGIC_BYTES: usize = VOLUME_AT + VOLUME_PROFILE_BYTES;

/** Bytes to reserve for the strategic state of one symbol. */
export function strategicBytes(): usize {
  return STRATEGIC_BYTES;
}

/** Starts the state at `at`. */
export function strategicInit(at: usize): void {
  changetype<Strategic>(at).init();
}

/** One closed 30-minute bar, after its scale at `scaleAt` took it; 1 when the new row is finite. */
export function strategicPush(
  at: usize,
  scaleAt: usize,
  tsMs: f64,
  o: f64,
  h: f64,
  l: f64,
  c: f64,
  v: f64,
  regime: f64,
  reference: f64,
  noVolume: i32,
): i32 {
  return i32(
    changetype<Strategic>(at).push(
      changetype<Scale>(scaleAt),
      tsMs,
      o,
      h,
      l,
      c,
      v,
      regime,
      reference,
      noVolume != 0,
    ),
  );
}

/** Copies the 48x13 f32 matrix, oldest row first, to `out`; 1 when all of it is finite. */
export function strategicMatrix(at: usize, out: usize): i32 {
  memory.copy(out, at + MATRIX_AT, MATRIX);
  return i32(changetype<Strategic>(at).streak == ROWS);
}

/**
 * Byte offset of the matrix inside the state, for reading it in place; its last 13 f32 are the newest row.
 */
export function strategicMatrixOffset(): usize {
  return MATRIX_AT;
}
