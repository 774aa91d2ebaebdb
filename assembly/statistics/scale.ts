// The scale of 30-minute returns, shared by every strategic statistic: EWMA volatility, slow volatility,
// time-of-day factor.

import { log } from '../math/elementary';

const SLOTS: i32 = 48;
const SIGMA_SEED: i32 = 20;
const LAMBDA: f64 = 0.97;
const SLOW_SEED: i32 = 48;
/** 0.5^(1/500): half-life of 500 bars. */
const SLOW_LAMBDA: f64 = 0.998614665414152;
const SLOT_LAMBDA: f64 = 0.99;
const SLOT_PRIOR: f64 = 50.0;
const SLOT_SQUARE_MAX: f64 = 16.0;

/** Position-independent state; one per symbol. Times are the bar's open stamps in ms UTC. */
@unmanaged
export class Scale {
  closes: i32;
  slowCount: i32;
  previousClose: f64;
  /** ln(C_t / C_{t−1}); NaN at the first bar. */
  logReturn: f64;
  variance: f64;
  /** EWMA(.97) volatility known at t, seeded by the mean of 20 squares; NaN before. */
  sigma: f64;
  /** The same, known at t−1. */
  sigmaBefore: f64;
  slowSquares: f64;
  slowWeight: f64;
  /** Slow volatility (half-life 500) known before this bar; NaN before 48 returns. */
  slowBefore: f64;
  /** Time-of-day factor of this bar's slot (prior 50) known before this bar; 1 while nothing is known. */
  slotFactorBefore: f64;

  init(): void {
    memory.fill(changetype<usize>(this), 0, SCALE_BYTES);
    this.logReturn = NaN;
    this.sigma = NaN;
    this.sigmaBefore = NaN;
    this.slowBefore = NaN;
    this.slotFactorBefore = 1.0;
  }

  /** Takes one closed 30-minute bar. */
  push(tsMs: f64, close: f64): void {
    const n = this.closes++;
    this.sigmaBefore = this.sigma;
    this.slowBefore = this.slowCount >= SLOW_SEED ? Math.sqrt(this.slowSquares / this.slowWeight) : NaN;
    this.slotFactorBefore = this.slotFactor(slotOf(tsMs), SLOT_PRIOR);
    if (n == 0) {
      this.previousClose = close;
      return;
    }
    const r = log(close / this.previousClose);
    this.previousClose = close;
    this.logReturn = r;
    this.variance =
      n <= SIGMA_SEED
        ? this.variance + (r * r) / <f64>SIGMA_SEED
        : LAMBDA * this.variance + (1.0 - LAMBDA) * r * r;
    if (n >= SIGMA_SEED) this.sigma = Math.sqrt(this.variance);
    this.slowSquares = SLOW_LAMBDA * this.slowSquares + r * r;
    this.slowWeight = SLOW_LAMBDA * this.slowWeight + 1.0;
    this.slowCount++;
    if (this.slowBefore > 0.0) {
      const z = r / this.slowBefore;
      const slot = this.slotAt(slotOf(tsMs));
      store<f64>(slot, SLOT_LAMBDA * load<f64>(slot) + min(z * z, SLOT_SQUARE_MAX));
      store<f64>(slot, SLOT_LAMBDA * load<f64>(slot, 8) + 1.0, 8);
    }
  }

  /** Time-of-day factor √((a + prior)/(w + prior)) of a slot 0..47, from all bars pushed so far. */
  slotFactor(slot: i32, prior: f64): f64 {
    const at = this.slotAt(slot);
    return Math.sqrt((load<f64>(at) + prior) / (load<f64>(at, 8) + prior));
  }

  @inline
  private slotAt(slot: i32): usize {
    return changetype<usize>(this) + offsetof<Scale>() + ((<usize>slot) << 4);
  }
}

/** Bytes of one Scale with its 48 slots. */
export const SCALE_BYTES: usize = offsetof<Scale>() + <usize>SLOTS * 16;

/** Half-hour of the UTC day, 0..47, of an open stamp in ms. */
export function slotOf(tsMs: f64): i32 {
  return <i32>((<i64>tsMs / 1800000) % 48);
}

export function scaleBytes(): usize {
  return SCALE_BYTES;
}

export function scaleInit(at: usize): void {
  changetype<Scale>(at).init();
}

/** Takes one closed 30-minute bar, its open stamp in ms. */
export function scalePush(at: usize, tsMs: f64, close: f64): void {
  changetype<Scale>(at).push(tsMs, close);
}
