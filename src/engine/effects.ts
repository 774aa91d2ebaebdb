// Everything an engine answers to an event, in order. Effects are journalled with the event that caused them,
// and leave the machine only after that record is durable.

import { DECISION_COLUMNS, policyChoiceCodec } from '../agents/policies.ts';
import type { PolicyChoice } from '../agents/policies.ts';
import { voteCodec } from '../agents/vote.ts';
import type { Vote } from '../agents/vote.ts';
import { verdictCodec } from '../consensus/quorum.ts';
import type { Verdict } from '../consensus/quorum.ts';
import { FAULT_KINDS } from '../consensus/validity.ts';
import type { FaultKind } from '../consensus/validity.ts';
import type { Codec } from '../core/codec.ts';
import {
  bool,
  code,
  f64,
  fixedBytes,
  i64,
  list,
  nullable,
  oneOf,
  struct,
  text,
  u16,
  u32,
  u8,
  union,
} from '../core/codec.ts';
import { closedTradeCodec } from '../execution/ledger.ts';
import type { ClosedTrade } from '../execution/ledger.ts';
import { orderEndCodec, orderRequestCodec } from '../execution/orders.ts';
import type { OrderEnd, OrderRequest } from '../execution/orders.ts';
import { fillCodec } from '../execution/paper-broker.ts';
import type { Fill } from '../execution/paper-broker.ts';
import { EFFECTS_MAX, HASH_BYTES } from '../journal/format.ts';
import { rejectionCodec } from '../market/bar.ts';
import type { Rejection } from '../market/bar.ts';
import { RISK_CODES } from '../risk/gate.ts';
import type { RiskCode } from '../risk/gate.ts';
import { sizedOrderCodec } from '../risk/sizing.ts';
import type { SizedOrder } from '../risk/sizing.ts';
import { synergyCodec } from '../signals/synergy.ts';
import type { Synergy } from '../signals/synergy.ts';
import type { ResetOutcome } from '../risk/kill-switch.ts';

/** A bar was refused; the state did not change. */
export interface BarRejected {
  kind: 'barRejected';
  symbol: number;
  tsMs: number;
  rejection: Rejection;
}

/** Thirty-minute slots are missing inside a session. Recorded, never filled. */
export interface Gap {
  kind: 'gap';
  symbol: number;
  /** Open time of the first bar after the gap. */
  tsMs: number;
  slots: number;
}

/** What the strategic side tells the tactical side at each 30m row. */
export interface Context {
  kind: 'context';
  symbol: number;
  /** Open time of the 30m bar. */
  tsMs: number;
  knownAtMs: number;
  partial: boolean;
  /** BULL 0, BEAR 1, SIDEWAYS 2, VOLATILE 3. */
  regime: number;
  regimeProbabilities: number[];
  stale: boolean;
  /** LOW 0, MEDIUM 1, HIGH 2. */
  uncertainty: number;
  /** Half-width of the interval for the next log return; NaN in warm-up. */
  halfWidth: number;
  alpha: number;
  coverage: number;
  /** Conformal set over {down, flat, up}: bit 0 down, bit 1 flat, bit 2 up. */
  classSet: number;
  /** 1 − H(mean probabilities)/ln 3 of the symbol's last round, or null before the first. */
  confidenceScore: number | null;
  /** Account equity at the last marks, micro-quote. */
  equityMicro: number;
}

/** What the tactical side tells the strategic side each 30 minutes; null where there is none yet. */
export interface Feedback {
  kind: 'feedback';
  tsMs: number;
  /** Share of closed trades with net profit. */
  actionSuccessRate: number | null;
  /** Share of voter argmaxes equal to the realised class. */
  predictionAccuracy: number | null;
  /** Mean implementation shortfall, basis points. */
  marketImpactBp: number | null;
}

/** SYNERGY_DETECTED. */
export interface SynergyDetected {
  kind: 'synergy';
  synergyId: string;
  correlationId: string;
  symbol: number;
  synergy: Synergy;
  price: number;
  /** EWMA(.97) volatility per 30m bar; NaN in warm-up. */
  volatility: number;
  /** Volume against its slow mean; NaN without volume. */
  volumeRatio: number;
  /**
   * Nearest low-volume node of the last 240 five-minute bars, price units; null in warm-up, without volume,
   * or where no node is low.
   */
  nearestLvn: number | null;
}

/** Asks the host to run the round's matrices through its ONNX evaluator. */
export interface Infer {
  kind: 'infer';
  round: number;
  symbol: number;
  inputsHash: Uint8Array;
}

/** Asks the host to run the row of a verdict through its ONNX evaluators of both policies. */
export interface InferPolicies {
  kind: 'inferPolicies';
  round: number;
  symbol: number;
  /** One value for each of DECISION_COLUMNS, exact f32. */
  row: number[];
  /** What risk chose by the reference evaluator, 0..4: execution is asked behind it. */
  quarters: number;
}

/** Similar past rows whose next 12 bars are known, outcome in σ. */
export interface PatternSummary {
  count: number;
  mean: number;
  spread: number;
  hitRate: number;
}

/** A decision: the verdict of a round, what risk made of it, and everything both looked at. */
export interface Decision {
  kind: 'decision';
  round: number;
  symbol: number;
  knownAtMs: number;
  synergyId: string;
  barHash: Uint8Array;
  /** SHA-256 over the SHA-256 of both matrices. */
  inputsHash: Uint8Array;
  votes: Vote[];
  faults: { agent: string; fault: FaultKind }[];
  weightsPpm: number[];
  verdict: Verdict;
  outcome: DecisionOutcome;
  /** The rule that refused, else null. */
  refusal: RiskCode | null;
  sized: SizedOrder | null;
  /** What the risk and the execution policy saw and chose; null when the verdict does not execute. */
  policy: PolicyChoice | null;
  patterns: PatternSummary;
  regime: number;
  uncertainty: number;
  equityMicro: number;
}

export const DECISION_OUTCOMES = ['executed', 'abstained', 'refused'] as const;
export type DecisionOutcome = (typeof DECISION_OUTCOMES)[number];

/** An order that passed the gate leaves. */
export interface OrderPlaced {
  kind: 'order';
  round: number;
  order: OrderRequest;
}

export interface OrderEnded {
  kind: 'orderEnd';
  end: OrderEnd;
}

export interface Filled {
  kind: 'fill';
  fill: Fill;
}

export interface TradeClosed {
  kind: 'trade';
  trade: ClosedTrade;
}

/** The kill switch was tripped. */
export interface Halted {
  kind: 'halt';
  atMs: number;
  reason: string;
}

/** The answer to an operator's reset. */
export interface ResetAnswered {
  kind: 'reset';
  atMs: number;
  operator: string;
  outcome: ResetOutcome;
}

/** An attestation that was not used: unknown round or agent, or a vote it voided. */
export interface AttestationNoted {
  kind: 'attestation';
  round: number;
  agent: string;
  result: (typeof ATTESTATION_RESULTS)[number];
}
export const ATTESTATION_RESULTS = ['confirmed', 'void', 'unexpected'] as const;

export type Effect =
  | BarRejected
  | Gap
  | Context
  | Feedback
  | SynergyDetected
  | Infer
  | Decision
  | OrderPlaced
  | OrderEnded
  | Filled
  | TradeClosed
  | Halted
  | ResetAnswered
  | AttestationNoted
  | InferPolicies;

const VOTERS_MAX = 10;
const FAULTS_MAX = 64;

export const effectCodec: Codec<Effect> = union<Effect>({
  barRejected: struct({ symbol: u16, tsMs: f64, rejection: rejectionCodec }),
  gap: struct({ symbol: u16, tsMs: i64, slots: u32 }),
  context: struct({
    symbol: u16,
    tsMs: i64,
    knownAtMs: i64,
    partial: bool,
    regime: u8,
    regimeProbabilities: list(f64, 4),
    stale: bool,
    uncertainty: u8,
    halfWidth: f64,
    alpha: f64,
    coverage: f64,
    classSet: u8,
    confidenceScore: nullable(f64),
    equityMicro: i64,
  }),
  feedback: struct({
    tsMs: i64,
    actionSuccessRate: nullable(f64),
    predictionAccuracy: nullable(f64),
    marketImpactBp: nullable(f64),
  }),
  synergy: struct({
    synergyId: text,
    correlationId: text,
    symbol: u16,
    synergy: synergyCodec,
    price: f64,
    volatility: f64,
    volumeRatio: f64,
    nearestLvn: nullable(f64),
  }),
  infer: struct({ round: u32, symbol: u16, inputsHash: fixedBytes(HASH_BYTES) }),
  decision: struct({
    round: u32,
    symbol: u16,
    knownAtMs: i64,
    synergyId: text,
    barHash: fixedBytes(HASH_BYTES),
    inputsHash: fixedBytes(HASH_BYTES),
    votes: list(voteCodec, VOTERS_MAX),
    faults: list(struct({ agent: text, fault: oneOf(FAULT_KINDS) }), FAULTS_MAX),
    weightsPpm: list(u32, VOTERS_MAX),
    verdict: verdictCodec,
    outcome: oneOf(DECISION_OUTCOMES),
    refusal: nullable(oneOf(RISK_CODES)),
    sized: nullable(sizedOrderCodec),
    policy: nullable(policyChoiceCodec),
    patterns: struct({ count: u32, mean: f64, spread: f64, hitRate: f64 }),
    regime: u8,
    uncertainty: code<number>(3),
    equityMicro: i64,
  }),
  order: struct({ round: u32, order: orderRequestCodec }),
  orderEnd: struct({ end: orderEndCodec }),
  fill: struct({ fill: fillCodec }),
  trade: struct({ trade: closedTradeCodec }),
  halt: struct({ atMs: i64, reason: text }),
  reset: struct({
    atMs: i64,
    operator: text,
    outcome: oneOf(['RESET', 'SECOND_KEY_NEEDED', 'NOT_HALTED', 'UNKNOWN_OPERATOR', 'NO_REASON']),
  }),
  attestation: struct({ round: u32, agent: text, result: oneOf(ATTESTATION_RESULTS) }),
  inferPolicies: struct({ round: u32, symbol: u16, row: list(f64, DECISION_COLUMNS.length), quarters: u8 }),
});

export const effectsCodec: Codec<Effect[]> = list(effectCodec, EFFECTS_MAX);
