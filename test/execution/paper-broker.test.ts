import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../../src/core/bytes.ts';
import type { FillConditions, FillModelName, TickBar } from '../../src/execution/fill-model.ts';
import {
  createLedger,
  exposureOf,
  ledgerCodec,
  markToMarket,
  rebaseHighWater,
} from '../../src/execution/ledger.ts';
import type { Ledger } from '../../src/execution/ledger.ts';
import { cancelOrders, pendingEntryLots, submitOrder } from '../../src/execution/orders.ts';
import {
  createPaperBroker,
  fillCodec,
  nextUniform,
  paperBrokerCodec,
  workBar,
} from '../../src/execution/paper-broker.ts';
import type { PaperBroker } from '../../src/execution/paper-broker.ts';
import { DAY_MS } from '../../src/core/units.ts';
import golden from '../golden/execution.json' with { type: 'json' };
import { send } from './order-fixture.ts';

const QUIET: FillConditions = { halfSpreadBp: 0, sigmaBp: 0, noVolume: true };

function bar(open: number, high: number, low: number, close: number, volumeLots = 0, tsMs = 0): TickBar {
  return { tsMs, open, high, low, close, volumeLots };
}

function desk(fillModel: FillModelName = 'pessimistic'): { broker: PaperBroker; ledger: Ledger } {
  return {
    broker: createPaperBroker(fillModel, 1),
    ledger: createLedger(100_000_000_000, [
      { tickValueMicro: 1000, feeBps: 1 },
      { tickValueMicro: 50, feeBps: 0 },
    ]),
  };
}

describe('market orders', () => {
  it('fill at the next open, worse by half-spread, impact and latency, rounded against us to a tick', () => {
    const { broker, ledger } = desk();
    expect(send(broker)).toBe('accepted');
    expect(pendingEntryLots(broker.book, 0)).toBe(10);
    const conditions = { halfSpreadBp: 2, sigmaBp: 10, noVolume: false };
    const { fills } = workBar(broker, ledger, 0, bar(10_050, 10_060, 10_040, 10_055, 1000), conditions);
    // 2 bp + 10 bp · √(10/1000) + 10 bp · √(latency/300000): 3.1 to 3.5 bp on 10,050
    expect(fills).toHaveLength(1);
    expect(fills[0]).toMatchObject({ orderId: 'a', lots: 10, priceTicks: 10_054, role: 'ENTRY' });
    expect(fills[0]?.slippageBp).toBeCloseTo(54, 9);
    expect(fills[0]?.feeMicro).toBe(10_054);
    expect(broker.book.working).toEqual([]);
    expect(ledger.positions[0]?.lots).toBe(10);
  });

  it('take at most a tenth of the volume per bar, wait without volume, and expire', () => {
    const { broker, ledger } = desk();
    send(broker, { barsToLive: 3 });
    const conditions = { ...QUIET, noVolume: false };
    const lots = [60, 0, 20].map((volume) =>
      workBar(broker, ledger, 0, bar(100, 101, 99, 100, volume), conditions).fills.map((fill) => fill.lots),
    );
    expect(lots).toEqual([[6], [], [2]]);
    expect(broker.book.working).toEqual([]);
    expect(ledger.positions[0]?.lots).toBe(8);
  });

  it('cancel an entry that opens beyond its slippage guard', () => {
    const { broker, ledger } = desk();
    send(broker, { guardBp: 25 });
    const { fills, ends } = workBar(broker, ledger, 0, bar(10_030, 10_040, 10_020, 10_030), QUIET);
    expect(fills).toEqual([]);
    expect(ends).toEqual([{ id: 'a', state: 'CANCELLED', reason: 'SLIPPAGE_GUARD', filledLots: 0 }]);
  });

  it('split a TWAP into equal children that never exceed it', () => {
    const { broker, ledger } = desk();
    send(broker, { kind: 'TWAP', slices: 3, barsToLive: 5 });
    const lots: number[] = [];
    for (let t = 0; t < 5; t++) {
      const { fills } = workBar(broker, ledger, 0, bar(10_000, 10_001, 9999, 10_000, 0, t), QUIET);
      for (const fill of fills) lots.push(fill.lots);
      for (const fill of fills) expect(fill).toMatchObject({ parentId: 'a', orderId: `a/${t}` });
    }
    expect(lots).toEqual([4, 3, 3]);
  });
});

describe('limit orders', () => {
  const touch = bar(10_010, 10_020, 9990, 10_000);
  const through = bar(10_010, 10_020, 9989, 10_000);

  it('do not fill on a touch, except for an optimist', () => {
    for (const [model, fills] of [
      ['pessimistic', 0],
      ['neutral', 0],
      ['optimistic', 1],
    ] as const) {
      const { broker, ledger } = desk(model);
      send(broker, { kind: 'LIMIT', limitTicks: 9990 });
      expect(workBar(broker, ledger, 0, touch, QUIET).fills, model).toHaveLength(fills);
    }
  });

  it('fill at their price when price trades through, and at a better open only for the less strict models', () => {
    for (const [model, price] of [
      ['pessimistic', 9995],
      ['neutral', 9990],
      ['optimistic', 9990],
    ] as const) {
      const { broker, ledger } = desk(model);
      send(broker, { kind: 'LIMIT', limitTicks: 9995 });
      const gap = bar(9990, 10_000, 9980, 9995);
      expect(workBar(broker, ledger, 0, gap, QUIET).fills[0]?.priceTicks, model).toBe(price);
    }
    const { broker, ledger } = desk();
    send(broker, { kind: 'LIMIT', limitTicks: 9990 });
    expect(workBar(broker, ledger, 0, through, QUIET).fills[0]?.priceTicks).toBe(9990);
  });
});

describe('stops and targets', () => {
  const bracket = { stopAwayTicks: 20, targetAwayTicks: 30 };

  it('take the stop first when one bar holds both, at the worse of stop and open', () => {
    const { broker, ledger } = desk();
    send(broker, bracket);
    workBar(broker, ledger, 0, bar(10_000, 10_005, 9995, 10_000), QUIET);
    expect(broker.book.working.map((order) => [order.id, order.priceTicks, order.lots])).toEqual([
      ['a.stop', 9980, -10],
      ['a.target', 10_030, -10],
    ]);
    const { fills, ends, trades } = workBar(broker, ledger, 0, bar(9970, 10_040, 9960, 10_000, 0, 5), QUIET);
    expect(fills).toMatchObject([{ role: 'STOP', priceTicks: 9970, lots: -10, realisedMicro: -300_000 }]);
    expect(fills[0]?.slippageBp).toBeCloseTo(10 / 0.998, 6);
    expect(ends.map((end) => [end.id, end.state])).toEqual([
      ['a.stop', 'FILLED'],
      ['a.target', 'CANCELLED'],
    ]);
    const fee = 10_000 + 9970;
    expect(trades).toEqual([{ symbolIndex: 0, openedAtMs: 0, closedAtMs: 5, netMicro: -300_000 - fee }]);
    expect(ledger.cashMicro).toBe(100_000_000_000 - 300_000 - fee);
  });

  it('protect inside the entry bar, but a limit entry cannot win inside it', () => {
    const both = bar(10_010, 10_060, 9994, 10_050);
    for (const [changed, roles] of [
      [{ kind: 'MARKET' }, ['ENTRY', 'TARGET']],
      [{ kind: 'LIMIT', limitTicks: 9995 }, ['ENTRY']],
    ] as const) {
      const { broker, ledger } = desk();
      send(broker, { ...bracket, ...changed });
      expect(workBar(broker, ledger, 0, both, QUIET).fills.map((fill) => fill.role)).toEqual(roles);
    }
    const { broker, ledger } = desk();
    send(broker, { ...bracket, kind: 'LIMIT', limitTicks: 9995 });
    const fall = workBar(broker, ledger, 0, bar(10_010, 10_015, 9970, 9980), QUIET);
    expect(fall.fills.map((fill) => [fill.role, fill.priceTicks])).toEqual([
      ['ENTRY', 9995],
      ['STOP', 9975],
    ]);
  });

  it('grow with partial fills, and stop the entry once reached', () => {
    const { broker, ledger } = desk();
    const thin = { ...QUIET, noVolume: false };
    send(broker, { ...bracket, lots: -10, barsToLive: 9 });
    workBar(broker, ledger, 0, bar(10_000, 10_001, 9999, 10_000, 30), thin);
    workBar(broker, ledger, 0, bar(10_000, 10_001, 9999, 10_000, 20), thin);
    expect(broker.book.working.map((order) => order.lots)).toEqual([-10, 5, 5]);
    const hit = workBar(broker, ledger, 0, bar(10_005, 10_025, 10_000, 10_020, 40), thin);
    expect(hit.fills.map((fill) => [fill.role, fill.lots])).toEqual([['ENTRY', -4]]);
    const next = workBar(broker, ledger, 0, bar(10_022, 10_025, 10_020, 10_020, 500), thin);
    expect(next.fills.map((fill) => [fill.role, fill.lots, fill.priceTicks])).toEqual([
      ['ENTRY', -1, 10_022],
      ['STOP', 10, 10_022],
    ]);
    expect(ledger.positions[0]?.lots).toBe(0);
    expect(broker.book.working).toEqual([]);
  });

  it('never open a position: an exit without one is dropped', () => {
    const { broker, ledger } = desk();
    send(broker, bracket);
    workBar(broker, ledger, 0, bar(10_000, 10_005, 9995, 10_000), QUIET);
    send(broker, { id: 'b', role: 'EXIT', lots: -10 });
    const { fills, ends } = workBar(broker, ledger, 0, bar(10_000, 10_040, 9960, 10_000), QUIET);
    expect(fills.map((fill) => fill.role)).toEqual(['EXIT']);
    expect(ends.map((end) => end.id).sort()).toEqual(['a.stop', 'a.target', 'b']);
    expect(broker.book.working).toEqual([]);
  });
});

describe('orders', () => {
  it('take a resend as the same order and refuse what is not exact', () => {
    const { broker } = desk();
    expect(send(broker)).toBe('accepted');
    expect(send(broker, { lots: 20 })).toBe('duplicate');
    expect(send(broker, { id: '' })).toBe('rejected');
    expect(send(broker, { id: 'c', kind: 'LIMIT', limitTicks: 0 })).toBe('rejected');
    expect(send(broker, { id: 'd', barsToLive: 0 })).toBe('rejected');
    expect(send(broker, { id: 'e', lots: NaN })).toBe('UNKNOWN');
    expect(broker.book.working).toHaveLength(1);
    expect(cancelOrders(broker.book, (order) => order.role === 'ENTRY', 'HALTED')).toHaveLength(1);
    // @ts-expect-error only the gate can make an approved order
    expect(() => submitOrder(broker.book, { kind: 'approved', order: null })).toThrow();
  });

  it('keep room for the exits of every entry', () => {
    const { broker, ledger } = desk();
    let accepted = 0;
    for (let i = 0; i < 300; i++) {
      if (send(broker, { id: `o${i}`, stopAwayTicks: 5, targetAwayTicks: 5 }) === 'accepted') accepted++;
    }
    expect(accepted).toBe(85);
    workBar(broker, ledger, 0, bar(10_000, 10_001, 9999, 10_000), QUIET);
    const writer = new ByteWriter();
    paperBrokerCodec.write(writer, broker);
    expect(paperBrokerCodec.read(new ByteReader(writer.copy()))).toEqual(broker);
  });

  it('draw latency from the reference generator', () => {
    const state = { random: golden.prng.seed };
    expect(golden.prng.u.map(() => nextUniform(state))).toEqual(golden.prng.u);
  });
});

describe('ledger', () => {
  it('starts each UTC day from the equity before it, and follows the high-water mark at closes', () => {
    const { broker, ledger } = desk();
    markToMarket(ledger, 0, 10_000, 0);
    send(broker);
    workBar(broker, ledger, 0, bar(9000, 10_000, 9000, 9500), QUIET);
    expect(ledger.highWaterMicro).toBe(100_000_000_000);
    markToMarket(ledger, 0, 9500, 300_000);
    const profit = 500 * 10 * 1000 - 9000;
    expect(ledger.equityMicro).toBe(100_000_000_000 + profit);
    expect(ledger.highWaterMicro).toBe(ledger.equityMicro);
    markToMarket(ledger, 0, 9400, DAY_MS);
    expect(ledger.dayStartMicro).toBe(100_000_000_000 + profit);
    expect(ledger.maxDrawdownPpm).toBe(Math.floor((1_000_000 / ledger.highWaterMicro) * 1e6));
    expect(exposureOf(ledger)).toEqual({ grossMicro: 94_000_000, netMicro: 94_000_000 });
    rebaseHighWater(ledger);
    expect(ledger.highWaterMicro).toBe(ledger.equityMicro);
  });

  it('refuses instruments it cannot keep exact, and names them', () => {
    expect(() => createLedger(0, [{ tickValueMicro: 1, feeBps: 1 }])).toThrow('initialMicro 0');
    expect(() => createLedger(1, [{ tickValueMicro: 0.5, feeBps: 1 }])).toThrow('tickValueMicro 0.5');
    expect(() => createLedger(1, [{ tickValueMicro: 1, feeBps: -1 }])).toThrow('feeBps -1');
  });

  it('and fills survive their encoding', () => {
    const { broker, ledger } = desk();
    send(broker);
    const [fill] = workBar(broker, ledger, 0, bar(9000, 10_000, 9000, 9500), QUIET).fills;
    const writer = new ByteWriter();
    if (fill) fillCodec.write(writer, fill);
    ledgerCodec.write(writer, ledger);
    const reader = new ByteReader(writer.copy());
    expect(fillCodec.read(reader)).toEqual(fill);
    expect(ledgerCodec.read(reader)).toEqual(ledger);
  });
});
