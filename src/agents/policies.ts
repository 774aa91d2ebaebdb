// The two trained policies that do not vote: how much of a sized quantity is kept, and how its order is sent.
// Neither can raise a size.

import type { Codec } from '../core/codec.ts';
import { f64, list, oneOf, struct, u8 } from '../core/codec.ts';
import type { Kernel } from '../wasm/kernel.ts';
import { isExpired } from './model-card.ts';
import type { OpenModel } from './model-file.ts';
import { voterById, VOTERS } from './roster.ts';

/**
 * What both look at when a verdict executes: one row, the same for buying and selling, because every signed
 * column is multiplied by the side. Each lies in −1..1.
 */
export const DECISION_COLUMNS = [
  'size_confidence',
  'winner_weight',
  'synergy_confidence',
  'synergy_agrees',
  'type_1',
  'type_2',
  'type_3',
  'type_4',
  'regime_drift',
  'regime_sideways',
  'regime_volatile',
  'uncertainty_rank',
  'spread_share',
  'fee_share',
  'price_momentum_5',
  'fvg_nearest_level',
  'volume_ratio',
  'momentum',
  'rsi',
  'macd',
  'bollinger_position',
  'pattern_mean',
  'pattern_hit_rate',
  'low_node_distance',
  'drawdown',
] as const;

/** Shares of the sized quantity that the risk policy chooses between, in quarters. */
export const QUARTERS = [0, 1, 2, 3, 4] as const;

/**
 * How an entry is sent: not at all; at the next open; at the near side of the spread; at the last close;
 * in three equal parts at the next three opens.
 */
export const ORDER_STYLES = ['NONE', 'MARKET', 'LIMIT_TOUCH', 'LIMIT_MID', 'TWAP_3'] as const;
/** One of ORDER_STYLES. */
export type OrderStyle = (typeof ORDER_STYLES)[number];

/** Choices of either policy. */
export const POLICY_CHOICES = 5;

/** One policy of the roster. */
export interface Policy {
  readonly id: 'risk' | 'execution';
  /** Values of its input: the row, and for execution one column for each choice of risk. */
  readonly inputs: number;
  readonly file: string;
  readonly card: string;
}

/** The policies, in the order in which they are asked: execution sees what risk chose. */
export const POLICIES: readonly Policy[] = [
  { id: 'risk', inputs: DECISION_COLUMNS.length, file: 'risk.onnx', card: 'risk.card.json' },
  {
    id: 'execution',
    inputs: DECISION_COLUMNS.length + POLICY_CHOICES,
    file: 'execution.onnx',
    card: 'execution.card.json',
  },
];

/** Everyone who has a model: the voters, then the policies. */
export const MODELLED: readonly { readonly id: string; readonly file: string; readonly card: string }[] = [
  ...VOTERS,
  ...POLICIES,
];

/** What a model must be to take a seat, a voter's or a policy's. */
export interface Seat {
  readonly id: string;
  readonly file: string;
  /** Its input with the batch dimension: a matrix, or a policy's row. */
  readonly inputShape: readonly number[];
  /** Meanings of its outputs. */
  readonly classes: readonly string[];
}

/**
 * A seat by its id.
 *
 * @throws GrandModelError BAD_ARGUMENT when there is none
 */
export function seatById(id: string): Seat {
  const policy = POLICIES.find((candidate) => candidate.id === id);
  if (policy) {
    const classes = policy.id === 'risk' ? QUARTERS.map((quarters) => `${quarters}/4`) : ORDER_STYLES;
    return { id, file: policy.file, inputShape: [1, policy.inputs], classes };
  }
  const { file, rows, columns } = voterById(id);
  return { id, file, inputShape: [1, rows, columns], classes: ['SHORT', 'HOLD', 'LONG'] };
}

/** What the policies saw and chose. */
export interface PolicyChoice {
  /** One value for each of DECISION_COLUMNS, exact f32. */
  row: number[];
  /** Probabilities by choice; empty where no policy was asked. */
  risk: number[];
  execution: number[];
  /** Quarters of the sized quantity that are kept, 0..4. */
  quarters: number;
  style: OrderStyle;
}

/** Canonical bytes of a choice. */
export const policyChoiceCodec: Codec<PolicyChoice> = struct<PolicyChoice>({
  row: list(f64, DECISION_COLUMNS.length),
  risk: list(f64, POLICY_CHOICES),
  execution: list(f64, POLICY_CHOICES),
  quarters: u8,
  style: oneOf(ORDER_STYLES),
});

/** The choice where no policy is in force: all of the size, at the next open. */
export function unguidedChoice(row: number[]): PolicyChoice {
  return { row, risk: [], execution: [], quarters: 4, style: 'MARKET' };
}

/** The choice where the policies' answers do not count: nothing is kept, nothing is sent. */
export function voidedChoice(row: number[]): PolicyChoice {
  return { row, risk: [], execution: [], quarters: 0, style: 'NONE' };
}

/** What execution is asked: the row, and one column for each choice of risk. */
export function executionInput(row: readonly number[], quarters: number): number[] {
  return [...row, ...QUARTERS.map((quarter) => (quarter === quarters ? 1 : 0))];
}

/**
 * Asks risk, then execution. What is not known keeps nothing: a model that has expired or whose output is no
 * number chooses 0 quarters and NONE.
 *
 * @param models     of POLICIES, in order
 * @param row        one finite value for each of DECISION_COLUMNS
 * @param knownAtMs  when the decision is made, ms UTC
 */
export function choosePolicies(
  kernel: Kernel,
  models: readonly OpenModel[],
  row: readonly number[],
  knownAtMs: number,
): PolicyChoice {
  const asked: number[][] = [];
  let input = row;
  let quarters = 0;
  models.forEach((model, seat) => {
    const probabilities = isExpired(model.card, knownAtMs) ? [] : run(kernel, model, input);
    asked.push(probabilities);
    if (seat > 0) return;
    quarters = likeliest(probabilities);
    input = executionInput(row, quarters);
  });
  const [risk = [], execution = []] = asked;
  return { row: [...row], risk, execution, quarters, style: ORDER_STYLES[likeliest(execution)] ?? 'NONE' };
}

function run(kernel: Kernel, { reference }: OpenModel, input: readonly number[]): number[] {
  kernel.f32(reference.inputAddress, reference.inputCount).set(input);
  const output = Array.from(reference.run(reference.inputAddress));
  return output.every((p) => Number.isFinite(p)) ? output : [];
}

/** The first of the largest, so that of equal choices the smaller risk wins; 0 where there is none. */
function likeliest(probabilities: readonly number[]): number {
  let best = 0;
  probabilities.forEach((p, i) => {
    if (p > (probabilities[best] ?? 0)) best = i;
  });
  return best;
}
