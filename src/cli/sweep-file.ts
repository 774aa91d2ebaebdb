// The NDJSON file of a sweep: first what was asked, then one line per run in the order of the grid. A file
// that a stop or a crash left short is a prefix, and goes on where it ends.

import { createHash } from 'node:crypto';
import { constants, mkdir, open, readFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { GrandModelError } from '../core/errors.ts';

/** An open file and what it already holds. */
export interface SweepFile {
  /** Runs whose lines are complete. */
  readonly done: number;
  append(line: string): Promise<void>;
  /** SHA-256 of all lines. */
  close(): Promise<string>;
}

/** Lines in memory, for a sweep that goes to standard output. */
export function printedSweep(head: string, print: (line: string) => void): SweepFile {
  const hash = createHash('sha256').update(`${head}\n`);
  print(head);
  return {
    done: 0,
    async append(line) {
      hash.update(`${line}\n`);
      print(line);
    },
    close: async () => hash.digest('hex'),
  };
}

/**
 * Opens a file to write, or to go on with.
 *
 * @param head  the first line: what was asked
 * @throws      GrandModelError BAD_INPUT when the file holds another sweep, STORE when it cannot be written
 */
export async function openSweepFile(path: string, head: string): Promise<SweepFile> {
  const before = await textOf(path);
  // A torn last line is cut off: its run is made again.
  const whole = before.slice(0, before.lastIndexOf('\n') + 1);
  const lines = whole.split('\n').slice(0, -1);
  if (lines.length > 0 && lines[0] !== head) {
    throw new GrandModelError('BAD_INPUT', `Cannot go on with "${path}": it holds another sweep`, { path });
  }
  const hash = createHash('sha256').update(whole);
  const file = await writable(path);
  let position = Buffer.byteLength(whole);
  await file.truncate(position);
  const append = async (line: string): Promise<void> => {
    const bytes = Buffer.from(`${line}\n`);
    hash.update(bytes);
    await file.write(bytes, 0, bytes.length, position);
    position += bytes.length;
  };
  if (lines.length === 0) await append(head);
  return {
    done: Math.max(0, lines.length - 1),
    append,
    async close() {
      await file.sync();
      await file.close();
      return hash.digest('hex');
    },
  };
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return '';
  }
}

async function writable(path: string): Promise<FileHandle> {
  try {
    await mkdir(dirname(path), { recursive: true });
    return await open(path, constants.O_RDWR | constants.O_CREAT);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new GrandModelError('STORE', `Cannot write "${path}": ${reason}`, { path }, cause);
  }
}
