// Replays a journal and names the first place where it is not what this engine does.

import type { ByteReader } from '../core/bytes.ts';
import { ByteReader as Reader, ByteWriter, toHex } from '../core/bytes.ts';
import { GrandModelError } from '../core/errors.ts';
import { placeOf } from '../core/codec.ts';
import type { Hasher, Milestone } from '../journal/format.ts';
import { milestoneCodec, RECORD_CLOSING, RECORD_EVENT } from '../journal/format.ts';
import type { RawRecord } from '../journal/reader.ts';
import { RecordReader } from '../journal/reader.ts';
import { damagedField, differingByte, sameBytes } from './damage.ts';
import type { Effect } from './effects.ts';
import { effectsCodec } from './effects.ts';
import type { Engine } from './engine.ts';
import type { EngineEvent } from './events.ts';
import { eventCodec } from './events.ts';
import type { JournalHeader } from './header.ts';
import { buildDifference, headerCodec } from './header.ts';

/** Where a journal and its replay part ways. */
export interface Divergence {
  /** Record number; 0 is the header. */
  seq: number;
  /** The field, such as "effects[1].votes[2].probabilities[0]". */
  field: string;
}

/** What verification found. */
export interface Verification {
  ok: boolean;
  /** One sentence for people. */
  message: string;
  /** Events replayed. */
  events: number;
  stateHash: string | null;
  journalHash: string | null;
  firstDivergence: Divergence | null;
  /** Last whole record when the journal ends early, else null. */
  truncatedAfter: number | null;
  /** What differs when the journal was written by another build, else null. */
  differentBuild: string | null;
}

/** What verification needs from its host. */
export interface Verifier {
  readonly hasher: Hasher;
  /** SHA-256 of this build's kernel. */
  readonly kernelHash: Uint8Array;
  /** Makes an engine from a header; throws GrandModelError when models are missing or refused. */
  engineFor(header: JournalHeader): Promise<Engine>;
  /** Called for every event with its effects, before they are compared; the data check and inspect use it. */
  onEvent?(seq: number, event: EngineEvent, effects: readonly Effect[], engine: Engine): void;
  onProgress?(events: number): void;
}

const PROGRESS_EVENTS = 4096;

/**
 * Replays a journal on this host.
 *
 * Never throws for what the bytes say; a host that cannot make the engine (a missing model) throws.
 */
export async function verifyJournal(
  chunks: AsyncIterable<Uint8Array>,
  verifier: Verifier,
): Promise<Verification> {
  const reader = new RecordReader(chunks);
  const opened = await openHeader(reader, verifier);
  if ('failure' in opened) return opened.failure;
  const replay = new Replay(opened.engine, verifier, opened.hash);
  for (;;) {
    let record: RawRecord | null;
    try {
      record = await reader.next();
    } catch (cause) {
      return replay.diverged(replay.seq + 1, fieldOf(cause, 'length'));
    }
    if (record === null) return replay.end(reader.hasRest);
    const divergence = replay.take(record);
    if (divergence) return replay.diverged(divergence.seq, divergence.field);
    if (replay.events % PROGRESS_EVENTS === 0) verifier.onProgress?.(replay.events);
  }
}

type Opened = { engine: Engine; hash: Uint8Array } | { failure: Verification };

async function openHeader(reader: RecordReader, verifier: Verifier): Promise<Opened> {
  let header: JournalHeader;
  let hash: Uint8Array;
  try {
    const raw = await reader.header();
    if (raw === null) {
      const what = { divergence: { seq: 0, field: 'header' }, truncatedAfter: 0 };
      return { failure: failed('The journal ends inside its header', what) };
    }
    hash = verifier.hasher.sha256(raw.covered);
    if (!sameBytes(hash, raw.hash))
      return { failure: failed('', { divergence: { seq: 0, field: 'header' } }) };
    const bytes = new Reader(raw.body);
    header = headerCodec.read(bytes);
    if (bytes.remaining !== 0) return { failure: failed('', { divergence: { seq: 0, field: 'header' } }) };
  } catch (cause) {
    return { failure: failed('', { divergence: { seq: 0, field: fieldOf(cause, 'header') } }) };
  }
  const difference = buildDifference(header, verifier.kernelHash);
  if (difference) {
    return { failure: failed(`different build: ${difference}`, { differentBuild: difference }) };
  }
  try {
    return { engine: await verifier.engineFor(header), hash };
  } catch (cause) {
    const refusal = headerRefusal(cause);
    if (refusal === null) throw cause;
    return { failure: refusal };
  }
}

/** What it means that no engine can be made from an intact header; null when it is this host's own lack. */
function headerRefusal(cause: unknown): Verification | null {
  if (!(cause instanceof GrandModelError)) return null;
  if (cause.code === 'BAD_MODEL') {
    return cause.data.pinned === true ? failed(cause.message, { differentBuild: cause.message }) : null;
  }
  if (cause.code !== 'BAD_ARGUMENT' && cause.code !== 'LIMIT') return null;
  return failed(cause.message, { divergence: { seq: 0, field: `header.${fieldOf(cause, 'config')}` } });
}

/** The replay of one journal: the engine, the chain's hash and the counts. */
class Replay {
  seq = 0;
  events = 0;
  private closed = false;
  private readonly engine: Engine;
  private readonly verifier: Verifier;
  private readonly writer = new ByteWriter(4096);
  private readonly chain = new ByteWriter(4096);
  private hash: Uint8Array;

  constructor(engine: Engine, verifier: Verifier, hash: Uint8Array) {
    this.engine = engine;
    this.verifier = verifier;
    this.hash = hash;
  }

  /** Checks one record; returns where it diverges, or null. */
  take(record: RawRecord): Divergence | null {
    const seq = this.seq + 1;
    if (this.closed) return { seq, field: 'record after closing' };
    const chained = sameBytes(this.hashOf(record.body), record.hash);
    const reader = new Reader(record.body);
    let field: string | null;
    try {
      const kind = reader.u8();
      const stated = reader.i64();
      if (kind < RECORD_EVENT || kind > RECORD_CLOSING) field = 'kind';
      else if (stated !== seq) field = 'seq';
      else field = kind === RECORD_EVENT ? this.event(reader, record, chained) : this.milestone(kind, reader);
      if (field === null && reader.remaining !== 0) field = 'record';
    } catch (cause) {
      // forged bytes may break any assumption of the replay; none of it may end the verifier
      const named = cause instanceof GrandModelError ? cause.data.field : undefined;
      field = typeof named === 'string' ? `event.${named}` : 'record';
    }
    if (!chained && !field?.startsWith('effects')) {
      field = damagedField(record, (body) => this.hashOf(body)) ?? field ?? 'hash';
    }
    if (field !== null) return { seq, field };
    this.seq = seq;
    this.hash = record.hash;
    return null;
  }

  /** The verdict at the end of the bytes. */
  end(hasRest: boolean): Verification {
    const { seq, events } = this;
    if (this.closed && !hasRest) {
      return {
        ok: true,
        message: `Replayed ${events} events to the same bits`,
        events,
        stateHash: toHex(this.engine.stateHash()),
        journalHash: toHex(this.hash),
        firstDivergence: null,
        truncatedAfter: null,
        differentBuild: null,
      };
    }
    if (this.closed) return this.diverged(seq + 1, 'bytes after closing');
    const failure = failed(`The journal is cut: it ends after record ${seq} (event ${events})`, {
      divergence: { seq: seq + 1, field: hasRest ? 'length' : 'closing' },
      truncatedAfter: seq,
    });
    return { ...failure, events };
  }

  diverged(seq: number, field: string): Verification {
    return { ...failed('', { divergence: { seq, field } }), events: this.events };
  }

  private event(reader: ByteReader, record: RawRecord, chained: boolean): string | null {
    const event = eventCodec.read(reader);
    const recorded = record.body.subarray(reader.position);
    const effects = this.engine.step(event);
    this.events++;
    this.verifier.onEvent?.(this.seq + 1, event, effects, this.engine);
    const { writer } = this;
    writer.reset();
    writer.bytes(record.body.subarray(0, reader.position));
    effectsCodec.write(writer, effects);
    const at = differingByte(recorded, writer.view8(reader.position));
    reader.bytes(reader.remaining);
    if (at < 0) return null;
    // The stored hash tells which half was changed: it still fits the true effects when only they were
    // touched.
    if (!chained && !sameBytes(this.hashOf(writer.view8()), record.hash)) return 'event';
    return placeOf(effectsCodec, effects, 'effects', at);
  }

  private milestone(kind: number, reader: ByteReader): string | null {
    const recorded: Milestone = milestoneCodec.read(reader);
    const field = milestoneCodec.difference(
      recorded,
      { events: this.events, stateHash: this.engine.stateHash() },
      kind === RECORD_CLOSING ? 'closing' : 'checkpoint',
    );
    if (field === null && kind === RECORD_CLOSING) this.closed = true;
    return field;
  }

  private hashOf(body: Uint8Array): Uint8Array {
    const { chain } = this;
    chain.reset();
    chain.bytes(this.hash);
    chain.u32(body.length);
    chain.bytes(body);
    return this.verifier.hasher.sha256(chain.view8());
  }
}

function failed(
  message: string,
  what: { divergence?: Divergence; truncatedAfter?: number; differentBuild?: string },
): Verification {
  const { divergence } = what;
  return {
    ok: false,
    message:
      message !== '' || !divergence
        ? message
        : `Record ${divergence.seq} differs from its replay in ${divergence.field}`,
    events: 0,
    stateHash: null,
    journalHash: null,
    firstDivergence: divergence ?? null,
    truncatedAfter: what.truncatedAfter ?? null,
    differentBuild: what.differentBuild ?? null,
  };
}

function fieldOf(cause: unknown, fallback: string): string {
  if (!(cause instanceof GrandModelError)) {
    if (cause instanceof RangeError) return fallback;
    throw cause;
  }
  const { field } = cause.data;
  return typeof field === 'string' ? field : fallback;
}
