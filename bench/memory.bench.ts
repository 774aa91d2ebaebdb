// Does a long run grow? Resident memory after 1,000,000 simulated bars minus that after 100,000, one process
// that has done nothing before, after forced collections. V8's nursery is empty then and yet resident; it
// doubles once between the two, to 32 MiB, when enough has passed through it, whatever the length of the run.
// So the figure is taken with the nursery held at 2 x 8 MiB, as `npm run gm` holds it, and beside it as V8
// has it. Single processes of one build scatter by several MiB: the middle one of five counts, the range is
// printed.

import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { fileURLToPath } from 'node:url';
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
const MARKET_SEED = 7;
const MIB = 1 << 20;

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const SELF = ['scripts/bench.mjs', '--one', 'bench/memory.bench.ts'];
/** What `npm run gm` starts Node with. */
const NURSERY = '--max-semi-space-size=8';
const PROCESSES = 5;
const MEASURING = 'GM_MEMORY_BENCH';

/** MiB of resident memory that 900,000 more bars cost, each way in a process of its own. */
export async function bench(): Promise<BenchRow[]> {
  if (process.env[MEASURING] !== undefined) return measure();
  const runs = Array.from({ length: PROCESSES }, () => inProcess(NURSERY));
  runs.sort(([a], [b]) => a!.value - b!.value);
  const [growth, total] = runs[PROCESSES >> 1]!;
  const [least, most] = [runs[0]!, runs.at(-1)!].map(([row]) => row!.value);
  const [free] = inProcess();
  return [
    { ...growth!, note: `${growth!.note}; middle of ${PROCESSES} processes, ${least} to ${most}` },
    total!,
    { ...free!, name: 'RSS growth, nursery left to V8' },
  ];
}

function inProcess(...flags: string[]): BenchRow[] {
  const { status, stdout } = spawnSync(process.execPath, [...flags, ...SELF], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, [MEASURING]: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`the measuring process ended with ${status}`);
  return JSON.parse(stdout) as BenchRow[];
}

async function measure(): Promise<BenchRow[]> {
  const samples = await residentAt([FIRST, LAST]);
  const [first = Number.NaN, last = Number.NaN] = samples;
  const row = (name: string, value: number, n: number, note: string): BenchRow => ({
    name,
    unit: 'MiB',
    value: Number(value.toFixed(2)),
    n,
    note,
  });
  const flags = process.execArgv.join(' ') || 'no flags';
  return [
    row('RSS growth', last - first, LAST - FIRST, `RSS after 1,000,000 bars minus after 100,000; ${flags}`),
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
