// Reads a market file and prints each decision with the reason. Run: node examples/02-your-own-bars.mjs
// bars.csv SYMBOL
import { readFile } from 'node:fs/promises';
import {
  barEvents,
  listingOf,
  openEngine,
  readCsv,
  runEngine,
  simulatedBars,
  loadKernel,
} from 'grandmodel-edge';
import { shippedModels } from 'grandmodel-edge/node';

const [path, symbol = 'SIM'] = process.argv.slice(2);
const table = path ? await readCsv(await readFile(path)) : simulatedBars(await loadKernel(), 3, 4_000);
const engine = await openEngine({ models: await shippedModels(), listings: [listingOf(symbol, table)] });
const directions = ['SHORT', 'HOLD', 'LONG'];
await runEngine(engine, barEvents(table), {
  observe(_event, effects) {
    for (const effect of effects) {
      if (effect.kind !== 'decision') continue;
      const { verdict, outcome, refusal, knownAtMs } = effect;
      const time = new Date(knownAtMs).toISOString();
      console.log(`${time} ${directions[verdict.direction]} ${outcome} (${refusal ?? verdict.reason})`);
    }
  },
});
