// Feeds an engine from any source of bars: journal, checkpoints, snapshots, attestation, progress, a clean
// stop.

import type { Effect, Infer, InferPolicies } from '../engine/effects.ts';
import type { Engine } from '../engine/engine.ts';
import type { AttestedEvent, AttestedPolicyEvent, EngineEvent } from '../engine/events.ts';
import type { JournalHeader } from '../engine/header.ts';
import { snapshotOf } from '../engine/snapshot.ts';
import { CHECKPOINT_EVENTS } from '../journal/format.ts';
import type { SnapshotStore } from '../journal/store.ts';
import type { JournalWriter } from '../journal/writer.ts';

/** The journal of an engine, as a writer. */
export type EngineJournal = JournalWriter<JournalHeader, EngineEvent, Effect>;

/**
 * Answers an `infer` effect with one event per voter that has an opinion, and an `inferPolicies` effect with
 * one per policy.
 */
export type Attestor = (
  engine: Engine,
  asked: Infer | InferPolicies,
) => Promise<readonly (AttestedEvent | AttestedPolicyEvent)[]>;

/** What a run needs besides its engine. */
export interface RunOptions {
  readonly journal?: EngineJournal;
  readonly snapshots?: SnapshotStore;
  /** Needed when the engine's attestation is not `none`. */
  readonly attest?: Attestor;
  /** Sees every event with its effects, after they are in the journal's buffer. */
  readonly observe?: (event: EngineEvent, effects: readonly Effect[]) => void;
  /** Called after each checkpoint with the events taken so far. */
  readonly progress?: (events: number) => void;
  readonly signal?: AbortSignal;
  /** Events already in the journal, when a run goes on after a restart. */
  readonly eventsBefore?: number;
}

/** How a run ended. */
export interface RunEnd {
  /** Events in the journal. */
  readonly events: number;
  readonly stateHash: Uint8Array;
  /** Hash of the journal's last record, or null without a journal. */
  readonly journalHash: Uint8Array | null;
  /** True when the signal stopped it; its journal then has no closing record and can be resumed. */
  readonly stopped: boolean;
}

/**
 * Runs an engine over a source to its end, or until the signal.
 *
 * Every 10,000 events the journal gets a checkpoint and is made durable, then the snapshot is replaced.
 *
 * @param source  events in the order in which they became known
 */
export async function runEngine(
  engine: Engine,
  source: Iterable<EngineEvent>,
  options: RunOptions = {},
): Promise<RunEnd> {
  const { journal, observe, attest, signal } = options;
  let events = options.eventsBefore ?? 0;
  let stopped = false;
  const take = (event: EngineEvent): Effect[] => {
    const effects = engine.step(event);
    journal?.append(event, effects);
    observe?.(event, effects);
    events++;
    return effects;
  };
  let nextCheckpoint = (Math.floor(events / CHECKPOINT_EVENTS) + 1) * CHECKPOINT_EVENTS;
  for (const event of source) {
    const effects = take(event);
    if (attest)
      for (const effect of effects) if (effect.kind === 'infer') await answer(engine, effect, attest, take);
    if (events < nextCheckpoint) continue;
    nextCheckpoint += CHECKPOINT_EVENTS;
    await checkpoint(engine, events, options);
    options.progress?.(events);
    if (signal?.aborted) {
      stopped = true;
      break;
    }
  }
  const stateHash = engine.stateHash();
  if (!stopped) journal?.close({ events, stateHash });
  await journal?.commit();
  return { events, stateHash, journalHash: journal?.position.hash ?? null, stopped };
}

/** The last vote may bring the question for the policies. */
async function answer(
  engine: Engine,
  asked: Infer | InferPolicies,
  attest: Attestor,
  take: (event: EngineEvent) => Effect[],
): Promise<void> {
  for (const attested of await attest(engine, asked))
    for (const effect of take(attested))
      if (effect.kind === 'inferPolicies') await answer(engine, effect, attest, take);
}

/** Durable journal first, snapshot after: a snapshot never knows more than its journal. */
async function checkpoint(engine: Engine, events: number, options: RunOptions): Promise<void> {
  const { journal, snapshots } = options;
  if (!journal) return;
  journal.checkpoint({ events, stateHash: engine.stateHash() });
  await journal.commit();
  await snapshots?.put(snapshotOf(engine.core, journal.position.seq));
}
