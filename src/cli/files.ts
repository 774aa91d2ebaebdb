// What the command line reads from disk: market files and instruments.

import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { GrandModelError } from '../core/errors.ts';
import type { CsvBars } from '../data/csv.ts';
import { readCsv } from '../data/csv.ts';
import { FileJournalStore } from '../journal/file-store.ts';
import { parseInstrument } from '../market/instrument.ts';
import type { Instrument } from '../market/instrument.ts';

/** Bytes of a file. @throws GrandModelError BAD_INPUT naming the path */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new GrandModelError('BAD_INPUT', `Cannot read "${path}": ${reason}`, { path }, cause);
  }
}

/** A journal to read. @throws GrandModelError BAD_INPUT naming the path */
export async function openJournal(path: string): Promise<FileJournalStore> {
  try {
    return await FileJournalStore.open(path, 'read');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new GrandModelError('BAD_INPUT', reason, { path }, cause);
  }
}

/** A market file in columns; errors name the path. */
export async function readMarket(path: string): Promise<CsvBars> {
  const bytes = await readBytes(path);
  try {
    return await readCsv(bytes);
  } catch (cause) {
    if (!(cause instanceof GrandModelError)) throw cause;
    throw new GrandModelError(cause.code, `${path}: ${cause.message}`, { ...cause.data, path }, cause);
  }
}

/** An instrument from a JSON file. */
export async function readInstrument(path: string): Promise<Instrument> {
  const source = new TextDecoder().decode(await readBytes(path));
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (cause) {
    throw new GrandModelError(
      'BAD_INPUT',
      `Cannot read instrument "${path}": it is not JSON`,
      { path },
      cause,
    );
  }
  return parseInstrument(value);
}

/**
 * The symbol a market file is named after: what stands before the first separator.
 *
 * @example symbolOf('data/EURUSD_5m.csv.gz') // 'EURUSD'
 */
export function symbolOf(path: string): string {
  return basename(path).split(/[_.\s-]/, 1)[0] || 'DATA';
}
