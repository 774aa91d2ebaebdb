// Voting weights: base weights by synergy type, projected on the cap that makes the 65 % rule the 2f + 1
// quorum.

import { GrandModelError } from '../core/errors.ts';
import { PPM } from '../core/units.ts';

/** Synergy types that choose the tactical base weights; NONE when there is no synergy. */
export type SynergyKind = 'TYPE_1' | 'TYPE_2' | 'TYPE_3' | 'TYPE_4' | 'NONE';
/** What a voter is: one of the four core voters or a guest. */
export type VoterRole = 'fvg' | 'momentum' | 'entry' | 'strategic' | 'guest';

/** Most faulty voters the 65 % rule supports; f = 4 would need another threshold. */
export const FAULT_TOLERANCE_MAX = 3;
/** Most voters in a roster. */
export const VOTERS_MAX = 64;
/**
 * Together the f largest weights stay at or below .30, because a coalition below 2 · .65 − 1 cannot turn a
 * verdict.
 */
const COALITION_CAP_PPM = 300_000;

/** Tactical weights (fvg, momentum, entry) in ppm; the strategic voter's quarter is taken from them. */
const TACTICAL_PPM: Readonly<Record<SynergyKind, readonly [number, number, number]>> = {
  TYPE_1: [500_000, 300_000, 200_000],
  TYPE_2: [400_000, 400_000, 200_000],
  TYPE_3: [300_000, 500_000, 200_000],
  TYPE_4: [350_000, 350_000, 300_000],
  NONE: [333_334, 333_333, 333_333],
};
const STRATEGIC_PPM = 250_000;

/**
 * Largest weight of one voter.
 *
 * @param faultTolerance  f, faulty voters tolerated, 1..FAULT_TOLERANCE_MAX
 * @returns               ppm, .30 / f
 * @throws                GrandModelError BAD_ARGUMENT when f is outside its range
 * @example               weightCapPpm(2) // 150000
 */
export function weightCapPpm(faultTolerance: number): number {
  if (!Number.isInteger(faultTolerance) || faultTolerance < 1 || faultTolerance > FAULT_TOLERANCE_MAX) {
    throw new GrandModelError(
      'BAD_ARGUMENT',
      `Cannot cap weights: faultTolerance ${faultTolerance} is not an integer 1..${FAULT_TOLERANCE_MAX}`,
      { faultTolerance },
    );
  }
  return COALITION_CAP_PPM / faultTolerance;
}

/**
 * Base weights of a roster before reputation and cap. Guests weigh 1 / n each and the core voters share the
 * rest.
 *
 * @param roles    one per voter, roster order
 * @param synergy  the synergy in force, or NONE
 * @returns        integers, one per voter, in proportion (their sum is near PPM; `capWeights` makes it exact)
 * @source         system.md §6: tactical × .75, strategic .25
 * @example        baseWeights(['fvg', 'momentum', 'entry', 'strategic'], 'TYPE_1')[0] // 375000
 */
export function baseWeights(roles: readonly VoterRole[], synergy: SynergyKind): number[] {
  const [fvg, momentum, entry] = TACTICAL_PPM[synergy];
  const guests = roles.reduce((count, role) => count + (role === 'guest' ? 1 : 0), 0);
  const core = roles.length - guests;
  const scaled = (ppm: number): number => Math.round((ppm * core) / roles.length);
  return roles.map((role) => {
    switch (role) {
      case 'fvg':
        return scaled(fvg * 0.75);
      case 'momentum':
        return scaled(momentum * 0.75);
      case 'entry':
        return scaled(entry * 0.75);
      case 'strategic':
        return scaled(STRATEGIC_PPM);
      case 'guest':
        return Math.round(PPM / roles.length);
    }
  });
}

/**
 * Effective weights of a round: base × reputation, projected on the cap.
 *
 * @param base            integers from `baseWeights`
 * @param reputation      f64 per voter, sum 1; uniform leaves the base unchanged
 * @param faultTolerance  f, 1..FAULT_TOLERANCE_MAX
 * @returns               ppm integers, each ≤ .30 / f, sum exactly PPM
 */
export function effectiveWeights(
  base: readonly number[],
  reputation: readonly number[],
  faultTolerance: number,
): number[] {
  if (reputation.length !== base.length) {
    throw new GrandModelError(
      'BAD_ARGUMENT',
      `Cannot weigh votes: ${reputation.length} reputations for ${base.length} voters`,
      { reputations: reputation.length, voters: base.length },
    );
  }
  const raw = base.map((weight, i) => Math.round(weight * (reputation[i] ?? 0) * base.length));
  return capWeights(raw, faultTolerance);
}

/**
 * Projects weights on the cap by handing every excess to the voters below it, in proportion to their weights.
 *
 * @param raw             non-negative integers below 4·10⁹ / n, not all 0; n ≥ 3 f + 1
 * @param faultTolerance  f, 1..FAULT_TOLERANCE_MAX
 * @returns               ppm integers, each ≤ .30 / f, sum exactly PPM; left-over units go to the largest
 *                        remainders,
 *                        equal ones to the first
 * @throws                GrandModelError BAD_ARGUMENT for a bad weight or too few voters
 * @example               capWeights([500000, 300000, 100000, 100000], 1) // [300000, 300000, 200000, 200000]
 */
export function capWeights(raw: readonly number[], faultTolerance: number): number[] {
  const cap = weightCapPpm(faultTolerance);
  checkRaw(raw, faultTolerance);
  const capped = raw.map(() => false);
  for (;;) {
    const free = freeShares(raw, capped, cap);
    let over = false;
    for (let i = 0; i < raw.length; i++) {
      // shares are compared with the cap as fractions, so that rounding never decides who is capped
      if (!capped[i] && (free.weights[i] ?? 0) * free.left > cap * free.total) {
        capped[i] = true;
        over = true;
      }
    }
    if (!over) return roundShares(free, capped, cap);
  }
}

interface FreeShares {
  /** Weights of the uncapped voters; 0 for the capped. */
  readonly weights: readonly number[];
  readonly total: number;
  /** ppm to spread over the uncapped voters. */
  readonly left: number;
}

function freeShares(raw: readonly number[], capped: readonly boolean[], cap: number): FreeShares {
  let left = PPM;
  let total = 0;
  for (let i = 0; i < raw.length; i++) {
    if (capped[i]) left -= cap;
    else total += raw[i] ?? 0;
  }
  if (total > 0) return { weights: raw.map((w, i) => (capped[i] ? 0 : w)), total, left };
  const weights = raw.map((_, i): number => (capped[i] ? 0 : 1));
  return { weights, total: weights.reduce((sum, w) => sum + w, 0), left };
}

function roundShares(free: FreeShares, capped: readonly boolean[], cap: number): number[] {
  const { weights, total, left } = free;
  const remainders = weights.map((w, i) => (capped[i] ? -1 : (w * left) % total));
  const shares = weights.map((w, i) => (capped[i] ? cap : Math.floor((w * left) / total)));
  let missing = PPM - shares.reduce((sum, w) => sum + w, 0);
  while (missing > 0) {
    let best = -1;
    for (let i = 0; i < shares.length; i++) {
      const remainder = remainders[i] ?? -1;
      if (remainder >= 0 && (shares[i] ?? cap) < cap && (best < 0 || remainder > (remainders[best] ?? -1)))
        best = i;
    }
    shares[best] = (shares[best] ?? 0) + 1;
    remainders[best] = 0;
    missing--;
  }
  return shares;
}

function checkRaw(raw: readonly number[], faultTolerance: number): void {
  if (raw.length < 3 * faultTolerance + 1 || raw.length > VOTERS_MAX) {
    throw new GrandModelError(
      'BAD_ARGUMENT',
      `Cannot cap weights: ${raw.length} voters, but faultTolerance ${faultTolerance} needs ` +
        `${3 * faultTolerance + 1}..${VOTERS_MAX}`,
      { voters: raw.length, faultTolerance },
    );
  }
  for (const weight of raw) {
    if (!Number.isSafeInteger(weight) || weight < 0 || weight * raw.length > 4_000_000_000) {
      throw new GrandModelError('BAD_ARGUMENT', `Cannot cap weights: ${weight} is not an integer in range`, {
        weight,
      });
    }
  }
  if (raw.every((weight) => weight === 0)) {
    throw new GrandModelError('BAD_ARGUMENT', 'Cannot cap weights: every weight is 0', {});
  }
}
