// The two assertions made at a 30-minute close: MLMI against its own trailing median, and the slope of NW-RQK
// in units of volatility. Asserted means said again at every close at which the condition holds.

import { Mlmi, MLMI_BYTES } from '../indicators/mlmi';
import { NwRqk, NW_RQK_BYTES } from '../indicators/nw-rqk';
import { SortedWindow, sortedWindowBytes } from './sorted-window';

const LENGTH: i32 = 250;
const MINIMUM: i32 = 48;
const STRENGTH_MIN: f64 = 0.5;
const WINDOW_BYTES: usize = sortedWindowBytes(LENGTH);

/**
 * Position-independent state. Behind it: Mlmi, NwRqk, then the windows of MLMI values, of their absolute
 * deviations from the median, and of absolute slopes. Strengths are ranks in 0..1; a direction is 0 below
 * strength .5 and in warm-up.
 */
@unmanaged
export class Assertions {
  /** MLMI value minus the median of its previous 250 values; NaN in warm-up. */
  mlmiDeviation: f64;
  mlmiDirection: f64;
  mlmiStrength: f64;
  /** (ŷ_t − ŷ_{t−1})/(σ_t ŷ_{t−1}); NaN in warm-up. */
  nwrqkSlope: f64;
  nwrqkDirection: f64;
  nwrqkStrength: f64;
  /** MLMI value −1..1, smoothed RSI20 and RSI5, cross, labelled crosses; see Mlmi. */
  mlmiValue: f64;
  mlmiSlow: f64;
  mlmiQuick: f64;
  mlmiCross: f64;
  mlmiLabelled: f64;
  /** NW-RQK lines at h = 8 and h = 6, price units; NaN before 26 bars. */
  nwrqkLine: f64;
  nwrqkSecond: f64;

  init(): void {
    memory.fill(changetype<usize>(this), 0, ASSERTIONS_BYTES);
    this.mlmi().init();
    this.nwrqk().init();
    for (let i = 0; i < 3; i++) this.window(i).init(LENGTH);
    this.mlmiDeviation = NaN;
    this.mlmiStrength = NaN;
    this.nwrqkSlope = NaN;
    this.nwrqkStrength = NaN;
    this.publish();
  }

  /** Takes one closed 30-minute bar; `sigma` is the EWMA(.97) volatility that includes it, NaN in warm-up. */
  push(open: f64, high: f64, low: f64, close: f64, sigma: f64): void {
    const mean = (open + high + low + close) / 4.0;
    this.mlmi().push(mean);
    this.nwrqk().push(mean);
    this.publish();
    this.assertMlmi();
    this.assertSlope(sigma);
  }

  private assertMlmi(): void {
    const value = this.mlmiValue;
    const median = this.window(0).median(MINIMUM);
    this.window(0).push(value);
    // A NaN that arithmetic made has host-dependent bits: only the constant is stored.
    const deviation = value == value && median == median ? value - median : NaN;
    this.mlmiDeviation = deviation;
    const strength = strengthOf(this.window(1), deviation);
    this.mlmiStrength = strength;
    this.mlmiDirection = strength >= STRENGTH_MIN ? sign(deviation) : 0.0;
  }

  private assertSlope(sigma: f64): void {
    const before = this.nwrqk().lineBefore;
    const slope = (this.nwrqkLine - before) / (sigma * before);
    // A market that did not move for 20 bars has no volatility to measure a slope by.
    this.nwrqkSlope = sigma > 0.0 && before == before ? slope : NaN;
    const strength = strengthOf(this.window(2), this.nwrqkSlope);
    this.nwrqkStrength = strength;
    this.nwrqkDirection = strength >= STRENGTH_MIN ? sign(slope) : 0.0;
  }

  private publish(): void {
    const mlmi = this.mlmi();
    this.mlmiValue = mlmi.value;
    this.mlmiSlow = mlmi.slow;
    this.mlmiQuick = mlmi.quick;
    this.mlmiCross = mlmi.cross;
    this.mlmiLabelled = mlmi.labelled;
    this.nwrqkLine = this.nwrqk().line;
    this.nwrqkSecond = this.nwrqk().second;
  }

  @inline
  private mlmi(): Mlmi {
    return changetype<Mlmi>(changetype<usize>(this) + offsetof<Assertions>());
  }

  @inline
  private nwrqk(): NwRqk {
    return changetype<NwRqk>(changetype<usize>(this) + offsetof<Assertions>() + MLMI_BYTES);
  }

  @inline
  private window(i: i32): SortedWindow {
    const first = changetype<usize>(this) + offsetof<Assertions>() + MLMI_BYTES + NW_RQK_BYTES;
    return changetype<SortedWindow>(first + <usize>i * WINDOW_BYTES);
  }
}

/** Bytes of one Assertions. */
export const ASSERTIONS_BYTES: usize = offsetof<Assertions>() + MLMI_BYTES + NW_RQK_BYTES + 3 * WINDOW_BYTES;

/** Rank of |x| among the values before it, which then joins them. NaN has no rank but takes its place. */
function strengthOf(window: SortedWindow, x: f64): f64 {
  const size = Math.abs(x);
  const rank = window.rank(size, MINIMUM);
  window.push(size);
  return rank;
}

function sign(x: f64): f64 {
  return <f64>(i32(x > 0.0) - i32(x < 0.0));
}

/** Bytes of one state. */
export function assertionsBytes(): usize {
  return ASSERTIONS_BYTES;
}

/** Makes the bytes at `at` an empty state. */
export function assertionsInit(at: usize): void {
  changetype<Assertions>(at).init();
}

/** Takes one closed 30-minute bar and its volatility; see Assertions.push. */
export function assertionsPush(at: usize, open: f64, high: f64, low: f64, close: f64, sigma: f64): void {
  changetype<Assertions>(at).push(open, high, low, close, sigma);
}
