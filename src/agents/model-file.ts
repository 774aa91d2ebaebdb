// Opens a model for a voter: hash first, then the strict reader, then the probe. A model that passed is ready
// to vote.

import { fromHex, toHex } from '../core/bytes.ts';
import type { Kernel } from '../wasm/kernel.ts';
import { largestDifference } from './attestation.ts';
import { badCard, PROBE_TOLERANCE, readCard } from './model-card.ts';
import type { ModelCard } from './model-card.ts';
import { badModel, MODEL_LIMITS } from './onnx-format.ts';
import { readOnnx } from './onnx-reader.ts';
import { compileReference, evaluate } from './reference-evaluator.ts';
import type { ReferenceModel } from './reference-evaluator.ts';
import { seatById } from './policies.ts';

/** A model that may vote, or choose. */
export interface OpenModel {
  readonly card: ModelCard;
  /** SHA-256 of the file. */
  readonly modelHash: Uint8Array;
  readonly reference: ReferenceModel;
  /** Largest |Δ| between the reference's outputs and the card's probes. */
  readonly probeDifference: number;
}

/**
 * Opens a model file with its card.
 *
 * @param kernel  where the reference evaluator will live
 * @param file    the .onnx bytes
 * @param card    text of `<name>.card.json`
 * @param agent   the voter or policy it must belong to, with that one's shapes; any when left out
 * @throws        GrandModelError BAD_MODEL naming the place: over 16 MiB, another hash, another agent,
 *                another shape, any defect that `readOnnx` names, or a probe that is missed by more than
 *                1e-5. Nothing is kept then.
 */
export function openModel(kernel: Kernel, file: Uint8Array, card: string, agent?: string): OpenModel {
  const facts = readCard(card);
  if (agent !== undefined && facts.agent !== agent) {
    throw badCard('card.agent', `it is for "${facts.agent}", not for "${agent}"`);
  }
  if (file.length > MODEL_LIMITS.fileBytes) {
    throw badModel('file', `${file.length} bytes are over ${MODEL_LIMITS.fileBytes}`);
  }
  const modelHash = kernel.sha256(file);
  if (toHex(modelHash) !== facts.sha256) {
    throw badModel('file', `its SHA-256 ${toHex(modelHash)} is not the card's ${facts.sha256}`);
  }
  const model = readOnnx(file);
  if (model.input.dims.join('x') !== facts.input_shape.join('x')) {
    throw badModel(
      'input',
      `shape ${model.input.dims.join('x')} is not the card's ${facts.input_shape.join('x')}`,
    );
  }
  const reference = compileReference(kernel, model);
  if (agent !== undefined) checkShapes(agent, reference);
  const probeDifference = probe(facts, (input) => evaluate(kernel, reference, input));
  return { card: facts, modelHash: fromHex(facts.sha256), reference, probeDifference };
}

/**
 * A model must read exactly its agent's input, a matrix that lies in kernel memory without a length or a
 * policy's row, and give one value for each choice.
 */
function checkShapes(agent: string, { inputShape, outputCount }: ReferenceModel): void {
  const seat = seatById(agent);
  const shape = seat.inputShape.join('x');
  if (inputShape.join('x') !== shape) {
    throw badModel('input', `shape ${inputShape.join('x')} is not ${agent}'s ${shape}`);
  }
  const choices = seat.classes.length;
  if (outputCount !== choices) throw badModel('output', `${outputCount} values where ${choices} belong`);
}

/**
 * Runs the card's probes through an evaluator.
 *
 * @returns largest |Δ| over all probes
 * @throws  GrandModelError BAD_MODEL when it is over 1e-5 or not a number
 */
export function probe(card: ModelCard, run: (input: readonly number[]) => ArrayLike<number>): number {
  let worst = 0;
  card.probes.forEach(({ input, output }, index) => {
    worst = Math.max(worst, checkedProbe(index, output, run(input)));
  });
  return worst;
}

/** |Δ| of one probe; throws as `probe` does. */
export function checkedProbe(index: number, expected: readonly number[], actual: ArrayLike<number>): number {
  if (actual.length !== expected.length) {
    throw badModel(`probe ${index}`, `${actual.length} outputs where the card has ${expected.length}`);
  }
  const difference = largestDifference(expected, actual);
  if (!(difference <= PROBE_TOLERANCE)) {
    throw badModel(
      `probe ${index}`,
      `its output differs from the card's by ${difference}, over ${PROBE_TOLERANCE}`,
    );
  }
  return difference;
}
