// A model on its way into the registry: a card for a file that came without one, and the checks that every
// version must pass.

import { CARD_FORMAT } from '../agents/model-card.ts';
import type { ModelCard, Probe } from '../agents/model-card.ts';
import { openModel } from '../agents/model-file.ts';
import { startOnnx } from '../agents/onnx-evaluator.ts';
import { badModel, MODEL_LIMITS } from '../agents/onnx-format.ts';
import { readOnnx } from '../agents/onnx-reader.ts';
import { seatById } from '../agents/policies.ts';
import { compileReference, evaluate } from '../agents/reference-evaluator.ts';
import { toHex } from '../core/bytes.ts';
import { nextUniform } from '../execution/paper-broker.ts';
import type { Kernel } from '../wasm/kernel.ts';

/** What a card cannot know from the file. */
export interface CardFacts {
  readonly name: string;
  /** Voter or policy the model is for. */
  readonly agent: string;
  /** Columns that the model reads; all when left out. The others are checked to change nothing. */
  readonly columns?: readonly number[];
  readonly expiresMs?: number;
  readonly trainedThroughMs?: number;
  readonly source?: string;
  readonly lineage?: readonly string[];
  readonly notes?: string;
}

const PROBE_SEED = 20_260_101;
const PROBES = 2;
const SUM_TOLERANCE = 1e-3;

/**
 * A card for a model that has none: shapes and hash from the file, probe outputs measured by the reference.
 *
 * @throws GrandModelError BAD_MODEL naming the place: what `readOnnx` refuses, a shape that is not the
 *         seat's, outputs that are no probabilities, a column said to be unused that changes the output
 */
export function cardFor(kernel: Kernel, file: Uint8Array, facts: CardFacts): ModelCard {
  if (file.length > MODEL_LIMITS.fileBytes)
    throw badModel('file', `${file.length} bytes are over ${MODEL_LIMITS.fileBytes}`);
  const { id, file: name, inputShape: shape, classes } = seatById(facts.agent);
  const model = readOnnx(file);
  if (model.input.dims.join('x') !== shape.join('x')) {
    throw badModel('input', `shape ${model.input.dims.join('x')} is not ${id}'s ${shape.join('x')}`);
  }
  const reference = compileReference(kernel, model);
  if (reference.outputCount !== classes.length)
    throw badModel('output', `${reference.outputCount} values where ${classes.join(' ')} belong`);
  const columns = shape.at(-1) ?? 0;
  const used = usedColumns(facts.columns, columns);
  const run = (input: readonly number[]): number[] => [...evaluate(kernel, reference, input)];
  const random = { random: PROBE_SEED };
  const probes = Array.from({ length: PROBES }, (): Probe => {
    const input = Array.from({ length: reference.inputCount }, () => draw(random));
    const output = run(input);
    if (!areProbabilities(output))
      throw badModel('output', `${output.join(' ')} are no probabilities; end with Softmax`);
    const other = run(input.map((value, i) => (used[i % columns] ? value : draw(random))));
    if (output.some((p, i) => p !== other[i]))
      throw badModel('input', 'columns said to be unused change the output');
    return { input, output };
  });
  let parameters = 0;
  for (const { type, data } of model.initializers.values()) if (type === 'f32') parameters += data.length;
  return {
    format: CARD_FORMAT,
    name: facts.name,
    agent: id,
    file: name,
    sha256: toHex(kernel.sha256(file)),
    size_bytes: file.length,
    architecture: model.nodes.map(({ operator }) => operator).join(' → '),
    parameters,
    input_shape: shape,
    output_shape: [1, classes.length],
    classes,
    opset: model.opset,
    priors: used.map(Number),
    label: 'stated by nobody',
    probes,
    seed: 0,
    data: {
      source: facts.source ?? 'stated by nobody',
      sha256: '',
      seeds: [],
      bars: 0,
      samples: 0,
      from_ms: 0,
      through_ms: facts.trainedThroughMs ?? 0,
    },
    code_commit: null,
    metrics: {},
    trained_through_ms: facts.trainedThroughMs ?? 0,
    expires_ms: facts.expiresMs ?? null,
    training_time_s: null,
    lineage: [...(facts.lineage ?? [])],
    notes: facts.notes ?? 'A card made from the file alone: what it was trained on is not known.',
  };
}

/** As near to the simplex as a vote must be. */
function areProbabilities(output: readonly number[]): boolean {
  const sum = output.reduce((all, p) => all + p, 0);
  return output.every((p) => p >= 0) && Math.abs(sum - 1) <= SUM_TOLERANCE;
}

/** A multiple of 1/64 in ±1, which f32 and short decimals hold exactly. */
function draw(random: { random: number }): number {
  return (Math.floor(nextUniform(random) * 129) - 64) / 64;
}

function usedColumns(columns: readonly number[] | undefined, count: number): boolean[] {
  const wrong = columns?.find((column) => !Number.isInteger(column) || column < 0 || column >= count);
  if (wrong !== undefined) throw badModel('columns', `${wrong} is not a column 0..${count - 1}`);
  return Array.from({ length: count }, (_, i) => columns?.includes(i) ?? true);
}

/** What the checks found. */
export interface ModelCheck {
  readonly sha256: string;
  /** Largest |Δ| from the card's probes by the reference evaluator and by onnxruntime-web. */
  readonly referenceDifference: number;
  readonly onnxDifference: number;
  readonly onnxBackend: string;
}

/**
 * Checks a version: hash, strict reader, shapes and probes by the reference evaluator, then the same probes
 * by onnxruntime-web, each within 1e-5.
 *
 * @throws GrandModelError BAD_MODEL naming what failed
 */
export async function checkModel(
  kernel: Kernel,
  file: Uint8Array,
  card: string,
  agent: string,
): Promise<ModelCheck> {
  const opened = openModel(kernel, file, card, agent);
  const { evaluator, tried } = await startOnnx(file, opened.card);
  const used = tried.find(({ refused }) => refused === null);
  await evaluator?.close();
  if (!evaluator || !used) {
    const reasons = tried.map(({ backend, refused }) => `${backend}: ${refused}`).join('; ');
    throw badModel('onnxruntime-web', reasons);
  }
  return {
    sha256: opened.card.sha256,
    referenceDifference: opened.probeDifference,
    onnxDifference: used.difference,
    onnxBackend: used.backend,
  };
}
