// The verdict of a round: capped signed votes, the 65 % rule, the synergy rule and the confidence that sizes.

import { bool, code, f64, list, oneOf, struct, u16, u32 } from '../core/codec.ts';
import type { Codec } from '../core/codec.ts';
import { GrandModelError } from '../core/errors.ts';
import { HOLD, LONG, PPM, SHORT } from '../core/units.ts';
import type { Direction } from '../core/units.ts';
import { weightCapPpm } from './weights.ts';

/** Weight at which a direction wins; with capped weights it is reached by 2f + 1 voters and never by 2f. */
export const QUORUM_PPM = 650_000;
/** Weight needed against the synergy's direction: all voters. */
export const AGAINST_SYNERGY_PPM = 950_000;
/** Least size confidence that executes. */
export const SIZE_CONFIDENCE_MIN = 0.52;

/** Why the round ended as it did, the label of `consensus_rounds_total`. */
export const VERDICT_REASONS = [
  'EXECUTE',
  'NO_QUORUM',
  'HOLD',
  'AGAINST_SYNERGY',
  'LOW_CONFIDENCE',
  'TOO_FEW_VOTES',
] as const;
export type VerdictReason = (typeof VERDICT_REASONS)[number];

/** A screened vote as the quorum counts it. */
export interface CountedVote {
  readonly probabilities: readonly [number, number, number];
  /** Why the voter abstains, or null. */
  readonly abstain: string | null;
}

/** Input of `decide`; votes and weights in roster order. */
export interface Ballot {
  /** Screened votes; null where a voter is silent or its vote was rejected. */
  readonly votes: readonly (CountedVote | null)[];
  /** ppm integers from `effectiveWeights`, sum PPM. */
  readonly weightsPpm: readonly number[];
  /** f, faulty voters tolerated, 1..3. */
  readonly faultTolerance: number;
  /** Direction of the synergy in force, or null. */
  readonly synergyDirection: typeof SHORT | typeof LONG | null;
}

/** The result of a round. */
export interface Verdict {
  /** Direction with the largest weight; HOLD when two are equal. */
  direction: Direction;
  /** True when the direction may go to risk. */
  execute: boolean;
  reason: VerdictReason;
  /** Weight behind `direction`, ppm of all voters, the silent ones included. */
  winnerPpm: number;
  /** Weight of SHORT, HOLD and LONG, ppm. */
  tallyPpm: number[];
  /** True when some direction, HOLD included, holds QUORUM_PPM. */
  quorum: boolean;
  /** Votes counted: valid and not abstaining. */
  validVotes: number;
  /**
   * Trimmed mean of p(direction) / (p(SHORT) + p(LONG)), 0..1; 0 when direction is HOLD or votes are too few.
   */
  sizeConfidence: number;
}

/** Canonical encoding of a verdict. */
export const verdictCodec: Codec<Verdict> = struct<Verdict>({
  direction: code<Direction>(3),
  execute: bool,
  reason: oneOf(VERDICT_REASONS),
  winnerPpm: u32,
  tallyPpm: list(u32, 3),
  quorum: bool,
  validVotes: u16,
  sizeConfidence: f64,
});

/**
 * Decides a round.
 *
 * @throws GrandModelError BAD_ARGUMENT when weights and votes do not match, n < 3f + 1, or a weight is over
 * .30 / f
 * @source 65 % rule as 2f + 1 quorum: system.md §6; trimmed mean: Yin et al. 2018
 */
export function decide(ballot: Ballot): Verdict {
  checkBallot(ballot);
  const tallyPpm = [0, 0, 0];
  let validVotes = 0;
  ballot.votes.forEach((vote, i) => {
    if (vote === null || vote.abstain !== null) return;
    validVotes++;
    const choice = argmaxDirection(vote.probabilities);
    tallyPpm[choice] = (tallyPpm[choice] ?? 0) + (ballot.weightsPpm[i] ?? 0);
  });
  const direction = argmaxDirection(tallyPpm);
  const winnerPpm = tallyPpm[direction] ?? 0;
  const enough = validVotes >= 2 * ballot.faultTolerance + 1;
  const sizeConfidence = enough && direction !== HOLD ? sizeConfidenceOf(ballot, direction) : 0;
  const reason = enough ? reasonOf(ballot, direction, winnerPpm, sizeConfidence) : 'TOO_FEW_VOTES';
  return {
    direction,
    execute: reason === 'EXECUTE',
    reason,
    winnerPpm,
    tallyPpm,
    quorum: winnerPpm >= QUORUM_PPM,
    validVotes,
    sizeConfidence,
  };
}

function reasonOf(
  ballot: Ballot,
  direction: Direction,
  winnerPpm: number,
  sizeConfidence: number,
): VerdictReason {
  if (winnerPpm < QUORUM_PPM) return 'NO_QUORUM';
  if (direction === HOLD) return 'HOLD';
  const against = ballot.synergyDirection !== null && ballot.synergyDirection !== direction;
  if (against && winnerPpm < AGAINST_SYNERGY_PPM) return 'AGAINST_SYNERGY';
  return sizeConfidence >= SIZE_CONFIDENCE_MIN ? 'EXECUTE' : 'LOW_CONFIDENCE';
}

/**
 * The direction that is strictly larger than the two others, else HOLD: an undecided voter does not move the
 * market.
 *
 * @param values  3 numbers by direction code
 * @example       argmaxDirection([0.4, 0.2, 0.4]) // 1
 */
export function argmaxDirection(values: readonly number[]): Direction {
  const [short = 0, hold = 0, long = 0] = values;
  if (short > hold && short > long) return SHORT;
  return long > hold && long > short ? LONG : HOLD;
}

/**
 * Mean after dropping the `trim` smallest and the `trim` largest values.
 *
 * @param values  finite numbers, more than 2 · trim of them
 * @param trim    count dropped at each end, ≥ 0
 * @returns       NaN when nothing is left
 * @source        Yin et al. 2018 (coordinate-wise trimmed mean)
 * @example       trimmedMean([0, 1, 2, 30], 1) // 1.5
 */
export function trimmedMean(values: readonly number[], trim: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  let sum = 0;
  for (let i = trim; i < sorted.length - trim; i++) sum += sorted[i] ?? NaN;
  return sorted.length > 2 * trim ? sum / (sorted.length - 2 * trim) : NaN;
}

function sizeConfidenceOf(ballot: Ballot, direction: Direction): number {
  const shares: number[] = [];
  for (const vote of ballot.votes) {
    if (vote === null || vote.abstain !== null) continue;
    const sided = vote.probabilities[SHORT] + vote.probabilities[LONG];
    shares.push(sided > 0 ? vote.probabilities[direction] / sided : 0.5);
  }
  return trimmedMean(shares, ballot.faultTolerance);
}

function checkBallot({ votes, weightsPpm, faultTolerance }: Ballot): void {
  const cap = weightCapPpm(faultTolerance);
  const voters = votes.length;
  if (weightsPpm.length !== voters || voters < 3 * faultTolerance + 1) {
    throw new GrandModelError(
      'BAD_ARGUMENT',
      `Cannot decide: ${voters} votes, ${weightsPpm.length} weights do not fit f ${faultTolerance}`,
      { voters, weights: weightsPpm.length, faultTolerance },
    );
  }
  let sum = 0;
  for (const weight of weightsPpm) {
    sum += weight;
    if (!Number.isInteger(weight) || weight < 0 || weight > cap) {
      throw new GrandModelError('BAD_ARGUMENT', `Cannot decide: weight ${weight} ppm is outside 0..${cap}`, {
        weight,
      });
    }
  }
  if (sum !== PPM) {
    throw new GrandModelError('BAD_ARGUMENT', `Cannot decide: weights sum to ${sum} ppm, not ${PPM}`, {
      sum,
    });
  }
}
