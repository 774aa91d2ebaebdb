// Where journal bytes go: the interface every store keeps, and the store in memory.

import { GrandModelError } from '../core/errors.ts';

/** An append-only byte store. `sync` returns when everything appended is durable. */
export interface JournalStore {
  append(bytes: Uint8Array): Promise<void>;
  sync(): Promise<void>;
  /** Cuts the store to its first `byteSize` bytes: what a crash left behind the last whole record goes. */
  truncate(byteSize: number): Promise<void>;
  /** The stored bytes in order, in chunks. */
  chunks(): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** The latest snapshot of an engine, for a warm restart. */
export interface SnapshotStore {
  put(snapshot: Uint8Array): Promise<void>;
  /** The latest snapshot, or null when there is none. */
  latest(): Promise<Uint8Array | null>;
}

const MEMORY_BYTES_MAX = 512 << 20;

/** Bytes kept in memory: browsers without storage, tests, edge workers. */
export class MemoryJournalStore implements JournalStore {
  private readonly parts: Uint8Array[] = [];
  private readonly byteSizeMax: number;
  private byteSize = 0;

  /** @param byteSizeMax bytes it may hold before append is refused; 512 MiB by default */
  constructor(byteSizeMax = MEMORY_BYTES_MAX) {
    this.byteSizeMax = byteSizeMax;
  }

  /** Bytes appended so far. */
  get length(): number {
    return this.byteSize;
  }

  async append(bytes: Uint8Array): Promise<void> {
    if (this.byteSize + bytes.length > this.byteSizeMax) {
      throw new GrandModelError(
        'STORE',
        `Cannot append ${bytes.length} bytes: the store holds ${this.byteSizeMax} at most`,
      );
    }
    this.byteSize += bytes.length;
    this.parts.push(bytes.slice());
  }

  async sync(): Promise<void> {}

  async truncate(byteSize: number): Promise<void> {
    const kept = this.bytes().subarray(0, byteSize);
    this.byteSize = kept.length;
    this.parts.splice(0, this.parts.length, kept);
  }

  async *chunks(): AsyncIterable<Uint8Array> {
    yield* this.parts;
  }

  async close(): Promise<void> {}

  /** Everything appended, as one array. */
  bytes(): Uint8Array {
    const all = new Uint8Array(this.byteSize);
    let at = 0;
    for (const part of this.parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}

/** The latest snapshot in memory. */
export class MemorySnapshotStore implements SnapshotStore {
  private kept: Uint8Array | null = null;

  async put(snapshot: Uint8Array): Promise<void> {
    this.kept = snapshot.slice();
  }

  async latest(): Promise<Uint8Array | null> {
    return this.kept;
  }
}

/** Gives bytes that are already in memory as a stream. */
export async function* chunksOf(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
