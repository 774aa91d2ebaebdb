// Counts what a run did: the figures of `gm run`, from effects alone, so a replay gives the same.

import { VOTERS } from '../agents/roster.ts';
import { argmax } from '../agents/vote.ts';
import { DECISION_OUTCOMES } from '../engine/effects.ts';
import type { Decision, DecisionOutcome, Effect } from '../engine/effects.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineEvent } from '../engine/events.ts';
import { dailyVar } from '../engine/risk-context.ts';
import { notionalMicro, positionOf } from '../execution/ledger.ts';
import { SYNERGY_TYPES } from '../signals/synergy.ts';
import type { SynergyType } from '../signals/synergy.ts';
import type { RejectionReason } from '../market/bar.ts';
import type { RiskCode } from '../risk/gate.ts';
import {
  createPerformance,
  recordDecision,
  recordEquity,
  recordFill,
  recordTrade,
  summarise,
} from './performance.ts';
import type { Performance } from './performance.ts';

/** The figures of a run. Money in quote units; rates are shares 0..1, null where nothing was counted. */
export interface TallyReport {
  bars: number;
  rejected: number;
  rejectedBy: Partial<Record<RejectionReason, number>>;
  gaps: number;
  synergies: Record<SynergyType, number>;
  decisions: number;
  executed: number;
  abstained: number;
  refused: Partial<Record<RiskCode, number>>;
  orders: number;
  fills: number;
  trades: number;
  netPnl: number;
  fees: number;
  maxDrawdown: number;
  winRate: number | null;
  sharpe: number | null;
  volume: number;
  /**
   * One-day VaR95 of a fully invested account, mean over the symbols, share of its value; null in warm-up.
   */
  var95: number | null;
  slippageBpsMedian: number | null;
  /** Share of executed decisions in the strategic voter's direction. */
  alignmentRate: number | null;
  halted: boolean;
}

/** A running count of one engine's events and effects. */
export class Tally {
  private engine: Engine;
  private followed = 1;
  private readonly run: Performance;
  private bars = 0;
  private gaps = 0;
  private orders = 0;
  private readonly rejected: Partial<Record<RejectionReason, number>> = {};
  private readonly refused: Partial<Record<RiskCode, number>> = {};
  private readonly synergies: Record<SynergyType, number>;
  private readonly outcomes: Record<DecisionOutcome, number>;

  constructor(engine: Engine) {
    this.engine = engine;
    this.run = createPerformance(engine.core.config.equityMicro);
    this.synergies = zeros(SYNERGY_TYPES);
    this.outcomes = zeros(DECISION_OUTCOMES);
  }

  /** Takes an event with its effects. */
  observe(event: EngineEvent, effects: readonly Effect[]): void {
    if (event.kind === 'bar') this.bars++;
    for (const effect of effects) this.count(effect);
  }

  /** Goes on with another engine, whose account starts where the last one's ended. */
  follow(engine: Engine): void {
    this.engine = engine;
    this.followed++;
  }

  /** Takes a trade that its engine left open and the runner closed at the last price. */
  closeTrade(netMicro: number, feeMicro: number): void {
    const { equityMicro } = this.engine.core.state.ledger;
    recordTrade(this.run, netMicro);
    this.run.feesMicro += feeMicro;
    recordEquity(this.run, this.run.lastMs, equityMicro - feeMicro);
  }

  /** The figures so far. */
  report(): TallyReport {
    const { core } = this.engine;
    const total = summarise(this.run);
    const { ledger, killSwitch } = core.state;
    return {
      bars: this.bars,
      rejected: Object.values(this.rejected).reduce((sum, count) => sum + count, 0),
      rejectedBy: { ...this.rejected },
      gaps: this.gaps,
      synergies: { ...this.synergies },
      decisions: DECISION_OUTCOMES.reduce((sum, outcome) => sum + this.outcomes[outcome], 0),
      executed: this.outcomes.executed,
      abstained: this.outcomes.abstained,
      refused: { ...this.refused },
      orders: this.orders,
      fills: total.fills,
      trades: total.trades,
      netPnl: this.followed > 1 ? total.netPnl : (ledger.equityMicro - ledger.initialMicro) / 1_000_000,
      fees: total.fees,
      maxDrawdown: this.followed > 1 ? total.maxDrawdown : ledger.maxDrawdownPpm / 1_000_000,
      winRate: known(total.winRate),
      sharpe: known(total.sharpe),
      volume: total.volume,
      var95: known(mean(core.listings.map((_, symbol) => dailyVar(core, symbol).var95))),
      slippageBpsMedian: known(total.slippageBpsMedian),
      alignmentRate: known(total.alignmentRate),
      halted: !killSwitch.tradingEnabled,
    };
  }

  private count(effect: Effect): void {
    switch (effect.kind) {
      case 'barRejected': {
        const { reason } = effect.rejection;
        this.bars--;
        this.rejected[reason] = (this.rejected[reason] ?? 0) + 1;
        break;
      }
      case 'gap':
        this.gaps++;
        break;
      case 'context':
        recordEquity(this.run, effect.knownAtMs, effect.equityMicro);
        break;
      case 'synergy':
        this.synergies[effect.synergy.type]++;
        break;
      case 'decision':
        this.countDecision(effect);
        break;
      case 'order':
        this.orders++;
        break;
      case 'fill': {
        const { symbolIndex, lots, priceTicks, feeMicro, slippageBp } = effect.fill;
        const position = positionOf(this.engine.core.state.ledger, symbolIndex);
        recordFill(this.run, notionalMicro(position, lots, priceTicks), feeMicro, slippageBp);
        break;
      }
      case 'trade':
        recordTrade(this.run, effect.trade.netMicro);
        break;
      case 'attestation':
      case 'feedback':
      case 'halt':
      case 'infer':
      case 'inferPolicies':
      case 'orderEnd':
      case 'reset':
        break;
    }
  }

  private countDecision(decision: Decision): void {
    this.outcomes[decision.outcome]++;
    if (decision.refusal) this.refused[decision.refusal] = (this.refused[decision.refusal] ?? 0) + 1;
    if (decision.outcome !== 'executed') return;
    const strategic = decision.votes[VOTERS.findIndex((voter) => voter.id === 'strategic')];
    const aligned =
      strategic?.abstain === null && argmax(strategic.probabilities) === decision.verdict.direction;
    recordDecision(this.run, aligned);
  }
}

function zeros<const K extends string>(names: readonly K[]): Record<K, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<K, number>;
}

function known(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
