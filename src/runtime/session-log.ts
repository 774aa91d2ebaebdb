// Collects what a session's events mean for a reader: new bars, decisions, fills, counts; bounded, however
// long nobody looks.

import { toHex } from '../core/bytes.ts';
import { MICRO } from '../core/units.ts';
import type { Effect, SynergyDetected } from '../engine/effects.ts';
import type { Engine } from '../engine/engine.ts';
import type { BarEvent, EngineEvent } from '../engine/events.ts';
import type { Listing } from '../engine/header.ts';
import type { ChainPosition } from '../journal/writer.ts';
import {
  viewAccount,
  viewContext,
  viewDecision,
  viewFill,
  viewPosition,
  viewSignal,
} from './decision-view.ts';
import type { RoundNotes } from './decision-view.ts';
import { BAR_VALUES } from './session-view.ts';
import type { ContextView, DecisionView, FillView, SessionFrame, SessionUpdate } from './session-view.ts';

/** Bars, decisions and fills kept for a reader who does not come. */
const BARS_MAX = 6_000;
const KEPT_MAX = 2_000;
const EQUITY_MAX = 20_000;
const RATE_MS = 1_000;

/** The unread part of a session. */
export class SessionLog {
  private readonly engine: Engine;
  private readonly listing: Listing;
  private bars: number[] = [];
  private equity: number[] = [];
  private decisions: DecisionView[] = [];
  private fills: FillView[] = [];
  private context: ContextView | null = null;
  private readonly rounds = new Map<number, RoundNotes>();
  private readonly counts = {
    decisions: 0,
    executed: 0,
    refused: 0,
    abstained: 0,
    gaps: 0,
    rejected: 0,
    synergies: { TYPE_1: 0, TYPE_2: 0, TYPE_3: 0, TYPE_4: 0 },
  };
  private barCount = 0;
  private tsMs = 0;
  private price = 0;
  private stateHash = '';
  private stateEvents = 0;
  private lastState = '';
  private changed = true;
  private failure: string | null = null;
  private rate = 0;
  private rateSinceMs = 0;
  private rateSinceBars = 0;

  constructor(engine: Engine, listing: Listing) {
    this.engine = engine;
    this.listing = listing;
  }

  /** Takes an event with its effects. */
  observe(event: EngineEvent, effects: readonly Effect[]): void {
    this.changed = true;
    for (const effect of effects) this.takeEffect(effect, effects);
    if (event.kind === 'bar' && effects[0]?.kind !== 'barRejected') this.takeBar(event);
  }

  /** Remembers the state's hash after a number of events. */
  noteState(hash: Uint8Array, events: number): void {
    this.changed = true;
    this.stateHash = toHex(hash);
    this.stateEvents = events;
  }

  /** The session cannot go on. */
  fail(message: string): void {
    this.changed = true;
    this.failure = message;
  }

  /**
   * Everything new, or null.
   *
   * @throws Error once, when the session failed
   */
  take(
    state: SessionFrame['state'],
    position: ChainPosition,
    journalBytes: number,
    events: number,
  ): SessionUpdate | null {
    if (this.failure !== null) {
      const message = this.failure;
      this.failure = null;
      throw new Error(message);
    }
    if (!this.changed && state === this.lastState) return null;
    this.changed = false;
    this.lastState = state;
    const update: SessionUpdate = {
      bars: Float64Array.from(this.bars),
      equity: Float64Array.from(this.equity),
      decisions: this.decisions,
      fills: this.fills,
      frame: this.frame(state, position, journalBytes, events),
    };
    this.bars = [];
    this.equity = [];
    this.decisions = [];
    this.fills = [];
    return update;
  }

  private frame(
    state: SessionFrame['state'],
    position: ChainPosition,
    journalBytes: number,
    events: number,
  ): SessionFrame {
    const { engine } = this;
    return {
      state,
      bars: this.barCount,
      tsMs: this.tsMs,
      price: this.price,
      rate: state === 'playing' ? this.rate : 0,
      context: this.context,
      waiting: engine.core.state.symbols[0]?.synergy.signals.map(viewSignal) ?? [],
      account: viewAccount(engine),
      position: viewPosition(engine, 0),
      proof: {
        events,
        stateHash: this.stateHash,
        stateEvents: this.stateEvents,
        journalRecords: position.seq,
        journalBytes,
        journalHash: toHex(position.hash),
      },
      counts: { ...this.counts, synergies: { ...this.counts.synergies } },
    };
  }

  private takeBar(event: BarEvent): void {
    const { tsMs, open, high, low, close, volume } = event;
    this.barCount++;
    this.tsMs = tsMs;
    this.price = close;
    this.bars.push(tsMs, open, high, low, close, volume);
    if (this.bars.length > 2 * BARS_MAX * BAR_VALUES) this.bars = this.bars.slice(-BARS_MAX * BAR_VALUES);
    const nowMs = performance.now();
    if (nowMs - this.rateSinceMs < RATE_MS) return;
    const seconds = (nowMs - this.rateSinceMs) / 1000;
    this.rate = seconds > 5 ? 0 : (this.barCount - this.rateSinceBars) / seconds;
    this.rateSinceMs = nowMs;
    this.rateSinceBars = this.barCount;
  }

  private takeEffect(effect: Effect, effects: readonly Effect[]): void {
    switch (effect.kind) {
      case 'barRejected':
        this.counts.rejected++;
        break;
      case 'gap':
        this.counts.gaps++;
        break;
      case 'context':
        this.context = viewContext(this.engine, effect);
        this.pushEquity(effect.knownAtMs, effect.equityMicro / MICRO);
        break;
      case 'synergy':
        this.counts.synergies[effect.synergy.type]++;
        this.openRound(effect);
        break;
      case 'attestation':
        if (effect.result !== 'unexpected')
          this.rounds.get(effect.round)?.attested.set(effect.agent, effect.result);
        break;
      case 'decision': {
        this.counts.decisions++;
        this.counts[effect.outcome]++;
        const view = viewDecision(effect, this.rounds.get(effect.round), effects, this.listing);
        this.rounds.delete(effect.round);
        this.decisions.push(view);
        if (this.decisions.length > KEPT_MAX) this.decisions.shift();
        break;
      }
      case 'fill':
        this.fills.push(viewFill(effect.fill, this.listing));
        if (this.fills.length > KEPT_MAX) this.fills.shift();
        break;
      case 'feedback':
      case 'infer':
      case 'inferPolicies':
      case 'order':
      case 'orderEnd':
      case 'trade':
      case 'halt':
      case 'reset':
        break;
    }
  }

  /** Rounds are numbered without holes, and each synergy opens the next one. */
  private openRound(synergy: SynergyDetected): void {
    this.rounds.set(this.engine.core.state.round, { synergy, attested: new Map() });
  }

  private pushEquity(tsMs: number, equity: number): void {
    this.equity.push(tsMs, equity);
    if (this.equity.length > 2 * EQUITY_MAX) this.equity = this.equity.slice(-EQUITY_MAX);
  }
}
