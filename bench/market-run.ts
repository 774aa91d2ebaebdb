// One whole run as the command line makes it: markets through the engine into a journal file, timed from the
// first bar to the durable closing record.

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runEngine } from '../src/backtest/runner.ts';
import { Tally } from '../src/backtest/tally.ts';
import type { TallyReport } from '../src/backtest/tally.ts';
import { toHex } from '../src/core/bytes.ts';
import type { BarTable } from '../src/data/bar-table.ts';
import { readCsv } from '../src/data/csv.ts';
import { barEvents, portfolioEvents } from '../src/data/events.ts';
import { listingOf } from '../src/data/listing.ts';
import { simulatedBars } from '../src/data/market-generator.ts';
import { SIMULATED_SYMBOL } from '../src/data/market-options.ts';
import type { EngineConfig } from '../src/engine/config.ts';
import type { Effect } from '../src/engine/effects.ts';
import type { Engine } from '../src/engine/engine.ts';
import type { EngineEvent } from '../src/engine/events.ts';
import { engineSchema } from '../src/engine/header.ts';
import type { Listing } from '../src/engine/header.ts';
import { openEngine } from '../src/engine/open.ts';
import type { ModelFiles } from '../src/engine/open.ts';
import { FileJournalStore } from '../src/journal/file-store.ts';
import { JournalWriter } from '../src/journal/writer.ts';
import { loadKernel } from '../src/wasm/kernel.ts';

const DATA = new URL('../../shared/data/', import.meta.url);

/** One symbol with its bars. */
export interface Market {
  readonly symbol: string;
  readonly table: BarTable;
  readonly listing: Listing;
}

/** How a run ended. */
export interface MarketRun {
  readonly report: TallyReport;
  readonly stateHash: string;
  /** Null without a journal. */
  readonly journalHash: string | null;
  /** Wall time from the first bar to the durable closing record, milliseconds. */
  readonly wallMs: number;
  readonly barsPerSecond: number;
  /**
   * Bars by processor time of the whole process, V8's helper threads included: what a busy machine cannot
   * hide.
   */
  readonly barsPerCpuSecond: number;
}

/** What a run may differ in. */
export interface MarketRunOptions {
  readonly config?: Partial<EngineConfig>;
  /** Journal file; null runs without a journal. */
  readonly journal?: string | null;
  readonly observe?: (event: EngineEvent, effects: readonly Effect[], engine: Engine) => void;
}

/** A file of ../shared/data as a market, or null when that licensed data is not on this machine. */
export async function sharedMarket(name: string, symbol: string): Promise<Market | null> {
  const url = new URL(`${name}.csv.gz`, DATA);
  if (!existsSync(url)) return null;
  const table = await readCsv(readFileSync(url));
  return { symbol, table, listing: listingOf(symbol, table) };
}

/** A simulated market of `bars` bars. */
export async function simulatedMarket(bars: number, seed: number): Promise<Market> {
  const table = simulatedBars(await loadKernel(), seed, bars);
  return { symbol: SIMULATED_SYMBOL, table, listing: listingOf(SIMULATED_SYMBOL, table) };
}

/** Runs markets as one portfolio. */
export async function runMarkets(
  markets: readonly Market[],
  models: ModelFiles,
  options: MarketRunOptions = {},
): Promise<MarketRun> {
  const engine = await openEngine({
    models,
    listings: markets.map(({ listing }) => listing),
    config: { simulated: markets.some(({ symbol }) => symbol === SIMULATED_SYMBOL), ...options.config },
  });
  const path = options.journal ?? null;
  const store = path === null ? null : await FileJournalStore.open(path, 'create');
  const { kernel } = engine.core;
  const journal = store && JournalWriter.begin(kernel, store, engineSchema, engine.header);
  const tally = new Tally(engine);
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  const end = await runEngine(
    engine,
    markets.length === 1
      ? barEvents(markets[0]!.table)
      : portfolioEvents(
          markets.map(({ table }) => table),
          markets.map(({ symbol }) => symbol),
        ),
    {
      ...(journal && { journal }),
      observe: (event, effects) => {
        tally.observe(event, effects);
        options.observe?.(event, effects, engine);
      },
    },
  );
  const wallMs = performance.now() - started;
  const cpu = process.cpuUsage(cpuBefore);
  await store?.close();
  return {
    report: tally.report(),
    stateHash: toHex(end.stateHash),
    journalHash: end.journalHash && toHex(end.journalHash),
    wallMs,
    barsPerSecond: (end.events / wallMs) * 1000,
    barsPerCpuSecond: (end.events / (cpu.user + cpu.system)) * 1_000_000,
  };
}

/** A path for a journal that nobody keeps. */
export function journalPath(name: string): string {
  const folder = join(tmpdir(), `gm-bench-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  return join(folder, `${name}.gmj`);
}
