// The journal's byte layout, version 1: magic, header with its own hash, then a SHA-256 chain of records.
//
//   file    = "GMJ1" u32(headerBytes) header sha256(magic ‖ length ‖ header) record*
//   record  = u32(bodyBytes) body sha256(previousHash ‖ u32(bodyBytes) ‖ body)
//   body    = u8(kind) i64(seq) payload;   kind 1 event, 2 checkpoint, 3 closing
//
// The header's hash is the first previousHash. A closing record ends every finished journal.

import type { Codec } from '../core/codec.ts';
import { fixedBytes, i64, struct } from '../core/codec.ts';

/** First four bytes of every journal. */
export const MAGIC = Uint8Array.of(0x47, 0x4d, 0x4a, 0x31);
/** Bytes of a SHA-256. */
export const HASH_BYTES = 32;
/** A header over this is refused before it is read. */
export const HEADER_BYTES_MAX = 1 << 20;
/** A record body over this is refused before it is read. */
export const BODY_BYTES_MAX = 1 << 20;
/** Effects one event may have. */
export const EFFECTS_MAX = 4096;
/** Events between two checkpoints (and snapshots). */
export const CHECKPOINT_EVENTS = 10_000;

export const RECORD_EVENT = 1;
export const RECORD_CHECKPOINT = 2;
export const RECORD_CLOSING = 3;

/** The state at a point of the journal, proved by its hash. */
export interface Milestone {
  /** Events taken so far. */
  events: number;
  /** SHA-256 of the engine's state. */
  stateHash: Uint8Array;
}

export const milestoneCodec: Codec<Milestone> = struct<Milestone>({
  events: i64,
  stateHash: fixedBytes(HASH_BYTES),
});

/** What the chain carries: the header, events and effects of one engine. */
export interface JournalSchema<Header, Event, Effect> {
  readonly header: Codec<Header>;
  readonly event: Codec<Event>;
  readonly effects: Codec<Effect[]>;
}

/** Anything that hashes bytes; the kernel does. */
export interface Hasher {
  /** @param into where the 32 bytes go, and what is returned then; new bytes by default */
  sha256(bytes: Uint8Array, into?: Uint8Array): Uint8Array;
}
