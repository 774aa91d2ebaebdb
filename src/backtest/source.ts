// Tables of bars as the events an engine takes.

import type { BarTable } from '../data/bar-table.ts';
import type { BarEvent } from '../engine/events.ts';
import { barKnownAtMs } from '../market/bar.ts';

/** One row of a table as an event of a symbol. */
export function barEvent(table: BarTable, row: number, symbol: number): BarEvent {
  return {
    kind: 'bar',
    symbol,
    tsMs: table.tsMs[row] as number,
    open: table.open[row] as number,
    high: table.high[row] as number,
    low: table.low[row] as number,
    close: table.close[row] as number,
    volume: table.volume[row] as number,
  };
}

/**
 * All rows of the tables, one table per symbol, merged by (knownAtMs, name). A row whose stamp is missing or goes back
 * keeps its place behind its predecessor; the engine then refuses it.
 *
 * @param names  symbols' names: equal moments are ordered by them, so that the order of the tables does not matter
 */
export function* barEvents(tables: readonly BarTable[], names: readonly string[]): Generator<BarEvent> {
  const [only] = tables;
  if (tables.length === 1 && only) {
    for (let row = 0; row < only.rows; row++) yield barEvent(only, row, 0);
    return;
  }
  const heads = tables.map((table, symbol) => ({
    table,
    symbol,
    name: names[symbol] ?? '',
    row: 0,
    knownAtMs: keyOf(table, 0, 0),
  }));
  for (;;) {
    let best: (typeof heads)[number] | null = null;
    for (const head of heads) {
      if (head.row >= head.table.rows) continue;
      const sooner = best === null || head.knownAtMs < best.knownAtMs;
      if (sooner || (head.knownAtMs === best?.knownAtMs && head.name < best.name)) best = head;
    }
    if (best === null) return;
    yield barEvent(best.table, best.row, best.symbol);
    best.row++;
    best.knownAtMs = keyOf(best.table, best.row, best.knownAtMs);
  }
}

function keyOf(table: BarTable, row: number, previous: number): number {
  const knownAtMs = barKnownAtMs(table.tsMs[row] ?? NaN);
  return knownAtMs > previous ? knownAtMs : previous;
}
