// Bars as events of an engine: from one table, from several symbols, from a running simulated market.

import type { BarEvent } from '../engine/events.ts';
import { barsOf, createColumns } from './bar-table.ts';
import type { BarColumns, BarTable } from './bar-table.ts';
import type { MarketGenerator } from './market-generator.ts';
import { mergeBars } from './merge.ts';

/** Bars of a simulated market that lie in memory at once. */
const CHUNK = 4096;

/**
 * Every row of a table as an event.
 *
 * @param symbol  place of the symbol in the engine's listings
 */
export function* barEvents(table: BarColumns & { readonly rows: number }, symbol = 0): Generator<BarEvent> {
  for (let i = 0; i < table.rows; i++) yield barEventAt(table, i, symbol);
}

/** One row of a table as an event. */
export function barEventAt(table: BarColumns, row: number, symbol = 0): BarEvent {
  const { tsMs, open, high, low, close, volume } = table;
  return {
    kind: 'bar',
    symbol,
    tsMs: tsMs[row]!,
    open: open[row]!,
    high: high[row]!,
    low: low[row]!,
    close: close[row]!,
    volume: volume[row]!,
  };
}

/**
 * Several symbols as one stream, by (known at, symbol name).
 *
 * @param tables   one per symbol, in the order of the engine's listings
 * @param symbols  their names, all different
 * @param first    symbol that goes first at equal moments: a run's reference, so that its return is known to
 *                 the others
 */
export function* portfolioEvents(
  tables: readonly BarTable[],
  symbols: readonly string[],
  first: string | null = null,
): Generator<BarEvent> {
  const streams = tables.map((table, i) => barsOf(table, symbols[i]!));
  for (const { symbol, ...bar } of mergeBars(streams, first)) {
    yield { kind: 'bar', symbol: symbols.indexOf(symbol), ...bar };
  }
}

/**
 * The next bars of a simulated market, made as they are asked for: a million never lie in memory together.
 */
export function* simulatedEvents(market: MarketGenerator, bars: number, symbol = 0): Generator<BarEvent> {
  const columns = createColumns(Math.min(bars, CHUNK));
  for (let left = bars; left > 0; left -= CHUNK) {
    const rows = Math.min(left, CHUNK);
    market.next(columns, rows);
    yield* barEvents({ ...columns, rows }, symbol);
  }
}
