// The mirror image of a market: every rise becomes an equal fall. Fitting on both sides leaves no preference
// for LONG.

import type { BarTable } from '../data/bar-table.ts';

/**
 * Bars whose log prices are mirrored at the first open: p → open₀²/p, rounded to the tick; highs and lows
 * change places.
 *
 * @param table  bars with finite prices > 0
 * @param tick   price step
 */
export function mirrorMarket(table: BarTable, tick: number): BarTable {
  const first = table.open[0] ?? 1;
  const perUnit = Math.round(1 / tick);
  const mirrored = (price: number): number =>
    Math.max(1, Math.round((first * first * perUnit) / price)) / perUnit;
  const open = table.open.map(mirrored);
  const close = table.close.map(mirrored);
  return { ...table, open, close, high: table.low.map(mirrored), low: table.high.map(mirrored) };
}
