// Bars as CSV text, in the format that readCsv reads back to the same numbers.

import type { BarColumns, BarTable } from './bar-table.ts';

/** First line of a market file. */
export const CSV_HEADER = 'timestamp,open,high,low,close,volume\n';

/**
 * Rows as CSV lines without the header, each ended by a line feed; numbers in their shortest exact form.
 *
 * @param table  columns that hold at least `rows` bars
 */
export function barsToCsv(table: BarTable | BarColumns, rows: number): string {
  const lines: string[] = [];
  for (let i = 0; i < rows; i++) {
    const stamp = new Date(table.tsMs[i] as number).toISOString().replace('.000Z', 'Z');
    lines.push(
      `${stamp},${table.open[i]},${table.high[i]},${table.low[i]},${table.close[i]},${table.volume[i]}\n`,
    );
  }
  return lines.join('');
}
