// Compares the bars in a journal with the files they are said to come from.

import { barAt } from '../data/bar-table.ts';
import type { BarTable } from '../data/bar-table.ts';
import type { BarEvent, EngineEvent } from '../engine/events.ts';
import type { Divergence, Verification, Verifier } from '../engine/verify.ts';
import { verifyJournal } from '../engine/verify.ts';
import { BAR_FIELDS } from '../market/bar.ts';

/** The first place where a journal's bars are not those of their source. */
export interface DataDivergence extends Divergence {
  /**
   * A bar's value differs, the source has a bar the journal lacks, or the journal one that the source lacks.
   */
  readonly kind: 'changed' | 'missing' | 'extra';
  /** Place of the symbol in the header. */
  readonly symbol: number;
  /** Open time of the journal's bar, or of the source's when it is missing. */
  readonly tsMs: number;
}

/** Follows a journal through its sources, one table per symbol in the header's order. */
export class DataComparison {
  /** The first difference, or null so far. */
  divergence: DataDivergence | null = null;
  private readonly tables: readonly BarTable[];
  private readonly rows: number[];

  constructor(tables: readonly BarTable[]) {
    this.tables = tables;
    this.rows = tables.map(() => 0);
  }

  /** Takes the journal's next event. */
  take(seq: number, event: EngineEvent): void {
    if (this.divergence !== null || event.kind !== 'bar') return;
    const { symbol, tsMs } = event;
    const table = this.tables[symbol];
    const row = this.rows[symbol] ?? 0;
    if (!table || row >= table.rows) {
      this.divergence = { seq, field: 'event', kind: 'extra', symbol, tsMs };
      return;
    }
    this.rows[symbol] = row + 1;
    const source = barAt(table, row, '');
    const field = BAR_FIELDS.find((name) => !Object.is(source[name], event[name]));
    if (field === undefined) return;
    if (field !== 'tsMs') {
      this.divergence = { seq, field: `event.${field}`, kind: 'changed', symbol, tsMs };
      return;
    }
    const kind = stampDifference(table, row, event);
    const named = kind === 'changed' ? 'event.tsMs' : 'event';
    this.divergence = { seq, field: named, kind, symbol, tsMs: kind === 'missing' ? source.tsMs : tsMs };
  }

  /** Ends the comparison: what the sources still hold is missing in the journal. */
  end(lastSeq: number): DataDivergence | null {
    this.tables.forEach((table, symbol) => {
      const row = this.rows[symbol] as number;
      if (this.divergence !== null || row >= table.rows) return;
      const tsMs = table.tsMs[row] as number;
      this.divergence = { seq: lastSeq + 1, field: 'event', kind: 'missing', symbol, tsMs };
    });
    return this.divergence;
  }
}

/**
 * Another stamp: the source's bar was left out, the journal's was put in, or the stamp itself was changed.
 */
function stampDifference(table: BarTable, row: number, event: BarEvent): DataDivergence['kind'] {
  if (table.tsMs[row + 1] === event.tsMs) return 'missing';
  const { open, high, low, close } = barAt(table, row, '');
  const same = open === event.open && high === event.high && low === event.low && close === event.close;
  if (same) return 'changed';
  return event.tsMs > (table.tsMs[row] as number) ? 'missing' : 'extra';
}

/**
 * Replays a journal and compares its bars with their sources.
 *
 * @param tables  one per symbol, in the header's order
 * @returns       the replay's finding when it is not ok, else the data's
 */
export async function verifyWithData(
  chunks: AsyncIterable<Uint8Array>,
  verifier: Verifier,
  tables: readonly BarTable[],
): Promise<Verification> {
  const comparison = new DataComparison(tables);
  let last = 0;
  const result = await verifyJournal(chunks, {
    ...verifier,
    onEvent: (seq, event, effects, engine) => {
      last = seq;
      comparison.take(seq, event);
      verifier.onEvent?.(seq, event, effects, engine);
    },
  });
  if (!result.ok) return result;
  const divergence = comparison.end(last);
  if (divergence === null) return { ...result, message: `${result.message}; every bar is its source's` };
  const { seq, field, kind, symbol, tsMs } = divergence;
  return {
    ...result,
    ok: false,
    message: `Record ${seq} differs from its source in ${field}: symbol ${symbol}, bar ${tsMs} is ${kind}`,
    firstDivergence: { seq, field },
  };
}
