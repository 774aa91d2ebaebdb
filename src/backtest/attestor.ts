// Answers `infer` effects with the host's ONNX evaluator, one session per voter.

import { startOnnx } from '../agents/onnx-evaluator.ts';
import type { OnnxOptions } from '../agents/onnx-evaluator.ts';
import type { BackendStart, PolicyBackend } from '../agents/policy-backend.ts';
import { readCard } from '../agents/model-card.ts';
import { VOTERS } from '../agents/roster.ts';
import { GrandModelError } from '../core/errors.ts';
import type { AttestedEvent } from '../engine/events.ts';
import type { ModelFiles } from '../engine/open.ts';
import type { Attestor } from './runner.ts';

/** A started attestor and what came up for each voter. */
export interface OpenAttestor {
  readonly attest: Attestor;
  readonly starts: readonly { readonly agent: string; readonly start: BackendStart }[];
  close(): Promise<void>;
}

/**
 * Starts one evaluator per voter and proves each on its card's probes.
 *
 * @throws GrandModelError UNSUPPORTED when no backend comes up for a voter, with the reason of each
 */
export async function openAttestor(models: ModelFiles, options: OnnxOptions = {}): Promise<OpenAttestor> {
  const starts: { agent: string; start: BackendStart; evaluator: PolicyBackend }[] = [];
  for (const { id } of VOTERS) {
    const file = models[id];
    if (!file)
      throw new GrandModelError('BAD_MODEL', `Cannot attest: voter "${id}" has no model`, { agent: id });
    const start = await startOnnx(file.onnx, readCard(file.card), options);
    const { evaluator } = start;
    if (!evaluator) {
      const reasons = start.tried.map(({ backend, refused }) => `${backend}: ${refused}`).join('; ');
      throw new GrandModelError('UNSUPPORTED', `Cannot attest voter "${id}": ${reasons}`, { agent: id });
    }
    starts.push({ agent: id, start, evaluator });
  }
  return {
    starts,
    attest: (engine, infer) =>
      attestRound(infer.round, infer.symbol, engine.core.arenas, engine.core.kernel, starts),
    close: async () => {
      for (const { evaluator } of starts) await evaluator.close();
    },
  };
}

type Attested = Parameters<Attestor>[0]['core'];

async function attestRound(
  round: number,
  symbol: number,
  arenas: Attested['arenas'],
  kernel: Attested['kernel'],
  starts: readonly { agent: string; evaluator: PolicyBackend }[],
): Promise<AttestedEvent[]> {
  const arena = arenas[symbol];
  if (!arena)
    throw new GrandModelError('BAD_ARGUMENT', `Cannot attest: symbol ${symbol} is unknown`, { symbol });
  const events: AttestedEvent[] = [];
  for (const [seat, voter] of VOTERS.entries()) {
    const address = voter.matrix === 'tactical60x7' ? arena.tacticalMatrix : arena.strategicMatrix;
    const features = kernel.f32(address, voter.rows * voter.columns).slice();
    const [short = Number.NaN, hold = Number.NaN, long = Number.NaN] = await answerOf(
      starts[seat]!.evaluator,
      features,
    );
    events.push({ kind: 'attested', round, agent: voter.id, short, hold, long });
  }
  return events;
}

/** An evaluator that fails answers nothing, and its voter abstains: the run goes on. */
async function answerOf(evaluator: PolicyBackend, features: Float32Array): Promise<Iterable<number>> {
  try {
    return await evaluator.run(features);
  } catch {
    return [];
  }
}
