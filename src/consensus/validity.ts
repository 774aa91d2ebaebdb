// Which votes count in a round, and the faults of those that do not. Only provable defects are judged here.

import { GrandModelError } from '../core/errors.ts';

/** What consensus reads of a vote. */
export interface CandidateVote {
  /** Voter id, as in the roster. */
  readonly agent: string;
  /** Round number; grows by one per decision. */
  readonly round: number;
  /** SHA-256 of the bar voted on. */
  readonly barHash: Uint8Array;
  /** p(SHORT), p(HOLD), p(LONG). */
  readonly probabilities: readonly [number, number, number];
  /** Why the voter abstains, or null. */
  readonly abstain: string | null;
  /** Signature over the vote's canonical bytes; absent while votes are made in the same process. */
  readonly signature?: Uint8Array | null;
}

/**
 * Fault kinds, the labels of `byzantine_faults_total`. BAD_SIGNATURE and EQUIVOCATION need signed votes: a
 * caller that verifies signatures reports them; two unsigned votes that differ are CONFLICTING, which proves
 * nothing about the sender.
 */
export const FAULT_KINDS = [
  'UNKNOWN_AGENT',
  'WRONG_ROUND',
  'REPLAYED',
  'STALE_BAR',
  'NOT_SIMPLEX',
  'CONFLICTING',
  'BAD_SIGNATURE',
  'EQUIVOCATION',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** One rejected vote: its place in the submitted list and why. */
export interface VoteFault {
  readonly kind: FaultKind;
  readonly agent: string;
  readonly index: number;
}

/** Accepted votes in roster order (null: none or rejected) and the faults in submitted order. */
export interface VoteScreening<V extends CandidateVote> {
  readonly accepted: readonly (V | null)[];
  readonly faults: readonly VoteFault[];
}

/** What a round expects. */
export interface Round {
  /** Voter ids, unique, roster order. */
  readonly roster: readonly string[];
  readonly round: number;
  /** SHA-256 of the bar decided on. */
  readonly barHash: Uint8Array;
}

/** Largest |Σp − 1| of a simplex. */
const SIMPLEX_TOLERANCE = 1e-9;
/** Most votes looked at in one round, so that a flood costs a bounded amount of work. */
export const VOTES_MAX = 256;

/**
 * Screens the votes of a round: known agent, this round, this bar, a simplex, at most one per agent.
 * An agent whose votes differ counts as silent; an identical repetition is dropped.
 *
 * @throws GrandModelError LIMIT above VOTES_MAX votes
 */
export function screenVotes<V extends CandidateVote>(expected: Round, votes: readonly V[]): VoteScreening<V> {
  if (votes.length > VOTES_MAX) {
    throw new GrandModelError('LIMIT', `Cannot screen votes: ${votes.length} are over ${VOTES_MAX}`, {
      votes: votes.length,
    });
  }
  const accepted: (V | null)[] = expected.roster.map(() => null);
  const conflicted = expected.roster.map(() => false);
  const faults: VoteFault[] = [];
  votes.forEach((vote, index) => {
    const seat = expected.roster.indexOf(vote.agent);
    const earlier = accepted[seat] ?? null;
    const kind = conflicted[seat] ? 'CONFLICTING' : faultOf(expected, vote, seat, earlier);
    if (kind === null) {
      accepted[seat] = vote;
      return;
    }
    faults.push({ kind, agent: vote.agent, index });
    if (kind === 'CONFLICTING') {
      accepted[seat] = null;
      conflicted[seat] = true;
    }
  });
  return { accepted, faults };
}

function faultOf(
  expected: Round,
  vote: CandidateVote,
  seat: number,
  earlier: CandidateVote | null,
): FaultKind | null {
  if (seat < 0) return 'UNKNOWN_AGENT';
  if (vote.round !== expected.round) return vote.round < expected.round ? 'REPLAYED' : 'WRONG_ROUND';
  if (!sameBytes(vote.barHash, expected.barHash)) return 'STALE_BAR';
  if (vote.abstain === null && !isSimplex(vote.probabilities)) return 'NOT_SIMPLEX';
  if (earlier === null) return null;
  return sameVote(earlier, vote) ? 'REPLAYED' : 'CONFLICTING';
}

/**
 * Three finite numbers in 0..1 whose sum is 1 within 1e−9.
 *
 * @example isSimplex([0.2, 0.3, 0.5]) // true
 */
export function isSimplex(p: readonly number[]): boolean {
  const [short = NaN, hold = NaN, long = NaN] = p;
  if (p.length !== 3 || !(short >= 0 && hold >= 0 && long >= 0)) return false;
  return Math.abs(short + hold + long - 1) <= SIMPLEX_TOLERANCE;
}

function sameVote(a: CandidateVote, b: CandidateVote): boolean {
  return a.abstain === b.abstain && a.probabilities.every((p, k) => Object.is(p, b.probabilities[k]));
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
