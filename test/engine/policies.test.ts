// The risk and the execution policy in a run: they shrink, they choose how, they never enlarge; what is not
// known keeps nothing.

import { describe, expect, it } from 'vitest';
import { openModel } from '../../src/agents/model-file.ts';
import { choosePolicies, DECISION_COLUMNS, ORDER_STYLES, POLICIES } from '../../src/agents/policies.ts';
import { barEvents } from '../../src/data/events.ts';
import type { Decision } from '../../src/engine/effects.ts';
import { openEngine } from '../../src/engine/open.ts';
import { sendingOf } from '../../src/engine/trading.ts';
import { listingOf } from '../../src/data/listing.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import { effectsOf, market, MODELS, record, simulatedEngine } from '../fixtures/engine-run.ts';
import type { Recorded } from '../fixtures/engine-run.ts';

const BARS = 12_000;

function executing(run: Recorded): Decision[] {
  return effectsOf(run, 'decision').filter(({ verdict }) => verdict.execute);
}

describe('a run with trained policies', () => {
  it('sends what they chose, in every style, and keeps no more than was sized', async () => {
    const table = await market(7, BARS);
    const run = await record(await simulatedEngine([table]), barEvents(table));
    const decisions = executing(run);
    const orders = new Map(
      effectsOf(run, 'order')
        .filter(({ order }) => order.role === 'ENTRY')
        .map(({ round, order }) => [round, order]),
    );
    expect(decisions.length).toBeGreaterThan(40);
    const seen = new Set<string>();
    for (const { round, policy, sized, refusal } of decisions) {
      const order = orders.get(round);
      const { row, quarters, style } = policy!;
      seen.add(style);
      expect(row).toHaveLength(DECISION_COLUMNS.length);
      for (const value of row) expect(Math.abs(value)).toBeLessThanOrEqual(1);
      if (quarters === 0) {
        expect(sized!.lots).toBe(0);
        expect(order).toBeUndefined();
      }
      if (!order) continue;
      expect(refusal).toBeNull();
      expect(Math.abs(order.lots)).toBeLessThanOrEqual(Math.abs(sized!.lots));
      const kind = style === 'TWAP_3' ? 'TWAP' : style.startsWith('LIMIT') ? 'LIMIT' : 'MARKET';
      expect(order.kind).toBe(kind);
      if (kind === 'LIMIT')
        expect(Math.sign(order.lots) * (order.limitTicks - order.decisionTicks)).toBeLessThanOrEqual(0);
    }
    expect(seen.size).toBeGreaterThan(1);
  });

  it('is the whole size at market with the policies left out, decided on the same rows', async () => {
    const table = await market(7, BARS);
    const guided = executing(await record(await simulatedEngine([table]), barEvents(table)));
    const plain = executing(
      await record(await simulatedEngine([table], { policies: 'none' }), barEvents(table)),
    );
    for (const { policy } of plain) expect(policy).toMatchObject({ quarters: 4, style: 'MARKET', risk: [] });
    const drawdown = DECISION_COLUMNS.indexOf('drawdown');
    // reputation is fed by prices and not by trades, so both runs come to the same verdicts
    expect(guided.map(({ round }) => round)).toEqual(plain.map(({ round }) => round));
    guided.forEach(({ policy }, i) => {
      expect(policy!.row.slice(0, drawdown)).toEqual(plain[i]!.policy!.row.slice(0, drawdown));
    });
  });
});

describe('policies', () => {
  const row = DECISION_COLUMNS.map(() => 0.25);

  it('keep nothing when they have expired or give no number', async () => {
    const kernel = await loadKernel();
    const models = POLICIES.map(({ id }) => openModel(kernel, MODELS[id]!.onnx, MODELS[id]!.card, id));
    expect(choosePolicies(kernel, models, row, 1000).risk).toHaveLength(5);
    const expired = models.map((model) => ({ ...model, card: { ...model.card, expires_ms: 1000 } }));
    const nothing = { quarters: 0, style: 'NONE', risk: [], execution: [] };
    expect(choosePolicies(kernel, expired, row, 1000)).toMatchObject(nothing);
    expect(
      choosePolicies(
        kernel,
        models,
        row.map(() => Number.NaN),
        1000,
      ),
    ).toMatchObject(nothing);
  });

  it('belong to the engine: another model, or none, is refused at the start', async () => {
    const table = await market(7, 100);
    const listings = [listingOf('SIM', table)];
    const { risk, ...rest } = MODELS;
    await expect(openEngine({ models: rest, listings })).rejects.toThrow(
      'there is no model for policy "risk"',
    );
    await expect(openEngine({ models: { ...rest, risk: MODELS['execution']! }, listings })).rejects.toThrow(
      'it is for "execution", not for "risk"',
    );
    expect((await openEngine({ models: { ...rest, risk: risk! }, listings })).header.models).toHaveLength(6);
    const plain = await openEngine({ models: rest, listings, config: { policies: 'none' } });
    expect(plain.header.models).toHaveLength(4);
  });

  it('place a limit at the close or half a spread away from it, on the cheap side', () => {
    const context = { priceTicks: 10_000, halfSpreadBp: 2.5 };
    const prices = ORDER_STYLES.map((style) => [true, false].map((buys) => sendingOf(style, context, buys)));
    expect(
      prices.map((pair) => pair.map(({ kind, limitTicks, slices }) => [kind, limitTicks, slices])),
    ).toEqual([
      [
        ['MARKET', 0, 1],
        ['MARKET', 0, 1],
      ],
      [
        ['MARKET', 0, 1],
        ['MARKET', 0, 1],
      ],
      [
        ['LIMIT', 9_997, 1],
        ['LIMIT', 10_003, 1],
      ],
      [
        ['LIMIT', 10_000, 1],
        ['LIMIT', 10_000, 1],
      ],
      [
        ['TWAP', 0, 3],
        ['TWAP', 0, 3],
      ],
    ]);
  });
});
