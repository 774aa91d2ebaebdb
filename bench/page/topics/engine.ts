// The whole engine on a simulated market with its journal in memory: its speed, and how long the bars took
// that ended in a decision.

import { barEvents } from '../../../src/data/events.ts';
import { listingOf } from '../../../src/data/listing.ts';
import { simulatedBars } from '../../../src/data/market-generator.ts';
import { SIMULATED_SYMBOL } from '../../../src/data/market-options.ts';
import type { BarTable } from '../../../src/data/bar-table.ts';
import { engineSchema } from '../../../src/engine/header.ts';
import { openEngine } from '../../../src/engine/open.ts';
import type { ModelFiles } from '../../../src/engine/open.ts';
import { MemoryJournalStore } from '../../../src/journal/store.ts';
import { JournalWriter } from '../../../src/journal/writer.ts';
import { fetchModels } from '../../../src/runtime/page-models.ts';
import { loadKernel } from '../../../src/wasm/kernel.ts';
import { toHex } from '../../../src/core/bytes.ts';
import { quantile } from '../../lib/rounds.ts';
import { median } from '../../rounds.ts';
import type { Bench } from '../protocol.ts';

const SEED = 7;
const ROUNDS = 3;

interface Run {
  readonly ns: number;
  readonly decisions: readonly number[];
  readonly stateHash: string;
}

/** Speed and latencies; the first run warms up, and every run must end in the same state. */
export async function benchEngine({ sizes, add }: Bench): Promise<void> {
  const models = await fetchModels();
  const n = sizes.engineBars;
  const table = simulatedBars(await loadKernel(), SEED, n);
  const runs: Run[] = [];
  for (let round = 0; round <= ROUNDS; round++) runs.push(await runOnce(models, table));
  const [first, ...warm] = runs;
  const checked = warm.every(({ stateHash }) => stateHash === first?.stateHash);
  const latencies = Float64Array.from(warm.flatMap(({ decisions }) => decisions));
  const row = (id: string, count: number, ns: number): void =>
    add({ topic: 'engine', id, n: count, ns, peers: [], checked });
  row('bars', n, median(warm.map(({ ns }) => ns / n)));
  row('decision-p50', latencies.length, quantile(latencies, 0.5));
  row('decision-p99', latencies.length, quantile(latencies, 0.99));
}

async function runOnce(models: ModelFiles, table: BarTable): Promise<Run> {
  const listings = [listingOf(SIMULATED_SYMBOL, table)];
  const engine = await openEngine({ models, listings, config: { simulated: true } });
  const { kernel } = engine.core;
  const journal = JournalWriter.begin(kernel, new MemoryJournalStore(), engineSchema, engine.header);
  const decisions: number[] = [];
  let spent = 0;
  const started = performance.now();
  let before = started;
  for (const event of barEvents(table)) {
    const effects = engine.step(event);
    journal.append(event, effects);
    const now = performance.now();
    if (effects.some(({ kind }) => kind === 'decision')) decisions.push((now - before) * 1e6);
    before = now;
    spent = now - started;
  }
  await journal.commit();
  return { ns: spent * 1e6, decisions, stateHash: toHex(engine.stateHash()) };
}
