// One market played through one engine, bar by bar: pause, step, any speed, journal in memory, attestation
// per round. It keeps its own clock, so a hidden page loses nothing; readers take what is new whenever they
// like.

import { barAt } from '../data/bar-table.ts';
import type { Attestor } from '../backtest/runner.ts';
import type { Effect } from '../engine/effects.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineEvent } from '../engine/events.ts';
import { engineSchema } from '../engine/header.ts';
import { openEngine } from '../engine/open.ts';
import type { ModelFiles } from '../engine/open.ts';
import { CHECKPOINT_EVENTS } from '../journal/format.ts';
import { MemoryJournalStore } from '../journal/store.ts';
import { JournalWriter } from '../journal/writer.ts';
import type { EngineJournal } from '../backtest/runner.ts';
import { SessionLog } from './session-log.ts';
import { openSource } from './session-source.ts';
import type { OpenedSource } from './session-source.ts';
import type { SessionFacts, SessionSource, SessionUpdate } from './session-view.ts';
import { toHex } from '../core/bytes.ts';
import { nearInteger, ticksToPrice } from '../market/instrument.ts';
import { MICRO } from '../core/units.ts';

/** What a session needs from its host. */
export interface SessionSetup {
  readonly source: SessionSource;
  readonly models: ModelFiles;
  /** Answers `infer` effects; without one the reference evaluator votes alone. */
  readonly attest: Attestor | null;
}

/** A journal as a whole file, with the hash of the state it ends in. */
export interface JournalFile {
  readonly bytes: Uint8Array;
  readonly stateHash: string;
}

/** Milliseconds of work before the worker listens again. */
const SLICE_MS = 12;
const TICK_MS = 16;
/** Bars between two looks at the clock. */
const CHUNK_BARS = 32;
/** Longest stretch of clock time that is caught up after a pause of the host, milliseconds. */
const LATE_MS_MAX = 1_000;
const STATE_HASH_MS = 500;

/** A session; made by `open`, it stands paused before its first bar. */
export class LiveSession {
  readonly facts: SessionFacts;
  private readonly engine: Engine;
  private readonly opened: OpenedSource;
  private readonly attest: Attestor | null;
  private readonly store = new MemoryJournalStore();
  private readonly journal: EngineJournal;
  private readonly log: SessionLog;
  private state: 'playing' | 'paused' | 'finished' = 'paused';
  private barsPerSecond = 60;
  private next = 0;
  private events = 0;
  private due = 0;
  private lastTickMs = 0;
  private hashedAtMs = 0;
  private work: Promise<void> = Promise.resolve();
  private timer: ReturnType<typeof setTimeout> | undefined;

  private constructor(engine: Engine, opened: OpenedSource, attest: Attestor | null) {
    this.engine = engine;
    this.opened = opened;
    this.attest = attest;
    this.journal = JournalWriter.begin(engine.core.kernel, this.store, engineSchema, engine.header);
    this.facts = factsOf(engine, opened);
    this.log = new SessionLog(engine, opened.listing);
    this.log.noteState(engine.stateHash(), 0);
  }

  /**
   * Opens a source and an engine for it.
   *
   * @throws GrandModelError when the source or a model is refused
   */
  static async open(setup: SessionSetup): Promise<LiveSession> {
    const opened = await openSource(setup.source);
    const engine = await openEngine({
      models: setup.models,
      listings: [opened.listing],
      config: { simulated: opened.simulated, attestation: setup.attest ? 'live' : 'none' },
    });
    return new LiveSession(engine, opened, setup.attest);
  }

  /** Plays on from here at the chosen speed. */
  play(): void {
    if (this.state !== 'paused') return;
    this.state = 'playing';
    this.lastTickMs = performance.now();
    this.due = 0;
    this.schedule(0);
  }

  /** Stands still after the bar under way. */
  async pause(): Promise<void> {
    if (this.state === 'playing') this.state = 'paused';
    clearTimeout(this.timer);
    await this.exclusive(() => this.settle());
  }

  /** @param barsPerSecond  > 0; Infinity is as fast as the host can */
  setSpeed(barsPerSecond: number): void {
    if (!(barsPerSecond > 0)) return;
    this.barsPerSecond = barsPerSecond;
    this.due = 0;
  }

  /** Takes a number of bars at once, in any state; fewer at the end of the source. */
  async step(count: number): Promise<void> {
    await this.exclusive(async () => {
      await this.advance(count, Number.POSITIVE_INFINITY);
      await this.settle();
    });
  }

  /** Everything new since the last call, or null when nothing is. */
  take(): SessionUpdate | null {
    return this.log.take(this.state, this.journal.position, this.store.length, this.events);
  }

  /** The journal so far, ended by a closing record, as a file that `gm verify` accepts. */
  async journalFile(): Promise<JournalFile> {
    let bytes: Uint8Array = new Uint8Array(0);
    let stateHash = '';
    await this.exclusive(async () => {
      await this.settle();
      stateHash = toHex(this.engine.stateHash());
      if (this.state === 'finished') {
        bytes = this.store.bytes();
        return;
      }
      const copy = new MemoryJournalStore();
      await copy.append(this.store.bytes());
      const { kernel } = this.engine.core;
      const ending = JournalWriter.resume(kernel, copy, engineSchema, this.journal.position);
      ending.close({ events: this.events, stateHash: this.engine.stateHash() });
      await ending.commit();
      bytes = copy.bytes();
    });
    return { bytes, stateHash };
  }

  /** Stops for good. */
  close(): void {
    this.state = 'finished';
    clearTimeout(this.timer);
  }

  /** One at a time: a step that waits for an attestation is not overtaken by the clock. */
  private exclusive(task: () => Promise<void>): Promise<void> {
    const done = this.work.then(task);
    this.work = done.catch(() => undefined);
    return done;
  }

  private schedule(afterMs: number): void {
    this.timer = setTimeout(() => {
      void this.exclusive(() => this.tick()).catch((error: unknown) => {
        this.state = 'finished';
        this.log.fail(error instanceof Error ? error.message : String(error));
      });
    }, afterMs);
  }

  private async tick(): Promise<void> {
    if (this.state !== 'playing') return;
    const nowMs = performance.now();
    const elapsedMs = Math.min(LATE_MS_MAX, nowMs - this.lastTickMs);
    this.lastTickMs = nowMs;
    this.due += (elapsedMs * this.barsPerSecond) / 1000;
    const before = this.next;
    await this.advance(Math.floor(this.due), nowMs + SLICE_MS);
    // What does not fit in a slice is not owed for ever: the speed is then what the host can.
    this.due = Math.min(this.due - (this.next - before), this.barsPerSecond * (LATE_MS_MAX / 1000));
    if (Number.isNaN(this.due)) this.due = 0;
    await this.journal.commit();
    if (this.next >= this.opened.table.rows) await this.settle();
    else if (performance.now() - this.hashedAtMs > STATE_HASH_MS) this.noteState();
    if (this.isPlaying()) this.schedule(this.barsPerSecond === Infinity ? 0 : TICK_MS);
  }

  private isPlaying(): boolean {
    return this.state === 'playing';
  }

  private async advance(count: number, untilMs: number): Promise<void> {
    const { table } = this.opened;
    const end = Math.min(table.rows, this.next + count);
    while (this.next < end) {
      const { tsMs, open, high, low, close, volume } = barAt(table, this.next++, this.facts.symbol);
      const effects = this.event({ kind: 'bar', symbol: 0, tsMs, open, high, low, close, volume });
      for (const effect of effects) {
        if (effect.kind !== 'infer' || !this.attest) continue;
        for (const attested of await this.attest(this.engine, effect)) this.event(attested);
      }
      if (this.next % CHUNK_BARS === 0 && performance.now() > untilMs) return;
    }
  }

  private event(event: EngineEvent): Effect[] {
    const effects = this.engine.step(event);
    this.journal.append(event, effects);
    this.events++;
    this.log.observe(event, effects);
    if (this.events % CHECKPOINT_EVENTS === 0) {
      this.journal.checkpoint({ events: this.events, stateHash: this.engine.stateHash() });
    }
    return effects;
  }

  /** The journal is complete, the hash is of now; at the end of the source the closing record is written. */
  private async settle(): Promise<void> {
    if (this.next >= this.opened.table.rows && this.state !== 'finished') {
      this.state = 'finished';
      this.journal.close({ events: this.events, stateHash: this.engine.stateHash() });
    }
    await this.journal.commit();
    this.noteState();
  }

  private noteState(): void {
    this.hashedAtMs = performance.now();
    this.log.noteState(this.engine.stateHash(), this.events);
  }
}

function factsOf(engine: Engine, opened: OpenedSource): SessionFacts {
  const { instrument } = opened.listing;
  const { header } = engine;
  let priceDigits = 0;
  for (let scaled = instrument.tick; priceDigits < 8 && !nearInteger(scaled); scaled *= 10) priceDigits++;
  return {
    symbol: instrument.symbol,
    quote: instrument.quote,
    simulated: opened.simulated,
    totalBars: opened.table.rows,
    priceDigits,
    tick: ticksToPrice(instrument, 1),
    equity: engine.core.config.equityMicro / MICRO,
    attestation: engine.core.config.attestation,
    kernelHash: toHex(header.kernelHash),
    engineVersion: header.engineVersion,
    source: opened.words,
  };
}
