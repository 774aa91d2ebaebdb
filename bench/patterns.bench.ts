// The exact pattern index: one query of ten neighbours over market-like rows and over rows without structure,
// one insert, and a build.

import { PatternIndex } from '../src/signals/pattern-index.ts';
import { loadAnalysis } from '../src/wasm/analysis.ts';
import { patternRows } from '../test/fixtures/pattern-rows.ts';
import { microseconds, rowOf } from './rounds.ts';
import type { BenchRow } from './rounds.ts';

const QUERIES = 256;
const K = 10;
const ROUNDS = 4;

/** Microseconds per call. */
export async function bench(): Promise<BenchRow[]> {
  return [...(await rowsOf('market', 100_000)), ...(await rowsOf('isotropic', 10_000))];
}

async function rowsOf(kind: 'market' | 'isotropic', n: number): Promise<BenchRow[]> {
  const next = patternRows(await loadAnalysis(), 1, kind);
  const rows = next(n);
  const queries = next(QUERIES);
  const inserts: number[] = [];
  const builds: number[] = [];
  let index = new PatternIndex(await loadAnalysis(), n);
  for (let round = 0; round < ROUNDS; round++) {
    index = new PatternIndex(await loadAnalysis(), n);
    const started = performance.now();
    for (let i = 0; i < n; i++) index.add(rows.subarray(13 * i, 13 * i + 13));
    inserts.push(((performance.now() - started) * 1000) / n);
    const begun = performance.now();
    index.build();
    builds.push(performance.now() - begun);
  }
  const query = microseconds(`nearest ${K}, ${kind}`, QUERIES, () => {
    for (let i = 0; i < QUERIES; i++) index.nearest(queries.subarray(13 * i, 13 * i + 13), K);
  });
  const size = `${n} rows`;
  return [
    { ...query, n, note: `${index.covered > 0 ? 'tree' : 'flat'} over ${size}` },
    rowOf(`insert, ${kind}`, 'us', n, inserts),
    rowOf(`build, ${kind}`, 'ms', n, builds),
  ];
}
