// The regime report on labels small enough to count by hand.

import { expect, it } from 'vitest';
import { balancedAccuracy, brokenRegimeLimits, reportRegimes } from '../../src/backtest/regime-report.ts';

it('weighs every state the same, however rare', () => {
  expect(balancedAccuracy([0, 0, 0, 1], [0, 0, 0, 0])).toBe(0.5);
  expect(balancedAccuracy([2, 0, 1, 3], [0, 0, 1, 3], 1)).toBe(1);
});

it('counts shares, spells, switches, next-12 volatility and trailing direction', () => {
  const labels = [...Array<number>(20).fill(2), ...Array<number>(40).fill(3), ...Array<number>(40).fill(0)];
  const returns = labels.map((label, i) =>
    label === 0 ? 0.01 : (label === 3 ? 0.004 : 0.001) * (i % 2 ? 1 : -1),
  );
  const report = reportRegimes(labels, returns);
  expect(report).toMatchObject({
    bars: 100,
    shares: [0.4, 0, 0.2, 0.4],
    bullAgreement: 1,
    bearAgreement: NaN,
  });
  expect(report.durations).toEqual([40, NaN, 20, 40]);
  expect(report.switchesPerThousand).toBeCloseTo(2000 / 99, 12);
  expect(report.forwardVolatilityRatio).toBeGreaterThan(1.4);
  expect(brokenRegimeLimits(report)).toEqual(['shares', 'bearAgreement']);
});

it('skips the bars whose next twelve are not all known', () => {
  const labels = [2, ...Array<number>(13).fill(3)];
  const returns = [0, ...Array<number>(12).fill(0.01), 9];
  expect(reportRegimes(labels, returns).forwardVolatilityRatio).toBeNaN();
});
