// Turns engine effects into what people read: names for codes, quote units for micro, hexadecimal for hashes.

import { toHex } from '../core/bytes.ts';
import { DIRECTION_NAMES, MICRO, PPM } from '../core/units.ts';
import type { Context, Decision, Effect, OrderPlaced, SynergyDetected } from '../engine/effects.ts';
import type { Engine } from '../engine/engine.ts';
import type { Listing } from '../engine/header.ts';
import { notionalMicro, positionOf } from '../execution/ledger.ts';
import type { Fill } from '../execution/paper-broker.ts';
import { ticksToPrice } from '../market/instrument.ts';
import { REGIMES } from '../signals/regime.ts';
import type { SynergySignal } from '../signals/synergy.ts';
import { CLASS_BITS, UNCERTAINTY_FLAGS, UNCERTAINTY_LEVELS } from '../signals/uncertainty.ts';
import type {
  AccountView,
  ContextView,
  DecisionView,
  FillView,
  PositionView,
  SignalView,
  VoteView,
} from './session-view.ts';

/** What the session remembers of a round until its decision. */
export interface RoundNotes {
  readonly synergy: SynergyDetected;
  /** By agent. */
  readonly attested: Map<string, 'confirmed' | 'void'>;
}

/** A decision as people read it. */
export function viewDecision(
  decision: Decision,
  notes: RoundNotes | undefined,
  effects: readonly Effect[],
  listing: Listing,
): DecisionView {
  const { verdict, sized, patterns, policy } = decision;
  const { lot } = listing.instrument;
  const placed = effects.filter(
    (effect): effect is OrderPlaced => effect.kind === 'order' && effect.round === decision.round,
  );
  const lots = placed.reduce((sum, { order }) => sum + order.lots, 0);
  const synergy = notes?.synergy.synergy;
  return {
    round: decision.round,
    knownAtMs: decision.knownAtMs,
    price: notes?.synergy.price ?? Number.NaN,
    synergyId: decision.synergyId,
    synergy: synergy
      ? {
          type: synergy.type,
          direction: DIRECTION_NAMES[synergy.direction],
          confidence: synergy.confidence,
          barsToComplete: synergy.barsToComplete,
          signals: synergy.signalSequence.map(viewSignal),
        }
      : null,
    votes: viewVotes(decision, notes),
    faults: decision.faults.map(({ agent, fault }) => `${agent}: ${fault}`),
    direction: DIRECTION_NAMES[verdict.direction],
    execute: verdict.execute,
    reason: verdict.reason,
    winner: verdict.winnerPpm / PPM,
    tally: verdict.tallyPpm.map((ppm) => ppm / PPM),
    sizeConfidence: verdict.sizeConfidence,
    outcome: decision.outcome,
    refusal: decision.refusal,
    sized: sized && { units: sized.lots * lot, riskFraction: sized.riskFraction, code: sized.code },
    policy: policy && { quarters: policy.quarters, style: policy.style },
    ordered: placed.length > 0 ? lots * lot : null,
    patterns: { count: patterns.count, mean: patterns.mean, hitRate: patterns.hitRate },
    regime: REGIMES[decision.regime] ?? 'SIDEWAYS',
    uncertainty: UNCERTAINTY_LEVELS[decision.uncertainty] ?? 'HIGH',
    equity: decision.equityMicro / MICRO,
    barHash: toHex(decision.barHash),
    inputsHash: toHex(decision.inputsHash),
  };
}

function viewVotes(decision: Decision, notes: RoundNotes | undefined): VoteView[] {
  return decision.votes.map((vote, seat) => ({
    agent: vote.agent,
    probabilities: vote.probabilities,
    weight: (decision.weightsPpm[seat] ?? 0) / PPM,
    abstain: vote.abstain,
    evidence: vote.evidence,
    attested: notes?.attested.get(vote.agent) ?? null,
    modelHash: toHex(vote.modelHash),
  }));
}

/** A signal as people read it. */
export function viewSignal(signal: SynergySignal): SignalView {
  const { kind, strength, tsMs } = signal;
  return { kind, direction: DIRECTION_NAMES[signal.direction], strength, tsMs };
}

/** A fill as people read it. */
export function viewFill(fill: Fill, listing: Listing): FillView {
  const { instrument } = listing;
  return {
    tsMs: fill.tsMs,
    role: fill.role,
    units: fill.lots * instrument.lot,
    price: ticksToPrice(instrument, fill.priceTicks),
    fee: fill.feeMicro / MICRO,
    slippageBp: fill.slippageBp,
  };
}

/** The strategic side as people read it. */
export function viewContext(engine: Engine, context: Context): ContextView {
  const forced = engine.core.arenas[context.symbol]?.uncertainty().forced ?? 0;
  const bits = [
    ['down', CLASS_BITS.down],
    ['flat', CLASS_BITS.flat],
    ['up', CLASS_BITS.up],
  ] as const;
  return {
    regime: REGIMES[context.regime] ?? 'SIDEWAYS',
    stale: context.stale,
    regimeProbabilities: context.regimeProbabilities,
    uncertainty: UNCERTAINTY_LEVELS[context.uncertainty] ?? 'HIGH',
    warmUp: (forced & UNCERTAINTY_FLAGS.warmUp) !== 0,
    halfWidth: context.halfWidth,
    coverage: context.coverage,
    classes: bits.filter(([, bit]) => (context.classSet & bit) !== 0).map(([name]) => name),
  };
}

/** The account of an engine in quote units. */
export function viewAccount(engine: Engine): AccountView {
  const { ledger, killSwitch } = engine.core.state;
  const { equityMicro, highWaterMicro } = ledger;
  return {
    equity: equityMicro / MICRO,
    pnl: (equityMicro - ledger.initialMicro) / MICRO,
    fees: ledger.feesMicro / MICRO,
    drawdown: highWaterMicro > 0 ? Math.max(0, 1 - equityMicro / highWaterMicro) : 0,
    maxDrawdown: ledger.maxDrawdownPpm / PPM,
    trades: ledger.closedTrades,
    winRate: ledger.closedTrades > 0 ? ledger.wonTrades / ledger.closedTrades : null,
    volume: ledger.volumeMicro / MICRO,
    tradingEnabled: killSwitch.tradingEnabled,
    haltReason: killSwitch.haltReason ?? '',
  };
}

/** The open position of a symbol, or null when flat. */
export function viewPosition(engine: Engine, symbol: number): PositionView | null {
  const { state, listings } = engine.core;
  const instrument = listings[symbol]?.instrument;
  const position = positionOf(state.ledger, symbol);
  if (!instrument || position.lots === 0) return null;
  const exits = state.broker.book.working.filter((order) => order.symbolIndex === symbol);
  const priceOf = (role: string): number | null => {
    const order = exits.find((candidate) => candidate.role === role);
    return order ? ticksToPrice(instrument, order.priceTicks) : null;
  };
  const openMicro = notionalMicro(position, position.lots, position.markTicks) - position.costMicro;
  const entryTicks = position.costMicro / (position.lots * position.tickValueMicro);
  return {
    units: position.lots * instrument.lot,
    entry: entryTicks * instrument.tick,
    mark: ticksToPrice(instrument, position.markTicks),
    openPnl: openMicro / MICRO,
    stop: priceOf('STOP'),
    target: priceOf('TARGET'),
  };
}
