// 1-minute rows to 5m bars: a bar is there when at least one of its minutes is. Minutes that no engine would
// take are left out and reported, because their 5m bar has other, sound minutes.

import { BAR_5M_MS } from '../core/units.ts';
import { rejectionOf } from '../market/bar.ts';
import { TABLE_COLUMNS, barAt, createColumns } from './bar-table.ts';
import type { BarColumns } from './bar-table.ts';

const MINUTE_MS = 60_000;
const MINUTES = 5;

/**
 * Aggregates, oldest first.
 *
 * @param minutes  1-minute bars, possibly with bad rows
 * @param refused  told the row, the field and the reason of each minute that is left out
 * @returns        5m columns, and how many of them lack a minute
 */
export function toFiveMinutes(
  minutes: BarColumns,
  refused: (row: number, field: string, reason: string) => void,
): { columns: BarColumns; incomplete: number } {
  const columns = createColumns(Math.ceil(minutes.tsMs.length));
  let [rows, children, incomplete] = [0, 0, 0];
  let previous: number | null = null;
  for (let i = 0; i < minutes.tsMs.length; i++) {
    const minute = barAt(minutes, i, '');
    const rejection = rejectionOf(minute, previous, MINUTE_MS);
    if (rejection !== null) {
      refused(i, rejection.field, `${rejection.reason} ${rejection.value}`);
      continue;
    }
    previous = minute.tsMs;
    const tsMs = Math.floor(minute.tsMs / BAR_5M_MS) * BAR_5M_MS;
    const last = rows - 1;
    if (last < 0 || columns.tsMs[last] !== tsMs) {
      if (last >= 0 && children < MINUTES) incomplete += 1;
      children = 1;
      columns.tsMs[rows] = tsMs;
      for (const name of ['open', 'high', 'low', 'close', 'volume'] as const)
        columns[name][rows] = minute[name];
      rows += 1;
      continue;
    }
    children += 1;
    columns.high[last] = Math.max(columns.high[last] as number, minute.high);
    columns.low[last] = Math.min(columns.low[last] as number, minute.low);
    columns.close[last] = minute.close;
    columns.volume[last] = (columns.volume[last] as number) + minute.volume;
  }
  if (rows > 0 && children < MINUTES) incomplete += 1;
  for (const name of TABLE_COLUMNS) columns[name] = columns[name].slice(0, rows);
  return { columns, incomplete };
}
