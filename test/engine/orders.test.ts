// Orders and money of whole runs, followed by an account of its own: what the journal says must add up
// without the engine.

import { describe, expect, it } from 'vitest';
import { barEvents, portfolioEvents } from '../../src/data/events.ts';
import type { MarketOptions } from '../../src/data/market-options.ts';
import type { EngineConfig } from '../../src/engine/config.ts';
import { DEFAULT_CONFIG } from '../../src/engine/config.ts';
import type { EngineEvent, OperatorEvent } from '../../src/engine/events.ts';
import { effectsOf, market, NAMES, record, simulatedEngine } from '../fixtures/engine-run.ts';
import type { Recorded } from '../fixtures/engine-run.ts';
import { OrderLedger } from '../fixtures/order-ledger.ts';

function follow(run: Recorded): OrderLedger {
  const account = new OrderLedger(run.engine);
  for (const { event, effects } of run.steps) account.take(event, effects);
  return account;
}

async function simulate(
  seed: number,
  rows: number,
  options: Partial<MarketOptions> = {},
  config: Partial<EngineConfig> = {},
): Promise<Recorded> {
  const table = await market(seed, rows, options);
  return record(await simulatedEngine([table], config), barEvents(table));
}

function expectSound(run: Recorded): OrderLedger {
  const account = follow(run);
  const { ledger } = run.engine.core.state;
  expect(account.faults).toEqual([]);
  expect(ledger.positions.map(({ lots }) => BigInt(lots))).toEqual(account.lots);
  expect(BigInt(ledger.equityMicro)).toBe(account.equityMicro);
  expect(BigInt(ledger.feesMicro)).toBe(account.feesMicro);
  const net = effectsOf(run, 'trade').reduce((sum, { trade }) => sum + BigInt(trade.netMicro), 0n);
  const open = ledger.positions.some(({ lots }) => lots !== 0);
  if (!open) expect(BigInt(ledger.equityMicro - ledger.initialMicro)).toBe(net);
  return account;
}

describe('the money of a run', () => {
  it('adds up from fills and closes alone, under every fill model and in thin markets', async () => {
    let orders = 0;
    for (const [seed, options, config] of [
      [41, {}, {}],
      [42, {}, { fillModel: 'optimistic' }],
      [43, { volume: 30 }, {}],
      [44, { volume: 0 }, { fillModel: 'neutral' }],
      [45, { volume: 8, missing: 0.03 }, { seed: 7 }],
      [46, { session: 'us-cash' }, { equityMicro: 3_000_000_000 }],
    ] as [number, Partial<MarketOptions>, Partial<EngineConfig>][]) {
      const account = expectSound(await simulate(seed, 7000, options, config));
      orders += account.orders;
    }
    expect(orders).toBeGreaterThan(100);
  });

  it('adds up over several symbols on one account, within the shared limits', async () => {
    const tables = [await market(51, 6000), await market(52, 6000), await market(53, 6000, { volume: 50 })];
    const engine = await simulatedEngine(tables);
    const { limits } = engine.core.config;
    const run = await record(engine, portfolioEvents(tables, NAMES));
    const account = expectSound(run);
    expect(account.orders).toBeGreaterThan(20);
    for (const { sized, equityMicro, symbol } of effectsOf(run, 'decision')) {
      if (!sized) continue;
      const { tickValueMicro, markTicks } = engine.core.state.ledger.positions[symbol]!;
      // prices move little against the cap's size: half as much again is room enough for the mark of another
      // day
      const worth = Math.abs(sized.lots) * tickValueMicro * markTicks;
      expect(worth).toBeLessThan(1.5 * (limits.instrumentPpm / 1e6) * equityMicro);
    }
  });
});

const operator = (action: 'halt' | 'reset', name: string, reason = 'drill'): OperatorEvent => ({
  kind: 'operator',
  atMs: 1,
  action,
  operator: name,
  reason,
});

/** Bars with events put in before some of them. */
async function withOperators(
  seed: number,
  rows: number,
  inserted: ReadonlyMap<number, readonly OperatorEvent[]>,
  config: Partial<EngineConfig>,
  options: Partial<MarketOptions> = {},
): Promise<Recorded> {
  const table = await market(seed, rows, options);
  const events: EngineEvent[] = [];
  [...barEvents(table)].forEach((event, i) => events.push(...(inserted.get(i) ?? []), event));
  return record(await simulatedEngine([table], config), events);
}

describe('a halt', () => {
  it('stops new risk and keeps the exits; two operators reset it, and trading goes on', async () => {
    const inserted = new Map([
      [2500, [operator('reset', 'ann'), operator('halt', 'eve')]],
      [3000, [operator('reset', 'ann'), operator('reset', 'ann'), operator('reset', 'mallory')]],
      [4000, [operator('reset', 'bob', ' '), operator('reset', 'bob', 'reviewed')]],
    ]);
    const run = await withOperators(5, 7000, inserted, { operators: ['ann', 'bob'] });
    const account = expectSound(run);
    expect(account.fillsWhileHalted).toBe(0);
    expect(effectsOf(run, 'halt')).toEqual([{ kind: 'halt', atMs: 1, reason: 'operator eve: drill' }]);
    expect(effectsOf(run, 'reset').map(({ operator: name, outcome }) => [name, outcome])).toEqual([
      ['ann', 'NOT_HALTED'],
      ['ann', 'SECOND_KEY_NEEDED'],
      ['ann', 'SECOND_KEY_NEEDED'],
      ['mallory', 'UNKNOWN_OPERATOR'],
      ['bob', 'NO_REASON'],
      ['bob', 'RESET'],
    ]);
    const at = (index: number): number =>
      run.steps.findIndex(({ event }) => event.kind === 'bar' && event.tsMs === barStamp(run, index));
    const between = (from: number, to: number): Recorded => ({
      ...run,
      steps: run.steps.slice(at(from), at(to)),
    });
    const halted = effectsOf(between(2500, 4000), 'decision');
    const wanted = halted.filter(({ verdict }) => verdict.execute);
    expect(wanted.length).toBeGreaterThan(0);
    expect(wanted.every(({ outcome, refusal }) => outcome === 'refused' && refusal === 'HALTED')).toBe(true);
    expect(effectsOf(between(4000, 6999), 'order').length).toBeGreaterThan(0);
  });

  it('comes by itself at the drawdown limit, and a reset measures drawdown from then on', async () => {
    const limits = {
      ...DEFAULT_CONFIG.limits,
      ...{
        drawdownWarnPpm: 5000,
        drawdownHalvePpm: 5000,
        drawdownHaltPpm: 5000,
        riskMultiplierPpm: 2_000_000,
      },
    };
    const losing = { edge: -3 };
    const first = await withOperators(10, 7000, new Map(), { limits, policies: 'none' }, losing);
    const [halt] = effectsOf(first, 'halt');
    expect(halt?.reason).toBe('DRAWDOWN_HALT');
    expect(effectsOf(first, 'halt')).toHaveLength(1);
    expect(expectSound(first).fillsWhileHalted).toBe(0);
    const haltedAt = first.steps.findIndex(({ effects }) => effects.some(({ kind }) => kind === 'halt'));
    const inserted = new Map([[haltedAt + 200, [operator('reset', 'anyone')]]]);
    const again = await withOperators(10, 7000, inserted, { limits, policies: 'none' }, losing);
    expect(effectsOf(again, 'reset')).toMatchObject([{ outcome: 'RESET' }]);
    expectSound(again);
    const step = again.steps.findIndex(({ effects }) => effects.some(({ kind }) => kind === 'reset'));
    const after = again.steps.slice(step + 1, step + 20).flatMap(({ effects }) => effects);
    expect(after.filter(({ kind }) => kind === 'halt')).toEqual([]);
    const { ledger } = again.engine.core.state;
    expect(ledger.highWaterMicro).toBeLessThan(first.engine.core.state.ledger.highWaterMicro);
    expect(ledger.maxDrawdownPpm).toBeGreaterThanOrEqual(5000);
  });
});

function barStamp(run: Recorded, index: number): number {
  const bars = run.steps.filter(({ event }) => event.kind === 'bar');
  const { event } = bars[index]!;
  return event.kind === 'bar' ? event.tsMs : NaN;
}
