// The market files of the proof and what is asked of each. No instrument is tuned: a file's name and symbol
// are all.

import { DAY_MS } from '../../src/core/units.ts';
import type { BarTable } from '../../src/data/bar-table.ts';
import { sharedMarket } from '../market-run.ts';
import type { Market } from '../market-run.ts';

/** One file of ../shared/data. */
export interface ProofFile {
  readonly name: string;
  readonly symbol: string;
  /** Asked to show every synergy type at least ten times. */
  readonly everyType?: boolean;
  /** A week or less of 1-minute bars: ingestion, hash and, where asked, a decision. */
  readonly minutes?: 'decision' | 'ingestion';
}

export const PROOF_FILES: readonly ProofFile[] = [
  { name: 'NQ_5m', symbol: 'NQ', everyType: true },
  { name: 'ES_5m', symbol: 'ES', everyType: true },
  { name: 'BTCUSDT_5m', symbol: 'BTCUSDT', everyType: true },
  { name: 'ETHUSDT_5m', symbol: 'ETHUSDT' },
  { name: 'XRPUSDT_5m', symbol: 'XRPUSDT' },
  { name: 'EURUSD_5m', symbol: 'EURUSD', everyType: true },
  { name: 'SPX_5m_novol', symbol: 'SPX', everyType: true },
  { name: 'GC_5m_novol', symbol: 'GC' },
  { name: 'BNBUSDT_5m', symbol: 'BNBUSDT' },
  { name: 'DOGEUSDT_5m', symbol: 'DOGEUSDT' },
  { name: 'ADAUSDT_5m', symbol: 'ADAUSDT' },
  { name: 'AUDUSD_5m_2026_novol', symbol: 'AUDUSD' },
  { name: 'EURUSD_5m_2026_novol', symbol: 'EURUSD' },
  { name: 'GBPUSD_5m_2026_novol', symbol: 'GBPUSD' },
  { name: 'USDJPY_5m_2026_novol', symbol: 'USDJPY' },
  { name: 'NQ_5m_long_novol', symbol: 'NQ' },
  { name: 'BTCUSDT_1m_2021w', symbol: 'BTCUSDT', minutes: 'decision' },
  { name: 'DASHUSDT_1m_2020w', symbol: 'DASHUSDT', minutes: 'ingestion' },
  { name: 'LTCUSDT_1m_2020', symbol: 'LTCUSDT', minutes: 'ingestion' },
];

/** Portfolios run as one account. */
export const PORTFOLIOS: readonly (readonly ProofFile[])[] = [
  ['ES', 'NQ'],
  ['BTCUSDT', 'ETHUSDT', 'XRPUSDT'],
].map((symbols) => symbols.map((symbol) => PROOF_FILES.find((file) => file.symbol === symbol)!));

/**
 * Trading days: UTC dates with at least one bar, Sundays' evening sessions not counted where Saturdays are
 * closed.
 */
export function tradingDays(table: BarTable): number {
  const days = new Set<number>();
  for (const tsMs of table.tsMs) if (Number.isFinite(tsMs)) days.add(Math.floor(tsMs / DAY_MS));
  const weekday = (day: number): number => (day + 4) % 7;
  const open = [...days];
  const saturdays = open.filter((day) => weekday(day) === 6).length;
  const always = saturdays > open.length / 14;
  return open.filter((day) => always || (weekday(day) !== 0 && weekday(day) !== 6)).length;
}

/** A file's market, or null when it is not on this machine. */
export function marketOf(file: ProofFile): Promise<Market | null> {
  return sharedMarket(file.name, file.symbol);
}
