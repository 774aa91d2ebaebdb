// Fair value gaps on 5-minute bars: birth, first touch, full mitigation, death by age. Causal: a gap born at
// the close of bar i is usable from bar i+1.

import { Window, WINDOW_HEADER } from '../statistics/window';

/** More than can be alive: at most one gap a bar, dead after AGE_MAX bars. */
const GAPS_MAX: i32 = 64;
const AGE_MAX: i32 = 50;
const SIZE_TICKS_MIN: f64 = 2.0;
const SIZE_ATR_MIN: f64 = 0.05;
const SIZES: i32 = 100;
/** Gaps that must have been seen before a strength is known. */
const SIZES_MIN: i32 = 48;
const THREE_BARS_MS: f64 = 600000.0;

/** One live gap, 40 bytes. */
@unmanaged
class Gap {
  top: f64;
  bottom: f64;
  /** Rank of size/ATR14 among the last 100 gaps before this one, 0..1; NaN while fewer than 48. */
  strength: f64;
  /** +1 bull (below the price), −1 bear. */
  direction: i32;
  /** Bars since birth, 0..50. */
  age: i32;
  touched: i32;
  pad: i32;
}

const GAP_BYTES: usize = offsetof<Gap>();

/**
 * Position-independent state; the live gaps, oldest first, and the window of sizes follow it. Everything from
 * `eventDirection` to `nearestDirection` describes the bar pushed last.
 */
@unmanaged
export class Fvg {
  /** +1 a bull gap was touched for the first time and held, −1 a bear gap, 0 none or both. */
  eventDirection: f64;
  /** Largest strength among the gaps of the event, 0..1; NaN without an event or before 48 gaps. */
  eventStrength: f64;
  /** +1 or −1 when this bar's close completed a gap, else 0. */
  bornDirection: f64;
  /** Its size in price units, 0 without one. */
  bornSize: f64;
  bullCount: f64;
  bearCount: f64;
  /**
   * (near edge − close)/close · 100 of the live gap whose near edge is closest to the close, in %; 0 without
   * one.
   */
  nearestDistance: f64;
  /** Its age in bars, 0..50; −1 without one. */
  nearestAge: f64;
  /** +1 bull, −1 bear, 0 without one. */
  nearestDirection: f64;
  tsBefore: f64;
  tsTwoBefore: f64;
  highBefore: f64;
  highTwoBefore: f64;
  lowBefore: f64;
  lowTwoBefore: f64;
  count: i32;
  bars: i32;

  init(): void {
    memory.fill(changetype<usize>(this), 0, FVG_BYTES);
    this.eventStrength = NaN;
    this.nearestAge = -1.0;
    this.sizes().init(SIZES);
  }

  /**
   * Takes one closed 5-minute bar.
   *
   * @param tsMs  open stamp; three bars make a gap only when they are consecutive in time
   * @param atr   ATR14 known at this close; no gap is born while it is NaN
   * @param tick  price step of the instrument
   */
  push(tsMs: f64, high: f64, low: f64, close: f64, atr: f64, tick: f64): void {
    this.touch(high, low, close);
    this.bornDirection = 0.0;
    this.bornSize = 0.0;
    if (this.bars >= 2 && atr == atr && tsMs - this.tsTwoBefore == THREE_BARS_MS)
      this.form(high, low, atr, tick);
    this.describe(close);
    this.tsTwoBefore = this.tsBefore;
    this.highTwoBefore = this.highBefore;
    this.lowTwoBefore = this.lowBefore;
    this.tsBefore = tsMs;
    this.highBefore = high;
    this.lowBefore = low;
    this.bars = min(this.bars + 1, 2);
  }

  /** Ages every gap, finds first touches that hold, drops the mitigated and the old ones. */
  private touch(high: f64, low: f64, close: f64): void {
    let bull = 0;
    let bear = 0;
    let strength: f64 = NaN;
    let kept = 0;
    for (let i = 0; i < this.count; i++) {
      const gap = this.gap(i);
      if (++gap.age > AGE_MAX) continue;
      const up = gap.direction > 0;
      const reached = up ? low <= gap.top : high >= gap.bottom;
      const held = up ? close > gap.bottom : close < gap.top;
      if (reached && !gap.touched) {
        gap.touched = 1;
        if (held) {
          if (up) bull = 1;
          else bear = 1;
          if (!(strength >= gap.strength)) strength = gap.strength;
        }
      }
      if (up ? low <= gap.bottom : high >= gap.top) continue;
      if (kept != i) memory.copy(changetype<usize>(this.gap(kept)), changetype<usize>(gap), GAP_BYTES);
      kept++;
    }
    this.count = kept;
    this.eventDirection = <f64>(bull - bear);
    this.eventStrength = bull != bear ? strength : NaN;
  }

  private form(high: f64, low: f64, atr: f64, tick: f64): void {
    const sizeMin = max(SIZE_TICKS_MIN * tick, SIZE_ATR_MIN * atr);
    const bull = low - this.highTwoBefore;
    const bear = this.lowTwoBefore - high;
    const up = bull >= sizeMin;
    if (!up && !(bear >= sizeMin)) return;
    const size = up ? bull : bear;
    const gap = this.gap(this.count++);
    gap.top = up ? low : this.lowTwoBefore;
    gap.bottom = up ? this.highTwoBefore : high;
    gap.direction = up ? 1 : -1;
    gap.age = 0;
    gap.touched = 0;
    gap.strength = this.sizes().rank(size / atr, SIZES_MIN);
    this.sizes().push(size / atr);
    this.bornDirection = <f64>gap.direction;
    this.bornSize = size;
  }

  /** Counts and the nearest level, after births and deaths of this bar; of equal distances the older gap. */
  private describe(close: f64): void {
    let bulls = 0;
    let nearest: f64 = Infinity;
    this.nearestDistance = 0.0;
    this.nearestAge = -1.0;
    this.nearestDirection = 0.0;
    for (let i = 0; i < this.count; i++) {
      const gap = this.gap(i);
      bulls += i32(gap.direction > 0);
      const away = (gap.direction > 0 ? gap.top : gap.bottom) - close;
      if (Math.abs(away) < nearest) {
        nearest = Math.abs(away);
        this.nearestDistance = (100.0 * away) / close;
        this.nearestAge = <f64>gap.age;
        this.nearestDirection = <f64>gap.direction;
      }
    }
    this.bullCount = <f64>bulls;
    this.bearCount = <f64>(this.count - bulls);
  }

  @inline
  private gap(i: i32): Gap {
    return changetype<Gap>(changetype<usize>(this) + offsetof<Fvg>() + <usize>i * GAP_BYTES);
  }

  @inline
  private sizes(): Window {
    return changetype<Window>(changetype<usize>(this) + offsetof<Fvg>() + <usize>GAPS_MAX * GAP_BYTES);
  }
}

/** Bytes of one Fvg with its 64 gaps and 100 sizes. */
export const FVG_BYTES: usize =
  offsetof<Fvg>() + <usize>GAPS_MAX * GAP_BYTES + WINDOW_HEADER + <usize>SIZES * 8;
