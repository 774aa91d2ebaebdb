import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { barAt } from '../../src/data/bar-table.ts';
import { readCsv } from '../../src/data/csv.ts';
import { closeBefore, createAggregator, pushChild } from '../../src/market/aggregate.ts';
import type { ClosedBar } from '../../src/market/aggregate.ts';
import { resolveInstrument } from '../../src/market/built-in.ts';
import { sharedData } from '../fixtures/shared-data.ts';

async function thirty(path: string, symbol: string): Promise<ClosedBar[]> {
  const table = await readCsv(new Uint8Array(readFileSync(path)));
  const { session } = resolveInstrument(symbol, table.close);
  const state = createAggregator();
  const closed: ClosedBar[] = [];
  for (let i = 0; i < table.rows; i++) {
    const bar = barAt(table, i, symbol);
    for (const one of [closeBefore(state, bar.tsMs), pushChild(state, session, bar)])
      if (one) closed.push(one);
  }
  return closed;
}

const day = (bar: ClosedBar): string => new Date(bar.tsMs).toISOString().slice(0, 10);

/** Numbers counted independently with pandas: 30m bars, partial ones. */
const FILES = [
  ['NQ_5m', 'NQ', 8554, 1, 0],
  ['ES_5m', 'ES', 8293, 2, 0],
  ['EURUSD_5m', 'EURUSD', 5792, 6, 5],
  ['GC_5m_novol', 'GC', 2481, 0, 0],
  ['BTCUSDT_5m', 'BTCUSDT', 2990, 1, 1],
] as const;

describe('30m bars of real files', () => {
  for (const [name, symbol, bars, partial, notRows] of FILES) {
    const path = sharedData(`${name}.csv.gz`);
    it.skipIf(path === null)(`makes ${bars} of ${name}, ${partial} of them partial`, async () => {
      const closed = await thirty(path as string, symbol);
      expect([closed.length, closed.filter((bar) => bar.partial).length]).toEqual([bars, partial]);
      expect(closed.filter((bar) => !bar.makesRow)).toHaveLength(notRows);
    });
  }

  const es = sharedData('ES_5m.csv.gz');
  it.skipIf(es === null)(
    'finds the nine export holes of ES as gaps of 32 slots, and weekends as none',
    async () => {
      const gaps = (await thirty(es as string, 'ES')).filter((bar) => bar.gapSlots > 2);
      const days = gaps.filter((bar) => bar.gapSlots === 32).map(day);
      expect(days).toEqual([
        '2024-12-18',
        '2025-01-15',
        '2025-02-12',
        '2025-03-12',
        '2025-04-30',
        '2025-05-28',
        '2025-06-25',
        '2025-07-23',
        '2025-08-20',
      ]);
      // What is left are holidays and early closes, which no weekly schedule knows.
      expect(gaps.length - days.length).toBeLessThan(16);
    },
  );
});
