// Asks the voters about the newest bar without a synergy having opened a round, and without changing the
// engine's state.

import { VOTERS } from '../agents/roster.ts';
import type { PolicyChoice } from '../agents/policies.ts';
import type { Vote } from '../agents/vote.ts';
import { castVote } from '../agents/voter.ts';
import { decide } from '../consensus/quorum.ts';
import type { Verdict } from '../consensus/quorum.ts';
import { baseWeights, effectiveWeights } from '../consensus/weights.ts';
import { GrandModelError } from '../core/errors.ts';
import { LONG, SHORT } from '../core/units.ts';
import { barKnownAtMs } from '../market/bar.ts';
import { gate, newRiskBlock } from '../risk/gate.ts';
import type { RiskCode } from '../risk/gate.ts';
import { sizeOrder } from '../risk/sizing.ts';
import type { SizedOrder } from '../risk/sizing.ts';
import type { Synergy } from '../signals/synergy.ts';
import { askPolicies } from './decision-row.ts';
import type { Engine } from './engine.ts';
import type { BarEvent } from './events.ts';
import { riskContext, volumeInLots } from './risk-context.ts';
import type { AskedRound } from './risk-context.ts';
import { confidenceOf } from './round.ts';

const HASH_BYTES = 32;

/** What risk would make of a verdict. */
export interface RiskOpinion {
  /** The rule that would refuse, or null. */
  readonly refusal: RiskCode | null;
  readonly sized: SizedOrder;
  readonly policy: PolicyChoice;
}

/** What the engine thinks of its newest bar. */
export interface Opinion {
  /** In roster order. */
  readonly votes: readonly Vote[];
  readonly weightsPpm: readonly number[];
  readonly verdict: Verdict;
  /** Null when the verdict does not execute: risk is not asked then. */
  readonly risk: RiskOpinion | null;
  /** 1 − H(p̄)/ln 3 over the votes with an opinion, or null. */
  readonly confidenceScore: number | null;
}

/**
 * The voters' opinion of the last bar that an engine took. Every step of a round except its consequences.
 *
 * @param bar      the last accepted bar of its symbol
 * @param synergy  the synergy in force, or null: it decides the weights and the direction that needs no
 *                 unanimity
 * @throws         GrandModelError BAD_ARGUMENT when the bar is not the newest of its symbol
 */
export function askVoters(engine: Engine, bar: BarEvent, synergy: Synergy | null): Opinion {
  const { core } = engine;
  const { kernel, config, state } = core;
  const listing = core.listings[bar.symbol];
  const arena = core.arenas[bar.symbol];
  if (!listing || !arena || state.symbols[bar.symbol]?.lastTsMs !== bar.tsMs) {
    throw new GrandModelError(
      'BAD_ARGUMENT',
      `Cannot ask voters: tsMs ${bar.tsMs} is not the newest bar of symbol ${bar.symbol}`,
      { field: 'tsMs', value: bar.tsMs },
    );
  }
  const { atr, complete } = arena.tactical();
  arena.writeMatrices();
  const knownAtMs = barKnownAtMs(bar.tsMs);
  const barHash = new Uint8Array(HASH_BYTES);
  const votes = VOTERS.map((voter, seat) => {
    const tactical = voter.matrix === 'tactical60x7';
    const ready = tactical ? complete : arena.strategicComplete;
    const matrix = ready ? (tactical ? arena.tacticalMatrix : arena.strategicMatrix) : 0;
    return castVote(kernel, voter, core.models[seat]!, { round: state.round, barHash, knownAtMs, matrix });
  });
  const roster = VOTERS.map((voter) => voter.id);
  const base = baseWeights(roster, synergy?.type ?? 'NONE');
  const weightsPpm = effectiveWeights(base, state.reputation.weights, config.faultTolerance);
  const verdict = decide({
    votes,
    weightsPpm,
    faultTolerance: config.faultTolerance,
    synergyDirection: synergy?.direction ?? null,
  });
  const round = {
    symbol: bar.symbol,
    knownAtMs,
    atr,
    close: bar.close,
    volumeLots: volumeInLots(listing, bar.volume),
  };
  return {
    votes,
    weightsPpm,
    verdict,
    risk: verdict.execute ? askRisk(engine, round, verdict, synergy) : null,
    confidenceScore: confidenceOf(votes, kernel.raw.log),
  };
}

function askRisk(engine: Engine, round: AskedRound, verdict: Verdict, synergy: Synergy | null): RiskOpinion {
  const { core } = engine;
  const { state, config, kernel } = core;
  const side = verdict.direction === LONG ? 1 : -1;
  const orderTimes = [...state.orderTimes];
  const context = riskContext(core, round, side, 'held');
  state.orderTimes = orderTimes; // reading the context forgets old orders; asking must not
  const { sizeConfidence } = verdict;
  const { closedTrades } = state.ledger;
  const direction = side === 1 ? LONG : SHORT;
  const policy = askPolicies(core, round, verdict, synergy, context);
  const input = { direction, sizeConfidence, closedTrades, bucketQuarters: policy.quarters } as const;
  const sized = sizeOrder(input, context, config.limits, kernel.raw);
  const blocked = newRiskBlock(context, config.limits);
  if (blocked !== null || sized.lots === 0)
    return { refusal: blocked ?? sized.code ?? 'ZERO_SIZE', sized, policy };
  if (policy.style === 'NONE') return { refusal: 'EXECUTION_POLICY', sized, policy };
  const answer = gate({ lots: sized.lots }, context, config.limits);
  return { refusal: answer.kind === 'approved' ? null : answer.code, sized, policy };
}
