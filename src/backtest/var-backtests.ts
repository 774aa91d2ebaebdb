// Does a value-at-risk model keep its promise? Coverage, independence of breaches, size of the shortfall, a
// test that may be looked at every day, and the regulator's traffic light.

import { chiSquareTail } from './statistics.ts';
import type { StatisticsMath } from './statistics.ts';

/** A likelihood ratio and its p-value under χ² with one degree of freedom. */
export interface RatioTest {
  readonly statistic: number;
  readonly probability: number;
}

/**
 * Kupiec's test of the number of breaches.
 *
 * @param breaches  0..periods
 * @param alpha     promised share of breaches, inside 0..1
 * @source          Kupiec 1995; golden values test/golden/var-backtests.json
 */
export function kupiec(math: StatisticsMath, breaches: number, periods: number, alpha: number): RatioTest {
  const calm = periods - breaches;
  const found = breaches / periods;
  const statistic =
    -2 *
    (times(math, calm, 1 - alpha) +
      times(math, breaches, alpha) -
      times(math, calm, 1 - found) -
      times(math, breaches, found));
  return { statistic, probability: chiSquareTail(math, statistic) };
}

/** count · ln p, and 0 where nothing is counted. */
function times(math: StatisticsMath, count: number, probability: number): number {
  return count === 0 ? 0 : count * math.log(probability);
}

/** Pairs of neighbouring periods by whether the first and the second breached. */
export interface Transitions {
  readonly calmCalm: number;
  readonly calmBreach: number;
  readonly breachCalm: number;
  readonly breachBreach: number;
}

/** Counts the transitions of a series of breaches. */
export function transitionsOf(hits: ArrayLike<number | boolean>): Transitions {
  const counts = [0, 0, 0, 0];
  for (let i = 1; i < hits.length; i++) {
    const place = (hits[i - 1] ? 2 : 0) + (hits[i] ? 1 : 0);
    counts[place] = (counts[place] as number) + 1;
  }
  const [calmCalm = 0, calmBreach = 0, breachCalm = 0, breachBreach = 0] = counts;
  return { calmCalm, calmBreach, breachCalm, breachBreach };
}

/**
 * Christoffersen's test that a breach does not make the next one likelier.
 *
 * @source Christoffersen 1998; golden values test/golden/var-backtests.json
 */
export function christoffersen(math: StatisticsMath, transitions: Transitions): RatioTest {
  const { calmCalm, calmBreach, breachCalm, breachBreach } = transitions;
  const calm = calmCalm + calmBreach;
  const breach = breachCalm + breachBreach;
  const breaches = calmBreach + breachBreach;
  const all = breaches / (calm + breach);
  const afterCalm = calm === 0 ? 0 : calmBreach / calm;
  const afterBreach = breach === 0 ? 0 : breachBreach / breach;
  const one = times(math, calmCalm + breachCalm, 1 - all) + times(math, breaches, all);
  const two =
    times(math, calmCalm, 1 - afterCalm) +
    times(math, calmBreach, afterCalm) +
    times(math, breachCalm, 1 - afterBreach) +
    times(math, breachBreach, afterBreach);
  const statistic = Math.max(0, -2 * (one - two));
  return { statistic, probability: chiSquareTail(math, statistic) };
}

/** Outcomes beside the losses that were forecast for them, all positive fractions or amounts. */
export interface TailForecasts {
  /** Profit and loss of each period. */
  readonly profit: ArrayLike<number>;
  readonly valueAtRisk: ArrayLike<number>;
  readonly shortfall: ArrayLike<number>;
  readonly alpha: number;
}

/** Acerbi and Székely's statistics: 0 when the shortfall is right, below when losses are larger. */
export interface ShortfallTest {
  /** Size of the breaches alone; NaN without a breach. */
  readonly z1: number;
  /** Number and size of the breaches together. */
  readonly z2: number;
  readonly breaches: number;
}

/** Z2 below this rejects at 5 % for 250 normal periods at α = 2.5 %; −0.70 in the paper. */
export const Z2_CRITICAL = -0.7005;

/**
 * Tests the expected shortfall.
 *
 * @source Acerbi & Székely 2014, tests 1 and 2; golden values test/golden/var-backtests.json
 */
export function acerbiSzekely({ profit, valueAtRisk, shortfall, alpha }: TailForecasts): ShortfallTest {
  let [sum, breaches] = [0, 0];
  for (let t = 0; t < profit.length; t++) {
    if (!((profit[t] as number) < -(valueAtRisk[t] as number))) continue;
    sum += (profit[t] as number) / (shortfall[t] as number);
    breaches++;
  }
  return { z1: sum / breaches + 1, z2: sum / (profit.length * alpha) + 1, breaches };
}

/**
 * Evidence against a VaR model that may be read after every period: a model that keeps its promise reaches
 * 1/δ with a probability of at most δ, whenever one looks.
 *
 * @param hits    1 or true where the loss was larger than forecast
 * @param alpha   promised share of breaches
 * @param lambda  stake, 0..1 (a hundredth or less keeps losses on calm days small)
 * @returns       the product after the last period, and the largest on the way
 * @source        Wang, Wang & Ziegel 2022 (arXiv 2209.00991); golden values test/golden/var-backtests.json
 */
export function varEvidence(
  hits: ArrayLike<number | boolean>,
  alpha: number,
  lambda: number,
): { readonly last: number; readonly largest: number } {
  let [last, largest] = [1, 1];
  for (let t = 0; t < hits.length; t++) {
    last *= 1 + lambda * ((hits[t] ? 1 / alpha : 0) - 1);
    largest = Math.max(largest, last);
  }
  return { last, largest };
}

export type TrafficLight = 'green' | 'yellow' | 'red';

/**
 * The Basel light for 250 periods of a 99 % VaR: green to 4 breaches, yellow to 9, red from 10.
 *
 * @example baselLight(5) // 'yellow'
 */
export function baselLight(breaches: number): TrafficLight {
  if (breaches <= 4) return 'green';
  return breaches <= 9 ? 'yellow' : 'red';
}
