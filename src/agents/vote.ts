// The vote: what one agent says about one bar, and its canonical bytes.

import type { Codec } from '../core/codec.ts';
import { f64, fixedBytes, i64, list, nullable, oneOf, struct, text } from '../core/codec.ts';
import { GrandModelError } from '../core/errors.ts';
import { HOLD, LONG, SHORT } from '../core/units.ts';
import type { Direction } from '../core/units.ts';

/** p(SHORT), p(HOLD), p(LONG): each 0..1, summing to 1 within 1e-9. */
export type Probabilities = readonly [number, number, number];

/** Why an agent gives no opinion. An abstention stays in the quorum's denominator. */
export const ABSTAIN_REASONS = [
  'WARM_UP', // its matrix is not complete yet
  'NOT_FINITE', // its input or its model's output is not a finite number
  'MODEL_EXPIRED', // the card's expires_ms has passed
  'ATTESTATION_VOID', // another evaluator of the same model disagreed
] as const;
/** One of ABSTAIN_REASONS. */
export type AbstainReason = (typeof ABSTAIN_REASONS)[number];

/** One named number that the vote rests on, for people; never read by the quorum. */
export interface Evidence {
  readonly name: string;
  readonly value: number;
}

/** One agent's vote in one round. */
export interface Vote {
  /** Voter id, as in the roster. */
  readonly agent: string;
  readonly round: number;
  /** SHA-256 of the bar voted on. */
  readonly barHash: Uint8Array;
  /** SHA-256 of the model file that gave the probabilities. */
  readonly modelHash: Uint8Array;
  readonly probabilities: Probabilities;
  /** At most 8. */
  readonly evidence: readonly Evidence[];
  readonly abstain: AbstainReason | null;
}

/** Most evidence one vote carries. */
export const EVIDENCE_MAX = 8;
/** What an abstaining vote carries: no opinion. */
export const NO_OPINION: Probabilities = [1 / 3, 1 / 3, 1 / 3];

const HASH_BYTES = 32;

/** Canonical bytes of the three probabilities. */
export const probabilitiesCodec: Codec<Probabilities> = {
  write(writer, value) {
    for (const p of value) f64.write(writer, p);
  },
  read: (reader) => [f64.read(reader), f64.read(reader), f64.read(reader)],
  difference(left, right, path) {
    for (let i = 0; i < 3; i++) if (!Object.is(left[i], right[i])) return `${path}[${i}]`;
    return null;
  },
  place: (_value, path, at) => `${path}[${at >> 3}]`,
};

/** Canonical bytes of a vote: what the journal keeps and what a signature covers. */
export const voteCodec: Codec<Vote> = struct<Vote>({
  agent: text,
  round: i64,
  barHash: fixedBytes(HASH_BYTES),
  modelHash: fixedBytes(HASH_BYTES),
  probabilities: probabilitiesCodec,
  evidence: list(struct<Evidence>({ name: text, value: f64 }), EVIDENCE_MAX) as Codec<readonly Evidence[]>,
  abstain: nullable(oneOf(ABSTAIN_REASONS)),
});

/**
 * A model's f32 softmax as an f64 simplex: each divided by their sum, added in the order SHORT, HOLD, LONG.
 *
 * @param output  three values, as a model gave them
 * @returns       the simplex, or null when a value is not finite, is negative, or the sum is not within 1e-3
 *                of 1
 * @example       toSimplex([0.25, 0.5, 0.25])?.[1] // 0.5
 */
export function toSimplex(output: ArrayLike<number>): Probabilities | null {
  if (output.length !== 3) return null;
  const short = output[0] as number;
  const hold = output[1] as number;
  const long = output[2] as number;
  const sum = short + hold + long;
  if (!(short >= 0 && hold >= 0 && long >= 0 && Math.abs(sum - 1) <= 1e-3)) return null;
  return [short / sum, hold / sum, long / sum];
}

/**
 * The direction with the largest probability; of equal ones HOLD, then SHORT.
 *
 * @example argmax([0.4, 0.2, 0.4]) // 0
 */
export function argmax(probabilities: ArrayLike<number>): Direction {
  const short = probabilities[SHORT] as number;
  const hold = probabilities[HOLD] as number;
  const long = probabilities[LONG] as number;
  if (hold >= short && hold >= long) return HOLD;
  return short >= long ? SHORT : LONG;
}

/**
 * A copy of a vote that abstains for a reason.
 *
 * @throws GrandModelError BAD_ARGUMENT when it already abstains
 */
export function abstaining(vote: Vote, reason: AbstainReason): Vote {
  if (vote.abstain !== null) {
    throw new GrandModelError('BAD_ARGUMENT', `Cannot void vote: "${vote.agent}" already abstains`, {
      agent: vote.agent,
    });
  }
  return { ...vote, probabilities: NO_OPINION, abstain: reason };
}
