// Compares a second evaluator's probabilities with the reference's. The second one can void a vote or a
// policy's choice, never change it.

import type { Probabilities, Vote } from './vote.ts';
import { abstaining, argmax, toSimplex } from './vote.ts';

/** A different argmax within this margin is rounding, not disagreement. */
export const ATTESTATION_MARGIN = 1e-4;
const SUM_TOLERANCE = 1e-3;

/** What an attestation says about a vote. */
export type Attestation =
  | { readonly verdict: 'confirmed'; readonly difference: number }
  | { readonly verdict: 'void'; readonly difference: number; readonly reason: string };

/**
 * Judges attested probabilities against those of the reference evaluator.
 *
 * @param reference  what the vote carries
 * @param attested   what the host's evaluator returned for the same input
 * @returns          void when `attested` is no simplex, or when its argmax differs and either side prefers
 *                   its own by more than 1e-4; `difference` is the largest |Δp| (NaN when there is no
 *                   simplex), for alerts
 * @example          attest([0.2, 0.3, 0.5], [0.2, 0.3, 0.5]).verdict // 'confirmed'
 */
export function attest(reference: Probabilities, attested: ArrayLike<number>): Attestation {
  const other = toSimplex(attested);
  if (other === null)
    return { verdict: 'void', difference: NaN, reason: 'the attested probabilities are no simplex' };
  return judged(reference, other, argmax(reference), argmax(other));
}

/**
 * Judges what another evaluator says of a policy, as `attest` judges a vote; of equal choices the first.
 *
 * @example attestChoice([0.9, 0.1], [0.2, 0.8]).verdict // 'void'
 */
export function attestChoice(reference: readonly number[], attested: readonly number[]): Attestation {
  const sum = attested.reduce((all, p) => all + p, 0);
  const known = attested.length === reference.length && attested.every((p) => p >= 0);
  if (!known || !(Math.abs(sum - 1) <= SUM_TOLERANCE))
    return { verdict: 'void', difference: NaN, reason: 'the attested probabilities are no simplex' };
  const likeliest = (list: readonly number[]): number => list.indexOf(Math.max(...list));
  return judged(reference, attested, likeliest(reference), likeliest(attested));
}

function judged(
  reference: readonly number[],
  other: readonly number[],
  ours: number,
  theirs: number,
): Attestation {
  const difference = largestDifference(reference, other);
  const margin = Math.max(reference[ours]! - reference[theirs]!, other[theirs]! - other[ours]!);
  if (ours === theirs || margin <= ATTESTATION_MARGIN) return { verdict: 'confirmed', difference };
  return { verdict: 'void', difference, reason: `argmax ${theirs} against ${ours} by ${margin.toFixed(6)}` };
}

/**
 * The vote that counts after an attestation: the same, or an abstention.
 *
 * @returns the vote itself when it is confirmed or already abstains
 */
export function attestedVote(
  vote: Vote,
  attested: ArrayLike<number>,
): { vote: Vote; attestation: Attestation } {
  const attestation = attest(vote.probabilities, attested);
  if (vote.abstain !== null || attestation.verdict === 'confirmed') return { vote, attestation };
  return { vote: abstaining(vote, 'ATTESTATION_VOID'), attestation };
}

/** Largest absolute difference of two lists of equal length; NaN when one holds a NaN. */
export function largestDifference(left: ArrayLike<number>, right: ArrayLike<number>): number {
  let worst = 0;
  for (let i = 0; i < left.length; i++) {
    const difference = Math.abs((left[i] as number) - (right[i] as number));
    if (!(difference <= worst)) worst = difference;
    if (worst !== worst) return NaN;
  }
  return worst;
}
