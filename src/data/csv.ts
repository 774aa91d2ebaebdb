// Market files: CSV or gzip CSV to columns of 5m bars. Header, separator, decimal mark and time format are
// detected and reported; a row that cannot be read stays in the table as NaN, so that the engine rejects it
// in the journal.

import { GrandModelError } from '../core/errors.ts';
import { BAR_5M_MS } from '../core/units.ts';
import { TABLE_COLUMNS, barAt, createColumns } from './bar-table.ts';
import type { BarColumns, BarTable } from './bar-table.ts';
import { toFiveMinutes } from './csv-minutes.ts';
import { CsvLines, sniff } from './csv-lines.ts';
import type { Dialect } from './csv-lines.ts';
import { columnsByName, columnsByPlace } from './csv-header.ts';
import type { CsvColumns, CsvHeader } from './csv-header.ts';
import { dominantInterval, settleDayMonth } from './csv-time.ts';
import type { DateOrder } from './csv-time.ts';
import { FILE_BYTES_MAX, gunzip, isGzip } from './gunzip.ts';
import { numberAt } from './number-text.ts';
import { StampReader } from './time-text.ts';

/** A place in the file that could not be read as it should. */
export interface CsvProblem {
  /** Counted from 1, the header included. */
  line: number;
  field: string;
  /** What stood there, at most 40 characters. */
  text: string;
}

/** What was detected, for the user to check. */
export interface CsvReport {
  /** Bytes after decompression. */
  byteSize: number;
  gzip: boolean;
  separator: ',' | ';' | '\t';
  decimal: '.' | ',';
  /** False when the file has no line of names and columns were taken by place. */
  named: boolean;
  /** Column names used, by kind. */
  columns: Readonly<Record<string, string>>;
  /** Misspelt names that were accepted. */
  corrections: readonly string[];
  /** Time formats found, the commonest first. */
  timeFormats: readonly string[];
  /** How 03/12/2024 was read, when the file has such dates. */
  dateOrder: DateOrder | null;
  /** "given" when the stamps name a zone or are epoch numbers, else they were taken as UTC. */
  timeZone: 'given' | 'taken as UTC';
  /** True when the file was newest first and was turned round. */
  reversed: boolean;
  /** Rows of the file, bad ones included. */
  sourceRows: number;
  /** Bar length of the file, milliseconds. */
  sourceIntervalMs: number;
  /** Bars made from 1-minute rows that lacked at least one minute. */
  incompleteBuckets: number;
  /** Rows that could not be read, or 1-minute rows that could not be used; the first 1,000. */
  problems: readonly CsvProblem[];
  problemCount: number;
}

/** A table read from a file, and how. */
export interface CsvBars extends BarTable {
  readonly report: CsvReport;
}

/** Options of `readCsv`. */
export interface CsvOptions {
  /** Limit on the decompressed size, bytes; default 512 MiB. */
  readonly maxBytes?: number;
  /**
   * `run` (default): 5m bars only, 1-minute files aggregated, others refused. `any`: as they are, for
   * research.
   */
  readonly interval?: 'run' | 'any';
}

const PROBLEMS_MAX = 1_000;

/**
 * Reads a market file.
 *
 * @param source   bytes of the file, plain or gzip
 * @param options  see CsvOptions
 * @returns        5m bars in columns, oldest first, with the report
 * @throws         GrandModelError BAD_INPUT (empty, header only, wrong columns, no known time format, no
 *                 usable interval), LIMIT (size)
 */
export async function readCsv(source: Uint8Array, options: CsvOptions = {}): Promise<CsvBars> {
  const bytes = await gunzip(source, options.maxBytes ?? FILE_BYTES_MAX);
  const dialect = sniff(bytes);
  const header = dialect.named ? columnsByName(dialect.fields) : columnsByPlace(dialect.fields);
  const found = readRows(bytes, dialect, header);
  if (!dialect.named) checkPlaces(found.columns, found.rows);
  const { stamps, problems } = found;
  const dateOrder = settleDayMonth(found.columns.tsMs, found.alternatives, stamps);
  const reversed = reverseNewestFirst(found.columns, found.lines);
  const sourceIntervalMs = dominantInterval(found.columns.tsMs);
  const table = toRun(found, sourceIntervalMs, options.interval ?? 'run');
  const report: CsvReport = {
    byteSize: bytes.length,
    gzip: isGzip(source),
    separator: dialect.separator,
    decimal: dialect.decimal,
    named: header.named,
    columns: header.names,
    corrections: header.corrections,
    timeFormats: [...stamps.shapes].sort((a, b) => b[1] - a[1]).map(([shape]) => shape),
    dateOrder,
    timeZone: stamps.zoned > 0 ? 'given' : 'taken as UTC',
    reversed,
    sourceRows: found.rows,
    sourceIntervalMs,
    incompleteBuckets: table.incomplete,
    problems: problems.first,
    problemCount: problems.count,
  };
  const rows = table.columns.tsMs.length;
  return {
    ...table.columns,
    rows,
    noVolume: isSilent(table.columns.volume),
    intervalMs: table.intervalMs,
    report,
  };
}

/** Problems of a file: all counted, the first thousand kept. */
export class CsvProblems {
  readonly first: CsvProblem[] = [];
  count = 0;

  add(line: number, field: string, text: string): void {
    this.count += 1;
    if (this.first.length < PROBLEMS_MAX) this.first.push({ line, field, text: text.slice(0, 40) });
  }
}

interface Found {
  columns: BarColumns;
  /** Month-first reading of stamps that have two, else NaN. */
  alternatives: Float64Array;
  /** Line number of each row. */
  lines: Uint32Array;
  rows: number;
  stamps: StampReader;
  problems: CsvProblems;
}

function readRows(bytes: Uint8Array, dialect: Dialect, header: CsvHeader): Found {
  const lines = new CsvLines(bytes, dialect);
  const capacity = lines.count();
  const columns = createColumns(capacity);
  const [alternatives, numbers] = [new Float64Array(capacity), new Uint32Array(capacity)];
  const [stamps, problems] = [new StampReader(), new CsvProblems()];
  const places = header.columns;
  const decimal = dialect.decimal === ',' ? 44 : 46;
  const values = [
    ['open', columns.open, places.open],
    ['high', columns.high, places.high],
    ['low', columns.low, places.low],
    ['close', columns.close, places.close],
    ['volume', columns.volume, places.volume],
  ] as const;
  let rows = 0;
  while (lines.next()) {
    const line = lines.line;
    const tsMs = readStamp(bytes, lines, places, stamps);
    columns.tsMs[rows] = tsMs;
    alternatives[rows] = stamps.alternative;
    numbers[rows] = line;
    if (tsMs !== tsMs) problems.add(line, 'time', lines.text(places.time));
    for (const [name, column, place] of values) {
      if (place < 0) continue;
      const value = lines.has(place)
        ? numberAt(bytes, lines.from(place), lines.to(place), decimal)
        : Number.NaN;
      column[rows] = value;
      if (value !== value) problems.add(line, name, lines.text(place));
    }
    rows += 1;
  }
  if (rows === 0) {
    throw new GrandModelError('BAD_INPUT', 'Cannot read bars: line 2: a header and no rows', { line: 2 });
  }
  checkStamps(columns.tsMs, rows, problems.first[0]);
  silenceEmptyVolume(columns, rows, places.volume >= 0, problems);
  for (const name of TABLE_COLUMNS) columns[name] = columns[name].subarray(0, rows);
  return { columns, alternatives, lines: numbers, rows, stamps, problems };
}

function readStamp(bytes: Uint8Array, lines: CsvLines, places: CsvColumns, stamps: StampReader): number {
  if (places.clock < 0) return stamps.read(bytes, lines.from(places.time), lines.to(places.time));
  const joined = lines.joined(places.time, places.clock);
  return stamps.read(joined, 0, joined.length);
}

/** One bad stamp is a bad row; a file without one good stamp has a time format that is not known. */
function checkStamps(tsMs: Float64Array, rows: number, first: CsvProblem | undefined): void {
  for (let i = 0; i < rows; i++) if (!Number.isNaN(tsMs[i])) return;
  const { line, text } = first ?? { line: 1, text: '' };
  const message = `Cannot read bars: line ${line}: time "${text}" is in no known format, nor is any other`;
  throw new GrandModelError('BAD_INPUT', message, { line, column: 'time', text });
}

/** A volume column without one number is no volume, not a thousand bad rows. */
function silenceEmptyVolume(
  columns: BarColumns,
  rows: number,
  present: boolean,
  problems: CsvProblems,
): void {
  if (!present) return;
  for (let i = 0; i < rows; i++) if (!Number.isNaN(columns.volume[i])) return;
  columns.volume.fill(0);
  problems.count -= rows;
  const others = problems.first.filter((problem) => problem.field !== 'volume');
  problems.first.length = 0;
  problems.first.push(...others);
}

function toRun(found: Found, intervalMs: number, wanted: 'run' | 'any') {
  const { columns } = found;
  if (wanted === 'any' || intervalMs === BAR_5M_MS) return { columns, intervalMs, incomplete: 0 };
  if (intervalMs === 60_000) {
    const made = toFiveMinutes(columns, (row, field, text) =>
      found.problems.add(found.lines[row] ?? 0, field, text),
    );
    return { ...made, intervalMs: BAR_5M_MS };
  }
  const minutes = intervalMs / 60_000;
  throw new GrandModelError(
    'BAD_INPUT',
    `Cannot run on this file: its bars are ${minutes} minutes apart, a run needs 5-minute bars ` +
      '(or 1-minute, which are aggregated)',
    { intervalMs },
  );
}

/** Without names the order open, high, low, close is a guess: it must hold in 95 of 100 rows. */
function checkPlaces(columns: BarColumns, rows: number): void {
  const looked = Math.min(rows, 1000);
  let sound = 0;
  for (let i = 0; i < looked; i++) {
    const bar = barAt(columns, i, '');
    if (bar.low <= Math.min(bar.open, bar.close) && bar.high >= Math.max(bar.open, bar.close)) sound += 1;
  }
  if (sound >= 0.95 * looked) return;
  const message =
    'Cannot read bars: line 1: no column names, and columns 2 to 5 are not open, high, low, close';
  throw new GrandModelError('BAD_INPUT', message, { line: 1, sound, looked });
}

/** Turns a strictly descending file round, in place. */
function reverseNewestFirst(columns: BarColumns, lines: Uint32Array): boolean {
  const { tsMs } = columns;
  if (tsMs.length < 2) return false;
  for (let i = 1; i < tsMs.length; i++) if (!((tsMs[i] as number) < (tsMs[i - 1] as number))) return false;
  for (const name of TABLE_COLUMNS) columns[name].reverse();
  lines.subarray(0, tsMs.length).reverse();
  return true;
}

function isSilent(volume: Float64Array): boolean {
  for (const value of volume) if (value !== 0 && value === value) return false;
  return true;
}
