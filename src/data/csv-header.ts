// Which column of a market file is what: by name (one slip of the pen allowed), or by place where there are
// no names.

import { GrandModelError } from '../core/errors.ts';

/** Place of each column in a row, counted from 0; -1 where there is none. */
export interface CsvColumns {
  time: number;
  /** Second time column, joined to the first by a blank; -1 when the stamp is one column. */
  clock: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

/** Columns and how they were found. */
export interface CsvHeader {
  readonly columns: CsvColumns;
  /** Names as they stand in the file by column kind, for the report. */
  readonly names: Readonly<Record<string, string>>;
  /** Misspelt names that were accepted: "Llow read as low". */
  readonly corrections: readonly string[];
  /** False when the first line is already a bar. */
  readonly named: boolean;
}

const ALIASES: Readonly<Record<keyof CsvColumns, readonly string[]>> = {
  time: [
    'timestamp',
    'datetime',
    'date',
    'datum',
    'time',
    'opentime',
    'gmttime',
    'localtime',
    'utc',
    'ts',
    'unix',
    'epoch',
    't',
  ],
  clock: ['time'],
  open: ['open', 'o', 'openprice', 'bidopen'],
  high: ['high', 'h', 'highprice', 'bidhigh', 'max'],
  low: ['low', 'l', 'lowprice', 'bidlow', 'min'],
  close: ['close', 'c', 'closeprice', 'bidclose', 'last'],
  volume: ['volume', 'vol', 'v', 'tickvolume', 'tickvol', 'qty', 'basevolume', 'volumebtc', 'amount'],
};
const KINDS = ['time', 'open', 'high', 'low', 'close', 'volume'] as const;
const SUFFIXED = /^(timestamp|datetime|time|date|opentime)(ms|utc|gmt|us|ns|s)$/;

/**
 * Finds the columns by their names.
 *
 * @param fields  first line, split
 * @throws        GrandModelError BAD_INPUT naming the missing column and what there is
 */
export function columnsByName(fields: readonly string[]): CsvHeader {
  const plain = fields.map((field) => field.toLowerCase().replace(/[^a-z0-9]/g, ''));
  const taken = new Set<number>();
  const columns: CsvColumns = { time: -1, clock: -1, open: -1, high: -1, low: -1, close: -1, volume: -1 };
  const names: Record<string, string> = {};
  const corrections: string[] = [];
  const take = (kind: keyof CsvColumns, at: number): void => {
    columns[kind] = at;
    taken.add(at);
    names[kind] = fields[at] as string;
  };
  for (const kind of KINDS) {
    const at = exactMatch(kind, plain, taken);
    if (at >= 0) take(kind, at);
  }
  if (columns.time >= 0 && plain[columns.time] === 'date') {
    const at = plain.indexOf('time');
    if (at >= 0) take('clock', at);
  }
  for (const kind of KINDS) {
    if (columns[kind] >= 0) continue;
    const at = plain.findIndex(
      (name, i) => !taken.has(i) && ALIASES[kind].some((alias) => oneSlip(name, alias)),
    );
    if (at < 0) continue;
    take(kind, at);
    corrections.push(`${fields[at] ?? ''} read as ${kind}`);
  }
  for (const kind of KINDS) {
    if (columns[kind] < 0 && kind !== 'volume') {
      const seen = fields.slice(0, 12).join(',').slice(0, 160);
      throw new GrandModelError(
        'BAD_INPUT',
        `Cannot read bars: line 1: no column for ${kind} among "${seen}"`,
        {
          line: 1,
          column: kind,
        },
      );
    }
  }
  return { columns, names, corrections, named: true };
}

/**
 * Finds the columns by their place in a file without names: time, [clock,] open, high, low, close[, volume,
 * more].
 *
 * @param fields  first line, split
 * @throws        GrandModelError BAD_INPUT when there are too few fields
 */
export function columnsByPlace(fields: readonly string[]): CsvHeader {
  const clock = /^\d{1,2}:\d{2}/.test(fields[1] ?? '') ? 1 : -1;
  const first = clock < 0 ? 1 : 2;
  if (fields.length < first + 4) {
    const message = `Cannot read bars: line 1: ${fields.length} columns without names, want time and OHLC`;
    throw new GrandModelError('BAD_INPUT', message, { line: 1, count: fields.length });
  }
  const volume = fields.length > first + 4 ? first + 4 : -1;
  const columns = { time: 0, clock, open: first, high: first + 1, low: first + 2, close: first + 3, volume };
  return { columns, names: {}, corrections: [], named: false };
}

function exactMatch(
  kind: (typeof KINDS)[number],
  plain: readonly string[],
  taken: ReadonlySet<number>,
): number {
  for (const alias of ALIASES[kind]) {
    const at = plain.findIndex((name, i) => !taken.has(i) && name === alias);
    if (at >= 0) return at;
  }
  if (kind === 'time') return plain.findIndex((name) => SUFFIXED.test(name));
  return kind === 'volume' ? plain.findIndex((name, i) => !taken.has(i) && name.startsWith('volume')) : -1;
}

/**
 * True when one letter added, dropped or changed makes the name the alias; only for aliases of three letters
 * or more.
 */
function oneSlip(name: string, alias: string): boolean {
  if (alias.length < 3 || Math.abs(name.length - alias.length) > 1 || name.length < 3) return false;
  let start = 0;
  while (start < name.length && start < alias.length && name[start] === alias[start]) start++;
  const rest = (text: string, skip: number): string => text.slice(start + skip);
  return (
    rest(name, 1) === rest(alias, 1) || rest(name, 1) === rest(alias, 0) || rest(name, 0) === rest(alias, 1)
  );
}
