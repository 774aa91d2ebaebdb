// What the risk and the execution policy are worth: the files themselves choose on decisions that neither
// met, and are paid what each choice came to, beside all of the size at market and the best rule that never
// looks. The rule is chosen on the other markets, or weeks, than the one it is judged on.

import type { OpenModel } from '../agents/model-file.ts';
import {
  choosePolicies,
  DECISION_COLUMNS,
  ORDER_STYLES,
  POLICY_CHOICES,
  QUARTERS,
} from '../agents/policies.ts';
import type { OrderStyle } from '../agents/policies.ts';
import { clusteredMean } from './clustered-mean.ts';
import type { MeanInterval } from './clustered-mean.ts';
import { DAY_MS } from '../core/units.ts';
import type { Kernel } from '../wasm/kernel.ts';
import type { DecisionSamples } from './decision-tape.ts';

/** Rewards R a decision of one way to choose. */
export interface ChoiceScore {
  readonly name: string;
  readonly reward: number;
  /** Over markets or weeks; null with fewer than two. */
  readonly interval: MeanInterval | null;
}

/** What the policies are worth. */
export interface PolicyEvaluation {
  readonly decisions: number;
  readonly over: 'markets' | 'weeks';
  readonly clusters: number;
  /** Both policies, neither, and the rule; last the rule that did best on these very decisions. */
  readonly scores: readonly ChoiceScore[];
  /** The policies less each of the others, on the same decisions. */
  readonly beside: readonly ChoiceScore[];
  /** The rule in hindsight: quarters of the size, and how it is sent. */
  readonly bestFixed: { readonly quarters: number; readonly style: OrderStyle };
  /** Shares of the decisions by what the policies chose. */
  readonly quarters: readonly number[];
  readonly styles: readonly number[];
}

const WEEK_MS = 7 * DAY_MS;
const CELLS = POLICY_CHOICES * POLICY_CHOICES;
const WIDTH = DECISION_COLUMNS.length;
/** All of the size, at market: what an engine does without policies. */
const UNGUIDED = 4 * POLICY_CHOICES + ORDER_STYLES.indexOf('MARKET');

/** Decisions that share their luck, with the cell that the policies chose for each. */
interface Group {
  readonly count: number;
  /** F64[CELLS] sums of what each cell came to. */
  readonly cells: Float64Array;
  /** Sum of what was chosen. */
  readonly chosen: number;
}

/**
 * Judges a risk and an execution policy. Their expiry is not asked: the question is what they know.
 *
 * @param models   of POLICIES, in order
 * @param markets  decisions of one market each; of a single one the intervals are over its UTC weeks
 */
export function evaluatePolicies(
  kernel: Kernel,
  models: readonly OpenModel[],
  markets: readonly DecisionSamples[],
): PolicyEvaluation {
  const many = markets.length > 1;
  const quarters = QUARTERS.map(() => 0);
  const styles = ORDER_STYLES.map(() => 0);
  const groups = markets.flatMap((samples) => {
    const chosen = Array.from({ length: samples.count }, (_, n) => {
      const row = [...samples.rows.subarray(n * WIDTH, (n + 1) * WIDTH)];
      const choice = choosePolicies(kernel, models, row, Number.NEGATIVE_INFINITY);
      const style = ORDER_STYLES.indexOf(choice.style);
      quarters[choice.quarters]!++;
      styles[style]!++;
      return choice.quarters * POLICY_CHOICES + style;
    });
    const weeks = Array.from(samples.knownAtMs, (ms) => (many ? 0 : Math.floor(ms / WEEK_MS)));
    return [...new Set(weeks)].map((week) => groupOf(samples, chosen, (n) => weeks[n] === week));
  });
  const decisions = groups.reduce((sum, { count }) => sum + count, 0);
  const total = summed(groups);
  const best = bestCell(total);
  const players: readonly [string, (group: Group) => number][] = [
    ['risk and execution', ({ chosen }) => chosen],
    ['all of the size at market', ({ cells }) => cells[UNGUIDED]!],
    [
      `best fixed rule of the other ${many ? 'markets' : 'weeks'}`,
      ({ cells }) => cells[bestCell(total.map((sum, cell) => sum - cells[cell]!))]!,
    ],
    ['best fixed rule in hindsight', ({ cells }) => cells[best]!],
  ];
  const score = (name: string, worth: (group: Group) => number): ChoiceScore => ({
    name,
    reward: decisions === 0 ? 0 : groups.reduce((sum, group) => sum + worth(group), 0) / decisions,
    interval: clusteredMean(groups.map((group) => ({ sum: worth(group), count: group.count }))),
  });
  return {
    decisions,
    over: many ? 'markets' : 'weeks',
    clusters: groups.length,
    scores: players.map(([name, worth]) => score(name, worth)),
    beside: players.slice(1).map(([name, worth]) => score(name, (group) => group.chosen - worth(group))),
    bestFixed: { quarters: Math.floor(best / POLICY_CHOICES), style: ORDER_STYLES[best % POLICY_CHOICES]! },
    quarters: quarters.map((count) => count / Math.max(1, decisions)),
    styles: styles.map((count) => count / Math.max(1, decisions)),
  };
}

function groupOf(
  samples: DecisionSamples,
  chosen: readonly number[],
  inside: (sample: number) => boolean,
): Group {
  const cells = new Float64Array(CELLS);
  let [count, sum] = [0, 0];
  for (let n = 0; n < samples.count; n++) {
    if (!inside(n)) continue;
    count++;
    sum += samples.worths[n * CELLS + chosen[n]!]!;
    for (let cell = 0; cell < CELLS; cell++) cells[cell]! += samples.worths[n * CELLS + cell]!;
  }
  return { count, cells, chosen: sum };
}

function summed(groups: readonly Group[]): Float64Array {
  return Float64Array.from({ length: CELLS }, (_, cell) =>
    groups.reduce((sum, { cells }) => sum + cells[cell]!, 0),
  );
}

/** The cell of largest sum; of equal ones the smaller, and nothing at all where nothing pays. */
function bestCell(sums: Float64Array): number {
  let best = 0;
  sums.forEach((sum, cell) => {
    if (sum > sums[best]!) best = cell;
  });
  return best;
}
