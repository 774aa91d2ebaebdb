// Bars in columns: what a file or a generator hands to a run, a million rows without a million objects.

import type { Bar } from '../market/bar.ts';

/**
 * Columns of bars, oldest first; prices in quote units. A row that could not be read holds NaN where it
 * failed.
 */
export interface BarTable {
  readonly rows: number;
  /** Open times, milliseconds UTC. */
  readonly tsMs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** Units; all 0 when `noVolume`. */
  readonly volume: Float64Array;
  /** True when the source has no volume: the volume column is missing, empty or all 0. */
  readonly noVolume: boolean;
  /** Bar length, milliseconds. */
  readonly intervalMs: number;
}

/** Numeric columns of a table, in file order. */
export const TABLE_COLUMNS = ['tsMs', 'open', 'high', 'low', 'close', 'volume'] as const;

/** Writable columns of a number of rows. */
export type BarColumns = { [K in (typeof TABLE_COLUMNS)[number]]: Float64Array };

/** Zeroed columns for `rows` bars. */
export function createColumns(rows: number): BarColumns {
  return {
    tsMs: new Float64Array(rows),
    open: new Float64Array(rows),
    high: new Float64Array(rows),
    low: new Float64Array(rows),
    close: new Float64Array(rows),
    volume: new Float64Array(rows),
  };
}

/**
 * One row as a bar.
 *
 * @param index  row, 0..rows − 1
 */
export function barAt(table: BarColumns | BarTable, index: number, symbol: string): Bar {
  return {
    symbol,
    tsMs: table.tsMs[index] as number,
    open: table.open[index] as number,
    high: table.high[index] as number,
    low: table.low[index] as number,
    close: table.close[index] as number,
    volume: table.volume[index] as number,
  };
}

/** Every row as a bar, in order. */
export function* barsOf(table: BarTable, symbol: string): Generator<Bar> {
  for (let i = 0; i < table.rows; i++) yield barAt(table, i, symbol);
}
