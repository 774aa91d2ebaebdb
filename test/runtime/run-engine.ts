// The one program that every host of the matrix runs: the whole engine on the simulated market. Equal hashes
// mean equal bits.

import { runEngine as runToEnd } from '../../src/backtest/runner.ts';
import { toHex } from '../../src/core/bytes.ts';
import { simulatedEvents } from '../../src/data/events.ts';
import { createMarket } from '../../src/data/market-generator.ts';
import { SIMULATED_SYMBOL } from '../../src/data/market-options.ts';
import { MODELLED } from '../../src/agents/policies.ts';
import { engineSchema } from '../../src/engine/header.ts';
import { openEngine } from '../../src/engine/open.ts';
import type { ModelFile } from '../../src/engine/open.ts';
import { MemoryJournalStore } from '../../src/journal/store.ts';
import { JournalWriter } from '../../src/journal/writer.ts';
import { resolveInstrument } from '../../src/market/built-in.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';

/** What a host reports. `ms` is the host's own clock, which stands still inside a workerd request. */
export interface HostReport {
  readonly evaluator: string;
  readonly bars: number;
  readonly decisions: number;
  readonly orders: number;
  readonly stateHash: string;
  /** Hash of the journal's last record: every event, every effect and every state hash on the way. */
  readonly journalHash: string;
  readonly ms: number;
}

const BARS = 20_000;
const SEED = 1;

/**
 * Runs 20,000 simulated bars through the engine with its journal, attestation `none`.
 *
 * @param models  files of models/ by name, given as bytes because not every host has files
 * @param module  a compiled kernel; by default the host's own loader provides it
 */
export async function runEngine(
  models: Readonly<Record<string, Uint8Array>>,
  module?: WebAssembly.Module,
): Promise<HostReport> {
  const started = performance.now();
  const files: Record<string, ModelFile> = {};
  for (const { id, file, card } of MODELLED) {
    files[id] = { onnx: models[file]!, card: new TextDecoder().decode(models[card]) };
  }
  const market = createMarket(await loadKernel(module), SEED);
  const instrument = resolveInstrument(SIMULATED_SYMBOL, [market.options.startPrice]);
  const listings = [{ instrument, volume: 'quantity' }] as const;
  const setup = { models: files, listings, config: { simulated: true } };
  const engine = await openEngine(module ? { ...setup, kernelModule: module } : setup);
  const journal = JournalWriter.begin(
    engine.core.kernel,
    new MemoryJournalStore(),
    engineSchema,
    engine.header,
  );
  let decisions = 0;
  let orders = 0;
  const end = await runToEnd(engine, simulatedEvents(market, BARS), {
    journal,
    observe(_event, effects) {
      for (const { kind } of effects) {
        if (kind === 'decision') decisions++;
        if (kind === 'order') orders++;
      }
    },
  });
  return {
    evaluator: 'reference',
    bars: end.events,
    decisions,
    orders,
    stateHash: toHex(end.stateHash),
    journalHash: toHex(end.journalHash ?? new Uint8Array()),
    ms: performance.now() - started,
  };
}
