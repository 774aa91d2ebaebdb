import { describe, expect, it } from 'vitest';
import { BAR_30M_MS, BAR_5M_MS } from '../../src/core/units.ts';
import { closeBefore, createAggregator, gapBefore, makesRow, pushChild } from '../../src/market/aggregate.ts';
import type { ClosedBar } from '../../src/market/aggregate.ts';
import type { Bar } from '../../src/market/bar.ts';
import type { Session } from '../../src/market/session.ts';

const T0 = 1_735_689_600_000;

function barAt(slot: number, price = 100 + (slot % 7)): Bar {
  const tsMs = T0 + slot * BAR_5M_MS;
  return {
    symbol: 'X',
    tsMs,
    open: price,
    high: price + 2,
    low: price - 2,
    close: price + 1,
    volume: 1 + (slot % 3),
  };
}

function run(bars: readonly Bar[], session: Session = 'always'): ClosedBar[] {
  const state = createAggregator();
  const closed: ClosedBar[] = [];
  for (const bar of bars) {
    const late = closeBefore(state, bar.tsMs);
    if (late) closed.push(late);
    const full = pushChild(state, session, bar);
    if (full) closed.push(full);
  }
  return closed;
}

describe('aggregation to 30m', () => {
  it('closes a whole bar with its last child and knows it then', () => {
    const [bar] = run([0, 1, 2, 3, 4, 5].map((slot) => barAt(slot)));
    expect(bar).toEqual({
      tsMs: T0,
      open: 100,
      high: 107,
      low: 98,
      close: 106,
      volume: 12,
      children: 6,
      partial: false,
      makesRow: true,
      gapSlots: 0,
      knownAtMs: T0 + BAR_30M_MS,
    });
  });

  it('closes a bar without its last child at the first later event, known only then', () => {
    const bars = [0, 1, 2, 3, 4].map((slot) => barAt(slot));
    expect(run(bars)).toHaveLength(0);
    const [bar] = run([...bars, barAt(8)]);
    expect(bar).toMatchObject({ children: 5, partial: true, makesRow: false, knownAtMs: T0 + 9 * BAR_5M_MS });
  });

  it('makes a row of a partial bar only where the market fell silent for a whole slot after it', () => {
    const earlyClose = Date.parse('2024-12-24T18:00:00Z');
    expect(makesRow(earlyClose, 6, null)).toBe(true);
    expect(makesRow(earlyClose, 3, Date.parse('2024-12-25T23:00:00Z'))).toBe(true);
    expect(makesRow(earlyClose, 3, earlyClose + BAR_30M_MS)).toBe(false);
    expect(makesRow(earlyClose, 5, null)).toBe(false);
  });

  it('reports a two-day hole as soon as its first bar arrives and fills nothing', () => {
    const before = [0, 1, 2, 3, 4, 5].map((slot) => barAt(slot));
    const after = [0, 1, 2, 3, 4, 5].map((slot) => barAt(slot + 6 + 576));
    const closed = run([...before, ...after]);
    expect(closed.map((bar) => bar.gapSlots)).toEqual([0, 96]);
    const state = createAggregator();
    for (const bar of before) pushChild(state, 'always', bar);
    expect(gapBefore(state, 'always', (after[0] as Bar).tsMs)).toBe(96);
  });

  it('refuses a child of a later slot while an older one is open, and changes nothing', () => {
    const state = createAggregator();
    pushChild(state, 'always', barAt(0));
    const before = structuredClone(state);
    expect(() => pushChild(state, 'always', barAt(6))).toThrow('Cannot aggregate to 30m: tsMs');
    expect(state).toEqual(before);
  });
});
