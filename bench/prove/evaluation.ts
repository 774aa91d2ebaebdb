// Steps of issue C about honest evaluation: no skill where there is none, skill where it is planted.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nullTrial } from '../../src/backtest/null-trial.ts';
import { readCsv } from '../../src/data/csv.ts';
import { listingOf } from '../../src/data/listing.ts';
import { shippedModels } from '../../src/runtime/shipped-models.ts';
import { plantedVerdict } from '../../src/training/planted-verdict.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import { resultOf, skipped, within } from './figure.ts';
import type { Step } from './figure.ts';

const COUNT = 100;
const NQ = join(process.cwd(), '../shared/data/NQ_5m.csv.gz');

/** Verdicts on null worlds and on planted skill, 100 seeds each. */
export const evaluationSteps: readonly Step[] = [
  {
    name: 'no evidence on sign-flipped NQ',
    async run() {
      if (!existsSync(NQ)) return skipped(`${NQ} is not here`);
      const kernel = await loadKernel();
      const bars = await readCsv(new Uint8Array(await readFile(NQ)));
      const listing = listingOf('NQ', bars);
      const found = await nullTrial({ kernel, models: await shippedModels(), listing, bars }, COUNT);
      return resultOf([
        within(`"no evidence of skill", of ${COUNT} seeds`, found.seeds - found.evidence, 95, COUNT),
        within('seeds with a deflated Sharpe ratio above .95', found.deflated, 0, 10),
      ]);
    },
  },
  {
    name: 'evidence on planted full',
    async run() {
      let found = 0;
      for (let seed = 1; seed <= COUNT; seed++) {
        const options = { market: 'full', seed, updates: 6, worlds: 50, worldUpdates: 2 } as const;
        if ((await plantedVerdict(options)).evidence) found++;
      }
      return resultOf([
        within(`"evidence", of ${COUNT} seeds with 51,200 fresh bars each`, found, 80, COUNT),
      ]);
    },
  },
];
