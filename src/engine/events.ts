// Everything that can happen to an engine. Time, seeds and the results of I/O arrive as fields of events.

import { POLICY_CHOICES } from '../agents/policies.ts';
import type { Codec } from '../core/codec.ts';
import { f64, i64, list, oneOf, struct, text, u16, u32, union } from '../core/codec.ts';

/** One closed five-minute bar of a symbol; prices in quote units. */
export interface BarEvent {
  kind: 'bar';
  /** Place of the symbol in the header's instruments. */
  symbol: number;
  /** Open time, ms UTC. */
  tsMs: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

/** What the host's ONNX evaluator answered to an `infer` effect. */
export interface AttestedEvent {
  kind: 'attested';
  round: number;
  agent: string;
  short: number;
  hold: number;
  long: number;
}

/** What the host's ONNX evaluator answered for a policy to an `inferPolicies` effect. */
export interface AttestedPolicyEvent {
  kind: 'attestedPolicy';
  round: number;
  agent: string;
  /** By choice. */
  probabilities: number[];
}

/** An operator's command. */
export interface OperatorEvent {
  kind: 'operator';
  /** When it was given, ms UTC. */
  atMs: number;
  action: OperatorAction;
  /** Who gave it: a key's name, never a secret. */
  operator: string;
  reason: string;
}

/** halt latches the kill switch; reset asks to release it. */
export type OperatorAction = (typeof OPERATOR_ACTIONS)[number];
export const OPERATOR_ACTIONS = ['halt', 'reset'] as const;

export type EngineEvent = BarEvent | AttestedEvent | OperatorEvent | AttestedPolicyEvent;

type BarFields = Omit<BarEvent, 'kind'>;

/**
 * The commonest record by far is written field by field, in the schema's order: the same bytes in half the
 * time.
 */
const barCodec: Codec<BarFields> = {
  ...struct<BarFields>({ symbol: u16, tsMs: f64, open: f64, high: f64, low: f64, close: f64, volume: f64 }),
  write(w, { symbol, tsMs, open, high, low, close, volume }) {
    w.u16(symbol);
    w.f64(tsMs);
    w.f64(open);
    w.f64(high);
    w.f64(low);
    w.f64(close);
    w.f64(volume);
  },
};

export const eventCodec: Codec<EngineEvent> = union<EngineEvent>({
  bar: barCodec,
  attested: struct({ round: u32, agent: text, short: f64, hold: f64, long: f64 }),
  operator: struct({ atMs: i64, action: oneOf(OPERATOR_ACTIONS), operator: text, reason: text }),
  attestedPolicy: struct({ round: u32, agent: text, probabilities: list(f64, POLICY_CHOICES) }),
});
