// Bad input is refused by name and leaves no trace: the state hash before and after is the same.

import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../src/core/bytes.ts';
import { barEvents } from '../../src/data/events.ts';
import type { BarTable } from '../../src/data/bar-table.ts';
import { DEFAULT_CONFIG } from '../../src/engine/config.ts';
import type { EngineConfig } from '../../src/engine/config.ts';
import { createEngine } from '../../src/engine/engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { BarEvent, EngineEvent } from '../../src/engine/events.ts';
import { openEngine } from '../../src/engine/open.ts';
import { restoreSnapshot, snapshotOf } from '../../src/engine/snapshot.ts';
import { REJECTION_REASONS } from '../../src/market/bar.ts';
import { smallModel } from '../fixtures/small-model.ts';
import { market, MODELS, simulatedEngine } from '../fixtures/engine-run.ts';

let table: BarTable;
let engine: Engine;
let next: BarEvent;
beforeAll(async () => {
  table = await market(5, 2401);
  engine = await simulatedEngine([table, await market(6, 1)]);
  const events = [...barEvents(table)];
  for (const event of events.slice(0, 2400)) engine.step(event);
  next = events[2400]!;
});

/** Takes an event that must change nothing, whether it is answered or thrown out. */
function withoutTrace(event: EngineEvent): ReturnType<Engine['step']> | string {
  const before = toHex(engine.stateHash());
  let answer: ReturnType<Engine['step']> | string;
  try {
    answer = engine.step(event);
  } catch (error) {
    answer = error instanceof Error ? error.message : String(error);
  }
  expect(toHex(engine.stateHash())).toBe(before);
  return answer;
}

const REJECTED: [reason: string, field: string, change: Partial<BarEvent>][] = [
  ['NON_FINITE', 'tsMs', { tsMs: NaN }],
  ['NON_FINITE', 'open', { open: Infinity }],
  ['NON_FINITE', 'high', { high: NaN }],
  ['NON_FINITE', 'low', { low: -Infinity }],
  ['NON_FINITE', 'close', { close: NaN }],
  ['NON_FINITE', 'volume', { volume: NaN }],
  ['PRICE_NOT_POSITIVE', 'close', { close: -1 }],
  ['PRICE_NOT_POSITIVE', 'low', { low: 0 }],
  ['OUT_OF_RANGE', 'high', { high: 2e9 }],
  ['OUT_OF_RANGE', 'volume', { volume: 1e16 }],
  ['OUT_OF_RANGE', 'tsMs', { tsMs: -300_000 }],
  ['OUT_OF_RANGE', 'tsMs', { tsMs: 9e12 }],
  ['LOW_ABOVE_BODY', 'low', { low: 1e8, high: 1e9 }],
  ['HIGH_BELOW_BODY', 'high', { high: 0.01, low: 0.01 }],
  ['VOLUME_NEGATIVE', 'volume', { volume: -1 }],
  ['OFF_GRID', 'tsMs', { tsMs: 1_704_067_200_001 }],
];

describe('a rejected bar', () => {
  it.each(REJECTED)('%s in %s changes no state', (reason, field, change) => {
    expect(withoutTrace({ ...next, ...change })).toMatchObject([
      { kind: 'barRejected', rejection: { reason, field } },
    ]);
  });

  it('comes with every reason there is', () => {
    const backward = { ...next, tsMs: next.tsMs - 600_000 };
    expect(withoutTrace(backward)).toMatchObject([{ rejection: { reason: 'BACKWARD' } }]);
    const duplicate = { ...next, tsMs: next.tsMs - 300_000 };
    expect(withoutTrace(duplicate)).toMatchObject([{ rejection: { reason: 'DUPLICATE' } }]);
    expect(withoutTrace({ ...next, symbol: 1, tsMs: 300_000 })).toMatchObject([
      { symbol: 1, rejection: { reason: 'BACKWARD' } },
    ]);
    const tried = new Set([...REJECTED.map(([reason]) => reason), 'BACKWARD', 'DUPLICATE']);
    expect(tried).toEqual(new Set(REJECTION_REASONS));
  });

  it('is one whose money would not be exact, while a position is open', async () => {
    const rich = await simulatedEngine([table], { equityMicro: 9e14 });
    const events = [...barEvents(table)];
    let held = 0;
    for (const event of events) {
      rich.step(event);
      held = rich.core.state.ledger.positions[0]!.lots;
      if (held !== 0) break;
    }
    expect(held).not.toBe(0);
    const last = rich.core.state.symbols[0]!.lastTsMs!;
    const before = toHex(rich.stateHash());
    const spike: BarEvent = { ...next, tsMs: last + 300_000, open: 9e8, high: 9e8, low: 9e8, close: 9e8 };
    expect(rich.step(spike)).toMatchObject([{ rejection: { reason: 'OUT_OF_RANGE', field: 'high' } }]);
    expect(toHex(rich.stateHash())).toBe(before);
  });
});

const THROWN: [name: string, event: EngineEvent, message: string][] = [
  [
    'a symbol that is not listed',
    { kind: 'bar', symbol: 2, tsMs: 0, open: 1, high: 1, low: 1, close: 1, volume: 0 },
    'symbol 2',
  ],
  [
    'half a symbol',
    { kind: 'bar', symbol: 0.5, tsMs: 0, open: 1, high: 1, low: 1, close: 1, volume: 0 },
    'symbol 0.5',
  ],
  [
    'an operator without a name',
    { kind: 'operator', atMs: 1, action: 'halt', operator: '', reason: 'x' },
    'operator ""',
  ],
  [
    'an endless reason',
    { kind: 'operator', atMs: 1, action: 'halt', operator: 'ann', reason: 'x'.repeat(501) },
    'reason',
  ],
  [
    'a moment that is none',
    { kind: 'operator', atMs: NaN, action: 'halt', operator: 'ann', reason: 'x' },
    'atMs',
  ],
  [
    'an attestation of half a round',
    { kind: 'attested', round: 1.5, agent: 'fvg', short: 0, hold: 1, long: 0 },
    'round 1.5',
  ],
  [
    'an agent with an endless name',
    { kind: 'attested', round: 1, agent: 'f'.repeat(65), short: 0, hold: 1, long: 0 },
    'agent',
  ],
];

describe('an event that no journal could keep', () => {
  it.each(THROWN)('%s is thrown out and changes nothing', (_name, event, message) => {
    expect(withoutTrace(event)).toContain(message);
  });

  it('an unknown action is no reset', () => {
    const event = JSON.parse(
      '{"kind":"operator","atMs":1,"action":"open","operator":"ann","reason":"x"}',
    ) as EngineEvent;
    expect(withoutTrace(event)).toContain('action "open"');
  });
});

describe('an engine that must not start', () => {
  const listings = (): Engine['header']['listings'] => [engine.header.listings[0]!];
  const patched = (agent: 'fvg', onnx: Uint8Array): typeof MODELS => {
    const card = JSON.parse(MODELS[agent]!.card) as { sha256: string; size_bytes: number };
    card.sha256 = createHash('sha256').update(onnx).digest('hex');
    card.size_bytes = onnx.length;
    return { ...MODELS, [agent]: { onnx, card: JSON.stringify(card) } };
  };
  const models: [name: string, models: () => typeof MODELS, message: RegExp][] = [
    ['a missing model', () => ({ ...MODELS, entry: undefined! }), /no model for voter "entry"/],
    [
      'a card of another voter',
      () => ({ ...MODELS, fvg: MODELS.momentum! }),
      /it is for "momentum", not for "fvg"/,
    ],
    [
      "a file that is not the card's",
      () => ({
        ...MODELS,
        fvg: { ...MODELS.fvg!, onnx: MODELS.fvg!.onnx.map((byte, i) => (i === 900 ? byte ^ 1 : byte)) },
      }),
      /its SHA-256 [0-9a-f]{64} is not the card's/,
    ],
    ['an empty file', () => patched('fvg', new Uint8Array(0)), /it is empty/],
    ['a file cut short', () => patched('fvg', MODELS.fvg!.onnx.subarray(0, 700)), /BAD_MODEL|file|Cannot/],
    [
      'an unknown operator',
      () =>
        patched('fvg', smallModel({ nodes: [{ operator: 'Loop', inputs: ['x'], output: 'probabilities' }] })),
      /Loop/,
    ],
    [
      'a huge dimension',
      () => patched('fvg', smallModel({ input: { name: 'x', dims: ['batch', 4_000_000_000, 3] } })),
      /4000000000/,
    ],
    ['a sound model of another shape', () => patched('fvg', smallModel()), /shape/],
  ];
  it.each(models)('%s is refused by name', async (_name, give, message) => {
    await expect(openEngine({ models: give(), listings: listings() })).rejects.toThrow(message);
  });

  const configs: [field: string, config: Partial<EngineConfig>][] = [
    ['equityMicro', { equityMicro: 1.5 }],
    ['equityMicro', { equityMicro: 2 ** 60 }],
    ['seed', { seed: -1 }],
    ['patterns', { patterns: 3000 }],
    ['reference', { reference: 1 }],
    ['faultTolerance', { faultTolerance: 2 }],
    ['riskMultiplierPpm', { limits: { ...DEFAULT_CONFIG.limits, riskMultiplierPpm: 3_000_000 } }],
    ['config.limits.drawdownHaltPpm', { limits: { ...DEFAULT_CONFIG.limits, drawdownHaltPpm: 0.5 } }],
    ['config.accountEpoch', { accountEpoch: -1 }],
  ];
  it.each(configs)('a setting outside its range is refused: %s', async (field, config) => {
    await expect(openEngine({ models: MODELS, listings: listings(), config })).rejects.toThrow(field);
  });

  it('refuses no symbols, one symbol twice, and more than it can watch', async () => {
    const [listing] = listings();
    const many = Array.from({ length: 33 }, (_, i) => ({
      ...listing!,
      instrument: { ...listing!.instrument, symbol: `S${i}` },
    }));
    const config = { patterns: 256 };
    await expect(openEngine({ models: MODELS, listings: [] })).rejects.toThrow(/instruments 0|symbols 0/);
    await expect(openEngine({ models: MODELS, listings: [listing!, listing!] })).rejects.toThrow(
      'listings[1]',
    );
    await expect(openEngine({ models: MODELS, listings: many, config })).rejects.toThrow('33');
  });

  it('refuses a kernel that another engine owns', () => {
    expect(() => createEngine(engine.core)).toThrow('this kernel already belongs to an engine');
  });
});

describe('a snapshot', () => {
  it('is refused when a byte is damaged, when it is cut, and when it is of another shape', async () => {
    const snapshot = snapshotOf(engine.core, 7);
    const bad: Uint8Array[] = [
      snapshot.subarray(0, snapshot.length - 1),
      Uint8Array.of(9),
      new Uint8Array(0),
    ];
    for (const at of [0, 12, 60, 900, snapshot.length >> 1, snapshot.length - 1]) {
      const damaged = snapshot.slice();
      damaged[at]! ^= 16;
      bad.push(damaged);
    }
    for (const bytes of bad) {
      const fresh = await simulatedEngine([table, await market(6, 1)]);
      expect(() => restoreSnapshot(fresh.core, bytes)).toThrow();
    }
    const single = await simulatedEngine([table]);
    expect(() => restoreSnapshot(single.core, snapshot)).toThrow('another number of symbols');
  });
});
