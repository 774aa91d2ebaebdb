// Goes on with a journal that a crash or a stop left without its closing record.

import { ByteReader, ByteWriter } from '../core/bytes.ts';
import { GrandModelError } from '../core/errors.ts';
import { differingByte, sameBytes } from '../engine/damage.ts';
import type { Effect } from '../engine/effects.ts';
import { effectsCodec } from '../engine/effects.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineEvent } from '../engine/events.ts';
import { eventCodec } from '../engine/events.ts';
import { buildDifference, engineSchema, headerCodec } from '../engine/header.ts';
import type { JournalHeader } from '../engine/header.ts';
import { restoreSnapshot, snapshotHead } from '../engine/snapshot.ts';
import type { SnapshotHead } from '../engine/snapshot.ts';
import type { Verifier } from '../engine/verify.ts';
import { milestoneCodec, RECORD_CHECKPOINT, RECORD_CLOSING, RECORD_EVENT } from '../journal/format.ts';
import type { Hasher } from '../journal/format.ts';
import type { RawRecord } from '../journal/reader.ts';
import { RecordReader } from '../journal/reader.ts';
import type { JournalStore, SnapshotStore } from '../journal/store.ts';
import { JournalWriter } from '../journal/writer.ts';
import type { ChainPosition } from '../journal/writer.ts';
import type { EngineJournal } from './runner.ts';

/** An engine that stands where its journal ends, and the writer that goes on. */
export interface Resumed {
  readonly engine: Engine;
  readonly journal: EngineJournal;
  /** Events in the journal: `eventsBefore` of the run that follows. */
  readonly events: number;
  /** Bars among them: so many the source has already given. */
  readonly bars: number;
  /** Events taken again because no snapshot covers them. */
  readonly replayed: number;
  /** Bytes of a torn record that were cut off. */
  readonly cutBytes: number;
}

/** What `resumeRun` needs. */
export interface ResumeSetup extends Pick<Verifier, 'hasher' | 'kernelHash' | 'engineFor'> {
  readonly store: JournalStore;
  readonly snapshots?: SnapshotStore;
  /**
   * Sees every event in the journal with its recorded effects, in order, so that counts cover the whole run.
   */
  readonly observe?: (event: EngineEvent, effects: readonly Effect[], engine: Engine) => void;
}

/**
 * Opens a journal to write on: checks the whole chain, restores the snapshot when it belongs to this journal,
 * replays what follows and compares it, and cuts off a torn last record.
 *
 * @throws GrandModelError BAD_JOURNAL when it is damaged before its end, finished, of another build, or does
 * not replay;
 *         the store is then unchanged
 */
export async function resumeRun(setup: ResumeSetup): Promise<Resumed> {
  const { store, hasher } = setup;
  const snapshot = (await setup.snapshots?.latest()) ?? null;
  const found = await scan(setup, snapshot && snapshotHead(snapshot));
  const engine = await setup.engineFor(found.header);
  let restoredSeq = 0;
  if (snapshot !== null && found.covered) {
    try {
      restoredSeq = restoreSnapshot(engine.core, snapshot);
    } catch (cause) {
      if (!(cause instanceof GrandModelError)) throw cause;
      // a damaged snapshot costs time, not the run: everything is replayed by a fresh engine
      return resumeRun({ ...withoutSnapshots(setup) });
    }
  }
  const replayed = await replay(setup, engine, restoredSeq, found.position.seq);
  if (found.cutBytes > 0) {
    await store.truncate(found.byteSize);
    await store.sync();
  }
  const { events, bars, cutBytes, position } = found;
  const journal = JournalWriter.resume(hasher, store, engineSchema, position);
  return { engine, journal, events, bars, replayed, cutBytes };
}

function withoutSnapshots(setup: ResumeSetup): ResumeSetup {
  const { snapshots: _, ...rest } = setup;
  return rest;
}

interface Scan {
  readonly header: JournalHeader;
  readonly position: ChainPosition;
  /** Bytes up to the last whole record. */
  readonly byteSize: number;
  readonly cutBytes: number;
  readonly events: number;
  readonly bars: number;
  /** True when the snapshot's state is the one of a checkpoint of this journal. */
  readonly covered: boolean;
}

/** Walks the chain to the last whole record. */
async function scan(setup: ResumeSetup, head: SnapshotHead | null): Promise<Scan> {
  const { hasher, store } = setup;
  const sized = counted(store.chunks());
  const reader = new RecordReader(sized.chunks);
  const { header, hash } = await readHeader(reader, setup);
  let position: ChainPosition = { seq: 0, hash };
  let byteSize = reader.position;
  let events = 0;
  let bars = 0;
  let covered = false;
  for (;;) {
    const record = await reader.next();
    if (record === null) break;
    const seq = position.seq + 1;
    if (!sameBytes(hashOf(hasher, position.hash, record.body), record.hash)) {
      if (await isTorn(reader)) break;
      throw damaged(seq, 'its hash does not fit');
    }
    const body = new ByteReader(record.body);
    const kind = body.u8();
    if (body.i64() !== seq) throw damaged(seq, 'its number does not follow');
    if (kind === RECORD_CLOSING) throw damaged(seq, 'it closes the journal, the run is finished');
    if (kind === RECORD_EVENT) {
      events++;
      if (eventCodec.read(body).kind === 'bar') bars++;
    } else if (kind === RECORD_CHECKPOINT && seq === head?.seq) {
      covered = sameBytes(milestoneCodec.read(body).stateHash, head.stateHash);
    }
    position = { seq, hash: record.hash };
    byteSize = reader.position;
  }
  return { header, position, byteSize, cutBytes: sized.bytes() - byteSize, events, bars, covered };
}

async function readHeader(
  reader: RecordReader,
  { hasher, kernelHash }: ResumeSetup,
): Promise<{ header: JournalHeader; hash: Uint8Array }> {
  const raw = await reader.header();
  if (raw === null) throw damaged(0, 'it ends inside its header');
  const hash = hasher.sha256(raw.covered);
  if (!sameBytes(hash, raw.hash)) throw damaged(0, 'its hash does not fit');
  const header = headerCodec.read(new ByteReader(raw.body));
  const difference = buildDifference(header, kernelHash);
  if (difference !== null) throw damaged(0, `different build: ${difference}`);
  return { header, hash };
}

/**
 * True when nothing follows a record that does not fit, or only the zeros that a file system leaves behind a
 * crash.
 */
async function isTorn(reader: RecordReader): Promise<boolean> {
  const isZero = ({ body, hash }: RawRecord): boolean =>
    body.length === 0 && hash.every((byte) => byte === 0);
  for (let next = await reader.next(); next !== null; next = await reader.next()) {
    if (!isZero(next)) return false;
  }
  return true;
}

/** Takes the events behind the snapshot again; every effect and checkpoint must be the recorded one. */
async function replay(
  setup: ResumeSetup,
  engine: Engine,
  restoredSeq: number,
  lastSeq: number,
): Promise<number> {
  const reader = new RecordReader(setup.store.chunks());
  await reader.header();
  const writer = new ByteWriter(4096);
  let replayed = 0;
  for (let seq = 1; seq <= lastSeq; seq++) {
    const record = await reader.next();
    if (record === null) throw damaged(seq, 'it is gone');
    if (seq <= restoredSeq && !setup.observe) continue;
    const body = new ByteReader(record.body, 9);
    if (record.body[0] !== RECORD_EVENT) {
      const { stateHash } = milestoneCodec.read(body);
      if (seq > restoredSeq && !sameBytes(stateHash, engine.stateHash()))
        throw damaged(seq, 'stateHash differs');
      continue;
    }
    const event = eventCodec.read(body);
    const recorded = record.body.subarray(body.position);
    if (seq > restoredSeq) {
      writer.reset();
      effectsCodec.write(writer, engine.step(event));
      if (differingByte(recorded, writer.view8()) >= 0) throw damaged(seq, 'its replay has other effects');
      replayed++;
    }
    setup.observe?.(event, effectsCodec.read(body), engine);
  }
  return replayed;
}

function hashOf(hasher: Hasher, previous: Uint8Array, body: Uint8Array): Uint8Array {
  const writer = new ByteWriter(previous.length + 4 + body.length);
  writer.bytes(previous);
  writer.u32(body.length);
  writer.bytes(body);
  return hasher.sha256(writer.view8());
}

/** The same chunks, and how many bytes they had. */
function counted(chunks: AsyncIterable<Uint8Array>): {
  chunks: AsyncIterable<Uint8Array>;
  bytes: () => number;
} {
  let bytes = 0;
  async function* counting(): AsyncIterable<Uint8Array> {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      yield chunk;
    }
  }
  return { chunks: counting(), bytes: () => bytes };
}

function damaged(seq: number, reason: string): GrandModelError {
  return new GrandModelError('BAD_JOURNAL', `Cannot resume journal: record ${seq}: ${reason}`, { seq });
}
