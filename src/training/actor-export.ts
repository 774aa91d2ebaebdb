// Trained actors as .onnx files with cards; a file is worth nothing before onnxruntime gives the same
// numbers.

import { CARD_FORMAT } from '../agents/model-card.ts';
import type { CardData, ModelCard } from '../agents/model-card.ts';
import { startOnnx } from '../agents/onnx-evaluator.ts';
import { GrandModelError } from '../core/errors.ts';
import type { Mappo } from './mappo.ts';
import { ACTIONS } from './market.ts';
import { countParameters } from './network.ts';
import { networkFile } from './network-file.ts';

/** What the card says beyond the file itself. */
export interface ExportFacts {
  readonly market: string;
  readonly seed: number;
  readonly updates: number;
  /** Scores and the like. */
  readonly metrics: Readonly<Record<string, number>>;
  /** SHA-256 of bytes, hexadecimal. */
  readonly sha256: (bytes: Uint8Array) => string;
  /** Episodes so far: names the file `.vNNNN.onnx`. Without it the file has no number. */
  readonly version?: number;
  /** SHA-256 of an agent's earlier versions, oldest first; none by default. */
  readonly lineage?: (agent: string) => readonly string[];
  /** What it was trained on; a planted market by default. */
  readonly about?: ActorText;
}

/** What a card says of the market. */
export interface ActorText {
  readonly label: string;
  /** Meanings of the last agent's actions where three share a position. */
  readonly styles: readonly string[];
  readonly notes: string;
  readonly data: CardData;
}

/** A file with its card. */
export interface ExportedActor {
  readonly file: Uint8Array;
  readonly card: ModelCard;
}

/** Largest |Δ| between the trainer and onnxruntime. */
export const PARITY_TOLERANCE = 1e-5;

const DIRECTIONS = ['-1', '-0.5', '0', '0.5', '1'];
const SHARES = ['0', '0.25', '0.5', '0.75', '1'];
const PROBES = 2;

/** Files and cards of all actors of a trainer, in roster order; probes come from the trainer itself. */
export function exportActors(trainer: Mappo, facts: ExportFacts): ExportedActor[] {
  const about = facts.about ?? plantedText(trainer, facts);
  return trainer.team.seats.map((seat, index) => {
    const name = `${facts.market}-${seat.agent.id}`;
    const number = facts.version === undefined ? '' : `.v${String(facts.version).padStart(4, '0')}`;
    const metadata = { agent: seat.agent.id, market: facts.market, seed: String(facts.seed) };
    const file = networkFile(seat.actor, name, metadata);
    const inputs = probeInputs(trainer, seat.width, PROBES);
    const hidden = seat.agent.hidden.map((width) => `Dense ${width} tanh`).join(', ');
    const card: ModelCard = {
      format: CARD_FORMAT,
      name: `${name}${number}`,
      agent: seat.agent.id,
      file: `${name}${number}.onnx`,
      sha256: facts.sha256(file),
      size_bytes: file.length,
      architecture: `${hidden}, Dense ${ACTIONS}, Softmax`,
      parameters: countParameters(seat.actor.spec),
      input_shape: [1, seat.width],
      output_shape: [1, ACTIONS],
      classes: index === 0 ? DIRECTIONS : index === 1 ? SHARES : about.styles,
      opset: 17,
      priors: Array.from({ length: seat.width }, () => 1),
      label: about.label,
      probes: inputs.map((input) => ({ input, output: [...probabilitiesOf(trainer, index, input)] })),
      seed: facts.seed,
      data: about.data,
      code_commit: null,
      metrics: facts.metrics,
      trained_through_ms: about.data.through_ms,
      expires_ms: null,
      training_time_s: null,
      lineage: facts.lineage?.(seat.agent.id) ?? [],
      notes: about.notes,
    };
    return { file, card };
  });
}

function plantedText(trainer: Mappo, facts: ExportFacts): ActorText {
  const bars = facts.updates * trainer.batch.rows;
  return {
    label: 'action of largest return in a planted market',
    styles: SHARES,
    notes: 'Research in a market made up for the purpose; it has never seen a real price.',
    data: {
      source: `planted market ${facts.market}, generated`,
      sha256: facts.sha256(new TextEncoder().encode(`${facts.market} ${facts.seed} ${facts.updates}`)),
      seeds: [facts.seed],
      bars,
      samples: bars,
      from_ms: 0,
      through_ms: 0,
    },
  };
}

/** π of one actor for one input row, from the trainer's own kernels. */
export function probabilitiesOf(trainer: Mappo, agent: number, input: readonly number[]): Float32Array {
  const { kernel, team } = trainer;
  const seat = team.seats[agent];
  if (!seat) throw new GrandModelError('BAD_ARGUMENT', `There is no agent ${agent}`, { agent });
  kernel.f32(seat.rows, seat.width).set(input);
  kernel.raw.logSoftmax(seat.actor.forward(seat.rows, 1), seat.logP, 1, ACTIONS);
  return kernel.f32(seat.logP, ACTIONS).map((l) => kernel.raw.exp(l));
}

/**
 * Largest |Δ| of probabilities between the trainer and onnxruntime on random inputs.
 *
 * @param count  inputs, multiples of 1/64 in ±2
 * @throws       GrandModelError BAD_MODEL when onnxruntime refuses the file or its probes
 */
export async function onnxParity(
  trainer: Mappo,
  agent: number,
  exported: ExportedActor,
  count = 1000,
): Promise<number> {
  const { evaluator, tried } = await startOnnx(exported.file, exported.card);
  if (!evaluator)
    throw new GrandModelError('BAD_MODEL', `onnxruntime refused ${exported.card.name}: ${tried[0]?.refused}`);
  let worst = 0;
  for (const input of probeInputs(trainer, exported.card.input_shape[1] ?? 0, count)) {
    const theirs = await evaluator.run(Float32Array.from(input));
    probabilitiesOf(trainer, agent, input).forEach((p, i) => {
      worst = Math.max(worst, Math.abs(p - (theirs[i] ?? Number.NaN)));
    });
  }
  await evaluator.close();
  return worst;
}

/** Rows of multiples of 1/64 in ±2, which f32 and short decimals hold exactly; always the same rows. */
function probeInputs(trainer: Mappo, width: number, count: number): number[][] {
  const { kernel, batch } = trainer;
  kernel.raw.rngInit(batch.scratch, 42);
  return Array.from({ length: count }, () =>
    Array.from({ length: width }, () => Math.floor(257 * kernel.raw.rngUniform(batch.scratch)) / 64 - 2),
  );
}
