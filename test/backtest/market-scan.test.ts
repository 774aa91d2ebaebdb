// The market scan: the same bits as a whole engine's signals, the same rows however the symbols are cut.

import { beforeAll, expect, test } from 'vitest';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MarketScan, seedOf } from '../../src/backtest/market-scan.ts';
import { openPooledScan, partsOf } from '../../src/backtest/pooled-scan.ts';
import { readRow, SCAN_ROW } from '../../src/backtest/scan-row.ts';
import { WorkerPool } from '../../src/core/worker-pool.ts';
import { main } from '../../src/cli/main.ts';
import { startThread } from '../../src/cli/node-pool.ts';
import { barsToCsv, CSV_HEADER } from '../../src/data/csv-text.ts';
import { createColumns } from '../../src/data/bar-table.ts';
import { createMarket } from '../../src/data/market-generator.ts';
import { shippedModels } from '../../src/runtime/shipped-models.ts';
import { SignalArena } from '../../src/signals/arena.ts';
import { ScanArenas } from '../../src/signals/scan-arena.ts';
import { closeBefore, createAggregator, pushChild } from '../../src/market/aggregate.ts';
import type { ClosedBar } from '../../src/market/aggregate.ts';
import { loadAnalysis } from '../../src/wasm/analysis.ts';

const WARMUP = 1_655;
const SOURCE = { kind: 'simulated', from: 0, to: 70, seed: 3, warmup: WARMUP } as const;

beforeAll(() => {
  execFileSync(process.execPath, ['scripts/build.mjs', '--if-stale', '--quiet', '--no-page']);
  expect(existsSync('dist/cli/pool-worker.js')).toBe(true);
});

test('a scan arena holds one symbol in at most 128 KiB', async () => {
  const { raw } = await loadAnalysis();
  expect(raw.scanArenaBytes(256)).toBeLessThanOrEqual(128 * 1024);
});

test('a scan arena gives the matrices of a whole arena whose regime has the same parameters', async () => {
  const kernel = await loadAnalysis();
  const { raw } = kernel;
  const bars = createColumns(WARMUP + 1);
  createMarket(kernel, 11).next(bars, WARMUP + 1);
  const rows: ClosedBar[] = [];
  const aggregator = createAggregator();
  const scan = new ScanArenas(kernel);
  const whole = new SignalArena(kernel, 256);
  const all = Array.from({ length: WARMUP + 1 }, (_, i) => ({
    tsMs: bars.tsMs[i]!,
    open: bars.open[i]!,
    high: bars.high[i]!,
    low: bars.low[i]!,
    close: bars.close[i]!,
    volume: bars.volume[i]!,
  }));
  const closing = all.map((bar) => {
    closeBefore(aggregator, bar.tsMs);
    const row = pushChild(aggregator, 'always', bar);
    if (row?.makesRow) rows.push(row);
    return row;
  });
  const symbol = scan.open(rows);
  const parameters = raw.regimeParameters(scan.regimeAddress(symbol));
  const regime = whole.address + raw.arenaPart(5);
  raw.regimeInitFixed(regime, parameters);
  all.forEach((bar, i) => {
    whole.push5(bar, 0.01, false);
    scan.push5(symbol, bar, 0.01, false);
    const row = closing[i];
    if (!row) return;
    whole.push30(row, NaN, false, 0);
    scan.push30(symbol, row, false, 0);
  });
  whole.writeMatrices();
  const tactical = kernel.alloc(4 * 60 * 7);
  const strategic = kernel.alloc(4 * 48 * 13);
  expect(scan.tacticalMatrix(symbol, tactical)).toBe(true);
  expect(scan.strategicMatrix(symbol, strategic)).toBe(true);
  expect(kernel.u8(tactical, 4 * 60 * 7)).toEqual(kernel.u8(whole.tacticalMatrix, 4 * 60 * 7));
  expect(kernel.u8(strategic, 4 * 48 * 13)).toEqual(kernel.u8(whole.strategicMatrix, 4 * 48 * 13));
  expect(scan.atr(symbol)).toBe(whole.atr);
  const patterns = whole.patterns(32);
  expect(scan.patterns(symbol, 32)).toEqual({
    count: patterns.count,
    mean: patterns.outcomeMean,
    hitRate: patterns.hitRate,
  });
  const { code, stale } = whole.regime();
  expect(scan.reading(symbol)).toEqual({ regime: code, stale, uncertainty: whole.uncertainty().level });
});

test('rows are the same for one, two and three workers and on this thread', async () => {
  const models = await shippedModels();
  const here = (await MarketScan.open(SOURCE, models)).step();
  expect(here.length).toBe(70 * SCAN_ROW);
  for (const workers of [1, 2, 3]) {
    const pool = new WorkerPool(startThread, workers);
    try {
      const scan = await openPooledScan(pool, SOURCE, models, undefined);
      const { values } = await scan.step();
      expect(new Uint8Array(values.buffer)).toEqual(new Uint8Array(here.buffer));
    } finally {
      pool.close();
    }
  }
  const row = readRow(here, 69);
  expect(row.rowClosed).toBe(true);
  expect(row.verdict.validVotes).toBe(4);
});

test('a symbol of a table has the row of the same bars in a simulated scan', async () => {
  const models = await shippedModels();
  const kernel = await loadAnalysis();
  const simulated = (await MarketScan.open({ ...SOURCE, from: 5, to: 6 }, models)).step();
  const bars = createColumns(WARMUP + 1);
  createMarket(kernel, seedOf(3, 5)).next(bars, WARMUP + 1);
  const listing = { tick: 0.01, session: 'always', noVolume: false } as const;
  const source = { kind: 'tables', tables: [{ listing, bars, rows: WARMUP + 1 }] } as const;
  expect((await MarketScan.open(source, models)).step()).toEqual(simulated);
});

test('nobody votes on a bar that is rejected', async () => {
  const models = await shippedModels();
  const kernel = await loadAnalysis();
  const bars = createColumns(WARMUP + 1);
  createMarket(kernel, 4).next(bars, WARMUP + 1);
  bars.low[WARMUP] = bars.high[WARMUP]! + 1;
  const listing = { tick: 0.01, session: 'always', noVolume: false } as const;
  const scan = await MarketScan.open(
    { kind: 'tables', tables: [{ listing, bars, rows: WARMUP + 1 }] },
    models,
  );
  const row = readRow(scan.step(), 0);
  expect(row.rejected).toBe(true);
  expect(row.verdict).toMatchObject({ execute: false, reason: 'TOO_FEW_VOTES', validVotes: 0 });
});

test('a signal ends a pool in the middle of its work', async () => {
  const controller = new AbortController();
  const pool = new WorkerPool(startThread, 1, controller.signal);
  const opening = openPooledScan(pool, { ...SOURCE, to: 5_000 }, await shippedModels(), undefined, () =>
    controller.abort(),
  );
  await expect(opening).rejects.toMatchObject({ code: 'STOPPED' });
});

test('cuts a source into parts that cover it once', () => {
  const parts = partsOf({ ...SOURCE, to: 10 }, 3);
  expect(parts.map((part) => part.kind === 'simulated' && [part.from, part.to])).toEqual([
    [0, 3],
    [3, 6],
    [6, 10],
  ]);
  expect(partsOf({ ...SOURCE, to: 1 }, 3).length).toBe(1);
});

test('gm scan prints one hash for any number of workers, and a line per symbol where asked', async () => {
  const scan = async (...argv: string[]): Promise<Record<string, unknown>[]> => {
    const printed: string[] = [];
    const { signal } = new AbortController();
    const output = { print: (line: string) => void printed.push(line), note: () => {}, signal };
    expect(await main(['scan', '--json', ...argv], output)).toBe(0);
    return printed.map((line) => JSON.parse(line) as Record<string, unknown>);
  };
  const options = ['--symbols', '9', '--seed', '2'];
  const [one] = await scan(...options);
  const two = await scan(...options, '--workers', '2', '--rows');
  expect(one).toMatchObject({ symbols: 9, simulated: true, rowsClosed: 9, rejected: 0 });
  expect(two.length).toBe(10);
  expect(two[9]?.['resultHash']).toBe(one?.['resultHash']);
  expect(two[0]).toMatchObject({ symbol: 'SIM0', rejected: false });
});

test('gm scan reads files: the last bar of each is the new one', async () => {
  const kernel = await loadAnalysis();
  const bars = createColumns(WARMUP + 1);
  createMarket(kernel, seedOf(2, 0)).next(bars, WARMUP + 1);
  const file = join(mkdtempSync(join(tmpdir(), 'gm-scan-')), 'SIM.csv');
  writeFileSync(file, `${CSV_HEADER}${barsToCsv(bars, WARMUP + 1)}`);
  const printed: string[] = [];
  const { signal } = new AbortController();
  const output = { print: (line: string) => void printed.push(line), note: () => {}, signal };
  expect(await main(['scan', '--json', '--rows', '--data', file], output)).toBe(0);
  const simulated = (
    await MarketScan.open({ ...SOURCE, from: 0, to: 1, seed: 2 }, await shippedModels())
  ).step();
  expect(JSON.parse(printed[0]!)).toEqual({ symbol: 'SIM', ...readRow(simulated, 0) });
});
