import { describe, expect, it } from 'vitest';
import {
  createPerformance,
  recordDecision,
  recordEquity,
  recordFill,
  recordTrade,
  summarise,
} from '../../src/backtest/performance.ts';

const DAY = 86_400_000;
const START = 100_000_000_000;

describe('performance', () => {
  it('computes the Sharpe ratio of daily equity returns, annualised by the run itself', () => {
    const equity = [101, 99, 102, 103, 101.5, 104].map((value) => value * 1e9);
    const run = createPerformance(START);
    equity.forEach((value, day) => {
      recordEquity(run, day * DAY, value * 0.999);
      recordEquity(run, day * DAY + DAY / 2, value);
    });
    const returns = equity.map((value, i) => value / (i === 0 ? START : (equity[i - 1] as number)) - 1);
    const mean = returns.reduce((a, b) => a + b, 0) / returns.length;
    const deviation = Math.sqrt(returns.reduce((a, b) => a + (b - mean) ** 2, 0) / (returns.length - 1));
    const found = summarise(run);
    expect(found.days).toBe(6);
    expect(found.sharpe).toBeCloseTo((mean / deviation) * Math.sqrt((5 * 365.25) / 5.5), 10);
    expect(found.netPnl).toBe(4000);
    expect(found.maxDrawdown).toBeCloseTo(1 - (99 * 0.999) / 101, 12);
    expect(summarise(run)).toEqual(found);
  });

  it('says 0 when equity never moved and nothing when there is too little', () => {
    const run = createPerformance(START);
    expect(summarise(run)).toMatchObject({
      netPnl: 0,
      maxDrawdown: 0,
      sharpe: Number.NaN,
      winRate: Number.NaN,
    });
    recordEquity(run, 0, START);
    expect(summarise(run).sharpe).toBeNaN();
    recordEquity(run, DAY, START);
    expect(summarise(run).sharpe).toBe(0);
    expect(JSON.parse(JSON.stringify(summarise(run)))).toMatchObject({
      winRate: null,
      slippageBpsMedian: null,
    });
  });

  it('takes the median slippage, fees, volume, wins and alignment', () => {
    const run = createPerformance(START);
    for (const bp of [3, -1, 0.5, 1000]) recordFill(run, -2e9, 1e5, bp);
    for (const net of [5e6, -2e6, 0]) recordTrade(run, net);
    for (const aligned of [true, true, false, true]) recordDecision(run, aligned);
    expect(summarise(run)).toMatchObject({
      fees: 0.4,
      volume: 8000,
      fills: 4,
      trades: 3,
      slippageBpsMedian: 1.75,
      profitFactor: 2.5,
      alignmentRate: 0.75,
    });
    expect(summarise(run).winRate).toBeCloseTo(1 / 3, 12);
  });
});
