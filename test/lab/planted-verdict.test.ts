// Where skill is planted the gates say "evidence", where the same returns lose their signs they do not. The
// full count, 100 of each, is in `npm run prove -- C`.

import { expect, it } from 'vitest';
import { plantedVerdict } from '../../src/lab/planted-verdict.ts';

const SEEDS = [1, 2, 3, 4, 5];

it('finds evidence of what an agent learnt in the market "full"', async () => {
  let found = 0;
  for (const seed of SEEDS) {
    const options = {
      market: 'full',
      seed,
      updates: 8,
      worlds: 10,
      resamples: 100,
    } as const;
    const verdict = await plantedVerdict(options);
    if (verdict.evidence) found++;
    else console.log(`seed ${seed}: ${verdict.failed} ${JSON.stringify(verdict.gates.at(-1))}`);
  }
  console.log(`evidence in ${found} of ${SEEDS.length} planted markets`);
  expect(found).toBeGreaterThanOrEqual(4);
});

it('finds none where the signs of the returns are coins', async () => {
  let found = 0;
  for (const seed of SEEDS) {
    const options = {
      market: 'full',
      seed,
      updates: 8,
      worlds: 10,
      resamples: 100,
      flipped: true,
    } as const;
    if ((await plantedVerdict(options)).evidence) found++;
  }
  expect(found).toBe(0);
});
