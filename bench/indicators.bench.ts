// Nanoseconds of a bar of the nine measured indicators over columns in place, at 1,000, 100,000 and 1,000,000
// bars of random data; at 1,000 bars the branches of the data are learnt, at a million the memory is the
// bound.

import { loadIndicators } from '../src/indicators/memory.ts';
import { tasksOf } from './contenders/tasks.ts';
import { fillRandom } from './lib/random-columns.ts';
import { race } from './lib/race.ts';
import type { BenchRow } from './rounds.ts';

const COUNTS = [1_000, 100_000, 1_000_000];
const ROUNDS = 9;

/** One row for each indicator and count. */
export async function bench(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const n of COUNTS) {
    const indicators = await loadIndicators({ memoryBytes: 1 << 27 });
    const column = (): Float64Array => indicators.column(n);
    const bars = { open: column(), high: column(), low: column(), close: column(), volume: column() };
    for (const task of tasksOf(indicators, bars)) {
      const [lap] = race([task], ROUNDS, () => fillRandom(bars));
      const value = Number(((lap?.ns ?? NaN) / n).toPrecision(3));
      rows.push({ name: `${task.name} of ${n}`, unit: 'ns/bar', value, n, rounds: ROUNDS });
    }
  }
  return rows;
}
