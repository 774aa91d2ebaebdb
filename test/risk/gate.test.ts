import { describe, expect, it } from 'vitest';
import { LONG } from '../../src/core/units.ts';
import type { RiskContext } from '../../src/risk/context.ts';
import { RISK_CODES, gate, isApproved } from '../../src/risk/gate.ts';
import type { RiskCode } from '../../src/risk/gate.ts';
import { createKillSwitch, resetKillSwitch, tripKillSwitch } from '../../src/risk/kill-switch.ts';
import { DEFAULT_LIMITS, parseLimits } from '../../src/risk/limits.ts';
import { sizeOrder } from '../../src/risk/sizing.ts';
import { quietContext } from './risk-fixture.ts';

function codeOf(
  lots: number,
  changed: Partial<RiskContext> = {},
  limits = DEFAULT_LIMITS,
): RiskCode | 'APPROVED' {
  const result = gate({ lots }, quietContext(changed), limits);
  return result.kind === 'approved' ? 'APPROVED' : result.code;
}

describe('gate', () => {
  it('names the rule that refuses', () => {
    expect(codeOf(100)).toBe('APPROVED');
    const cases: [RiskCode, number, Partial<RiskContext>][] = [
      ['HALTED', 100, { tradingEnabled: false }],
      ['UNKNOWN', 100, { sigmaBp: NaN }],
      ['UNKNOWN', 0.5, {}],
      ['DRAWDOWN_HALT', 100, { equityMicro: 85_000_000_000 }],
      ['DAILY_LOSS', 100, { equityMicro: 97_000_000_000 }],
      ['GAP_BLOCK', 100, { gapBlocked: true }],
      ['UNCERTAINTY_HIGH', 100, { uncertainty: 'HIGH' }],
      ['ORDER_RATE', 100, { ordersLastMinute: 20 }],
      ['ZERO_SIZE', 0, {}],
      ['PER_TRADE_LOSS', 60_000, {}],
      ['GROSS', 100, { grossMicro: 200_000_000_000 }],
      ['NET', 10_001, {}],
      ['INSTRUMENT_CAP', 1501, { severalSymbols: true }],
      ['GROUP_CAP', 1001, { groupOthersMicro: 20_000_000_000 }],
      ['VAR95', 100, { var95Micro: 1_999_999_999 }],
      ['VAR99', 100, { var99Micro: 4_999_999_999 }],
      ['SLIPPAGE_GUARD', 100, { halfSpreadBp: 26 }],
    ];
    for (const [code, lots, changed] of cases) expect(codeOf(lots, changed), code).toBe(code);
    // the policies' codes are not the gate's
    const own = RISK_CODES.filter((code) => !code.endsWith('_POLICY'));
    expect([...new Set(cases.map(([code]) => code))]).toEqual(own);
    expect(codeOf(10_000)).toBe('APPROVED');
    expect(codeOf(1500, { severalSymbols: true })).toBe('APPROVED');
  });

  it('blocks on any number it does not know', () => {
    const quiet = quietContext();
    for (const [field, value] of Object.entries(quiet)) {
      if (typeof value !== 'number') continue;
      for (const bad of [NaN, Infinity, -Infinity])
        expect(codeOf(1, { [field]: bad }), field).toBe('UNKNOWN');
    }
    expect(codeOf(1, { groupOthersMicro: NaN })).toBe('UNKNOWN');
    for (const lots of [NaN, Infinity, 2 ** 53]) expect(codeOf(lots)).toBe('UNKNOWN');
  });

  it('lets a halted account out of its positions, and no further', () => {
    const halted = { tradingEnabled: false, positionLots: -50, sigmaBp: NaN };
    expect(codeOf(50, halted)).toBe('APPROVED');
    expect(codeOf(51, halted)).toBe('HALTED');
    expect(codeOf(-1, halted)).toBe('HALTED');
  });

  it('knows its own approvals and no imitation', () => {
    const approved = gate({ lots: 1 }, quietContext(), DEFAULT_LIMITS);
    expect(isApproved(approved)).toBe(true);
    expect(isApproved({ kind: 'approved', order: { lots: 1 } })).toBe(false);
  });

  it('lets an operator lift a rule, but never the VaR limit or the kill switch', () => {
    expect(codeOf(100, { gapBlocked: true, overridden: ['GAP_BLOCK'] })).toBe('APPROVED');
    expect(codeOf(100, { var95Micro: 1_999_999_999, overridden: ['VAR95'] })).toBe('VAR95');
    expect(codeOf(100, { tradingEnabled: false, overridden: ['HALTED'] })).toBe('HALTED');
  });

  it('never accepts a larger order where a smaller one is refused, and never sizes past itself', () => {
    const seed = 81_263;
    const random = stream(seed);
    const pick = (n: number): number => Math.floor(random() * n);
    for (let trial = 0; trial < 4000; trial++) {
      const context = quietContext({
        equityMicro: 60_000_000_000 + pick(60_000_000_000),
        grossMicro: pick(300_000_000_000),
        netMicro: pick(400_000_000_000) - 200_000_000_000,
        positionLots: pick(3) === 0 ? 0 : pick(8000) - 4000,
        groupOthersMicro: pick(2) === 0 ? null : pick(60_000_000_000),
        severalSymbols: pick(2) === 0,
        var95Micro: pick(3_000_000_000),
        var99Micro: pick(6_000_000_000),
        halfSpreadBp: random() * 30,
        sigmaBp: random() * 50,
        volumeLots: pick(4) === 0 ? 0 : pick(100_000),
      });
      const side = pick(2) === 0 ? 1 : -1;
      let refused = false;
      for (const size of Array.from({ length: 24 }, () => 1 + pick(12_000)).sort((a, b) => a - b)) {
        const passed = codeOf(side * size, context) === 'APPROVED';
        expect(refused && passed, `seed ${seed} trial ${trial} size ${size}`).toBe(false);
        refused ||= !passed;
      }
      const input = { direction: LONG, sizeConfidence: 1, closedTrades: 1e6, bucketQuarters: 4 } as const;
      const sized = sizeOrder(input, context, DEFAULT_LIMITS, { riskFraction: () => 0.9 });
      if (sized.lots !== 0)
        expect(codeOf(sized.lots, context), `seed ${seed} trial ${trial}`).toBe('APPROVED');
    }
  });
});

describe('limits', () => {
  it('take the strictest value and keep the steps in order', () => {
    expect(parseLimits({})).toEqual(DEFAULT_LIMITS);
    expect(parseLimits({ profile: 'conservative', MAX_DRAWDOWN: 0.3 }).drawdownHaltPpm).toBe(20_000);
    expect(parseLimits({ MAX_DRAWDOWN: '0.04' })).toMatchObject({
      drawdownWarnPpm: 40_000,
      drawdownHalvePpm: 40_000,
      drawdownHaltPpm: 40_000,
    });
    expect(parseLimits({ net: 5, gross: 0.5, RISK_MULTIPLIER: 2 })).toMatchObject({
      netPpm: 1_000_000,
      grossPpm: 500_000,
      riskMultiplierPpm: 2_000_000,
    });
  });

  it('name the field and the value they cannot read', () => {
    expect(() => parseLimits({ RISK_MULTIPLIER: 3 })).toThrow('RISK_MULTIPLIER "3" is not a number 1..2');
    expect(() => parseLimits({ MAX_DRAWDOWN: '' })).toThrow('MAX_DRAWDOWN ""');
    expect(() => parseLimits({ var95: 'two' })).toThrow('var95 "two"');
    expect(() => parseLimits({ profile: 'wild' })).toThrow('profile "wild"');
  });
});

describe('kill switch', () => {
  it('stays latched with its first reason until an operator resets it', () => {
    const state = createKillSwitch();
    tripKillSwitch(state, 'drawdown .15', 5);
    tripKillSwitch(state, 'later', 6);
    expect(state).toMatchObject({ tradingEnabled: false, haltReason: 'drawdown .15', haltedAtMs: 5 });
    expect(resetKillSwitch(state, 'ann', ' ')).toBe('NO_REASON');
    expect(resetKillSwitch(state, 'ann', 'checked')).toBe('RESET');
    expect(resetKillSwitch(state, 'ann', 'checked')).toBe('NOT_HALTED');
  });

  it('needs two different keys where two are registered, and forgets them when it trips again', () => {
    const state = createKillSwitch(['ann', 'bo']);
    tripKillSwitch(state, 'loss', 1);
    expect(resetKillSwitch(state, 'eve', 'please')).toBe('UNKNOWN_OPERATOR');
    expect(resetKillSwitch(state, 'ann', 'checked')).toBe('SECOND_KEY_NEEDED');
    expect(resetKillSwitch(state, 'ann', 'checked')).toBe('SECOND_KEY_NEEDED');
    tripKillSwitch(state, 'again', 2);
    expect(resetKillSwitch(state, 'bo', 'checked')).toBe('SECOND_KEY_NEEDED');
    expect(resetKillSwitch(state, 'ann', 'checked')).toBe('RESET');
  });
});

function stream(seed: number): () => number {
  let s = seed;
  return () => {
    s = (Math.imul(s, 1_664_525) + 1_013_904_223) | 0;
    return (s >>> 0) / 4_294_967_296;
  };
}
