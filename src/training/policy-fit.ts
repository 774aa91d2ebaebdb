// Risk and execution learn together, as a team of two: every action of both is valued on the same decisions,
// risk against execution's present reply, execution for each size. One reward, two networks, no order between
// them but the one in which they act.

import { DECISION_COLUMNS, ORDER_STYLES, POLICIES, POLICY_CHOICES, QUARTERS } from '../agents/policies.ts';
import type { TrainingKernel } from '../wasm/training.ts';
import type { DecisionSamples } from './decision-tape.ts';
import { Network } from './network.ts';
import { perceptron } from './team.ts';

/** How the team is trained. */
export interface PolicyFitConfig {
  readonly seed: number;
  /** Passes over all decisions. */
  readonly epochs: number;
  readonly minibatch: number;
  /** Widths of the tanh layers of either network. */
  readonly hidden: readonly number[];
  /** Adam's step at the start; falls to 0. */
  readonly rate: number;
  /** Step in ln π per unit of reward, and its bound. */
  readonly gain: number;
  readonly reach: number;
  /** Share of ln π forgotten in each step: how sure a worth must be before a choice dies out. */
  readonly cooling: number;
  readonly normMax: number;
}

/** What the shipped policies were trained with. */
export const POLICY_FIT: PolicyFitConfig = {
  seed: 1,
  epochs: 24,
  minibatch: 512,
  hidden: [16],
  rate: 3e-3,
  gain: 2,
  reach: 6,
  cooling: 0.1,
  normMax: 1,
};

/** Both networks, softmax left to the caller. */
export interface PolicyTeam {
  readonly risk: Network;
  readonly execution: Network;
}

const FLOAT = 4;
const WIDTH = DECISION_COLUMNS.length;
const SEEN = WIDTH + POLICY_CHOICES;
const CELLS = POLICY_CHOICES * POLICY_CHOICES;

/** Memory of one minibatch. */
interface Batch {
  readonly order: number;
  readonly rows: number;
  readonly seen: number;
  readonly riskLogP: number;
  readonly executionLogP: number;
  readonly riskWorth: number;
  readonly executionWorth: number;
  readonly scratch: number;
}

/** Untrained networks, nearly uniform. */
export function createPolicyTeam(kernel: TrainingKernel, config: PolicyFitConfig): PolicyTeam {
  const rng = kernel.alloc(FLOAT);
  kernel.raw.rngInit(rng, config.seed);
  const rowsMax = config.minibatch * POLICY_CHOICES;
  const network = (input: number): Network =>
    perceptron(kernel, { input, hidden: config.hidden, output: POLICY_CHOICES }, 0.01, rowsMax, rng);
  return { risk: network(POLICIES[0]!.inputs), execution: network(POLICIES[1]!.inputs) };
}

/**
 * Trains a team in place. The same samples and settings give the same bits on every host.
 *
 * @param report  called after every pass with its number, from 1
 */
export function fitPolicies(
  kernel: TrainingKernel,
  team: PolicyTeam,
  samples: DecisionSamples,
  config: PolicyFitConfig,
  report?: (epoch: number) => void,
): void {
  const size = Math.min(config.minibatch, samples.count);
  if (size === 0) return;
  const batch = createBatch(kernel, samples.count, config.minibatch);
  const rng = kernel.alloc(FLOAT);
  kernel.raw.rngInit(rng, (config.seed ^ 0x5bd1e995) >>> 0);
  const steps = Math.floor(samples.count / size);
  for (let epoch = 0; epoch < config.epochs; epoch++) {
    kernel.raw.shuffle(batch.order, samples.count, rng);
    const order = kernel.i32(batch.order, samples.count).slice();
    for (let step = 0; step < steps; step++) {
      const left = 1 - (epoch * steps + step) / (config.epochs * steps);
      value(kernel, team, batch, samples, order.subarray(step * size, (step + 1) * size));
      const { gain, reach, cooling, normMax } = config;
      const rate = { rate: config.rate * left, normMax };
      const { raw } = kernel;
      raw.rescale(batch.riskWorth, batch.riskWorth, size * POLICY_CHOICES, 0, gain);
      raw.mirrorStep(
        ...[batch.riskLogP, size, POLICY_CHOICES, batch.riskLogP, batch.riskWorth, reach, cooling],
        ...([team.risk.outputGradient, batch.scratch] as const),
      );
      team.risk.backward(size);
      team.risk.step(rate);
      const all = size * POLICY_CHOICES;
      raw.rescale(batch.executionWorth, batch.executionWorth, all * POLICY_CHOICES, 0, gain);
      raw.mirrorStep(
        ...[batch.executionLogP, all, POLICY_CHOICES, batch.executionLogP, batch.executionWorth],
        ...([reach, cooling, team.execution.outputGradient, batch.scratch] as const),
      );
      team.execution.backward(all);
      team.execution.step(rate);
    }
    report?.(epoch + 1);
  }
}

/** Forward passes of both, and what every action is worth beyond the present policies. */
function value(
  kernel: TrainingKernel,
  team: PolicyTeam,
  batch: Batch,
  samples: DecisionSamples,
  picked: Int32Array,
): void {
  const { raw } = kernel;
  const size = picked.length;
  fillRows(kernel, batch, samples, picked);
  raw.logSoftmax(team.risk.forward(batch.rows, size), batch.riskLogP, size, POLICY_CHOICES);
  const all = size * POLICY_CHOICES;
  raw.logSoftmax(team.execution.forward(batch.seen, all), batch.executionLogP, all, POLICY_CHOICES);
  const replies = kernel.f32(batch.executionLogP, all * POLICY_CHOICES);
  const own = kernel.f32(batch.riskLogP, all);
  const riskWorth = kernel.f32(batch.riskWorth, all);
  const executionWorth = kernel.f32(batch.executionWorth, all * POLICY_CHOICES);
  picked.forEach((sample, n) => {
    let mean = 0;
    for (let q = 0; q < POLICY_CHOICES; q++) {
      const at = n * CELLS + q * POLICY_CHOICES;
      let expected = 0;
      for (let s = 0; s < POLICY_CHOICES; s++) {
        expected += raw.exp(replies[at + s]!) * samples.worths[sample * CELLS + q * POLICY_CHOICES + s]!;
      }
      for (let s = 0; s < POLICY_CHOICES; s++) {
        executionWorth[at + s] = samples.worths[sample * CELLS + q * POLICY_CHOICES + s]! - expected;
      }
      riskWorth[n * POLICY_CHOICES + q] = expected;
      mean += raw.exp(own[n * POLICY_CHOICES + q]!) * expected;
    }
    for (let q = 0; q < POLICY_CHOICES; q++) riskWorth[n * POLICY_CHOICES + q]! -= mean;
  });
}

/** Rows of risk, and for execution one row behind each choice of risk. */
function fillRows(kernel: TrainingKernel, batch: Batch, samples: DecisionSamples, picked: Int32Array): void {
  const rows = kernel.f32(batch.rows, picked.length * WIDTH);
  const seen = kernel.f32(batch.seen, picked.length * POLICY_CHOICES * SEEN);
  seen.fill(0);
  picked.forEach((sample, n) => {
    const row = samples.rows.subarray(sample * WIDTH, (sample + 1) * WIDTH);
    rows.set(row, n * WIDTH);
    for (let q = 0; q < POLICY_CHOICES; q++) {
      const at = (n * POLICY_CHOICES + q) * SEEN;
      seen.set(row, at);
      seen[at + WIDTH + q] = 1;
    }
  });
}

function createBatch(kernel: TrainingKernel, count: number, minibatch: number): Batch {
  const floats = (n: number): number => kernel.alloc(n * FLOAT);
  return {
    order: floats(count),
    rows: floats(minibatch * WIDTH),
    seen: floats(minibatch * POLICY_CHOICES * SEEN),
    riskLogP: floats(minibatch * POLICY_CHOICES),
    executionLogP: floats(minibatch * CELLS),
    riskWorth: floats(minibatch * POLICY_CHOICES),
    executionWorth: floats(minibatch * CELLS),
    scratch: kernel.alloc(64),
  };
}

/** How a team, or a fixed rule, does on decisions it was not trained on; rewards R a decision. */
export interface PolicyScore {
  readonly decisions: number;
  readonly reward: number;
  /** Standard error of the reward. */
  readonly error: number;
  /** Shares of the decisions by choice. */
  readonly quarters: readonly number[];
  readonly styles: readonly number[];
}

/** Scores choices: for each decision its quarters and style. */
export function scoreChoices(
  samples: DecisionSamples,
  choose: (sample: number) => readonly [number, number],
): PolicyScore {
  const quarters = QUARTERS.map(() => 0);
  const styles = ORDER_STYLES.map(() => 0);
  let [sum, square] = [0, 0];
  for (let n = 0; n < samples.count; n++) {
    const [q, s] = choose(n);
    const worth = samples.worths[n * CELLS + q * POLICY_CHOICES + s] ?? 0;
    quarters[q]! += 1 / samples.count;
    styles[s]! += 1 / samples.count;
    sum += worth;
    square += worth * worth;
  }
  const reward = sum / samples.count;
  const variance = Math.max(0, square / samples.count - reward * reward);
  return { decisions: samples.count, reward, error: Math.sqrt(variance / samples.count), quarters, styles };
}

/** The team's likeliest choices on decisions, as the engine would make them. */
export function scorePolicies(
  kernel: TrainingKernel,
  team: PolicyTeam,
  samples: DecisionSamples,
): PolicyScore {
  const input = kernel.alloc(SEEN * FLOAT);
  const view = (): Float32Array => kernel.f32(input, SEEN);
  const best = (network: Network): number => {
    const logits = kernel.f32(network.forward(input, 1), POLICY_CHOICES);
    return logits.reduce((top, value, i) => (value > logits[top]! ? i : top), 0);
  };
  return scoreChoices(samples, (n) => {
    view()
      .fill(0)
      .set(samples.rows.subarray(n * WIDTH, (n + 1) * WIDTH));
    const quarters = best(team.risk);
    view()[WIDTH + quarters] = 1;
    return [quarters, best(team.execution)];
  });
}

/** Decisions of several markets as one list. */
export function joinDecisions(parts: readonly DecisionSamples[]): DecisionSamples {
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const joined = {
    count,
    rows: new Float32Array(count * WIDTH),
    worths: new Float32Array(count * CELLS),
    knownAtMs: new Float64Array(count),
  };
  let at = 0;
  for (const part of parts) {
    joined.rows.set(part.rows, at * WIDTH);
    joined.worths.set(part.worths, at * CELLS);
    joined.knownAtMs.set(part.knownAtMs, at);
    at += part.count;
  }
  return joined;
}
