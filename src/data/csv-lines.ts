// The lines and fields of a CSV file, as places in its bytes: nothing is copied, quotes are honoured.

import { GrandModelError } from '../core/errors.ts';

/** How a file is written. */
export interface Dialect {
  readonly separator: ',' | ';' | '\t';
  readonly decimal: '.' | ',';
  /** True when the first line holds names. */
  readonly named: boolean;
  /** First line, split. */
  readonly fields: readonly string[];
  /** First byte of the first row. */
  readonly rowsFrom: number;
  /** Line number of the first row. */
  readonly firstLine: number;
}

/** Fields looked at per line; later ones are passed over. */
const FIELDS_MAX = 64;
/** Longest first line, bytes. */
const HEADER_MAX = 65_536;
const latin = new TextDecoder('latin1');
const encoder = new TextEncoder();

/**
 * Finds the separator, the decimal mark and the line of names.
 *
 * @throws  GrandModelError BAD_INPUT when the file is empty, not text, or its first line is absurdly long
 */
export function sniff(bytes: Uint8Array): Dialect {
  let from = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw new GrandModelError('BAD_INPUT', 'Cannot read bars: line 1: the file is UTF-16, save it as UTF-8', {
      line: 1,
    });
  }
  let line = 1;
  while (from < bytes.length && isBlank(bytes[from] as number)) if (bytes[from++] === 10) line += 1;
  if (from >= bytes.length)
    throw new GrandModelError('BAD_INPUT', 'Cannot read bars: the file is empty', { line: 1 });
  const end = lineEnd(bytes, from);
  if (end - from > HEADER_MAX) {
    throw new GrandModelError(
      'BAD_INPUT',
      `Cannot read bars: line ${line}: ${end - from} bytes without a line end`,
      { line },
    );
  }
  const first = latin.decode(bytes.subarray(from, end)).trim();
  const separator = (['\t', ';', ','] as const).find((mark) => first.split(mark).length >= 5) ?? ',';
  const fields = first.split(separator).map((field) => field.trim().replace(/^"(.*)"$/, '$1'));
  const named = !/^[\d.:/\-T Z]+$/.test(fields[0] ?? '') || !/^-?[\d.,:]+$/.test(fields[1] ?? '');
  const rowsFrom = named ? Math.min(end + 1, bytes.length) : from;
  const sample = latin.decode(bytes.subarray(rowsFrom, lineEnd(bytes, rowsFrom)));
  const decimal = separator !== ',' && /\d,\d/.test(sample) ? ',' : '.';
  return { separator, decimal, named, fields, rowsFrom, firstLine: named ? line + 1 : line };
}

/** Walks the rows of a file; after `next` the fields of one row are at hand. Blank lines are passed over. */
export class CsvLines {
  /** Line number of the row at hand. */
  line: number;
  private readonly bytes: Uint8Array;
  private readonly separator: number;
  private readonly rowsFrom: number;
  private readonly starts = new Int32Array(FIELDS_MAX);
  private readonly ends = new Int32Array(FIELDS_MAX);
  private fields = 0;
  private at: number;
  private following: number;

  constructor(bytes: Uint8Array, dialect: Dialect) {
    this.bytes = bytes;
    this.separator = dialect.separator.charCodeAt(0);
    this.rowsFrom = dialect.rowsFrom;
    this.at = dialect.rowsFrom;
    this.line = dialect.firstLine - 1;
    this.following = dialect.firstLine;
  }

  /** Most rows there can be. */
  count(): number {
    let lines = 1;
    for (let i = this.bytes.indexOf(10, this.rowsFrom); i >= 0; i = this.bytes.indexOf(10, i + 1)) lines += 1;
    return lines;
  }

  /** Goes to the next row; false at the end. */
  next(): boolean {
    const { bytes } = this;
    while (this.at < bytes.length) {
      const byte = bytes[this.at] as number;
      if (!isBlank(byte)) return this.split();
      if (byte === 10) this.following += 1;
      this.at += 1;
    }
    return false;
  }

  /** True when the row has a field at this place. */
  has(place: number): boolean {
    return place < this.fields;
  }

  /** First byte of a field; 0 when the row is too short. */
  from(place: number): number {
    return place < this.fields ? (this.starts[place] as number) : 0;
  }

  /** Byte after a field; 0 when the row is too short. */
  to(place: number): number {
    return place < this.fields ? (this.ends[place] as number) : 0;
  }

  /** A field as text, at most 64 characters. */
  text(place: number): string {
    const from = this.from(place);
    return latin.decode(this.bytes.subarray(from, Math.min(this.to(place), from + 64)));
  }

  /** Two fields joined by a blank, as bytes: a stamp whose date and clock stand in columns of their own. */
  joined(first: number, second: number): Uint8Array {
    return encoder.encode(`${this.text(first)} ${this.text(second)}`);
  }

  private split(): boolean {
    const { bytes, separator } = this;
    this.line = this.following;
    let count = 0;
    let start = this.at;
    let quoted = false;
    let at = this.at;
    for (; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte === 34) quoted = !quoted;
      else if (byte === 10) break;
      else if (byte === separator && !quoted) {
        if (count < FIELDS_MAX) this.keep(count++, start, at);
        start = at + 1;
      }
    }
    if (count < FIELDS_MAX) this.keep(count++, start, at);
    this.fields = count;
    this.at = at + 1;
    this.following = this.line + 1;
    return true;
  }

  private keep(place: number, from: number, to: number): void {
    const { bytes } = this;
    let [start, end] = [from, to];
    while (start < end && isPadding(bytes[start] as number)) start++;
    while (end > start && isPadding(bytes[end - 1] as number)) end--;
    this.starts[place] = start;
    this.ends[place] = end;
  }
}

function lineEnd(bytes: Uint8Array, from: number): number {
  const end = bytes.indexOf(10, from);
  return end < 0 ? bytes.length : end;
}

const isBlank = (byte: number): boolean => byte === 32 || byte === 9 || byte === 10 || byte === 13;
const isPadding = (byte: number): boolean => byte === 32 || byte === 34 || byte === 13;
