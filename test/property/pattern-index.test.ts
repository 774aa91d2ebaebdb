// Property: for random sizes, kinds, builds and k the index equals a plain scan.

import { expect, it } from 'vitest';
import { PatternIndex } from '../../src/signals/pattern-index.ts';
import { loadAnalysis } from '../../src/wasm/analysis.ts';
import { patternRows, scanNearest } from '../fixtures/pattern-rows.ts';

const CASES = 25;

it('equals a scan of all rows', async () => {
  const kernel = await loadAnalysis();
  for (let seed = 1; seed <= CASES; seed++) {
    const rng = kernel.alloc(16);
    kernel.raw.rngInit(rng, seed);
    const pick = (n: number): number => Math.floor(kernel.raw.rngUniform(rng) * n);
    const next = patternRows(kernel, seed, pick(4) === 0 ? 'isotropic' : 'market');
    const count = 64 + pick(1_500);
    const built = pick(count);
    const rows = next(count);
    const index = new PatternIndex(kernel, count);
    index.add(rows.subarray(0, 13 * built));
    index.build();
    index.add(rows.subarray(13 * built));
    for (let i = 0; i < 4; i++) {
      const k = 1 + pick(40);
      const row = pick(2) === 0 ? next(1) : rows.slice(0, 13);
      const { sequences } = index.nearest(row, k);
      expect([...sequences], `seed ${seed}`).toEqual(scanNearest(rows, row, k).map((found) => found.i));
    }
  }
});
