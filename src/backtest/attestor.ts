// Answers `infer` and `inferPolicies` effects with the host's ONNX evaluator, one session per model.

import { startOnnx } from '../agents/onnx-evaluator.ts';
import type { OnnxOptions } from '../agents/onnx-evaluator.ts';
import type { BackendStart, PolicyBackend } from '../agents/policy-backend.ts';
import { readCard } from '../agents/model-card.ts';
import { executionInput, POLICIES } from '../agents/policies.ts';
import { VOTERS } from '../agents/roster.ts';
import { GrandModelError } from '../core/errors.ts';
import type { Infer, InferPolicies } from '../engine/effects.ts';
import type { Engine } from '../engine/engine.ts';
import type { AttestedEvent, AttestedPolicyEvent } from '../engine/events.ts';
import type { ModelFiles } from '../engine/open.ts';
import type { Attestor } from './runner.ts';

/** A started attestor and what came up for each model. */
export interface OpenAttestor {
  readonly attest: Attestor;
  readonly starts: readonly { readonly agent: string; readonly start: BackendStart }[];
  close(): Promise<void>;
}

/**
 * Starts one evaluator per model and proves each on its card's probes.
 *
 * @param seats  whose models; the voters' for attestation `live`, MODELLED for `full`
 * @throws GrandModelError UNSUPPORTED when no backend comes up for a model, with the reason of each
 */
export async function openAttestor(
  models: ModelFiles,
  options: OnnxOptions = {},
  seats: readonly { readonly id: string }[] = VOTERS,
): Promise<OpenAttestor> {
  const starts: { agent: string; start: BackendStart }[] = [];
  const evaluators = new Map<string, PolicyBackend>();
  for (const { id } of seats) {
    const kind = POLICIES.some((policy) => policy.id === id) ? 'policy' : 'voter';
    const file = models[id];
    if (!file)
      throw new GrandModelError('BAD_MODEL', `Cannot attest: ${kind} "${id}" has no model`, { agent: id });
    const start = await startOnnx(file.onnx, readCard(file.card), options);
    const { evaluator } = start;
    if (!evaluator) {
      const reasons = start.tried.map(({ backend, refused }) => `${backend}: ${refused}`).join('; ');
      throw new GrandModelError('UNSUPPORTED', `Cannot attest ${kind} "${id}": ${reasons}`, { agent: id });
    }
    starts.push({ agent: id, start });
    evaluators.set(id, evaluator);
  }
  const ask: Ask = async (agent, features) => {
    const evaluator = evaluators.get(agent);
    // an evaluator that fails answers nothing, which is never a pass: the run goes on
    return (
      evaluator?.run(features).then(
        (output) => [...output],
        () => [],
      ) ?? []
    );
  };
  return {
    starts,
    attest: (engine, asked) =>
      asked.kind === 'infer' ? attestVotes(engine, asked, ask) : attestPolicies(asked, ask),
    close: async () => {
      for (const evaluator of evaluators.values()) await evaluator.close();
    },
  };
}

type Ask = (agent: string, features: Float32Array) => Promise<number[]>;

async function attestVotes({ core }: Engine, { round, symbol }: Infer, ask: Ask): Promise<AttestedEvent[]> {
  const arena = core.arenas[symbol];
  if (!arena)
    throw new GrandModelError('BAD_ARGUMENT', `Cannot attest: symbol ${symbol} is unknown`, { symbol });
  const events: AttestedEvent[] = [];
  for (const { id, matrix, rows, columns } of VOTERS) {
    const address = matrix === 'tactical60x7' ? arena.tacticalMatrix : arena.strategicMatrix;
    const features = core.kernel.f32(address, rows * columns).slice();
    const [short = Number.NaN, hold = Number.NaN, long = Number.NaN] = await ask(id, features);
    events.push({ kind: 'attested', round, agent: id, short, hold, long });
  }
  return events;
}

async function attestPolicies(
  { round, row, quarters }: InferPolicies,
  ask: Ask,
): Promise<AttestedPolicyEvent[]> {
  const events: AttestedPolicyEvent[] = [];
  for (const { id } of POLICIES) {
    const input = id === 'risk' ? row : executionInput(row, quarters);
    const probabilities = await ask(id, Float32Array.from(input));
    events.push({ kind: 'attestedPolicy', round, agent: id, probabilities });
  }
  return events;
}
