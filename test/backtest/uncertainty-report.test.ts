// The report on hand-made records, where every figure can be counted.

import { describe, expect, test } from 'vitest';
import { judgeUncertainty, uncertaintyFigures } from '../../src/backtest/uncertainty-report.ts';
import type { UncertaintyFigures, UncertaintyRecords } from '../../src/backtest/uncertainty-report.ts';

/** Forty-eight unscored closes of size 1, then the given ones; the return of each close follows it. */
function records(closes: readonly { level: number; halfWidth: number; next: number }[]): UncertaintyRecords {
  const quiet = 49;
  return {
    logReturns: [NaN, ...Array<number>(quiet).fill(1), ...closes.map((c) => c.next)],
    halfWidths: [...Array<number>(quiet).fill(NaN), ...closes.map((c) => c.halfWidth), NaN],
    levels: [...Array<number>(quiet).fill(2), ...closes.map((c) => c.level), 2],
    ranks: [...Array<number>(quiet).fill(NaN), ...closes.map(() => 0.5), NaN],
  };
}

describe('uncertainty figures', () => {
  test('count shares, held intervals and small moves by level', () => {
    const figures = uncertaintyFigures(
      records([
        { level: 0, halfWidth: 2, next: 0.5 },
        { level: 0, halfWidth: 2, next: -0.9 },
        { level: 1, halfWidth: 2, next: 1.5 },
        { level: 2, halfWidth: 2, next: -3 },
      ]),
    );
    expect(figures.bars).toBe(4);
    expect(figures.share).toEqual([0.5, 0.25, 0.25]);
    expect(figures.coverage).toEqual([1, 1, 0]);
    expect(figures.coverageAll).toBe(0.75);
    expect(figures.smallMoves).toEqual([1, 0, 0]);
    expect(figures.rms[2]).toBeCloseTo(3 / Math.sqrt((0.25 + 0.81 + 2.25 + 9) / 4), 12);
  });

  test('measure small moves against the last 500 sizes only', () => {
    const n = 1200;
    const sizes = Array.from({ length: n }, (_, i) => (i < 600 ? 100 : 1));
    const figures = uncertaintyFigures({
      logReturns: sizes,
      halfWidths: sizes.map(() => 1),
      levels: sizes.map(() => 0),
      ranks: sizes.map((_, i) => (i > 1101 ? 0.1 : NaN)),
    });
    expect(figures.smallMoves[0]).toBe(1);
    expect(
      uncertaintyFigures({
        logReturns: sizes.map((s, i) => (i > 1101 ? 2 : s)),
        halfWidths: sizes,
        levels: sizes.map(() => 0),
        ranks: sizes.map((_, i) => (i > 1101 && i < 1110 ? 0.1 : NaN)),
      }).smallMoves[0],
    ).toBe(0);
  });
});

describe('the verdict', () => {
  const good: UncertaintyFigures = {
    bars: 5000,
    share: [0.5, 0.33, 0.17],
    coverage: [0.89, 0.9, 0.92],
    coverageAll: 0.9,
    smallMoves: [0.64, 0.41, 0.22],
    rms: [0.6, 1, 1.8],
  };

  test('passes figures within the limits', () => {
    expect(judgeUncertainty(good, 5000)).toEqual({ pass: true, failures: [] });
  });

  test.each([
    ['a level that never occurs', { share: [1, 0, 0] }, 5000],
    ['coverage of one level too low', { coverage: [0.84, 0.9, 0.92] }, 5000],
    ['levels that are not ordered', { smallMoves: [0.64, 0.62, 0.22] }, 5000],
    ['coverage of a short file too high', { coverageAll: 0.99 }, 900],
    ['no figure at all', { coverageAll: NaN }, 900],
  ] as const)('refuses %s', (_, part, bars) => {
    expect(judgeUncertainty({ ...good, ...part }, bars).pass).toBe(false);
  });

  test('asks less of the order of levels on a short file', () => {
    const figures = { ...good, smallMoves: [0.58, 0.56, 0.45] } as const;
    expect(judgeUncertainty(figures, 900).pass).toBe(true);
    expect(judgeUncertainty(figures, 5000).pass).toBe(false);
  });
});
