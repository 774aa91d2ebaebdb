// A journal can replay to the bit and still tell of bars that its source never had.

import { beforeAll, expect, it } from 'vitest';
import { verifyWithData } from '../../src/backtest/compare-data.ts';
import { createColumns, TABLE_COLUMNS } from '../../src/data/bar-table.ts';
import type { BarTable } from '../../src/data/bar-table.ts';
import { portfolioEvents } from '../../src/data/events.ts';
import type { Verification, Verifier } from '../../src/engine/verify.ts';
import { chunksOf } from '../../src/journal/store.ts';
import { market, NAMES, record, simulatedEngine, verifier } from '../fixtures/engine-run.ts';

let host: Verifier;
let tables: BarTable[];
let bytes: Uint8Array;
beforeAll(async () => {
  host = await verifier();
  tables = [await market(31, 300), await market(32, 280, { missing: 0.1 })];
  tables[0]!.close[40] = NaN;
  const engine = await simulatedEngine(tables);
  bytes = (await record(engine, portfolioEvents(tables, NAMES))).bytes;
});

/** A table without row `left`, or with a bar put in before row `before`, or with one value changed. */
function edited(
  table: BarTable,
  edit: { left?: number; before?: number; change?: [keyof ReturnType<typeof createColumns>, number] },
): BarTable {
  const rows = [...Array(table.rows).keys()].filter((row) => row !== edit.left);
  if (edit.before !== undefined) rows.splice(edit.before, 0, edit.before);
  const columns = createColumns(rows.length);
  for (const name of TABLE_COLUMNS) rows.forEach((row, i) => (columns[name][i] = table[name][row]!));
  if (edit.before !== undefined) columns.tsMs[edit.before]! -= 60_000;
  if (edit.change) columns[edit.change[0]][edit.change[1]]! += 0.01;
  return { ...columns, rows: rows.length, noVolume: false, intervalMs: table.intervalMs };
}

const compare = (sources: readonly BarTable[]): Promise<Verification> =>
  verifyWithData(chunksOf(bytes), host, sources);

it('agrees with the tables the run came from, a row that could not be read included', async () => {
  expect(await compare(tables)).toMatchObject({ ok: true, events: 580 });
});

it('names the field of a changed bar', async () => {
  const found = await compare([edited(tables[0]!, { change: ['high', 100] }), tables[1]!]);
  expect(found.ok).toBe(false);
  expect(found.firstDivergence?.field).toBe('event.high');
  expect(found.message).toContain(`symbol 0, bar ${tables[0]!.tsMs[100]} is changed`);
});

it('finds a bar that the source lacks, and one that the journal lacks', async () => {
  const extra = await compare([tables[0]!, edited(tables[1]!, { left: 50 })]);
  expect(extra.message).toContain(`symbol 1, bar ${tables[1]!.tsMs[50]} is extra`);
  const missing = await compare([edited(tables[0]!, { before: 60 }), tables[1]!]);
  expect(missing.message).toContain(`bar ${tables[0]!.tsMs[60]! - 60_000} is missing`);
  const longer = await compare([tables[0]!, await market(32, 285, { missing: 0.1 })]);
  expect(longer).toMatchObject({ ok: false, firstDivergence: { seq: 581, field: 'event' } });
  expect(longer.message).toContain('is missing');
  const shorter = await compare([edited(tables[0]!, { left: 299 }), tables[1]!]);
  expect(shorter.message).toContain(`bar ${tables[0]!.tsMs[299]} is extra`);
});
