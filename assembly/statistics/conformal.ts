// Adaptive conformal inference: a threshold on scores that keeps its long-run miscoverage on any sequence.
// Gibbs and Candes (2021), "Adaptive conformal inference under distribution shift", with a growing window.

import { SortedWindow, sortedWindowBytes } from './sorted-window';

/** Position-independent state; a sorted window of scores follows it. */
@unmanaged
export class Conformal {
  /** Target miscoverage α in (0, 1). */
  alpha: f64;
  /** Step size γ of α_t. */
  gamma: f64;
  /** α_t, never clipped: clipping breaks the bound (max(α, 1 − α) + γ)/(γ N). */
  alphaT: f64;
  /** Threshold issued for the next score; NaN in warm-up, +∞ accepts all, −∞ nothing. */
  threshold: f64;
  /** Scores that were judged by an issued threshold. */
  judged: i32;
  /** Of those, how many lay above it. */
  misses: i32;
  /** Scores needed before the first threshold. */
  minimum: i32;
  pad: i32;

  /** Window of `size` scores; `conformalBytes(size)` bytes at this address. */
  init(size: i32, minimum: i32, alpha: f64, gamma: f64): void {
    this.alpha = alpha;
    this.gamma = gamma;
    this.alphaT = alpha;
    this.threshold = NaN;
    this.judged = 0;
    this.misses = 0;
    this.minimum = minimum;
    this.pad = 0;
    this.scores().init(size);
  }

  /** The scores seen, sorted. */
  @inline
  scores(): SortedWindow {
    return changetype<SortedWindow>(changetype<usize>(this) + offsetof<Conformal>());
  }

  /**
   * Judges a revealed score by the issued threshold, adapts α_t, learns the score and issues the next
   * threshold; true on a miss.
   */
  push(score: f64): bool {
    let missed = false;
    if (this.threshold == this.threshold) {
      missed = score > this.threshold;
      this.judged++;
      this.misses += i32(missed);
      this.alphaT += this.gamma * (this.alpha - f64(missed));
    }
    const window = this.scores();
    window.push(score);
    this.threshold = window.known < this.minimum ? NaN : thresholdOf(window, this.alphaT);
    return missed;
  }
}

/** Bytes of a conformal core with a window of `size` scores. */
@inline
export function conformalBytesOf(size: i32): usize {
  return offsetof<Conformal>() + sortedWindowBytes(size);
}

/**
 * Order statistic of n scores that covers 1 − α: ⌈(n + 1)(1 − α)⌉, from 1; beyond n nothing can be excluded.
 */
export function conformalOrder(n: i32, alpha: f64): f64 {
  return Math.ceil(<f64>(n + 1) * (1.0 - alpha));
}

function thresholdOf(window: SortedWindow, alpha: f64): f64 {
  const k = conformalOrder(window.known, alpha);
  if (k > <f64>window.known) return Infinity;
  if (k < 1.0) return -Infinity;
  return window.at(<i32>k - 1);
}

/** Bytes to reserve for a conformal core with a window of `size` scores. */
export function conformalBytes(size: i32): usize {
  return conformalBytesOf(size);
}

/** Starts a conformal core at `at`. */
export function conformalInit(at: usize, size: i32, minimum: i32, alpha: f64, gamma: f64): void {
  changetype<Conformal>(at).init(size, minimum, alpha, gamma);
}

/** Takes a revealed score; 1 when it lay above the issued threshold. */
export function conformalPush(at: usize, score: f64): i32 {
  return i32(changetype<Conformal>(at).push(score));
}

/** The threshold issued for the next score. */
export function conformalThreshold(at: usize): f64 {
  return changetype<Conformal>(at).threshold;
}

/** α_t as it stands. */
export function conformalAlpha(at: usize): f64 {
  return changetype<Conformal>(at).alphaT;
}
