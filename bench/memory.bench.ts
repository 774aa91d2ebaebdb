// Does a long run grow? Resident memory after 1,000,000 simulated bars minus that after 100,000, one process,
// after forced collections, in a process of its own (scripts/bench.mjs starts one for each topic). A first
// run of 200,000 bars, thrown away, lets V8 compile its code and take its nursery: those 20 MiB come once,
// whatever the length. An engine that keeps something for every bar still shows: 900,000 bars cannot hide in
// what 200,000 left.

import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { runEngine } from '../src/backtest/runner.ts';
import { Tally } from '../src/backtest/tally.ts';
import { shippedModels } from '../src/runtime/shipped-models.ts';
import { simulatedEvents } from '../src/data/events.ts';
import { listingOf } from '../src/data/listing.ts';
import { createMarket } from '../src/data/market-generator.ts';
import { SIMULATED_SYMBOL } from '../src/data/market-options.ts';
import { engineSchema } from '../src/engine/header.ts';
import { openEngine } from '../src/engine/open.ts';
import { FileJournalStore } from '../src/journal/file-store.ts';
import { JournalWriter } from '../src/journal/writer.ts';
import { loadKernel } from '../src/wasm/kernel.ts';
import { journalPath } from './market-run.ts';
import type { BenchRow } from './rounds.ts';

const FIRST = 100_000;
const LAST = 1_000_000;
const WARM_UP = 200_000;
const MARKET_SEED = 7;
const MIB = 1 << 20;

/** MiB of resident memory that 900,000 more bars cost. */
export async function bench(): Promise<BenchRow[]> {
  await residentAt([WARM_UP]);
  const samples = await residentAt([FIRST, LAST]);
  const [first = Number.NaN, last = Number.NaN] = samples;
  const row = (name: string, value: number, n: number, note: string): BenchRow => ({
    name,
    unit: 'MiB',
    value: Number(value.toFixed(2)),
    n,
    note,
  });
  return [
    row('RSS growth', last - first, LAST - FIRST, 'RSS after 1,000,000 bars minus after 100,000, forced gc'),
    row('RSS', last, LAST, 'after 1,000,000 bars: engine, journal to a file, tally, generator'),
  ];
}

/** Resident MiB after each number of bars, ascending multiples of the checkpoint's 10,000. */
async function residentAt(counts: readonly number[]): Promise<number[]> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const samples: number[] = [];
  const market = createMarket(await loadKernel(), MARKET_SEED);
  const listing = listingOf(SIMULATED_SYMBOL, {
    close: Float64Array.of(market.options.startPrice),
    noVolume: false,
  });
  const engine = await openEngine({
    models: await shippedModels(),
    listings: [listing],
    config: { simulated: true },
  });
  const path = journalPath('memory');
  const store = await FileJournalStore.open(path, 'create');
  const journal = JournalWriter.begin(engine.core.kernel, store, engineSchema, engine.header);
  const tally = new Tally(engine);
  await runEngine(engine, simulatedEvents(market, counts[counts.length - 1]!), {
    journal,
    observe: (event, effects) => tally.observe(event, effects),
    progress: (events) => {
      if (!counts.includes(events)) return;
      for (let i = 0; i < 4; i++) collect();
      samples.push(process.memoryUsage.rss() / MIB);
    },
  });
  await store.close();
  rmSync(dirname(path), { recursive: true, force: true });
  return samples;
}
