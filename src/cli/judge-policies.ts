// What the risk and the execution policy are worth, and the lines that say so.

import type { ModelCard } from '../agents/model-card.ts';
import { ORDER_STYLES, QUARTERS } from '../agents/policies.ts';
import { sampleDecisions } from '../training/decision-tape.ts';
import type { DecisionSamples } from '../training/decision-tape.ts';
import { evaluatePolicies } from '../training/policy-evaluation.ts';
import type { PolicyEvaluation } from '../training/policy-evaluation.ts';
import { POLICY_MARKET_BARS } from '../training/policy-models.ts';
import type { Kernel } from '../wasm/kernel.ts';
import type { PolicyCandidates } from './candidates.ts';
import { heldOutData, marketOf } from './held-out.ts';
import type { HeldOut, Judged } from './held-out.ts';
import { intervalText } from './interval-text.ts';
import { Progress } from './progress.ts';
import type { Arguments, Output } from './verb.ts';

/** Behind the seeds that the shipped policies were trained and measured on. */
const FRESH_SEEDS = Array.from({ length: 24 }, (_, i) => 4001 + i);

/** Judges the policies; null when it was stopped. */
export async function judgePolicies(
  kernel: Kernel,
  { files, open }: PolicyCandidates,
  args: Arguments,
  output: Output,
): Promise<Judged | null> {
  const defaults = { seeds: FRESH_SEEDS, bars: POLICY_MARKET_BARS };
  const cards = open.map(({ card }) => card);
  const on = await heldOutData(kernel, args, defaults, cards);
  const progress = new Progress(output, 'markets decided on');
  const markets: DecisionSamples[] = [];
  for (const { table, listing } of on.markets) {
    if (output.signal.aborted) return null;
    markets.push(await sampleDecisions(files, table, kernel.raw.tanh, listing));
    progress.report(markets.length, on.markets.length);
  }
  const models = cards.map(({ agent, name, sha256 }) => ({ agent, name, sha256 }));
  const found = evaluatePolicies(kernel, open, markets);
  const lines = linesOf(on, cards, found);
  return {
    on,
    cards,
    lines,
    json: { market: marketOf(on), policies: { on: marketOf(on), models, ...found } },
  };
}

function linesOf(on: HeldOut, cards: readonly ModelCard[], found: PolicyEvaluation): string[] {
  const { decisions, over, clusters, scores, beside, bestFixed, quarters, styles } = found;
  const share = (value: number): string => `${(100 * value).toFixed(0)} %`;
  const named = (names: readonly string[], shares: readonly number[]): string =>
    names.map((name, i) => `${name} ${share(shares[i] ?? 0)}`).join(', ');
  const rowOf = ({ name, reward, interval }: (typeof scores)[number]): string =>
    `  ${name.padEnd(36)} ${interval ? intervalText(interval, 4) : reward.toFixed(4)}`;
  return [
    `policies ${cards.map(({ name, sha256 }) => `${name} ${sha256.slice(0, 8)}`).join(', ')}: ` +
      `${on.symbol}${on.simulated ? ' (simulated)' : ''}, ${decisions.toLocaleString('en')} decisions; ` +
      `95 % over ${clusters} ${over}`,
    'reward R a decision, in units of what the whole size loses at its stop, costs inside',
    ...scores.map(rowOf),
    'the policies less each, on the same decisions',
    ...beside.map(rowOf),
    `the rule in hindsight: ${bestFixed.quarters}/4 of the size, ${bestFixed.style}`,
    `sizes ${named(
      QUARTERS.map((n) => `${n}/4`),
      quarters,
    )}`,
    `orders ${named(ORDER_STYLES, styles)}`,
  ];
}
