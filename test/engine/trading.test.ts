// From a verdict to orders, on an engine that is warm: the turn of a position, what still works, the shared
// limits.

import { beforeAll, describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/consensus/quorum.ts';
import type { BarTable } from '../../src/data/bar-table.ts';
import { barEvents, portfolioEvents } from '../../src/data/events.ts';
import type { Effect } from '../../src/engine/effects.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { BarEvent } from '../../src/engine/events.ts';
import { riskContext } from '../../src/engine/risk-context.ts';
import type { OpenRound } from '../../src/engine/state.ts';
import { trade } from '../../src/engine/trading.ts';
import type { Traded } from '../../src/engine/trading.ts';
import { pendingEntryLots } from '../../src/execution/orders.ts';
import { barKnownAtMs } from '../../src/market/bar.ts';
import { volumeInLots } from '../../src/engine/risk-context.ts';
import { market, NAMES, simulatedEngine } from '../fixtures/engine-run.ts';

const WARM = 2400;
let table: BarTable;
let events: BarEvent[];
beforeAll(async () => {
  table = await market(5, 3000);
  events = [...barEvents(table)];
});

/** An engine after its warm-up, flat, with quiet signals so that only the test trades. */
async function warm(): Promise<Engine> {
  const engine = await simulatedEngine([table], { policies: 'none' });
  for (const event of events.slice(0, WARM)) engine.step(event);
  const { ledger, broker } = engine.core.state;
  expect(ledger.positions[0]!.lots).toBe(0);
  expect(broker.book.working).toEqual([]);
  return engine;
}

/** The engine's own trading of a verdict at the last bar taken. */
function decide(engine: Engine, event: BarEvent, side: 'LONG' | 'SHORT', sizeConfidence = 0.8): Traded {
  const { core } = engine;
  const open: OpenRound = {
    round: ++core.state.round,
    symbol: event.symbol,
    knownAtMs: barKnownAtMs(event.tsMs),
    synergyId: `test-${event.tsMs}`,
    synergy: {
      type: 'TYPE_1',
      direction: side === 'LONG' ? 2 : 0,
      confidence: 1,
      tsMs: event.tsMs,
      knownAtMs: barKnownAtMs(event.tsMs),
      expiresAtMs: event.tsMs,
      signalSequence: [],
      barsToComplete: 1,
    },
    barHash: new Uint8Array(32),
    inputsHash: new Uint8Array(32),
    votes: [],
    attested: [],
    atr: core.arenas[event.symbol]!.tactical().atr,
    close: event.close,
    volumeLots: volumeInLots(core.listings[event.symbol]!, event.volume),
  };
  const verdict: Verdict = {
    direction: side === 'LONG' ? 2 : 0,
    execute: true,
    reason: 'EXECUTE',
    winnerPpm: 1_000_000,
    tallyPpm: [0, 0, 1_000_000],
    quorum: true,
    validVotes: 4,
    sizeConfidence,
  };
  return trade(core, open, verdict);
}

/** The bar that does not touch anything: flat at the last close, with a given volume. */
function stillBar(engine: Engine, volume: number): BarEvent {
  const { lastTsMs } = engine.core.state.symbols[0]!;
  const close = engine.core.state.ledger.positions[0]!.markTicks * engine.core.listings[0]!.instrument.tick;
  return {
    kind: 'bar',
    symbol: 0,
    tsMs: lastTsMs! + 300_000,
    open: close,
    high: close,
    low: close,
    close,
    volume,
  };
}

const lots = (engine: Engine): number => engine.core.state.ledger.positions[0]!.lots;
const roles = (engine: Engine): string[] =>
  engine.core.state.broker.book.working.map(({ role }) => role).sort();

/** The first bar after the warm-up at which the engine would trade; it is flat then. */
async function ready(): Promise<{ engine: Engine; at: BarEvent }> {
  const engine = await warm();
  for (const event of events.slice(WARM)) {
    engine.step(event);
    const { uncertainty, gapBlocked } = riskContext(engine.core, openOf(event), 1, 'held');
    const flat = lots(engine) === 0 && roles(engine).length === 0;
    if (flat && uncertainty === 'LOW' && !gapBlocked) return { engine, at: event };
  }
  throw new Error('the market never let the engine trade');
}

const openOf = (event: BarEvent): OpenRound =>
  ({
    symbol: 0,
    close: event.close,
    knownAtMs: barKnownAtMs(event.tsMs),
    atr: 1,
    volumeLots: 1e6,
  }) as OpenRound;

describe('trade', () => {
  it('turns a position over by an exit and an entry, and never ends beyond the new size', async () => {
    const { engine, at } = await ready();
    const first = decide(engine, at, 'LONG');
    expect(first.orders).toMatchObject([{ role: 'ENTRY', kind: 'MARKET' }]);
    const size = first.orders[0]!.lots;
    engine.step(stillBar(engine, 1e6));
    expect(lots(engine)).toBe(size);
    expect(roles(engine)).toEqual(['STOP', 'TARGET']);

    const turned = decide(engine, stillBar(engine, 1000), 'SHORT');
    expect(turned.orders.map(({ role }) => role)).toEqual(['EXIT', 'ENTRY']);
    expect(turned.orders[0]).toMatchObject({ lots: -size, stopAwayTicks: 0, targetAwayTicks: 0 });
    expect(turned.orders[1]!.lots).toBe(turned.sized.lots);
    expect(turned.orders[0]!.id).not.toBe(turned.orders[1]!.id);

    // a thin bar takes a third of the exit, then the price falls through the old stop: nothing may open short
    // twice
    const { lot, tick } = engine.core.listings[0]!.instrument;
    const stop = engine.core.state.broker.book.working.find(({ role }) => role === 'STOP')!;
    engine.step(stillBar(engine, ((size / 3) * lot) / 0.1));
    expect(lots(engine)).toBeGreaterThan(0);
    const target = turned.sized.lots;
    const still = stillBar(engine, 1e7);
    const low = (stop.priceTicks - 1) * tick;
    const crash = { ...still, low, close: low };
    const effects = engine.step(crash);
    for (const effect of effects) if (effect.kind === 'fill') expect(effect.fill.lots).toBeLessThan(0);
    expect(lots(engine)).toBeGreaterThanOrEqual(target);
    expect(roles(engine)).not.toContain('EXIT');
    for (const order of engine.core.state.broker.book.working) expect(Math.sign(order.lots)).toBe(1);
  });

  it('lets a new order take the place of one that still works', async () => {
    const { engine, at } = await ready();
    const first = decide(engine, at, 'LONG').orders[0]!;
    const { lot } = engine.core.listings[0]!.instrument;
    engine.step(stillBar(engine, ((first.lots / 4) * lot) / 0.1));
    const held = lots(engine);
    expect(held).toBeGreaterThan(0);
    expect(held).toBeLessThan(first.lots);
    const again = decide(engine, stillBar(engine, 1000), 'LONG');
    expect(again.replaced).toMatchObject([
      { id: first.id, state: 'CANCELLED', reason: 'REPLACED', filledLots: held },
    ]);
    expect(again.orders[0]!.lots + held).toBe(again.sized.lots);
    expect(pendingEntryLots(engine.core.state.broker.book, 0)).toBe(again.orders[0]!.lots);
    engine.step(stillBar(engine, 1e7));
    expect(lots(engine)).toBe(again.sized.lots);
  });

  it('keeps the working order when the new one is refused', async () => {
    const { engine, at } = await ready();
    const first = decide(engine, at, 'LONG').orders[0]!;
    const refused = decide(engine, at, 'SHORT', 0.5);
    expect(refused).toMatchObject({ orders: [], replaced: [], refusal: 'ZERO_SIZE' });
    expect(engine.core.state.broker.book.working.map(({ id }) => id)).toEqual([first.id]);
  });

  it('closes an opposite position even when the other side is worth nothing', async () => {
    const { engine, at } = await ready();
    const size = decide(engine, at, 'LONG').orders[0]!.lots;
    engine.step(stillBar(engine, 1e7));
    const closing = decide(engine, stillBar(engine, 1000), 'SHORT', 0.5);
    expect(closing.orders).toMatchObject([{ role: 'EXIT', lots: -size }]);
    const effects: Effect[] = engine.step(stillBar(engine, 1e7));
    expect(effects.some(({ kind }) => kind === 'trade')).toBe(true);
    expect(lots(engine)).toBe(0);
    expect(roles(engine)).toEqual([]);
  });

  it('counts entries that work for other symbols as if they had filled', async () => {
    const tables = [table, await market(6, 2400)];
    const engine = await simulatedEngine(tables, { policies: 'none' });
    for (const event of portfolioEvents(
      tables.map((t) => t),
      NAMES,
    )) {
      if (event.tsMs >= table.tsMs[WARM]!) break;
      engine.step(event);
    }
    const { broker, ledger } = engine.core.state;
    const seen = (side: 1 | -1) =>
      riskContext(engine.core, { ...openOf(events[WARM - 1]!), symbol: 1 }, side, 'held');
    const [long, short] = [seen(1), seen(-1)];
    broker.book.working.push({
      ...{ id: 'x', parentId: '', symbolIndex: 0, role: 'ENTRY', kind: 'MARKET', lots: 500, filledLots: 100 },
      ...{ priceTicks: 0, decisionTicks: 1, stopAwayTicks: 0, targetAwayTicks: 0, guardBp: 0 },
      ...{ barsLeft: 6, slicesLeft: 1, placedAtMs: 0 },
    });
    const { tickValueMicro, markTicks, lots: held } = ledger.positions[0]!;
    const worth = 400 * tickValueMicro * markTicks;
    expect(held).toBe(0);
    expect(seen(1).grossMicro - long.grossMicro).toBe(worth);
    expect(seen(-1).grossMicro - short.grossMicro).toBe(worth);
    expect(seen(1).netMicro - long.netMicro).toBe(worth);
    expect(seen(-1).netMicro).toBe(short.netMicro);
    expect(seen(1).var95Micro).toBeGreaterThan(long.var95Micro);
  });
});
