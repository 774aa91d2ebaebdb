// The risk and the execution policy that ship: trained on what the shipped voters' decisions came to on
// simulated markets. `npm run models` writes what this file returns, byte for byte.

import { CARD_FORMAT } from '../agents/model-card.ts';
import type { ModelCard, Probe } from '../agents/model-card.ts';
import { readOnnx } from '../agents/onnx-reader.ts';
import { DECISION_COLUMNS, ORDER_STYLES, POLICIES, QUARTERS, seatById } from '../agents/policies.ts';
import type { Policy } from '../agents/policies.ts';
import { compileReference, evaluate } from '../agents/reference-evaluator.ts';
import { toHex } from '../core/bytes.ts';
import { BAR_5M_MS } from '../core/units.ts';
import { simulatedBars } from '../data/market-generator.ts';
import { MARKET_DEFAULTS } from '../data/market-options.ts';
import type { ModelFiles } from '../engine/open.ts';
import type { Kernel } from '../wasm/kernel.ts';
import { loadTraining } from '../wasm/training.ts';
import { networkFile } from './network-file.ts';
import type { ModelOutput } from './core-models.ts';
import { sampleDecisions } from './decision-tape.ts';
import type { DecisionSamples } from './decision-tape.ts';
import { countParameters } from './network.ts';
import {
  createPolicyTeam,
  fitPolicies,
  joinDecisions,
  POLICY_FIT,
  scoreChoices,
  scorePolicies,
} from './policy-fit.ts';
import type { PolicyFitConfig, PolicyScore } from './policy-fit.ts';

/** Seeds of the markets that the policies learn from, and of those that only measure them. */
export const POLICY_SEEDS = { first: 1001, count: 96 } as const;
export const POLICY_HELD_OUT = { first: 3001, count: 24 } as const;
/** 5m bars of each: short enough that the account's drawdown does not silence it. */
export const POLICY_MARKET_BARS = 20_000;

const PROBE_SEED = 20_260_102;
/** The rule that the policies replace, and the best rule that never looks: by quarters, then style. */
const UNGUIDED = [4, ORDER_STYLES.indexOf('MARKET')] as const;

/** Decisions with their worths, and the hash of what they came from. */
export interface PolicySamples {
  readonly training: DecisionSamples;
  readonly heldOut: DecisionSamples;
  /** SHA-256 of the training rows and worths. */
  readonly dataHash: string;
}

/**
 * Runs the voters on simulated markets and values their decisions.
 *
 * @param models  the voters' models
 * @param report  called with the markets done
 */
export async function policySamples(
  kernel: Kernel,
  models: ModelFiles,
  report?: (done: number, of: number) => void,
): Promise<PolicySamples> {
  const of = POLICY_SEEDS.count + POLICY_HELD_OUT.count;
  let done = 0;
  const sample = async ({ first, count }: { first: number; count: number }): Promise<DecisionSamples> => {
    const parts: DecisionSamples[] = [];
    for (let seed = first; seed < first + count; seed++) {
      const bars = simulatedBars(kernel, seed, POLICY_MARKET_BARS);
      parts.push(await sampleDecisions(models, bars, kernel.raw.tanh));
      report?.(++done, of);
    }
    return joinDecisions(parts);
  };
  const training = await sample(POLICY_SEEDS);
  const heldOut = await sample(POLICY_HELD_OUT);
  const hashes = [training.rows, training.worths].map((floats) =>
    kernel.sha256(new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength)),
  );
  const both = new Uint8Array(64);
  hashes.forEach((hash, i) => both.set(hash, 32 * i));
  return { training, heldOut, dataHash: toHex(kernel.sha256(both)) };
}

/**
 * Trains both policies and writes their files and cards, in the order of POLICIES. The same samples and
 * settings give the same bytes on every host.
 */
export async function buildPolicies(
  kernel: Kernel,
  samples: PolicySamples,
  config: PolicyFitConfig = POLICY_FIT,
): Promise<ModelOutput[]> {
  const training = await loadTraining();
  const team = createPolicyTeam(training, config);
  fitPolicies(training, team, samples.training, config);
  const score = scorePolicies(training, team, samples.heldOut);
  const metrics = metricsOf(samples, score);
  return POLICIES.map((policy) => {
    const network = team[policy.id];
    const file = networkFile(network, policy.id, { agent: policy.id, data: 'simulated market' });
    const card = cardOf(kernel, policy, file, {
      samples,
      config,
      metrics,
      parameters: countParameters(network.spec),
    });
    return { file, card };
  });
}

interface CardParts {
  readonly samples: PolicySamples;
  readonly config: PolicyFitConfig;
  readonly metrics: Readonly<Record<string, number>>;
  readonly parameters: number;
}

function cardOf(kernel: Kernel, policy: Policy, file: Uint8Array, parts: CardParts): ModelCard {
  const { samples, config, metrics, parameters } = parts;
  const throughMs = MARKET_DEFAULTS.startMs + POLICY_MARKET_BARS * BAR_5M_MS;
  const risk = policy.id === 'risk';
  const hidden = config.hidden.map((width) => `Dense ${width} tanh, `).join('');
  return {
    format: CARD_FORMAT,
    name: policy.id,
    agent: policy.id,
    file: policy.file,
    sha256: toHex(kernel.sha256(file)),
    size_bytes: file.length,
    architecture:
      `${policy.inputs} values (${DECISION_COLUMNS.length} of the decision` +
      `${risk ? '' : ', one for each choice of risk'}) → ${hidden}Dense 5, Softmax`,
    parameters,
    input_shape: [1, policy.inputs],
    output_shape: [1, 5],
    classes: seatById(policy.id).classes,
    opset: 17,
    priors: Array.from({ length: policy.inputs }, () => 1),
    label:
      'reward R of the entry worked alone until it is flat: net of fees, spread, impact and latency, ' +
      'pessimistic fills',
    probes: probes(kernel, file, policy.inputs),
    seed: config.seed,
    data: {
      source:
        'decisions of the shipped voters on simulated markets (src/data/market-generator.ts, ' +
        'default options, planted edge on)',
      sha256: samples.dataHash,
      seeds: [POLICY_SEEDS.first, POLICY_SEEDS.first + POLICY_SEEDS.count - 1],
      bars: POLICY_SEEDS.count * POLICY_MARKET_BARS,
      samples: samples.training.count,
      from_ms: MARKET_DEFAULTS.startMs,
      through_ms: throughMs,
    },
    code_commit: null,
    metrics,
    trained_through_ms: throughMs,
    expires_ms: null,
    training_time_s: null,
    lineage: [],
    notes:
      'Trained with the other policy as a team (docs/policies.md); the metrics are of both together, on ' +
      `simulated markets ${POLICY_HELD_OUT.first} to ${POLICY_HELD_OUT.first + POLICY_HELD_OUT.count - 1} ` +
      'that neither met. They share the planted edge and the fill model and say nothing about profit on ' +
      'real markets. data.seeds names the first and the last seed.',
  };
}

/** Mean reward R a decision on held-out markets, beside rules that look at nothing. */
function metricsOf({ training, heldOut }: PolicySamples, score: PolicyScore): Record<string, number> {
  const fixed = bestFixed(training);
  const metrics = {
    held_out_decisions: score.decisions,
    reward: score.reward,
    reward_standard_error: score.error,
    reward_all_at_market: scoreChoices(heldOut, () => UNGUIDED).reward,
    reward_best_fixed_rule: scoreChoices(heldOut, () => fixed).reward,
    share_no_size: score.quarters[0] ?? 0,
    share_full_size: score.quarters[4] ?? 0,
    share_market: score.styles[1] ?? 0,
    share_limit: (score.styles[2] ?? 0) + (score.styles[3] ?? 0),
  };
  return Object.fromEntries(
    Object.entries(metrics).map(([name, value]) => [name, Math.round(1e6 * value) / 1e6]),
  );
}

/** The pair of quarters and style that did best on the training decisions, chosen without looking at any. */
function bestFixed(samples: DecisionSamples): readonly [number, number] {
  let best: readonly [number, number] = [0, 0];
  let most = 0;
  for (const quarters of QUARTERS) {
    ORDER_STYLES.forEach((_, style) => {
      const { reward } = scoreChoices(samples, () => [quarters, style]);
      if (reward > most) [best, most] = [[quarters, style], reward];
    });
  }
  return best;
}

/** Two inputs of multiples of 1/64 in ±1, which f32 and short decimals hold exactly. */
function probes(kernel: Kernel, file: Uint8Array, inputs: number): Probe[] {
  const reference = compileReference(kernel, readOnnx(file));
  const generator = kernel.alloc(16);
  kernel.raw.rngInit(generator, PROBE_SEED);
  return [0, 1].map(() => {
    const input = Array.from(
      { length: inputs },
      () => Math.floor(129 * kernel.raw.rngUniform(generator)) / 64 - 1,
    );
    return { input, output: [...evaluate(kernel, reference, input)] };
  });
}
