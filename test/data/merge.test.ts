import { expect, it } from 'vitest';
import { mergeBars } from '../../src/data/merge.ts';
import type { Bar } from '../../src/market/bar.ts';

const bar = (symbol: string, slot: number): Bar => ({
  symbol,
  tsMs: slot * 300_000,
  open: 1,
  high: 1,
  low: 1,
  close: 1,
  volume: 0,
});

it('merges symbols by the time their bars are known, then by symbol', () => {
  const merged = mergeBars([[bar('NQ', 0), bar('NQ', 1), bar('NQ', 3)], [bar('ES', 1), bar('ES', 2)], []]);
  expect([...merged].map((b) => `${b.symbol}${b.tsMs / 300_000}`)).toEqual([
    'NQ0',
    'ES1',
    'NQ1',
    'ES2',
    'NQ3',
  ]);
});

it('keeps bars with a missing or backward stamp behind their predecessor', () => {
  const merged = mergeBars([
    [bar('A', 2), bar('A', Number.NaN), bar('A', 0), bar('A', 4)],
    [bar('B', 1), bar('B', 3)],
  ]);
  expect([...merged].map((b) => `${b.symbol}${b.tsMs / 300_000}`)).toEqual([
    'B1',
    'A2',
    'ANaN',
    'A0',
    'B3',
    'A4',
  ]);
});
