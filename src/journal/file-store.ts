// Journal and snapshot files on Node, Deno and Bun: the only host I/O left of the engine's right side.

import { open, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import { GrandModelError } from '../core/errors.ts';
import type { JournalStore, SnapshotStore } from './store.ts';

const READ_BYTES = 1 << 20;

/** One file, appended to and fsynced. */
export class FileJournalStore implements JournalStore {
  private readonly file: FileHandle;

  private constructor(file: FileHandle) {
    this.file = file;
  }

  /**
   * @param path  the journal file
   * @param mode  'create' empties it, 'append' goes on at the end of an existing one, 'read' changes nothing
   * @throws      GrandModelError STORE when the file cannot be opened
   */
  static async open(path: string, mode: 'create' | 'append' | 'read'): Promise<FileJournalStore> {
    try {
      if (mode === 'create') await (await open(path, 'w')).close();
      // appending writes land at the end also after a truncation, which a plain position would pass by
      return new FileJournalStore(await open(path, mode === 'read' ? 'r' : 'a+'));
    } catch (cause) {
      throw new GrandModelError(
        'STORE',
        `Cannot open journal "${path}": ${messageOf(cause)}`,
        { path },
        cause,
      );
    }
  }

  async append(bytes: Uint8Array): Promise<void> {
    let at = 0;
    while (at < bytes.length) at += (await this.file.write(bytes, at, bytes.length - at)).bytesWritten;
  }

  async sync(): Promise<void> {
    await this.file.datasync();
  }

  async truncate(byteSize: number): Promise<void> {
    await this.file.truncate(byteSize);
  }

  async *chunks(): AsyncIterable<Uint8Array> {
    for (let position = 0; ;) {
      const chunk = new Uint8Array(READ_BYTES);
      const { bytesRead } = await this.file.read(chunk, 0, READ_BYTES, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield chunk.subarray(0, bytesRead);
    }
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

/** One snapshot file, replaced atomically (temporary file, fsync, rename). */
export class FileSnapshotStore implements SnapshotStore {
  private readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  async put(snapshot: Uint8Array): Promise<void> {
    const temporary = `${this.path}.tmp`;
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(snapshot);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, this.path);
  }

  async latest(): Promise<Uint8Array | null> {
    try {
      return new Uint8Array(await readFile(this.path));
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
      throw new GrandModelError(
        'STORE',
        `Cannot read snapshot "${this.path}": ${messageOf(cause)}`,
        {},
        cause,
      );
    }
  }

  /** Removes the snapshot, so that a fresh run cannot start from an old one. */
  async clear(): Promise<void> {
    await rm(this.path, { force: true });
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
