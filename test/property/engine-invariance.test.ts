// What the engine decides depends on nothing that comes later, and on nothing that a snapshot does not hold.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { prefixInvarianceTrial, warmRestartTrial } from '../../src/backtest/invariance.ts';
import type { TrialSetup } from '../../src/backtest/invariance.ts';
import { createColumns, TABLE_COLUMNS } from '../../src/data/bar-table.ts';
import type { BarTable } from '../../src/data/bar-table.ts';
import { readCsv } from '../../src/data/csv.ts';
import { listingOf } from '../../src/data/listing.ts';
import { market, MODELS } from '../fixtures/engine-run.ts';
import { sharedData } from '../fixtures/shared-data.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9));
console.log(`invariance: SEED=${seed}`);

async function simulated(): Promise<TrialSetup> {
  const table = await market(seed, 6000, { missing: 0.01 });
  return { table, list: (from) => listingOf('SIM', from), models: MODELS, config: { patterns: 4096 } };
}

/** The first bars of a file, as if it had ended there. */
function head(table: BarTable, rows: number): BarTable {
  const columns = createColumns(rows);
  for (const name of TABLE_COLUMNS) columns[name].set(table[name].subarray(0, rows));
  return { ...columns, rows, noVolume: table.noVolume, intervalMs: table.intervalMs };
}

it('decides on bars 0..t whatever comes after t', async () => {
  const report = await prefixInvarianceTrial(await simulated(), { count: 6, seed });
  expect(report).toMatchObject({ ok: true, failures: [] });
});

it('goes on from a snapshot as if nothing had happened', async () => {
  const report = await warmRestartTrial(await simulated(), { count: 6, seed });
  expect(report).toMatchObject({ ok: true, failures: [] });
});

const nasdaq = sharedData('NQ_5m.csv.gz');
it.skipIf(nasdaq === null)('does both on real bars', async () => {
  const table = head(await readCsv(readFileSync(nasdaq!)), 6000);
  const setup: TrialSetup = { table, list: (from) => listingOf('NQ', from), models: MODELS };
  expect(await prefixInvarianceTrial(setup, { count: 4, seed })).toMatchObject({ ok: true, failures: [] });
  expect(await warmRestartTrial(setup, { count: 4, seed })).toMatchObject({ ok: true, failures: [] });
});
