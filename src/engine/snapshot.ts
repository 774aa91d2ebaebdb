// Snapshot, restore and hash of an engine: arena bytes as they are, plain state by its codec.

import { ByteReader, ByteWriter } from '../core/bytes.ts';
import { GrandModelError } from '../core/errors.ts';
import type { EngineCore } from './engine.ts';
import { engineStateCodec } from './state.ts';

const FORMAT = 1;

/**
 * SHA-256 over the hash of every arena's used bytes, of the pair correlations and of the plain state, in that
 * order.
 */
export function hashState(core: EngineCore): Uint8Array {
  const { kernel, arenas, pairs } = core;
  const parts = new ByteWriter(64 + 32 * (arenas.length + 2));
  for (const arena of arenas) parts.bytes(kernel.sha256At(arena.address, arena.usedBytes));
  parts.bytes(kernel.sha256At(pairs.address, pairs.byteSize));
  const plain = new ByteWriter(4096);
  engineStateCodec.write(plain, core.state);
  parts.bytes(kernel.sha256(plain.view8()));
  return kernel.sha256(parts.view8());
}

/**
 * Copies everything an engine knows, to go on from later.
 *
 * @param seq  number of the journal record the engine has just taken
 */
export function snapshotOf(core: EngineCore, seq: number): Uint8Array {
  const { kernel, arenas, pairs } = core;
  const writer = new ByteWriter(1 << 20);
  writer.u8(FORMAT);
  writer.i64(seq);
  writer.bytes(hashState(core));
  engineStateCodec.write(writer, core.state);
  for (const arena of arenas) {
    writer.u32(arena.usedBytes);
    writer.bytes(kernel.u8(arena.address, arena.usedBytes));
  }
  writer.bytes(kernel.u8(pairs.address, pairs.byteSize));
  return writer.copy();
}

/** What a snapshot says of itself. */
export interface SnapshotHead {
  /** Number of the journal record after which it was taken. */
  readonly seq: number;
  readonly stateHash: Uint8Array;
}

/**
 * Reads which record a snapshot belongs to, or null when it is damaged or of another format.
 *
 * @param snapshot  bytes from `snapshotOf`
 */
export function snapshotHead(snapshot: Uint8Array): SnapshotHead | null {
  if (snapshot.length < 1 + 8 + 32 || snapshot[0] !== FORMAT) return null;
  const reader = new ByteReader(snapshot, 1);
  return { seq: reader.i64(), stateHash: reader.bytes(32) };
}

/**
 * Puts a fresh engine of the same header where the snapshot was taken.
 *
 * @returns the number of the journal record after which the snapshot was taken
 * @throws  GrandModelError STORE when it is damaged or of another format; the engine is then not usable
 */
export function restoreSnapshot(core: EngineCore, snapshot: Uint8Array): number {
  const reader = new ByteReader(snapshot);
  const refuse = (reason: string): never => {
    throw new GrandModelError('STORE', `Cannot restore snapshot: ${reason}`, {});
  };
  if (reader.u8() !== FORMAT) refuse('another format');
  const seq = reader.i64();
  const hash = reader.bytes(32);
  core.state = engineStateCodec.read(reader);
  if (core.state.symbols.length !== core.arenas.length) refuse('another number of symbols');
  const { kernel, pairs } = core;
  for (const arena of core.arenas) {
    const byteSize = reader.u32();
    if (byteSize > arena.byteSize) refuse(`an arena of ${byteSize} bytes`);
    kernel.u8(arena.address, byteSize).set(reader.bytes(byteSize));
  }
  kernel.u8(pairs.address, pairs.byteSize).set(reader.bytes(pairs.byteSize));
  if (reader.remaining !== 0) refuse('bytes behind its end');
  const restored = hashState(core);
  for (let i = 0; i < hash.length; i++) if (hash[i] !== restored[i]) refuse('its hash does not fit');
  return seq;
}
