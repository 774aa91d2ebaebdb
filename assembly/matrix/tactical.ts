// tactical60x7: the last 60 closed 5-minute bars as seven f32 columns, and the gap events and ATR14 behind
// them.

import { exp } from '../math/elementary';
import { Atr, ATR_BYTES } from '../indicators/atr';
import { Fvg, FVG_BYTES } from '../indicators/fvg';

const ROWS: i32 = 60;
const COLUMNS: i32 = 7;
const ROW_BYTES: usize = <usize>COLUMNS * 4;
const ATR_PERIOD: i32 = 14;
const MOMENTUM_BARS: i32 = 5;
const LEVEL_PERCENT_MAX: f64 = 2.0;
const MOMENTUM_PERCENT_MAX: f64 = 10.0;
const AGE_DECAY: f64 = 0.1;
const VOLUME_ALPHA: f64 = 0.02;

/**
 * Position-independent state; Fvg, Atr and the ring of 60 rows follow it. The f64 fields up to
 * `fvgNearestDirection` are output.
 */
@unmanaged
export class Tactical {
  /** Wilder ATR14 at this close, price units; NaN before 15 bars. */
  atr: f64;
  /** Rows ready, 0..60; the matrix is complete at 60. */
  rows: f64;
  /** Volume against its EMA(.02), the ratio before tanh ln; NaN without volume. */
  volumeRatio: f64;
  /** Copies of Fvg's description of the last bar, see there. */
  fvgDirection: f64;
  fvgStrength: f64;
  fvgBornDirection: f64;
  fvgBornSize: f64;
  fvgBullCount: f64;
  fvgBearCount: f64;
  fvgNearestDistance: f64;
  fvgNearestAge: f64;
  fvgNearestDirection: f64;
  volumeMean: f64;
  /** Closes of the bars t−1 to t−5. */
  close1: f64;
  close2: f64;
  close3: f64;
  close4: f64;
  close5: f64;
  bars: i32;
  head: i32;
  volumes: i32;
  pad: i32;

  init(): void {
    memory.fill(changetype<usize>(this), 0, TACTICAL_BYTES);
    this.atr = NaN;
    this.range().init(ATR_PERIOD);
    this.volumeRatio = NaN;
    this.fvg().init();
    this.publish();
  }

  /**
   * Takes one closed 5-minute bar.
   *
   * @param tsMs      open stamp, ms UTC
   * @param tick      price step of the instrument
   * @param noVolume  1 when the source carries no volume: the column is 0
   */
  push(tsMs: f64, high: f64, low: f64, close: f64, volume: f64, tick: f64, noVolume: i32): void {
    this.atr = this.range().push(high, low, close);
    this.updateVolume(volume, noVolume);
    this.fvg().push(tsMs, high, low, close, this.atr, tick);
    this.publish();
    if (this.bars >= ATR_PERIOD) this.writeRow(close);
    this.close5 = this.close4;
    this.close4 = this.close3;
    this.close3 = this.close2;
    this.close2 = this.close1;
    this.close1 = close;
    this.bars = min(this.bars + 1, ATR_PERIOD);
  }

  /** Copies the kept rows to `out`, oldest first, f32[rows × 7]; returns how many rows. */
  matrix(out: usize): i32 {
    const rows = <i32>this.rows;
    const first = rows < ROWS ? 0 : this.head;
    const older = <usize>(rows - first) * ROW_BYTES;
    memory.copy(out, this.row(first), older);
    memory.copy(out + older, this.row(0), <usize>first * ROW_BYTES);
    return rows;
  }

  private updateVolume(volume: f64, noVolume: i32): void {
    this.volumeRatio = NaN;
    if (noVolume) return;
    this.volumeMean =
      this.volumes == 0 ? volume : this.volumeMean + VOLUME_ALPHA * (volume - this.volumeMean);
    this.volumes = 1;
    if (this.volumeMean > 0.0) this.volumeRatio = volume / this.volumeMean;
  }

  private writeRow(close: f64): void {
    const fvg = this.fvg();
    const at = this.row(this.head);
    const momentum = 100.0 * (close / this.close5 - 1.0);
    const squared = this.volumeRatio * this.volumeRatio;
    store<f32>(at, <f32>i32(fvg.bullCount > 0.0), 0);
    store<f32>(at, <f32>i32(fvg.bearCount > 0.0), 4);
    store<f32>(at, <f32>clipped(fvg.nearestDistance, LEVEL_PERCENT_MAX), 8);
    store<f32>(at, fvg.nearestAge < 0.0 ? <f32>0.0 : <f32>exp(-AGE_DECAY * fvg.nearestAge), 12);
    store<f32>(at, <f32>fvg.eventDirection, 16);
    store<f32>(at, <f32>clipped(momentum, MOMENTUM_PERCENT_MAX), 20);
    // tanh(ln x) = (x² − 1)/(x² + 1), written so that a huge x stays finite.
    store<f32>(at, squared == squared ? <f32>(1.0 - 2.0 / (squared + 1.0)) : <f32>0.0, 24);
    this.head = this.head + 1 == ROWS ? 0 : this.head + 1;
    this.rows = min(this.rows + 1.0, <f64>ROWS);
  }

  private publish(): void {
    const fvg = this.fvg();
    this.fvgDirection = fvg.eventDirection;
    this.fvgStrength = fvg.eventStrength;
    this.fvgBornDirection = fvg.bornDirection;
    this.fvgBornSize = fvg.bornSize;
    this.fvgBullCount = fvg.bullCount;
    this.fvgBearCount = fvg.bearCount;
    this.fvgNearestDistance = fvg.nearestDistance;
    this.fvgNearestAge = fvg.nearestAge;
    this.fvgNearestDirection = fvg.nearestDirection;
  }

  @inline
  private fvg(): Fvg {
    return changetype<Fvg>(changetype<usize>(this) + offsetof<Tactical>());
  }

  @inline
  private range(): Atr {
    return changetype<Atr>(changetype<usize>(this) + offsetof<Tactical>() + FVG_BYTES);
  }

  @inline
  private row(i: i32): usize {
    return changetype<usize>(this) + offsetof<Tactical>() + FVG_BYTES + ATR_BYTES + <usize>i * ROW_BYTES;
  }
}

/** Bytes of one Tactical, a multiple of 8. */
export const TACTICAL_BYTES: usize = offsetof<Tactical>() + FVG_BYTES + ATR_BYTES + <usize>ROWS * ROW_BYTES;

/** x/limit kept in [−1, 1]. */
function clipped(x: f64, limit: f64): f64 {
  return max(-1.0, min(1.0, x / limit));
}

/** Bytes of one state. */
export function tacticalBytes(): usize {
  return TACTICAL_BYTES;
}

/** Makes the bytes at `at` an empty state. */
export function tacticalInit(at: usize): void {
  changetype<Tactical>(at).init();
}

/** The open is not used by any column; it is taken so that every bar goes in by the same seven numbers. */
export function tacticalPush(
  at: usize,
  tsMs: f64,
  open: f64,
  high: f64,
  low: f64,
  close: f64,
  volume: f64,
  tick: f64,
  noVolume: i32,
): void {
  changetype<Tactical>(at).push(tsMs, high, low, close, volume, tick, noVolume);
}

/** Writes the rows, oldest first, as f32 at `out`; returns how many, 0..60. */
export function tacticalMatrix(at: usize, out: usize): i32 {
  return changetype<Tactical>(at).matrix(out);
}
