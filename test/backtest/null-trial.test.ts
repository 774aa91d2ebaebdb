// The whole pipeline on sign-flipped NQ says "no evidence of skill"; 100 seeds of it are in `npm run prove --
// C`.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { nullTrial } from '../../src/backtest/null-trial.ts';
import { fixedModels } from '../../src/backtest/pipeline.ts';
import { readCsv } from '../../src/data/csv.ts';
import { listingOf } from '../../src/data/listing.ts';
import { shippedModels } from '../../src/runtime/shipped-models.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import { sharedData } from '../fixtures/shared-data.ts';

const path = sharedData('NQ_5m.csv.gz');

it.skipIf(path === null)('finds no skill in five sign-flipped copies of NQ', async () => {
  const kernel = await loadKernel();
  const bars = await readCsv(new Uint8Array(readFileSync(path!)));
  const listing = listingOf('NQ', bars);
  const pipeline = fixedModels(await shippedModels(), listing);
  const found = await nullTrial({ kernel, pipeline, listing, bars }, 5);
  console.log(`sign-flipped NQ: Sharpe ratios ${found.sharpes.map((x) => x.toFixed(2)).join(' ')}`);
  expect(found.seeds).toBe(5);
  expect(found.evidence).toBe(0);
  expect(new Set(found.sharpes).size).toBe(5);
});
