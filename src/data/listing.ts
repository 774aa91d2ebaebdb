// A symbol as a run lists it: its instrument and what its volume is.

import type { Listing, VolumeKind } from '../engine/header.ts';
import { resolveInstrument } from '../market/built-in.ts';
import type { Instrument } from '../market/instrument.ts';
import type { BarTable } from './bar-table.ts';

/**
 * Lists a symbol for a run.
 *
 * @param table       its bars; the first closes settle what is inferred
 * @param instrument  given by the user, or null for the built-in or inferred one
 */
export function listingOf(
  symbol: string,
  table: Pick<BarTable, 'close' | 'noVolume'>,
  instrument: Instrument | null = null,
): Listing {
  const listed = instrument ?? resolveInstrument(symbol, table.close);
  return { instrument: listed, volume: volumeKind(listed, table.noVolume) };
}

/**
 * FX volume counts price changes at one broker: good for seasonality, useless as a quantity that could be
 * filled.
 */
function volumeKind(instrument: Instrument, noVolume: boolean): VolumeKind {
  if (noVolume) return 'none';
  return instrument.session === 'fx' ? 'ticks' : 'quantity';
}
