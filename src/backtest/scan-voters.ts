// The four voters of a scan: each model compiled for a batch of rows, checked against its single-row bits at
// the start.

import { openModel } from '../agents/model-file.ts';
import type { OpenModel } from '../agents/model-file.ts';
import { readOnnx } from '../agents/onnx-reader.ts';
import { compileReference, evaluate } from '../agents/reference-evaluator.ts';
import type { ReferenceModel } from '../agents/reference-evaluator.ts';
import { VOTERS } from '../agents/roster.ts';
import { isExpired } from '../agents/model-card.ts';
import { NO_OPINION, toSimplex } from '../agents/vote.ts';
import type { AbstainReason, Probabilities } from '../agents/vote.ts';
import { GrandModelError } from '../core/errors.ts';
import type { ModelFiles } from '../engine/open.ts';
import { STRATEGIC_VALUES, TACTICAL_VALUES } from '../signals/arena.ts';
import type { Kernel } from '../wasm/kernel.ts';

/** Symbols that vote together. */
export const BATCH_ROWS = 64;
const CLASSES = 3;

/** One voter's opinion of one symbol; what the quorum counts. */
export interface ScanVote {
  readonly probabilities: Probabilities;
  readonly abstain: AbstainReason | null;
}

/** The models of one kernel and the matrices of the batch they look at. */
export interface ScanVoters {
  /** Address of a row's matrix: write f32[60 × 7] and f32[48 × 13] there before `run`. */
  tacticalRow(row: number): number;
  strategicRow(row: number): number;
  /** Evaluates all voters on the first `rows` rows. */
  run(rows: number): void;
  /** The vote of a voter on a row of the last run; `complete` is false while its matrix is not. */
  vote(seat: number, row: number, complete: boolean, knownAtMs: number): ScanVote;
}

interface Seat {
  readonly model: OpenModel;
  /** Null where the graph cannot take a batch: rows then go one by one. */
  readonly batch: ReferenceModel | null;
  readonly tactical: boolean;
  readonly results: Float32Array;
}

/**
 * Opens the voters' models.
 *
 * @throws GrandModelError BAD_MODEL when one is missing or refused
 */
export function openScanVoters(kernel: Kernel, files: ModelFiles): ScanVoters {
  const seats = VOTERS.map((voter): Seat => {
    const file = files[voter.id];
    if (!file) {
      throw new GrandModelError('BAD_MODEL', `Cannot scan: there is no model for voter "${voter.id}"`, {
        agent: voter.id,
      });
    }
    const model = openModel(kernel, file.onnx, file.card, voter.id);
    return {
      model,
      batch: compileBatch(kernel, file.onnx, model),
      tactical: voter.matrix === 'tactical60x7',
      results: new Float32Array(BATCH_ROWS * CLASSES),
    };
  });
  const tactical = kernel.alloc(4 * BATCH_ROWS * TACTICAL_VALUES + 16);
  const strategic = kernel.alloc(4 * BATCH_ROWS * STRATEGIC_VALUES + 16);
  return {
    tacticalRow: (row) => tactical + 4 * row * TACTICAL_VALUES,
    strategicRow: (row) => strategic + 4 * row * STRATEGIC_VALUES,
    run(rows) {
      for (const seat of seats) evaluateRows(seat, seat.tactical ? tactical : strategic, rows);
    },
    vote(seat, row, complete, knownAtMs) {
      const { model, results } = seats[seat]!;
      if (isExpired(model.card, knownAtMs)) return { probabilities: NO_OPINION, abstain: 'MODEL_EXPIRED' };
      if (!complete) return { probabilities: NO_OPINION, abstain: 'WARM_UP' };
      const at = CLASSES * row;
      // A plain list: a view of three numbers would cost more than they do.
      const probabilities = toSimplex([results[at]!, results[at + 1]!, results[at + 2]!]);
      return probabilities === null
        ? { probabilities: NO_OPINION, abstain: 'NOT_FINITE' }
        : { probabilities, abstain: null };
    },
  };
}

function evaluateRows({ model, batch, results }: Seat, input: number, rows: number): void {
  if (batch) {
    results.set(batch.run(input));
    return;
  }
  const { reference } = model;
  for (let row = 0; row < rows; row++) {
    results.set(reference.run(input + 4 * row * reference.inputCount), CLASSES * row);
  }
}

/** The batch form, when it exists and repeats the bits of the card's probes in every row. */
function compileBatch(kernel: Kernel, onnx: Uint8Array, model: OpenModel): ReferenceModel | null {
  let batch: ReferenceModel;
  try {
    batch = compileReference(kernel, readOnnx(onnx), BATCH_ROWS);
  } catch (cause) {
    if (cause instanceof GrandModelError && cause.code === 'BAD_MODEL') return null;
    throw cause;
  }
  const { probes } = model.card;
  const inputs = kernel.f32(batch.inputAddress, batch.inputCount);
  const single = model.reference.inputCount;
  for (let row = 0; row < BATCH_ROWS; row++) inputs.set(probes[row % probes.length]!.input, row * single);
  const found = new Uint32Array(batch.run(batch.inputAddress).slice().buffer);
  for (let row = 0; row < BATCH_ROWS; row++) {
    const output = evaluate(kernel, model.reference, probes[row % probes.length]!.input);
    const expected = new Uint32Array(output.buffer);
    if (expected.some((bits, i) => bits !== found[CLASSES * row + i])) return null;
  }
  return batch;
}
