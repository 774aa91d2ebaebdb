// The engine's plain state: everything that is not numbers in the kernel. One codec, so it can be hashed and
// compared.

import { voteCodec } from '../agents/vote.ts';
import type { Vote } from '../agents/vote.ts';
import { VOTERS } from '../agents/roster.ts';
import { createReputation, reputationCodec } from '../consensus/reputation.ts';
import type { Reputation } from '../consensus/reputation.ts';
import type { Codec } from '../core/codec.ts';
import { bool, f64, fixedBytes, i64, list, nullable, struct, text, u16, u32, u8 } from '../core/codec.ts';
import { createLedger, ledgerCodec, LEDGER_SYMBOLS_MAX } from '../execution/ledger.ts';
import type { Ledger } from '../execution/ledger.ts';
import { createPaperBroker, paperBrokerCodec } from '../execution/paper-broker.ts';
import type { PaperBroker } from '../execution/paper-broker.ts';
import { HASH_BYTES } from '../journal/format.ts';
import { aggregatorCodec, createAggregator } from '../market/aggregate.ts';
import type { Aggregator } from '../market/aggregate.ts';
import { tickValueMicro } from '../market/instrument.ts';
import { correlationMonitorCodec, createCorrelationMonitor } from '../risk/correlation.ts';
import type { CorrelationMonitor } from '../risk/correlation.ts';
import { createKillSwitch, killSwitchCodec } from '../risk/kill-switch.ts';
import type { KillSwitch } from '../risk/kill-switch.ts';
import { createSynergy, synergyCodec, synergyStateCodec } from '../signals/synergy.ts';
import type { Synergy, SynergyState } from '../signals/synergy.ts';
import type { EngineConfig } from './config.ts';
import type { Listing } from './header.ts';

/** What a symbol remembers outside the kernel. */
export interface SymbolState {
  /** Open time of the last accepted 5m bar. */
  lastTsMs: number | null;
  aggregator: Aggregator;
  synergy: SynergyState;
  /** 30m rows left in which uncertainty is HIGH and new risk is blocked after a gap. */
  gapRows: number;
  /** 1 − H/ln 3 of the last round's mean probabilities. */
  confidenceScore: number | null;
}

/** A round whose votes wait for attestation. */
export interface OpenRound {
  round: number;
  symbol: number;
  knownAtMs: number;
  synergyId: string;
  synergy: Synergy;
  barHash: Uint8Array;
  inputsHash: Uint8Array;
  votes: Vote[];
  /** By voter: true when its vote was confirmed or voided. */
  attested: boolean[];
  /** ATR14 and close at the decision, price units. */
  atr: number;
  close: number;
  volumeLots: number;
}

/** Sums behind the 30-minute feedback. */
export interface Score {
  judgedVotes: number;
  correctVotes: number;
  entryFills: number;
  entrySlippageBp: number;
}

export interface EngineState {
  /** When the last accepted event was known, ms UTC. */
  nowMs: number;
  /** Number of the last round. */
  round: number;
  symbols: SymbolState[];
  openRounds: OpenRound[];
  reputation: Reputation;
  ledger: Ledger;
  broker: PaperBroker;
  killSwitch: KillSwitch;
  correlations: CorrelationMonitor;
  /** When the orders of the last minute were placed, ms UTC. */
  orderTimes: number[];
  score: Score;
  /** 30m slot of the last feedback. */
  feedbackSlotMs: number;
}

/** Orders per minute can be limited to 65,535; more times than that are never kept. */
const ORDER_TIMES_MAX = 65_535;
/** Rounds that may wait for attestation: one per symbol. */
const OPEN_ROUNDS_MAX = LEDGER_SYMBOLS_MAX;
const VOTERS_MAX = 10;

const symbolCodec: Codec<SymbolState> = struct<SymbolState>({
  lastTsMs: nullable(i64),
  aggregator: aggregatorCodec,
  synergy: synergyStateCodec,
  gapRows: u8,
  confidenceScore: nullable(f64),
});

const openRoundCodec: Codec<OpenRound> = struct<OpenRound>({
  round: u32,
  symbol: u16,
  knownAtMs: i64,
  synergyId: text,
  synergy: synergyCodec,
  barHash: fixedBytes(HASH_BYTES),
  inputsHash: fixedBytes(HASH_BYTES),
  votes: list(voteCodec, VOTERS_MAX),
  attested: list(bool, VOTERS_MAX),
  atr: f64,
  close: f64,
  volumeLots: i64,
});

export const engineStateCodec: Codec<EngineState> = struct<EngineState>({
  nowMs: i64,
  round: u32,
  symbols: list(symbolCodec, LEDGER_SYMBOLS_MAX),
  openRounds: list(openRoundCodec, OPEN_ROUNDS_MAX),
  reputation: reputationCodec,
  ledger: ledgerCodec,
  broker: paperBrokerCodec,
  killSwitch: killSwitchCodec,
  correlations: correlationMonitorCodec,
  orderTimes: list(i64, ORDER_TIMES_MAX),
  score: struct<Score>({ judgedVotes: i64, correctVotes: i64, entryFills: i64, entrySlippageBp: f64 }),
  feedbackSlotMs: i64,
});

/** The state before the first event. */
export function createState(config: EngineConfig, listings: readonly Listing[]): EngineState {
  return {
    nowMs: 0,
    round: 0,
    symbols: listings.map(() => ({
      lastTsMs: null,
      aggregator: createAggregator(),
      synergy: createSynergy(),
      gapRows: 0,
      confidenceScore: null,
    })),
    openRounds: [],
    reputation: createReputation(VOTERS.length),
    ledger: createLedger(
      config.equityMicro,
      listings.map(({ instrument }) => ({
        tickValueMicro: tickValueMicro(instrument),
        feeBps: instrument.feeBps,
      })),
    ),
    broker: createPaperBroker(config.fillModel, config.seed),
    killSwitch: createKillSwitch(config.operators),
    correlations: createCorrelationMonitor(listings.length),
    orderTimes: [],
    score: { judgedVotes: 0, correctVotes: 0, entryFills: 0, entrySlippageBp: 0 },
    feedbackSlotMs: 0,
  };
}
