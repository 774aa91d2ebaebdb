// Casts one vote: the matrix in kernel memory, the model's reference evaluation, the evidence.

import type { Kernel } from '../wasm/kernel.ts';
import { isExpired } from './model-card.ts';
import type { OpenModel } from './model-file.ts';
import type { Voter } from './roster.ts';
import { NO_OPINION, toSimplex } from './vote.ts';
import type { AbstainReason, Evidence, Vote } from './vote.ts';

/** The round a vote is cast in. */
export interface Ballot {
  readonly round: number;
  /** SHA-256 of the bar decided on. */
  readonly barHash: Uint8Array;
  /** When the bar became known, ms UTC; a model whose expiry has passed abstains. */
  readonly knownAtMs: number;
  /** Address of the voter's matrix in kernel memory, f32[rows × columns]; 0 while it is not complete. */
  readonly matrix: number;
}

/**
 * Casts a voter's vote. An abstention is a vote too: it carries no opinion and says why.
 *
 * @param kernel  the kernel in which the model was opened
 * @param voter   the roster entry
 * @param model   its model, from `openModel`
 * @param ballot  the round and where the matrix lies; the kernel reads it there, nothing is copied
 */
export function castVote(kernel: Kernel, voter: Voter, model: OpenModel, ballot: Ballot): Vote {
  const { round, barHash } = ballot;
  const said = { agent: voter.id, round, barHash, modelHash: model.modelHash };
  const silent = (abstain: AbstainReason): Vote => ({
    ...said,
    probabilities: NO_OPINION,
    evidence: [],
    abstain,
  });
  if (isExpired(model.card, ballot.knownAtMs)) return silent('MODEL_EXPIRED');
  if (ballot.matrix === 0) return silent('WARM_UP');
  const probabilities = toSimplex(model.reference.run(ballot.matrix));
  if (probabilities === null) return silent('NOT_FINITE');
  return { ...said, probabilities, evidence: evidenceOf(kernel, voter, ballot.matrix), abstain: null };
}

/** The voter's columns of the newest row. */
function evidenceOf(kernel: Kernel, voter: Voter, matrix: number): Evidence[] {
  const newest = kernel.f32(matrix + 4 * (voter.rows - 1) * voter.columns, voter.columns);
  return voter.evidence.map(([name, column]) => ({ name, value: newest[column] as number }));
}
