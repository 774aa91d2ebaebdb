// The same events give the same bytes: twice, side by side, in several symbols, and on every build that keeps
// its version.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { analysisModule } from '#analysis';
import { ByteWriter, toHex } from '../../src/core/bytes.ts';
import { barEvents, portfolioEvents } from '../../src/data/events.ts';
import { listingOf } from '../../src/data/listing.ts';
import { effectsCodec } from '../../src/engine/effects.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import { ENGINE_VERSION } from '../../src/engine/version.ts';
import { correlationOf } from '../../src/risk/correlation.ts';
import { effectsOf, market, MODELS, NAMES, record, simulatedEngine } from '../fixtures/engine-run.ts';

interface Golden {
  engineVersion: number;
  marketSeed: number;
  bars: number;
  stateHash: string;
  effectsHash: string;
  decisions: number;
  fills: number;
}

const golden = JSON.parse(
  readFileSync(new URL('../golden/state-hash.json', import.meta.url), 'utf8'),
) as Golden;

it('gives the golden state and effects; another one needs ENGINE_VERSION raised, and its reason in the commit', async () => {
  const table = await market(golden.marketSeed, golden.bars);
  const run = await record(await simulatedEngine([table], { patterns: 65_536 }), barEvents(table));
  const effects = new ByteWriter(1 << 20);
  for (const step of run.steps) effectsCodec.write(effects, [...step.effects]);
  const found: Golden = {
    engineVersion: ENGINE_VERSION,
    marketSeed: golden.marketSeed,
    bars: golden.bars,
    stateHash: toHex(run.end.stateHash),
    // the journal's own hash covers the kernel's too, which any rebuild changes; this one is of what was
    // decided
    effectsHash: createHash('sha256').update(effects.view8()).digest('hex'),
    decisions: effectsOf(run, 'decision').length,
    fills: effectsOf(run, 'fill').length,
  };
  expect(found).toEqual(golden);
});

it('writes the same journal twice', async () => {
  const table = await market(3, 3000);
  const [first, second] = [
    await record(await simulatedEngine([table]), barEvents(table)),
    await record(await simulatedEngine([table]), barEvents(table)),
  ];
  expect(Buffer.compare(first.bytes, second.bytes)).toBe(0);
  expect(effectsOf(first, 'decision').length).toBeGreaterThan(0);
});

it('comes to the same state on the analysis module, which is built from the same sources', async () => {
  const table = await market(3, 3000);
  const setup = { models: MODELS, listings: [listingOf('SIM', table)], config: { simulated: true } };
  const [kernel, analysis] = await Promise.all([
    openEngine(setup),
    openEngine({ ...setup, kernelModule: await analysisModule() }),
  ]);
  for (const event of barEvents(table)) expect(analysis.step(event)).toEqual(kernel.step(event));
  expect(toHex(analysis.stateHash())).toBe(toHex(kernel.stateHash()));
});

it('keeps two engines of one process apart, step by step', async () => {
  const tables = [await market(3, 2500), await market(4, 2500)];
  const alone = [];
  for (const table of tables) {
    const run = await record(await simulatedEngine([table]), barEvents(table));
    alone.push(toHex(run.end.stateHash));
  }
  const engines = [await simulatedEngine([tables[0]!]), await simulatedEngine([tables[1]!])];
  const sources = tables.map((table) => [...barEvents(table)]);
  for (let i = 0; i < 2500; i++) {
    engines.forEach((engine, k) => {
      engine.step(sources[k]![i]!);
    });
  }
  expect(engines.map((engine) => toHex(engine.stateHash()))).toEqual(alone);
});

it('orders several symbols by (known at, name), so that the order of the files does not matter', async () => {
  const tables = [await market(3, 2400), await market(4, 2400, { missing: 0.05 }), await market(5, 2400)];
  const run = await record(await simulatedEngine(tables), portfolioEvents(tables, NAMES));
  expect(effectsOf(run, 'barRejected')).toEqual([]);
  expect(new Set(effectsOf(run, 'decision').map(({ symbol }) => symbol)).size).toBeGreaterThan(1);
  const again = await record(await simulatedEngine(tables), portfolioEvents(tables, NAMES));
  expect(toHex(again.end.stateHash)).toBe(toHex(run.end.stateHash));

  const order = [2, 0, 1];
  const shuffled = portfolioEvents(
    order.map((i) => tables[i]!),
    order.map((i) => NAMES[i]!),
  );
  const mapped = [...shuffled].map((event) => ({ ...event, symbol: order[event.symbol]! }));
  expect(mapped).toEqual(run.steps.map(({ event }) => event));
});

it('refuses a bar that comes after a later one of another symbol, and takes one of the same moment', async () => {
  const tables = [await market(3, 40), await market(4, 40)];
  const engine = await simulatedEngine(tables);
  const [a, b] = tables.map((table) => [...barEvents(table)]);
  engine.step(a![5]!);
  const before = toHex(engine.stateHash());
  expect(engine.step({ ...b![4]!, symbol: 1 })).toMatchObject([
    { kind: 'barRejected', symbol: 1, rejection: { reason: 'BACKWARD', field: 'tsMs' } },
  ]);
  expect(toHex(engine.stateHash())).toBe(before);
  expect(engine.step({ ...b![5]!, symbol: 1 })).toEqual([]);
});

it('compares returns with the reference symbol, which goes first at equal moments', async () => {
  const tables = [await market(3, 1500), await market(4, 1500)];
  for (const reference of [0, 1]) {
    const other = 1 - reference;
    const engine = await simulatedEngine(tables, { reference });
    const alone = await simulatedEngine(tables);
    for (const event of portfolioEvents(tables, NAMES, NAMES[reference])) {
      engine.step(event);
      alone.step(event);
    }
    expect(correlationColumn(engine, reference)).toBe(correlationColumn(alone, reference));
    expect(correlationColumn(engine, other)).not.toBe(correlationColumn(alone, other));
    const monitored = correlationOf(engine.core.kernel.raw, engine.core.pairs.address, 0, 1);
    expect(correlationColumn(engine, other)).toBe(Math.fround(monitored));
  }
});

/** The correlation column of the newest strategic row of a symbol. */
function correlationColumn(engine: Engine, symbol: number): number {
  const arena = engine.core.arenas[symbol]!;
  arena.writeMatrices();
  return engine.core.kernel.f32(arena.strategicMatrix, 48 * 13)[47 * 13 + 8]!;
}
