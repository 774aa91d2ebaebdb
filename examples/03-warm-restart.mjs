// Stops an engine in the middle, restores its snapshot in another kernel, goes on to the same hash.
// Run: node examples/03-warm-restart.mjs
import {
  barEvents,
  listingOf,
  loadKernel,
  openEngine,
  restoreSnapshot,
  runEngine,
  simulatedBars,
  snapshotOf,
  toHex,
} from 'grandmodel-edge';
import { shippedModels } from 'grandmodel-edge/node';

const models = await shippedModels();
const bars = simulatedBars(await loadKernel(), 11, 4_000);
const setup = { models, listings: [listingOf('SIM', bars)] };
const events = [...barEvents(bars)];

const unbroken = await openEngine(setup);
await runEngine(unbroken, events);

const first = await openEngine(setup);
await runEngine(first, events.slice(0, 2_500));
const second = await openEngine(setup);
restoreSnapshot(second.core, snapshotOf(first.core, 2_500));
await runEngine(second, events.slice(2_500));

const same = toHex(unbroken.stateHash()) === toHex(second.stateHash());
console.log(same ? `same state ${toHex(second.stateHash())}` : 'the restart changed the run');
process.exitCode = same ? 0 : 1;
