// Judges regime labels: against a known truth on the reference generator, by their behaviour on real bars.

const STATES = 4;
const BULL = 0;
const BEAR = 1;
const SIDEWAYS = 2;
const VOLATILE = 3;
const FORWARD = 12;
const TRAILING = 24;

/**
 * How labels behave on a market whose truth nobody knows. Shares and agreements 0..1; NaN where a label never
 * occurs.
 */
export interface RegimeReport {
  readonly bars: number;
  /** Share of bars of BULL BEAR SIDEWAYS VOLATILE. */
  readonly shares: readonly number[];
  /** Mean spell in bars, in the same order. */
  readonly durations: readonly number[];
  readonly switchesPerThousand: number;
  /** RMS of the next 12 returns after VOLATILE bars over that after SIDEWAYS bars. */
  readonly forwardVolatilityRatio: number;
  /** Share of BULL bars whose last 24 returns sum above zero. */
  readonly bullAgreement: number;
  /** Share of BEAR bars whose last 24 returns sum below zero. */
  readonly bearAgreement: number;
}

/** A bound that a report must keep. */
export interface RegimeLimits {
  readonly switchesPerThousandMax: number;
  readonly shareMin: number;
  readonly forwardVolatilityRatioMin: number;
  readonly agreementMin: number;
}

/** The bounds asked of files with at least 5,000 thirty-minute bars. */
export const REGIME_LIMITS: RegimeLimits = {
  switchesPerThousandMax: 25,
  shareMin: 0.05,
  forwardVolatilityRatioMin: 1.4,
  agreementMin: 0.65,
};

/**
 * Mean over the states of the share of their bars that carry their label (states that never occur are left
 * out).
 *
 * @param truth   code[n] 0..3, the state that made each bar
 * @param labels  code[n] 0..3
 * @param from    first bar that counts
 * @example       balancedAccuracy([0, 0, 1, 1], [0, 1, 1, 1]) // 0.75
 */
export function balancedAccuracy(truth: ArrayLike<number>, labels: ArrayLike<number>, from = 0): number {
  const bars = [0, 0, 0, 0];
  const hits = [0, 0, 0, 0];
  for (let i = from; i < truth.length; i++) {
    const state = truth[i] ?? 0;
    bars[state] = (bars[state] ?? 0) + 1;
    if (labels[i] === state) hits[state] = (hits[state] ?? 0) + 1;
  }
  let sum = 0;
  let states = 0;
  for (let k = 0; k < STATES; k++) {
    const count = bars[k] ?? 0;
    if (count === 0) continue;
    sum += (hits[k] ?? 0) / count;
    states++;
  }
  return sum / states;
}

/**
 * Describes the labels of one market.
 *
 * @param labels   code[n] 0..3 as known at each bar's close
 * @param returns  f64[n] log return of each bar; NaN counts as no move
 */
export function reportRegimes(labels: ArrayLike<number>, returns: ArrayLike<number>): RegimeReport {
  const bars = labels.length;
  const counts = [0, 0, 0, 0];
  const spells = [0, 0, 0, 0];
  let switches = 0;
  for (let i = 0; i < bars; i++) {
    const label = labels[i] ?? 0;
    counts[label] = (counts[label] ?? 0) + 1;
    const changed = i > 0 && label !== labels[i - 1];
    if (changed) switches++;
    if (changed || i === 0) spells[label] = (spells[label] ?? 0) + 1;
  }
  const sums = cumulative(returns, (r) => r);
  const squares = cumulative(returns, (r) => r * r);
  return {
    bars,
    shares: counts.map((count) => count / bars),
    durations: counts.map((count, k) => count / (spells[k] ?? 0)),
    switchesPerThousand: (1000 * switches) / (bars - 1),
    forwardVolatilityRatio: forwardRms(labels, squares, VOLATILE) / forwardRms(labels, squares, SIDEWAYS),
    bullAgreement: trailingAgreement(labels, sums, BULL, 1),
    bearAgreement: trailingAgreement(labels, sums, BEAR, -1),
  };
}

/** Names the bounds that a report breaks; empty when it keeps them all (a NaN breaks its bound). */
export function brokenRegimeLimits(report: RegimeReport, limits: RegimeLimits = REGIME_LIMITS): string[] {
  const broken: string[] = [];
  if (!(report.switchesPerThousand <= limits.switchesPerThousandMax)) broken.push('switchesPerThousand');
  if (!report.shares.every((share) => share >= limits.shareMin)) broken.push('shares');
  if (!(report.forwardVolatilityRatio >= limits.forwardVolatilityRatioMin))
    broken.push('forwardVolatilityRatio');
  if (!(report.bullAgreement >= limits.agreementMin)) broken.push('bullAgreement');
  if (!(report.bearAgreement >= limits.agreementMin)) broken.push('bearAgreement');
  return broken;
}

/** Sums of the first i values, i = 0..n. */
function cumulative(values: ArrayLike<number>, of: (value: number) => number): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN;
    sums[i + 1] = (sums[i] ?? 0) + (Number.isNaN(value) ? 0 : of(value));
  }
  return sums;
}

function forwardRms(labels: ArrayLike<number>, squares: Float64Array, state: number): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i + FORWARD + 1 < labels.length; i++) {
    if (labels[i] !== state) continue;
    sum += ((squares[i + FORWARD + 1] ?? 0) - (squares[i + 1] ?? 0)) / FORWARD;
    count++;
  }
  return Math.sqrt(sum / count);
}

function trailingAgreement(
  labels: ArrayLike<number>,
  sums: Float64Array,
  state: number,
  sign: number,
): number {
  let agreeing = 0;
  let count = 0;
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] !== state) continue;
    const move = (sums[i + 1] ?? 0) - (sums[Math.max(0, i + 1 - TRAILING)] ?? 0);
    if (sign * move > 0) agreeing++;
    count++;
  }
  return agreeing / count;
}
