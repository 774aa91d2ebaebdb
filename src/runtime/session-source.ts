// Opens what a session plays: the seeded simulated market or a market file.

import { SIMULATED_SYMBOL } from '../data/market-options.ts';
import { simulatedBars } from '../data/market-generator.ts';
import type { BarTable } from '../data/bar-table.ts';
import { readCsv } from '../data/csv.ts';
import { listingOf } from '../data/listing.ts';
import type { Listing } from '../engine/header.ts';
import { loadKernel } from '../wasm/kernel.ts';
import type { SessionSource } from './session-view.ts';

/** Bars and listing of a source, with one line that says where they come from. */
export interface OpenedSource {
  readonly table: BarTable;
  readonly listing: Listing;
  readonly simulated: boolean;
  readonly words: string;
}

/**
 * Reads or makes the bars.
 *
 * @throws GrandModelError BAD_INPUT or LIMIT when a file cannot be used; the message names the place
 */
export async function openSource(source: SessionSource): Promise<OpenedSource> {
  if (source.kind === 'simulated') {
    const table = simulatedBars(await loadKernel(), source.seed, source.bars);
    const listing = listingOf(SIMULATED_SYMBOL, table);
    return { table, listing, simulated: true, words: `simulated market, seed ${source.seed}` };
  }
  const table = await readCsv(source.bytes);
  const { report } = table;
  const notes = [
    source.name,
    `${table.rows.toLocaleString('en-GB')} bars of 5 minutes`,
    `time zone ${report.timeZone}`,
  ];
  if (report.problemCount > 0) notes.push(`${report.problemCount} rows could not be read`);
  if (table.noVolume) notes.push('no volume');
  const listing = listingOf(source.symbol, table);
  const { inferred } = listing.instrument;
  if (inferred.length > 0) notes.push(`inferred: ${inferred.join(', ')}`);
  return { table, listing, simulated: false, words: notes.join(' · ') };
}
