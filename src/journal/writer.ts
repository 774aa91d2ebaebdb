// Appends events with their effects to a store as a SHA-256 chain; effects may leave the machine after
// `commit`.

import { ByteWriter } from '../core/bytes.ts';
import type { Hasher, JournalSchema, Milestone } from './format.ts';
import {
  HASH_BYTES,
  MAGIC,
  milestoneCodec,
  RECORD_CHECKPOINT,
  RECORD_CLOSING,
  RECORD_EVENT,
} from './format.ts';
import type { JournalStore } from './store.ts';

/** Bytes collected before they are handed to the store inside one group commit. */
const HANDOVER_BYTES = 1 << 20;
const LENGTH_BYTES = 4;

/** The state of a chain between two records: what a writer needs to go on. */
export interface ChainPosition {
  /** Number of the last record, 0 when only the header stands. */
  seq: number;
  /** Hash of the last record, or of the header. */
  hash: Uint8Array;
}

/** One journal being written. `append` is synchronous; `commit` makes all of it durable. */
export class JournalWriter<Header, Event, Effect> {
  private readonly hasher: Hasher;
  private readonly store: JournalStore;
  private readonly schema: JournalSchema<Header, Event, Effect>;
  /**
   * The last hash handed over, then the records that follow it: what a record's hash covers lies in one
   * piece.
   */
  private readonly pending = new ByteWriter(HANDOVER_BYTES + 65_536);
  /** First byte of `pending` that the store does not have. */
  private unstored: number;
  /**
   * End of the last whole record in `pending`; one that a codec refused half-way is overwritten by the next.
   */
  private end: number;
  private handovers: Promise<void> = Promise.resolve();
  /** Hash of the last record; overwritten by the next. */
  private readonly hash = new Uint8Array(HASH_BYTES);
  private seq: number;

  private constructor(
    hasher: Hasher,
    store: JournalStore,
    schema: JournalSchema<Header, Event, Effect>,
    position: ChainPosition,
    header: Uint8Array | null,
  ) {
    this.hasher = hasher;
    this.store = store;
    this.schema = schema;
    this.hash.set(position.hash);
    this.seq = position.seq;
    if (header) this.pending.bytes(header);
    this.pending.bytes(position.hash);
    this.unstored = header ? 0 : HASH_BYTES;
    this.end = this.pending.length;
  }

  /** Starts a journal: writes its header. */
  static begin<H, E, F>(
    hasher: Hasher,
    store: JournalStore,
    schema: JournalSchema<H, E, F>,
    header: H,
  ): JournalWriter<H, E, F> {
    const bytes = encodeHeader(schema, header);
    const position = { seq: 0, hash: hasher.sha256(bytes) };
    return new JournalWriter<H, E, F>(hasher, store, schema, position, bytes);
  }

  /** Goes on where a journal that was read to its end stands. */
  static resume<H, E, F>(
    hasher: Hasher,
    store: JournalStore,
    schema: JournalSchema<H, E, F>,
    position: ChainPosition,
  ): JournalWriter<H, E, F> {
    return new JournalWriter<H, E, F>(hasher, store, schema, position, null);
  }

  /** Number and hash of the last record. */
  get position(): ChainPosition {
    return { seq: this.seq, hash: this.hash.slice() };
  }

  /** Adds one event and its effects to the chain. */
  append(event: Event, effects: Effect[]): void {
    this.start(RECORD_EVENT);
    this.schema.event.write(this.pending, event);
    this.schema.effects.write(this.pending, effects);
    this.finish();
  }

  /** Adds the hash of the state, so that a long journal can be checked and restarted in parts. */
  checkpoint(milestone: Milestone): void {
    this.start(RECORD_CHECKPOINT);
    milestoneCodec.write(this.pending, milestone);
    this.finish();
  }

  /** Ends the journal. Without this record a reader calls it truncated. */
  close(milestone: Milestone): void {
    this.start(RECORD_CLOSING);
    milestoneCodec.write(this.pending, milestone);
    this.finish();
  }

  /** Hands everything to the store and waits until it is durable. Effects leave after this. */
  async commit(): Promise<void> {
    this.handOver();
    await this.handovers;
    await this.store.sync();
  }

  private start(kind: number): void {
    const { pending } = this;
    pending.reset(this.end);
    pending.u32(0);
    pending.u8(kind);
    pending.i64(this.seq + 1);
  }

  private finish(): void {
    const { pending, end } = this;
    pending.patchU32(end, pending.length - end - LENGTH_BYTES);
    this.hasher.sha256(pending.view8(end - HASH_BYTES), this.hash);
    pending.bytes(this.hash);
    this.end = pending.length;
    this.seq++;
    if (this.end >= HANDOVER_BYTES) this.handOver();
  }

  private handOver(): void {
    const { pending } = this;
    pending.reset(this.end);
    const bytes = pending.view8(this.unstored).slice();
    if (bytes.length === 0) return;
    pending.reset();
    pending.bytes(this.hash);
    this.unstored = HASH_BYTES;
    this.end = HASH_BYTES;
    this.handovers = this.handovers.then(() => this.store.append(bytes));
    this.handovers.catch(() => undefined); // reported by commit, which awaits the same promise
  }
}

/** Magic, length and header: what the header's hash covers. */
export function encodeHeader<H, E, F>(schema: JournalSchema<H, E, F>, header: H): Uint8Array {
  const writer = new ByteWriter(4096);
  writer.bytes(MAGIC);
  writer.u32(0);
  schema.header.write(writer, header);
  writer.patchU32(MAGIC.length, writer.length - MAGIC.length - 4);
  return writer.copy();
}
