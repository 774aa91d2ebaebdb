// A shard of a market scan: as many symbols as one kernel holds. Every symbol has its own small arena, its
// own 30-minute bar and its own verdict; nothing that one symbol does reaches another.

import { VOTERS } from '../agents/roster.ts';
import { decide } from '../consensus/quorum.ts';
import { baseWeights, effectiveWeights } from '../consensus/weights.ts';
import { BAR_5M_MS } from '../core/units.ts';
import type { BarColumns } from '../data/bar-table.ts';
import type { ModelFiles } from '../engine/open.ts';
import { closeBefore, createAggregator, gapBefore, pushChild } from '../market/aggregate.ts';
import type { Aggregator, ClosedBar } from '../market/aggregate.ts';
import { barKnownAtMs, rejectionOf } from '../market/bar.ts';
import type { BarValues } from '../market/bar.ts';
import type { Session } from '../market/session.ts';
import { ScanArenas } from '../signals/scan-arena.ts';
import { UNCERTAINTY_FLAGS } from '../signals/uncertainty.ts';
import type { AnalysisKernel } from '../wasm/analysis.ts';
import { SCAN_ROW, writeRow } from './scan-row.ts';
import type { ScanRow } from './scan-row.ts';
import { BATCH_ROWS, openScanVoters } from './scan-voters.ts';
import type { ScanVoters } from './scan-voters.ts';

const NEIGHBOURS = 32;
/** As in the engine: a longer gap makes uncertainty HIGH for some rows. */
const GAP_SLOTS_MAX = 2;
const GAP_ROWS = 3;
const FAULT_TOLERANCE = 1;
/** Times that a shard rehearses with one batch. */
const REHEARSALS = 24;

/** What a scan has to know of a symbol. */
export interface ScanListing {
  /** Price step, quote units. */
  readonly tick: number;
  readonly session: Session;
  readonly noVolume: boolean;
}

interface ScanSymbol {
  readonly listing: ScanListing;
  readonly aggregator: Aggregator;
  lastTsMs: number | null;
  gapRows: number;
}

/** What became of a new bar. */
interface Taken {
  readonly taken: 'rejected' | 'bar' | 'row';
  /** Its close; 0 when it was rejected. */
  readonly close: number;
}

/** Which matrices of a symbol are complete. */
interface Complete {
  readonly tactical: boolean;
  readonly strategic: boolean;
}

/** The symbols of one kernel. */
export class ScanShard {
  private readonly arenas: ScanArenas;
  private readonly voters: ScanVoters;
  private readonly symbols: ScanSymbol[] = [];
  private readonly weightsPpm: readonly number[];

  constructor(kernel: AnalysisKernel, models: ModelFiles) {
    this.voters = openScanVoters(kernel, models);
    this.arenas = new ScanArenas(kernel);
    const roster = VOTERS.map(({ id }) => id);
    const even = roster.map(() => 1 / roster.length);
    this.weightsPpm = effectiveWeights(baseWeights(roster, 'NONE'), even, FAULT_TOLERANCE);
  }

  get count(): number {
    return this.symbols.length;
  }

  /**
   * Opens a symbol and takes its past bars; a bar that the engine would reject is passed over.
   *
   * @param bars   columns, oldest first
   * @param count  how many of them
   * @returns      false when the kernel is full; the shard is unchanged then
   */
  add(listing: ScanListing, bars: BarColumns, count: number): boolean {
    const symbol: ScanSymbol = { listing, aggregator: createAggregator(), lastTsMs: null, gapRows: 0 };
    const index = this.arenas.open(rowsOf(listing, bars, count));
    if (index < 0) return false;
    this.symbols.push(symbol);
    const bar = { tsMs: 0, open: 0, high: 0, low: 0, close: 0, volume: 0 };
    for (let i = 0; i < count; i++) this.take(index, readBar(bar, bars, i));
    return true;
  }

  /**
   * One new bar of every symbol: matrices, regime, four votes and a verdict for all, no synergy asked for.
   *
   * @param bars   one bar per symbol, in the order of `add`
   * @param first  index in `bars` of this shard's first symbol
   * @param out    rows of SCAN_ROW values, written from row `first` on
   */
  step(bars: BarColumns, first: number, out: Float64Array): void {
    for (let from = 0; from < this.symbols.length; from += BATCH_ROWS) this.batch(from, bars, first, out);
  }

  /**
   * Steps the first symbols some times and puts them back, so that the first step of a scan is not the one in
   * which the host compiles its code. Changes nothing; arguments as of `step`.
   */
  rehearse(bars: BarColumns, first: number): void {
    const known = this.symbols.slice(0, BATCH_ROWS).map((symbol, index) => {
      return { symbol: structuredClone(symbol), state: this.arenas.copy(index) };
    });
    const out = new Float64Array(known.length * SCAN_ROW);
    for (let time = 0; time < REHEARSALS; time++) {
      this.batch(0, bars, first, out, first);
      known.forEach(({ symbol, state }, index) => {
        this.symbols[index] = structuredClone(symbol);
        this.arenas.restore(index, state);
      });
    }
  }

  /** Takes the bars of a batch of symbols that vote together; rows of `out` begin with symbol `origin`. */
  private batch(from: number, bars: BarColumns, first: number, out: Float64Array, origin = 0): void {
    const rows = Math.min(BATCH_ROWS, this.symbols.length - from);
    const bar = { tsMs: 0, open: 0, high: 0, low: 0, close: 0, volume: 0 };
    const known: (Taken & Complete)[] = [];
    for (let row = 0; row < rows; row++) {
      const index = from + row;
      const taken = this.take(index, readBar(bar, bars, first + index));
      const tactical = this.arenas.tacticalMatrix(index, this.voters.tacticalRow(row));
      const strategic = this.arenas.strategicMatrix(index, this.voters.strategicRow(row));
      known.push({ taken, close: taken === 'rejected' ? 0 : bar.close, tactical, strategic });
    }
    this.voters.run(rows);
    known.forEach((one, row) => {
      const index = from + row;
      writeRow(out, (first + index - origin) * SCAN_ROW, this.rowOf(index, row, one));
    });
  }

  private rowOf(index: number, row: number, known: Taken & Complete): ScanRow {
    const { taken, close } = known;
    const tsMs = this.symbols[index]!.lastTsMs ?? 0;
    // Nobody votes on a bar that was not taken.
    const rejected = taken === 'rejected';
    const votes = VOTERS.map(({ matrix }, seat) => {
      const complete = matrix === 'tactical60x7' ? known.tactical : known.strategic;
      return this.voters.vote(seat, row, complete && !rejected, barKnownAtMs(tsMs));
    });
    const { weightsPpm } = this;
    return {
      tsMs,
      close,
      rowClosed: taken === 'row',
      rejected,
      reading: this.arenas.reading(index),
      patterns: this.arenas.patterns(index, NEIGHBOURS),
      votes,
      verdict: decide({ votes, weightsPpm, faultTolerance: FAULT_TOLERANCE, synergyDirection: null }),
    };
  }

  /** A closed 5m bar into the arena, with the rows that it closes, in the engine's order. */
  private take(index: number, bar: BarValues): Taken['taken'] {
    const symbol = this.symbols[index]!;
    const { listing, aggregator } = symbol;
    if (rejectionOf(bar, symbol.lastTsMs, BAR_5M_MS)) return 'rejected';
    symbol.lastTsMs = bar.tsMs;
    const late = closeBefore(aggregator, bar.tsMs);
    if (late?.makesRow) this.takeRow(index, symbol, late);
    if (gapBefore(aggregator, listing.session, bar.tsMs) > GAP_SLOTS_MAX) symbol.gapRows = GAP_ROWS;
    this.arenas.push5(index, bar, listing.tick, listing.noVolume);
    const closed = pushChild(aggregator, listing.session, bar);
    if (closed?.makesRow) this.takeRow(index, symbol, closed);
    return late?.makesRow || closed?.makesRow ? 'row' : 'bar';
  }

  private takeRow(index: number, symbol: ScanSymbol, row: ClosedBar): void {
    const flags = symbol.gapRows > 0 ? UNCERTAINTY_FLAGS.gap : 0;
    if (symbol.gapRows > 0) symbol.gapRows--;
    this.arenas.push30(index, row, symbol.listing.noVolume, flags);
  }
}

/** The 30m rows of past bars: what the regime's parameters are fitted on. */
function rowsOf({ session }: ScanListing, bars: BarColumns, count: number): ClosedBar[] {
  const aggregator = createAggregator();
  const rows: ClosedBar[] = [];
  const bar = { tsMs: 0, open: 0, high: 0, low: 0, close: 0, volume: 0 };
  let last: number | null = null;
  for (let i = 0; i < count; i++) {
    readBar(bar, bars, i);
    if (rejectionOf(bar, last, BAR_5M_MS)) continue;
    last = bar.tsMs;
    const late = closeBefore(aggregator, bar.tsMs);
    if (late?.makesRow) rows.push(late);
    const closed = pushChild(aggregator, session, bar);
    if (closed?.makesRow) rows.push(closed);
  }
  return rows;
}

/** One row of columns into a bar that is used again and again. */
function readBar<T extends BarValues>(into: T, bars: BarColumns, i: number): T {
  into.tsMs = bars.tsMs[i]!;
  into.open = bars.open[i]!;
  into.high = bars.high[i]!;
  into.low = bars.low[i]!;
  into.close = bars.close[i]!;
  into.volume = bars.volume[i]!;
  return into;
}
