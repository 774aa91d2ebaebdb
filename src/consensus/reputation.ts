// Reputation of voters: Hedge with fixed share on the Brier loss of rounds whose outcome is known.

import { f64, i64, list, nullable, struct, u16 } from '../core/codec.ts';
import type { Codec } from '../core/codec.ts';
import { GrandModelError } from '../core/errors.ts';
import { HOLD, LONG, SHORT } from '../core/units.ts';
import type { Direction } from '../core/units.ts';
import { argmaxDirection } from './quorum.ts';
import type { CountedVote } from './quorum.ts';
import { VOTERS_MAX } from './weights.ts';

/**
 * √(8 ln 4 / 1000): the regret-optimal rate of four voters over about 1,000 rounds (Freund and Schapire
 * 1997).
 */
export const HEDGE_RATE = 0.1053;
/** Share mixed back to uniform at each update, so that a voter can recover (Herbster and Warmuth 1998). */
export const FIXED_SHARE = 0.01;
/** Five-minute bars after which a round that touched no barrier is a HOLD. */
export const OUTCOME_BARS = 12;
/** Rounds waiting for their outcome at most; the oldest is forgotten without an update. */
export const PENDING_MAX = 256;

/** A decided round that waits for its outcome. */
export interface PendingRound {
  round: number;
  symbolIndex: number;
  /** Prices whose touch makes the round LONG or SHORT, quote units. */
  upper: number;
  lower: number;
  barsLeft: number;
  /** p(SHORT), p(HOLD), p(LONG) by roster seat; null where a voter was silent or abstained. */
  votes: (number[] | null)[];
}

/** Reputation state: one weight per roster seat, sum 1. */
export interface Reputation {
  weights: number[];
  pending: PendingRound[];
}

/** A round whose outcome became known. `correct` of `judged` votes had the outcome as their argmax. */
export interface ResolvedRound {
  readonly round: number;
  readonly outcome: Direction;
  readonly judged: number;
  readonly correct: number;
}

const pendingCodec: Codec<PendingRound> = struct<PendingRound>({
  round: i64,
  symbolIndex: u16,
  upper: f64,
  lower: f64,
  barsLeft: u16,
  votes: list(nullable(list(f64, 3)), VOTERS_MAX),
});

/** Canonical encoding of the reputation state. */
export const reputationCodec: Codec<Reputation> = struct<Reputation>({
  weights: list(f64, VOTERS_MAX),
  pending: list(pendingCodec, PENDING_MAX),
});

const NONE_RESOLVED: readonly ResolvedRound[] = [];

/**
 * Uniform reputation.
 *
 * @param voters  roster size, 1..VOTERS_MAX
 */
export function createReputation(voters: number): Reputation {
  if (!Number.isInteger(voters) || voters < 1 || voters > VOTERS_MAX) {
    throw new GrandModelError(
      'BAD_ARGUMENT',
      `Cannot start reputation: voters ${voters} is not 1..${VOTERS_MAX}`,
      {
        voters,
      },
    );
  }
  return { weights: Array.from({ length: voters }, () => 1 / voters), pending: [] };
}

/** What `openRound` remembers of a decided round. */
export interface RoundOpening {
  readonly round: number;
  readonly symbolIndex: number;
  /** Close of the bar decided on, quote units. */
  readonly close: number;
  /** Distance of both barriers, quote units, > 0: 1.5 ATR14. A NaN or 0 (warm-up) opens nothing. */
  readonly barrier: number;
  readonly votes: readonly (CountedVote | null)[];
}

/** Remembers a round until its outcome is known. */
export function openRound(state: Reputation, opening: RoundOpening): void {
  if (!(opening.barrier > 0) || opening.votes.length !== state.weights.length) return;
  if (state.pending.length >= PENDING_MAX) state.pending.shift();
  state.pending.push({
    round: opening.round,
    symbolIndex: opening.symbolIndex,
    upper: opening.close + opening.barrier,
    lower: opening.close - opening.barrier,
    barsLeft: OUTCOME_BARS,
    votes: opening.votes.map((vote) =>
      vote === null || vote.abstain !== null ? null : [...vote.probabilities],
    ),
  });
}

/**
 * Takes one closed bar of a symbol: rounds that touched a barrier, or ran out of bars, update the weights in
 * the order they were opened. A bar that spans both barriers tells nothing about the order: the round is
 * forgotten.
 *
 * @param exp  the kernel's exponential, so that the bits are the same on every host
 * @returns    the rounds resolved by this bar; one shared empty list when there are none
 */
export function resolveRounds(
  state: Reputation,
  symbolIndex: number,
  bar: { readonly high: number; readonly low: number },
  exp: (x: number) => number,
): readonly ResolvedRound[] {
  if (state.pending.length === 0) return NONE_RESOLVED;
  const resolved: ResolvedRound[] = [];
  const kept: PendingRound[] = [];
  for (const pending of state.pending) {
    if (pending.symbolIndex !== symbolIndex) {
      kept.push(pending);
      continue;
    }
    pending.barsLeft--;
    const up = bar.high >= pending.upper;
    const down = bar.low <= pending.lower;
    if (up && down) continue;
    if (!up && !down && pending.barsLeft > 0) {
      kept.push(pending);
      continue;
    }
    const outcome: Direction = up ? LONG : down ? SHORT : HOLD;
    resolved.push(judge(pending, outcome));
    state.weights = hedge(
      state.weights,
      pending.votes.map((p) => (p === null ? null : brierLoss(p, outcome))),
      exp,
    );
  }
  state.pending = kept;
  return resolved.length === 0 ? NONE_RESOLVED : resolved;
}

function judge(pending: PendingRound, outcome: Direction): ResolvedRound {
  let judged = 0;
  let correct = 0;
  for (const p of pending.votes) {
    if (p === null) continue;
    judged++;
    if (argmaxDirection(p) === outcome) correct++;
  }
  return { round: pending.round, outcome, judged, correct };
}

/**
 * Half the Brier score, so that the loss lies in 0..1 as Hedge's bound asks.
 *
 * @source  Brier 1950
 * @example brierLoss([0, 0, 1], 0) // 1
 */
export function brierLoss(probabilities: readonly number[], outcome: Direction): number {
  let sum = 0;
  for (let k = 0; k < 3; k++) {
    const error = (probabilities[k] ?? 0) - (k === outcome ? 1 : 0);
    sum += error * error;
  }
  return sum / 2;
}

/**
 * One update w ∝ w · e^(−rate · loss), then (1 − share) w + share / n. Silent voters keep their weight, the
 * others share what they held together (sleeping experts, Freund et al. 1997), so silence neither pays nor
 * costs.
 *
 * @param weights  f64[n], sum 1
 * @param losses   f64[n] in 0..1, null for a silent voter
 * @param exp      the kernel's exponential
 * @source         Freund and Schapire 1997; Herbster and Warmuth 1998
 */
export function hedge(
  weights: readonly number[],
  losses: readonly (number | null)[],
  exp: (x: number) => number,
  rate: number = HEDGE_RATE,
  share: number = FIXED_SHARE,
): number[] {
  let before = 0;
  let after = 0;
  const scaled = weights.map((weight, i) => {
    const loss = losses[i] ?? null;
    if (loss === null) return weight;
    const next = weight * exp(-rate * loss);
    before += weight;
    after += next;
    return next;
  });
  if (!(after > 0)) return [...weights];
  const factor = before / after;
  const mixed = scaled.map((weight, i) => {
    const kept = (losses[i] ?? null) === null ? weight : weight * factor;
    return (1 - share) * kept + share / weights.length;
  });
  const sum = mixed.reduce((total, weight) => total + weight, 0);
  return mixed.map((weight) => weight / sum);
}
