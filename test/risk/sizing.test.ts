import { beforeAll, describe, expect, it } from 'vitest';
import { LONG, SHORT } from '../../src/core/units.ts';
import {
  correlationBytes,
  correlationOf,
  createCorrelationMonitor,
  groupOthersMicro,
  isShocked,
  pushReturn,
} from '../../src/risk/correlation.ts';
import { DEFAULT_LIMITS, parseLimits } from '../../src/risk/limits.ts';
import { sizeOrder } from '../../src/risk/sizing.ts';
import type { SizingInput } from '../../src/risk/sizing.ts';
import { loadAnalysis } from '../../src/wasm/analysis.ts';
import type { AnalysisKernel } from '../../src/wasm/analysis.ts';
import golden from '../golden/risk.json' with { type: 'json' };
import { quietContext } from './risk-fixture.ts';

let kernel: AnalysisKernel;
beforeAll(async () => {
  kernel = await loadAnalysis();
});

const INPUT: SizingInput = { direction: LONG, sizeConfidence: 0.7, closedTrades: 500, bucketQuarters: 4 };

describe('Kelly in the kernel', () => {
  it('agrees with the reference fractions, shrinkage and drawdown bounds', () => {
    const { p, b, f, shrink, rck } = golden.kelly;
    expect(kernel.raw.kellyFraction(p, b)).toBeCloseTo(f, 12);
    for (const [se, k] of Object.entries(shrink))
      expect(kernel.raw.kellyShrinkage(p, b, Number(se))).toBeCloseTo(k, 12);
    for (const [alpha = NaN, beta = NaN, lambda = NaN, bound = NaN] of rck) {
      expect(kernel.raw.drawdownAversion(alpha, beta)).toBeCloseTo(lambda, 9);
      expect(kernel.raw.kellyDrawdownBound(p, b, lambda)).toBeCloseTo(bound, 11);
    }
    expect(kernel.raw.drawdownRoom(0.005, 0.02)).toBeCloseTo(0.75, 12);
  });

  it('gives 0 for everything outside its range', () => {
    for (const bad of [NaN, Infinity, -Infinity, -0.1, 1, 1.2, 0, 0.5]) {
      expect(kernel.raw.riskFraction(bad, 1, 100, 0, 0.15), `p ${bad}`).toBe(0);
    }
    for (const bad of [NaN, Infinity, -1]) expect(kernel.raw.riskFraction(0.6, 1, bad, 0, 0.15)).toBe(0);
    for (const bad of [NaN, 0.15, 0.2, -0.1]) expect(kernel.raw.riskFraction(0.6, 1, 100, bad, 0.15)).toBe(0);
    for (const bad of [NaN, 0, 1.5]) expect(kernel.raw.riskFraction(0.6, 1, 100, 0, bad)).toBe(0);
  });

  it('keeps simulated drawdowns of the bounded fraction under the limit as often as it promises', () => {
    const [p, limit] = [0.6, 0.15];
    const f = kernel.raw.kellyDrawdownBound(p, 1, kernel.raw.drawdownAversion(1 - limit, 0.1));
    let s = 4242;
    let breached = 0;
    for (let path = 0; path < 2000; path++) {
      let wealth = 1;
      for (let i = 0; i < 600 && wealth > 1 - limit; i++) {
        s = (Math.imul(s, 1_664_525) + 1_013_904_223) | 0;
        wealth *= (s >>> 0) / 4_294_967_296 < p ? 1 + f : 1 - f;
      }
      if (wealth <= 1 - limit) breached++;
    }
    expect(breached / 2000, 'seed 4242').toBeLessThan(0.12);
    expect(breached / 2000).toBeGreaterThan(0.02);
  });
});

describe('sizing', () => {
  it('sizes by the loss at the stop, fees included, before any cap binds', () => {
    const context = quietContext({ stopTicks: 16_000 });
    const sized = sizeOrder({ ...INPUT, sizeConfidence: 0.53 }, context, DEFAULT_LIMITS, kernel.raw);
    const perLot = 16_000 * 125 + 2 * 1000;
    expect(sized.code).toBeNull();
    expect(sized.lots).toBe(Math.floor((sized.riskFraction * context.equityMicro) / perLot));
    const short = sizeOrder(
      { ...INPUT, sizeConfidence: 0.53, direction: SHORT },
      context,
      DEFAULT_LIMITS,
      kernel.raw,
    );
    expect(short.lots).toBe(-sized.lots);
  });

  it('halves for medium uncertainty, a shock and a deep drawdown, and stops at HIGH', () => {
    const base = sizeOrder(INPUT, quietContext(), DEFAULT_LIMITS, kernel.raw).riskFraction;
    const at = (changed: Parameters<typeof quietContext>[0]): number =>
      sizeOrder(INPUT, quietContext(changed), DEFAULT_LIMITS, kernel.raw).riskFraction;
    expect(at({ uncertainty: 'MEDIUM' })).toBeCloseTo(base / 2, 15);
    expect(at({ correlationShock: true })).toBeCloseTo(base / 2, 15);
    expect(at({ correlationShock: true, uncertainty: 'MEDIUM' })).toBeCloseTo(base / 4, 15);
    const high = sizeOrder(INPUT, quietContext({ uncertainty: 'HIGH' }), DEFAULT_LIMITS, kernel.raw);
    expect(high).toEqual({ lots: 0, riskFraction: 0, code: 'UNCERTAINTY_HIGH' });
    const deep = { highWaterMicro: 112_000_000_000 };
    expect(at(deep)).toBeLessThan((base / 2) * (1 - 0.1 / 0.15));
  });

  it('caps at the strictest rule, scales by the multiplier before the caps and by the bucket after them', () => {
    const lots = (input: SizingInput, limits = DEFAULT_LIMITS, stopTicks = 160): number =>
      sizeOrder(input, quietContext({ stopTicks }), limits, kernel.raw).lots;
    expect(sizeOrder(INPUT, quietContext(), DEFAULT_LIMITS, kernel.raw)).toMatchObject({
      lots: 10_000,
      code: 'NET',
    });
    expect(lots(INPUT, parseLimits({ RISK_MULTIPLIER: 2 }))).toBe(10_000);
    const thin = { ...INPUT, sizeConfidence: 0.515 };
    const doubled = lots(thin, parseLimits({ RISK_MULTIPLIER: 2 }), 16_000);
    expect(Math.abs(doubled - 2 * lots(thin, DEFAULT_LIMITS, 16_000))).toBeLessThanOrEqual(1);
    expect([0, 1, 2, 3, 4].map((bucketQuarters) => lots({ ...INPUT, bucketQuarters }))).toEqual([
      0, 2500, 5000, 7500, 10_000,
    ]);
    expect(lots({ ...INPUT, bucketQuarters: 5 })).toBe(0);
    expect(lots({ ...INPUT, sizeConfidence: NaN })).toBe(0);
    expect(lots({ ...INPUT, sizeConfidence: 0.5 })).toBe(0);
  });
});

describe('correlation', () => {
  it('agrees with the reference Fisher z and EWMA correlation', () => {
    for (const [short = NaN, nShort = NaN, long = NaN, nLong = NaN, z = NaN] of golden.corrShock) {
      expect(kernel.raw.fisherShock(short, nShort, long, nLong)).toBeCloseTo(z, 10);
    }
    const pair = kernel.alloc(kernel.raw.correlationPairBytes());
    const { r1, r2, rho } = golden.ewma;
    r1.forEach((x, i) => kernel.raw.correlationPairPush(pair, x, r2[i] ?? NaN));
    expect(kernel.raw.correlationPairRho(pair)).toBeNaN();
    const at = kernel.f64(pair + 8, 3);
    expect((at[2] ?? NaN) / Math.sqrt((at[0] ?? NaN) * (at[1] ?? NaN))).toBeCloseTo(rho, 12);
  });

  it('groups what moves together and sees the jump of a correlation', () => {
    const base = kernel.alloc(correlationBytes(kernel.raw, 3));
    const monitor = createCorrelationMonitor(3);
    let s = 99;
    const normal = (): number => {
      let sum = -6;
      for (let i = 0; i < 12; i++) {
        s = (Math.imul(s, 1_664_525) + 1_013_904_223) | 0;
        sum += (s >>> 0) / 4_294_967_296;
      }
      return sum;
    };
    const bars = (count: number, from: number, rho: number): number => {
      let shocked = 0;
      for (let t = from; t < from + count; t++) {
        const common = normal();
        pushReturn(monitor, kernel.raw, base, 0, t, common);
        pushReturn(monitor, kernel.raw, base, 2, t, normal());
        pushReturn(monitor, kernel.raw, base, 1, t, rho * common + Math.sqrt(1 - rho * rho) * normal());
        if (isShocked(monitor, kernel.raw, base, 0)) shocked++;
      }
      return shocked;
    };
    expect(bars(1500, 0, 0.1), 'false alarms, seed 99').toBeLessThanOrEqual(15);
    expect(groupOthersMicro(monitor, kernel.raw, base, 0, [1, 2, 3])).toBeNull();
    expect(bars(30, 1500, 0.95), 'alarms after the jump, seed 99').toBeGreaterThan(0);
    bars(60, 1530, 0.95);
    expect(correlationOf(kernel.raw, base, 1, 0)).toBeGreaterThan(0.7);
    expect(groupOthersMicro(monitor, kernel.raw, base, 0, [1, 2, 3])).toBe(2);
    expect(groupOthersMicro(monitor, kernel.raw, base, 2, [1, 2, 3])).toBeNull();
  });
});
