// What a running session shows: plain data that crosses a worker's border, in the words and units people
// read.

import type { OrderStyle } from '../agents/policies.ts';
import type { AttestationMode } from '../engine/config.ts';
import type { Verification } from '../engine/verify.ts';

/** Where a session's bars come from. */
export type SessionSource =
  | { readonly kind: 'simulated'; readonly seed: number; readonly bars: number }
  | { readonly kind: 'file'; readonly name: string; readonly symbol: string; readonly bytes: Uint8Array };

/** What is known once a session is open. */
export interface SessionFacts {
  readonly symbol: string;
  readonly quote: string;
  /** True when the bars are simulated: say so wherever they show. */
  readonly simulated: boolean;
  readonly totalBars: number;
  /** Decimals of a price. */
  readonly priceDigits: number;
  readonly tick: number;
  /** Starting equity, quote units. */
  readonly equity: number;
  readonly attestation: AttestationMode;
  readonly kernelHash: string;
  readonly engineVersion: number;
  /** One line on the source: seed, or what was detected in the file. */
  readonly source: string;
}

/** One voter's part in a decision. */
export interface VoteView {
  readonly agent: string;
  /** p(SHORT), p(HOLD), p(LONG). */
  readonly probabilities: readonly [number, number, number];
  /** Share of all weights, 0..1. */
  readonly weight: number;
  readonly abstain: string | null;
  readonly evidence: readonly { readonly name: string; readonly value: number }[];
  /** What the second evaluator said of it; null when none was asked. */
  readonly attested: 'confirmed' | 'void' | null;
  readonly modelHash: string;
}

/** A synergy as people read it. */
export interface SynergyView {
  readonly type: string;
  readonly direction: string;
  readonly confidence: number;
  readonly barsToComplete: number;
  readonly signals: readonly SignalView[];
}

export interface SignalView {
  readonly kind: string;
  readonly direction: string;
  readonly strength: number;
  readonly tsMs: number;
}

/** A decision with everything it rests on. */
export interface DecisionView {
  readonly round: number;
  readonly knownAtMs: number;
  /** Close of the bar decided on. */
  readonly price: number;
  readonly synergyId: string;
  readonly synergy: SynergyView | null;
  readonly votes: readonly VoteView[];
  readonly faults: readonly string[];
  readonly direction: string;
  readonly execute: boolean;
  readonly reason: string;
  /** Weight behind the winner and of SHORT, HOLD, LONG; shares 0..1. */
  readonly winner: number;
  readonly tally: readonly number[];
  readonly sizeConfidence: number;
  readonly outcome: 'executed' | 'abstained' | 'refused';
  readonly refusal: string | null;
  /**
   * Signed units asked for by sizing, fraction of equity at risk, the cap that bound; null when risk was not
   * asked.
   */
  readonly sized: {
    readonly units: number;
    readonly riskFraction: number;
    readonly code: string | null;
  } | null;
  /** Quarters of the size that the risk policy kept and how execution sends it; null when not asked. */
  readonly policy: { readonly quarters: number; readonly style: OrderStyle } | null;
  /** Signed units ordered, or null. */
  readonly ordered: number | null;
  readonly patterns: { readonly count: number; readonly mean: number; readonly hitRate: number };
  readonly regime: string;
  readonly uncertainty: string;
  readonly equity: number;
  readonly barHash: string;
  readonly inputsHash: string;
}

/** An execution. Units are signed, > 0 bought. */
export interface FillView {
  readonly tsMs: number;
  readonly role: string;
  readonly units: number;
  readonly price: number;
  readonly fee: number;
  readonly slippageBp: number;
}

/** The strategic side at its newest 30m close. */
export interface ContextView {
  readonly regime: string;
  readonly stale: boolean;
  /** BULL, BEAR, SIDEWAYS, VOLATILE; NaN in warm-up. */
  readonly regimeProbabilities: readonly number[];
  readonly uncertainty: string;
  readonly warmUp: boolean;
  /** Half-width of the interval for the next 30m log return; NaN in warm-up. */
  readonly halfWidth: number;
  readonly coverage: number;
  /** Conformal set over {down, flat, up} as words. */
  readonly classes: readonly string[];
}

/** An open position with its protection; money in quote units. */
export interface PositionView {
  readonly units: number;
  readonly entry: number;
  readonly mark: number;
  readonly openPnl: number;
  readonly stop: number | null;
  readonly target: number | null;
}

export interface AccountView {
  readonly equity: number;
  readonly pnl: number;
  readonly fees: number;
  /** Shares 0..1. */
  readonly drawdown: number;
  readonly maxDrawdown: number;
  readonly trades: number;
  readonly winRate: number | null;
  readonly volume: number;
  readonly tradingEnabled: boolean;
  readonly haltReason: string;
}

/** What a reader needs to check the run. */
export interface ProofView {
  readonly events: number;
  readonly stateHash: string;
  /** Events at which `stateHash` was taken. */
  readonly stateEvents: number;
  readonly journalRecords: number;
  readonly journalBytes: number;
  readonly journalHash: string;
}

export interface CountsView {
  readonly decisions: number;
  readonly executed: number;
  readonly refused: number;
  readonly abstained: number;
  readonly synergies: Readonly<Record<string, number>>;
  readonly gaps: number;
  readonly rejected: number;
}

/** The newest state of a session. */
export interface SessionFrame {
  readonly state: 'playing' | 'paused' | 'finished';
  readonly bars: number;
  readonly tsMs: number;
  readonly price: number;
  /** Bars a second over the last stretch of playing. */
  readonly rate: number;
  readonly context: ContextView | null;
  /** Signals that wait for their companions. */
  readonly waiting: readonly SignalView[];
  readonly account: AccountView;
  readonly position: PositionView | null;
  readonly proof: ProofView;
  readonly counts: CountsView;
}

/** Everything new since the last `take`; columns are f64. */
export interface SessionUpdate {
  /** tsMs, open, high, low, close, volume of each new bar, row by row; the newest 6,000 at most. */
  readonly bars: Float64Array;
  /** knownAtMs and equity in quote units, pair by pair. */
  readonly equity: Float64Array;
  readonly decisions: readonly DecisionView[];
  readonly fills: readonly FillView[];
  readonly frame: SessionFrame;
}

/** What a replay of a session's own journal gave. */
export interface VerifiedView extends Verification {
  /** Milliseconds that the replay took. */
  readonly ms: number;
}

/** Values in one row of `SessionUpdate.bars`. */
export const BAR_VALUES = 6;
