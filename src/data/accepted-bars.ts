// The rows of a table that an engine would take: what is wrong in a file is left out before anything is
// learnt or measured on it.

import { BAR_5M_MS } from '../core/units.ts';
import { rejectionOf } from '../market/bar.ts';
import { barAt, createColumns, TABLE_COLUMNS } from './bar-table.ts';
import type { BarTable } from './bar-table.ts';

/** A table without the rows that an engine rejects; the same table when there is none. */
export function acceptedBars(table: BarTable): BarTable {
  const columns = createColumns(table.rows);
  let rows = 0;
  let previous: number | null = null;
  for (let i = 0; i < table.rows; i++) {
    const bar = barAt(table, i, '');
    if (rejectionOf(bar, previous, BAR_5M_MS)) continue;
    previous = bar.tsMs;
    for (const name of TABLE_COLUMNS) columns[name][rows] = bar[name];
    rows++;
  }
  if (rows === table.rows) return table;
  const cut = Object.fromEntries(TABLE_COLUMNS.map((name) => [name, columns[name].subarray(0, rows)]));
  return { ...table, ...cut, rows };
}
