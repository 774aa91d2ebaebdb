// The exact pattern index beside a plain scan, on market-like rows.

import { PatternIndex } from '../../../src/signals/pattern-index.ts';
import { loadAnalysis } from '../../../src/wasm/analysis.ts';
import { patternRows, scanNearest } from '../../../test/fixtures/pattern-rows.ts';
import { race } from '../../lib/race.ts';
import { median } from '../../rounds.ts';
import type { Bench } from '../protocol.ts';

const COLUMNS = 13;
const NEIGHBOURS = 10;
const QUERIES = 64;

/** Inserts of the larger set, queries of both. */
export async function benchPatterns({ sizes, add }: Bench): Promise<void> {
  const next = patternRows(await loadAnalysis(), 1, 'market');
  const many = next(sizes.patternsMany);
  const queries = next(QUERIES);
  const times: number[] = [];
  for (let round = 0; round <= Math.min(3, sizes.rounds); round++) {
    const index = new PatternIndex(await loadAnalysis(), sizes.patternsMany);
    const started = performance.now();
    for (let i = 0; i < sizes.patternsMany; i++) index.add(rowAt(many, i));
    if (round > 0) times.push(((performance.now() - started) * 1e6) / sizes.patternsMany);
  }
  const n = sizes.patternsMany;
  add({ topic: 'patterns', id: 'insert', n, ns: median(times), peers: [], checked: null });
  for (const [id, count] of [['nearest-few', sizes.patternsFew] as const, ['nearest-many', n] as const]) {
    const rows = many.subarray(0, COLUMNS * count);
    const index = new PatternIndex(await loadAnalysis(), count);
    index.add(rows);
    index.build();
    let [mine, theirs] = [0, 0];
    const plain = {
      name: 'plain JavaScript scan',
      run: () => plainNearest(rows, rowAt(queries, theirs++ % QUERIES)),
    };
    const ours = {
      name: 'ours',
      run: () => void index.nearest(rowAt(queries, mine++ % QUERIES), NEIGHBOURS),
    };
    const [lap, other] = race([ours, plain], sizes.rounds);
    add({
      topic: 'patterns',
      id,
      n: count,
      ns: lap?.ns ?? NaN,
      peers: [{ name: plain.name, ns: other?.ns ?? NaN, ratio: other?.ratio ?? NaN }],
      checked: sameNearest(index, rows, rowAt(queries, 0)),
    });
  }
}

function rowAt(rows: Float32Array, i: number): Float32Array {
  return rows.subarray(COLUMNS * i, COLUMNS * (i + 1));
}

/** Ten nearest as one writes it by hand: squared distances, a short sorted list. */
function plainNearest(rows: Float32Array, query: Float32Array): void {
  const best = new Float64Array(NEIGHBOURS).fill(Infinity);
  const places = new Int32Array(NEIGHBOURS);
  for (let i = 0, at = 0; at < rows.length; i++, at += COLUMNS) {
    let sum = 0;
    for (let d = 0; d < COLUMNS; d++) {
      const t = rows[at + d]! - query[d]!;
      sum += t * t;
    }
    if (sum >= best[NEIGHBOURS - 1]!) continue;
    let place = NEIGHBOURS - 1;
    for (; place > 0 && best[place - 1]! > sum; place--) {
      best[place] = best[place - 1]!;
      places[place] = places[place - 1]!;
    }
    best[place] = sum;
    places[place] = i;
  }
}

function sameNearest(index: PatternIndex, rows: Float32Array, query: Float32Array): boolean {
  const expected = scanNearest(rows, query, NEIGHBOURS);
  const { sequences } = index.nearest(query, NEIGHBOURS);
  return expected.every(({ i }, place) => sequences[place] === i);
}
