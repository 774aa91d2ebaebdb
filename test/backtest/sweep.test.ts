// Sweeps: the grid, one run beside the same run alone, the same lines for any number of workers, going on
// after a stop.

import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { runPooledSweep } from '../../src/backtest/pooled-sweep.ts';
import { configOf, runSweepPoint, sweepGrid } from '../../src/backtest/sweep.ts';
import type { SweepResult } from '../../src/backtest/sweep.ts';
import { WorkerPool } from '../../src/core/worker-pool.ts';
import { main } from '../../src/cli/main.ts';
import { startThread } from '../../src/cli/node-pool.ts';
import { listingOf } from '../../src/data/listing.ts';
import { simulatedBars } from '../../src/data/market-generator.ts';
import { shippedModels } from '../../src/runtime/shipped-models.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';

const GRID = sweepGrid([
  ['market-seed', ['1', '2', '3', '4', '5']],
  ['bars', ['2500']],
]);

beforeAll(() => {
  execFileSync(process.execPath, ['scripts/build.mjs', '--if-stale', '--quiet', '--no-page']);
});

/** Runs `gm` in this process; what it printed and its exit code. */
async function gm(...argv: string[]): Promise<{ code: number; printed: string[] }> {
  const printed: string[] = [];
  const code = await main(argv, {
    print: (line) => printed.push(line),
    note: () => {},
    signal: new AbortController().signal,
  });
  return { code, printed };
}

test('makes every combination once, the last setting fastest', () => {
  expect(
    sweepGrid([
      ['seed', ['1', '2']],
      ['fill-model', ['neutral', 'optimistic']],
    ]),
  ).toEqual([
    { seed: '1', 'fill-model': 'neutral' },
    { seed: '1', 'fill-model': 'optimistic' },
    { seed: '2', 'fill-model': 'neutral' },
    { seed: '2', 'fill-model': 'optimistic' },
  ]);
  expect(() => sweepGrid([['speed', ['1']]])).toThrow('Cannot sweep: speed is not one of');
  expect(() => sweepGrid([['seed', []]])).toThrow('seed needs one list of values');
  const many = Array.from({ length: 1_000 }, String);
  expect(() =>
    sweepGrid([
      ['seed', many],
      ['market-seed', many],
    ]),
  ).toThrow('market-seed makes more than 100000 runs');
});

test('reads settings as the engine takes them and names a bad one', () => {
  const { limits, fillModel, equityMicro } = configOf({
    var95: '0.01',
    equity: '5',
    'fill-model': 'neutral',
  });
  expect([limits?.var95Ppm, fillModel, equityMicro]).toEqual([10_000, 'neutral', 5_000_000]);
  expect(() => configOf({ equity: 'x' })).toThrow('Cannot sweep: equity "x" is not a number from 1 to');
  expect(() => configOf({ 'fill-model': 'kind' })).toThrow('fill-model "kind" is not one of pessimistic');
  expect(() => configOf({ var99: '11' })).toThrow('var99 "11" is not a number 0..10');
});

test('gives the same results in the same order for one, two and three workers', async () => {
  const models = await shippedModels();
  const alone: SweepResult[] = [];
  for (const [run, settings] of GRID.entries()) {
    alone.push((await runSweepPoint(run, settings, models, null)).result);
  }
  for (const workers of [1, 2, 3]) {
    const pool = new WorkerPool(startThread, workers);
    const taken: SweepResult[] = [];
    try {
      await runPooledSweep(pool, GRID, { models, data: null }, ({ result }) => void taken.push(result));
    } finally {
      pool.close();
    }
    expect(taken).toEqual(alone);
  }
  expect(new Set(alone.map(({ stateHash }) => stateHash)).size).toBe(GRID.length);
});

test('runs on shared bars, and a tighter limit trades less than a wider one', async () => {
  const models = await shippedModels();
  const table = simulatedBars(await loadKernel(), 8, 6_000);
  const data = { listings: [listingOf('SIM', table)], tables: [table] };
  const { result: wide } = await runSweepPoint(0, {}, models, data);
  const { result: tight } = await runSweepPoint(1, { var95: '0.0001' }, models, data);
  expect(wide.report.bars).toBe(6_000);
  expect(tight.report.decisions).toBe(wide.report.decisions);
  expect(tight.report.volume).toBeLessThan(wide.report.volume);
});

test('a file that was cut short goes on to the same bytes, and another sweep is refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gm-sweep-'));
  const [whole, cut] = [join(folder, 'whole.ndjson'), join(folder, 'cut.ndjson')];
  const grid = ['--vary', 'market-seed=1..4', '--vary', 'bars=2000', '--workers', '2', '--json'];
  const first = await gm('sweep', ...grid, '--out', whole);
  expect(first.code).toBe(0);
  const lines = readFileSync(whole, 'utf8').split('\n');
  expect(lines.length).toBe(6);
  writeFileSync(cut, `${lines.slice(0, 3).join('\n')}\n`);
  appendFileSync(cut, '{"run":2,"sett');
  const second = await gm('sweep', ...grid, '--out', cut);
  expect(readFileSync(cut, 'utf8')).toBe(readFileSync(whole, 'utf8'));
  const hashOf = (run: { printed: string[] }): unknown =>
    (JSON.parse(run.printed.at(-1) ?? '') as { resultHash: string }).resultHash;
  expect(hashOf(second)).toBe(hashOf(first));
  const other = await gm('sweep', '--vary', 'market-seed=9', '--out', whole, '--json');
  expect(other.code).toBe(2);
  expect(other.printed[0]).toContain('it holds another sweep');
});
