import { describe, expect, it } from 'vitest';
import {
  FILL_MODELS,
  FILL_MODEL_NAMES,
  adverseTicks,
  crossingCostBp,
  limitFillTicks,
  lotsAvailable,
  stopTriggerTicks,
} from '../../src/execution/fill-model.ts';
import type { FillModelName, TickBar } from '../../src/execution/fill-model.ts';
import { nextUniform } from '../../src/execution/paper-broker.ts';

const SEED = 515;
const draw = { random: SEED };
const pick = (n: number): number => Math.floor(nextUniform(draw) * n);

function bars(count: number): TickBar[] {
  return Array.from({ length: count }, () => {
    const [open, close] = [1000 + pick(60), 1000 + pick(60)];
    const [high, low] = [Math.max(open, close) + pick(30), Math.min(open, close) - pick(30)];
    return { tsMs: 0, open, high, low, close, volumeLots: pick(500) };
  });
}

describe.each(FILL_MODEL_NAMES)('%s fill model', (name) => {
  const model = FILL_MODELS[name];

  it('fills a limit only at a price the bar reached, never worse than the limit', () => {
    for (const bar of bars(2000)) {
      const limit = 960 + pick(140);
      for (const buys of [true, false]) {
        const price = limitFillTicks(model, bar, limit, buys);
        if (price === null) continue;
        expect(price >= bar.low && price <= bar.high, `seed ${SEED}`).toBe(true);
        expect(buys ? price <= limit : price >= limit, `seed ${SEED}`).toBe(true);
      }
    }
  });

  it('triggers a stop only when reached, never better than the stop', () => {
    for (const bar of bars(2000)) {
      const stop = 960 + pick(140);
      const sell = stopTriggerTicks(bar, stop, false);
      const buy = stopTriggerTicks(bar, stop, true);
      expect(sell === null ? bar.low > stop : sell <= stop && sell >= bar.low).toBe(true);
      expect(buy === null ? bar.high < stop : buy >= stop && buy <= bar.high).toBe(true);
    }
  });

  it('never pays the trader for crossing, and stays on the grid', () => {
    for (let i = 0; i < 2000; i++) {
      const conditions = { halfSpreadBp: pick(30), sigmaBp: pick(60), noVolume: pick(2) === 0 };
      const cost = crossingCostBp(model, conditions, 1 + pick(100), pick(1000), nextUniform(draw));
      const price = 1 + pick(100_000);
      expect(adverseTicks(price, cost, true)).toBeGreaterThanOrEqual(price);
      expect(adverseTicks(price, cost, false)).toBeLessThanOrEqual(price);
      expect(Number.isInteger(adverseTicks(price, cost, false))).toBe(true);
    }
    expect(crossingCostBp(model, { halfSpreadBp: NaN, sigmaBp: NaN, noVolume: true }, 1, 0, 0)).toBe(0);
  });
});

describe('fill models', () => {
  it('are ordered: pessimistic costs most, optimistic least', () => {
    const order: readonly FillModelName[] = ['pessimistic', 'neutral', 'optimistic'];
    for (const bar of bars(1000)) {
      const conditions = { halfSpreadBp: pick(20), sigmaBp: pick(50), noVolume: false };
      const costs = order.map((name) =>
        crossingCostBp(FILL_MODELS[name], conditions, 10, bar.volumeLots, 0.5),
      );
      const lots = order.map((name) => lotsAvailable(FILL_MODELS[name], bar, conditions));
      const limits = order.map((name) => limitFillTicks(FILL_MODELS[name], bar, 1020, true) ?? Infinity);
      expect(costs).toEqual([...costs].sort((a, b) => b - a));
      expect(lots).toEqual([...lots].sort((a, b) => a - b));
      expect(limits).toEqual([...limits].sort((a, b) => b - a));
    }
  });
});
