// Uncertainty about the size of the next 30-minute move: conformal interval on a volatility forecast, level
// by the rank of its width. It says nothing about direction.

import { exp, log } from '../math/elementary';
import { canonical, clip } from '../math/shape';
import { Conformal, conformalBytesOf } from './conformal';
import { Scale, slotOf } from './scale';
import { SortedWindow, sortedWindowBytes } from './sorted-window';

const LOW: i32 = 0;
const MEDIUM: i32 = 1;
const HIGH: i32 = 2;
const WARM_UP: i32 = 1;

const WINDOW: i32 = 500;
const MINIMUM: i32 = 48;
const ALPHA: f64 = 0.1;
const GAMMA: f64 = 0.01;
const SLOT_PRIOR: f64 = 10.0;
const SLOT_WEIGHT: f64 = 0.9;
const FAST_WEIGHT: f64 = 0.3;
const FAST_LAMBDA: f64 = 0.75;
const MEAN_SLOT_LAMBDA: f64 = 0.97;
const FLAT_BAND: f64 = 0.25;
const UP_LAMBDA: f64 = 0.998;
const UP_PRIOR: f64 = 5.0;
/** Half-width in forecast scales when nothing can be excluded. */
const WIDTH_MAX: f64 = 12.0;
const HALF_HOUR_MS: f64 = 1800000.0;
const COVERED_BYTES: usize = 504;
const ALL_CLASSES: i32 = 7;

/**
 * Position-independent state; the first twelve fields are the result and are read by
 * src/signals/uncertainty.ts.
 */
@unmanaged
export class Uncertainty {
  /** LOW 0, MEDIUM 1, HIGH 2. */
  level: i32;
  /** Why HIGH was forced: 1 warm-up, 2 gap, 4 imputed input, 8 ensemble disagreement; 0 by rank. */
  forced: i32;
  /** Half-width of the interval for the next log return. */
  halfWidth: f64;
  alphaT: f64;
  /** Share of the last 500 intervals that held; NaN before 48. */
  coverage500: f64;
  /** Rank of the half-width among its previous 500; NaN before 48. */
  rank: f64;
  /** Forecast scale of the next log return. */
  sigmaForecast: f64;
  pDown: f64;
  pFlat: f64;
  pUp: f64;
  /** Conformal set at α = .10: 1 down, 2 flat, 4 up. */
  setMask: i32;
  pad: i32;

  sigma: f64;
  fastSquares: f64;
  fastWeight: f64;
  slotLog: f64;
  slotSum: f64;
  slotWeight: f64;
  upSum: f64;
  upCount: f64;
  coveredCount: i32;
  coveredHead: i32;
  covered: i32;
  bars: i32;

  init(): void {
    memory.fill(changetype<usize>(this), 0, UNCERTAINTY_BYTES);
    this.interval().init(WINDOW, MINIMUM, ALPHA, GAMMA);
    this.classes().init(WINDOW, MINIMUM, ALPHA, GAMMA);
    this.widths().init(WINDOW);
    this.level = HIGH;
    this.forced = WARM_UP;
    this.halfWidth = NaN;
    this.alphaT = ALPHA;
    this.coverage500 = NaN;
    this.rank = NaN;
    this.sigmaForecast = NaN;
    this.pDown = NaN;
    this.pFlat = NaN;
    this.pUp = NaN;
    this.setMask = ALL_CLASSES;
    this.sigma = NaN;
  }

  @inline
  private interval(): Conformal {
    return changetype<Conformal>(changetype<usize>(this) + INTERVAL_AT);
  }

  @inline
  private classes(): Conformal {
    return changetype<Conformal>(changetype<usize>(this) + CLASSES_AT);
  }

  @inline
  private widths(): SortedWindow {
    return changetype<SortedWindow>(changetype<usize>(this) + WIDTHS_AT);
  }

  /**
   * Takes one closed 30-minute bar whose `scale` is already pushed; `flags` are override bits 2, 4, 8.
   * Returns the level.
   */
  push(scale: Scale, tsMs: f64, flags: i32): i32 {
    const r = scale.logReturn;
    if (this.bars++ > 0) this.learn(r);
    this.forecast(scale, tsMs);
    this.issue(flags);
    return this.level;
  }

  /** Judges what was issued at the previous close by the return that followed. */
  private learn(r: f64): void {
    const square = r * r;
    this.fastSquares = FAST_LAMBDA * this.fastSquares + square;
    this.fastWeight = FAST_LAMBDA * this.fastWeight + 1.0;
    if (!(this.sigmaForecast > 0.0)) return;
    const move = r / this.sigma;
    const size = Math.abs(r) / this.sigmaForecast;
    if (this.pFlat == this.pFlat) this.learnClass(move);
    const interval = this.interval();
    const judged = interval.judged;
    const missed = interval.push(size);
    if (interval.judged > judged) this.learnCoverage(!missed);
    if (Math.abs(move) > FLAT_BAND) {
      this.upSum = UP_LAMBDA * this.upSum + f64(move > 0.0);
      this.upCount = UP_LAMBDA * this.upCount + 1.0;
    }
  }

  private learnClass(move: f64): void {
    const p = Math.abs(move) <= FLAT_BAND ? this.pFlat : move > 0.0 ? this.pUp : this.pDown;
    this.classes().push(1.0 - p);
  }

  private learnCoverage(held: bool): void {
    const at = changetype<usize>(this) + COVERED_AT + <usize>this.coveredHead;
    if (this.coveredCount == WINDOW) this.covered -= <i32>load<u8>(at);
    else this.coveredCount++;
    store<u8>(at, u8(held));
    this.covered += i32(held);
    this.coveredHead = this.coveredHead + 1 == WINDOW ? 0 : this.coveredHead + 1;
    this.coverage500 = this.coveredCount < MINIMUM ? NaN : <f64>this.covered / <f64>this.coveredCount;
  }

  /** σ̂ = σ exp(.9 (ln s_next − m) + .3 ln(f/σ)), the exponent within ±2. */
  private forecast(scale: Scale, tsMs: f64): void {
    // ln s of this bar's slot is what the previous close expected; its trailing mean centres the next one
    if (this.bars > 1) {
      this.slotSum = MEAN_SLOT_LAMBDA * this.slotSum + this.slotLog;
      this.slotWeight = MEAN_SLOT_LAMBDA * this.slotWeight + 1.0;
    }
    this.slotLog = log(scale.slotFactor(slotOf(tsMs + HALF_HOUR_MS), SLOT_PRIOR));
    this.sigma = scale.sigma;
    if (!(scale.sigma > 0.0)) {
      this.sigmaForecast = NaN;
      return;
    }
    const fast = max(Math.sqrt(this.fastSquares / this.fastWeight), 1e-9);
    const shape =
      SLOT_WEIGHT * (this.slotLog - this.slotSum / this.slotWeight) +
      FAST_WEIGHT * clip(log(fast / scale.sigma), 3.0);
    this.sigmaForecast = scale.sigma * exp(clip(shape, 2.0));
  }

  private issue(flags: i32): void {
    const interval = this.interval();
    this.alphaT = interval.alphaT;
    this.halfWidth = canonical(max(0.0, min(WIDTH_MAX, interval.threshold)) * this.sigmaForecast);
    this.rank = this.widths().rankAndPush(this.halfWidth, MINIMUM);
    this.forced = flags | (this.rank == this.rank ? 0 : WARM_UP);
    this.level = this.forced != 0 || this.rank >= 0.85 ? HIGH : this.rank >= 0.5 ? MEDIUM : LOW;
    this.issueClasses(interval.scores());
  }

  private issueClasses(sizes: SortedWindow): void {
    this.pDown = NaN;
    this.pFlat = NaN;
    this.pUp = NaN;
    this.setMask = ALL_CLASSES;
    if (sizes.known < MINIMUM || !(this.sigmaForecast > 0.0)) return;
    const small = sizes.upper((FLAT_BAND * this.sigma) / this.sigmaForecast);
    const flat = max(0.02, min(0.98, <f64>(small + 1) / <f64>(sizes.known + 2)));
    const up = (this.upSum + UP_PRIOR) / (this.upCount + 2.0 * UP_PRIOR);
    this.pFlat = flat;
    this.pUp = (1.0 - flat) * up;
    this.pDown = (1.0 - flat) * (1.0 - up);
    const limit = this.classes().threshold;
    if (limit != limit) return;
    this.setMask =
      i32(1.0 - this.pDown <= limit) |
      (i32(1.0 - this.pFlat <= limit) << 1) |
      (i32(1.0 - this.pUp <= limit) << 2);
  }
}

const INTERVAL_AT: usize = offsetof<Uncertainty>();
const CLASSES_AT: usize = INTERVAL_AT + conformalBytesOf(WINDOW);
const WIDTHS_AT: usize = CLASSES_AT + conformalBytesOf(WINDOW);
const COVERED_AT: usize = WIDTHS_AT + sortedWindowBytes(WINDOW);
/** Bytes of the uncertainty state of one symbol. */
export const UNCERTAINTY_BYTES: usize = COVERED_AT + COVERED_BYTES;

/** Bytes to reserve for the uncertainty state of one symbol. */
export function uncertaintyBytes(): usize {
  return UNCERTAINTY_BYTES;
}

/** Starts the state at `at`. */
export function uncertaintyInit(at: usize): void {
  changetype<Uncertainty>(at).init();
}

/** One closed 30-minute bar, after its scale at `scaleAt` took it; returns LOW 0, MEDIUM 1 or HIGH 2. */
export function uncertaintyPush(at: usize, scaleAt: usize, tsMs: f64, flags: i32): i32 {
  return changetype<Uncertainty>(at).push(changetype<Scale>(scaleAt), tsMs, flags);
}
