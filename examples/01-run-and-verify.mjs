// Runs 5,000 simulated bars with a journal, then replays the journal in a fresh engine. Run: node
// examples/01-run-and-verify.mjs
import {
  chunksOf,
  engineSchema,
  JournalWriter,
  listingOf,
  loadKernel,
  MemoryJournalStore,
  openEngine,
  openEngineFor,
  runEngine,
  simulatedBars,
  barEvents,
  verifyJournal,
} from 'grandmodel-edge';
import { shippedModels } from 'grandmodel-edge/node';

const kernel = await loadKernel();
const models = await shippedModels();
const bars = simulatedBars(kernel, 7, 5_000);
const engine = await openEngine({ models, listings: [listingOf('SIM', bars)], config: { simulated: true } });
const store = new MemoryJournalStore();
const journal = JournalWriter.begin(engine.core.kernel, store, engineSchema, engine.header);
await runEngine(engine, barEvents(bars), { journal });

const result = await verifyJournal(chunksOf(store.bytes()), {
  hasher: kernel,
  kernelHash: kernel.hash,
  engineFor: (header) => openEngineFor(header, models),
});
console.log(`simulated market: ${result.message}, state ${result.stateHash}`);
process.exitCode = result.ok ? 0 : 1;
