// A journal must replay to the same bits; whatever else its bytes say is found, named, and never ends the
// verifier.

import { beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../src/core/bytes.ts';
import type { Decision, Effect } from '../../src/engine/effects.ts';
import type { EngineEvent } from '../../src/engine/events.ts';
import type { JournalHeader } from '../../src/engine/header.ts';
import { verifyJournal } from '../../src/engine/verify.ts';
import type { Verification, Verifier } from '../../src/engine/verify.ts';
import { chunksOf } from '../../src/journal/store.ts';
import { record, recordMarket, simulatedEngine, market, verifier } from '../fixtures/engine-run.ts';
import type { Recorded } from '../fixtures/engine-run.ts';
import { recordsOf, rewrite } from '../fixtures/journal-surgery.ts';
import type { Part } from '../fixtures/journal-surgery.ts';
import { barEvents } from '../../src/data/events.ts';

let host: Verifier;
/** A whole run with decisions, orders and fills, and one of a few events. */
let long: Recorded;
let short: Recorded;
beforeAll(async () => {
  host = await verifier();
  long = await recordMarket(5, 3200);
  short = await record(await simulatedEngine([await market(5, 2)], { patterns: 256 }), [
    ...barEvents(await market(5, 2)),
    { kind: 'operator', atMs: 5, action: 'halt', operator: 'ann', reason: 'drill' },
  ]);
});

/** Bit patterns for damage, taken in turn. */
const FLIPS = [0x01, 0x80, 0x55, 0xff, 0x10] as const;

const verify = (bytes: Uint8Array): Promise<Verification> => verifyJournal(chunksOf(bytes), host);

function expectRefused(found: Verification, what: string): void {
  expect(found.ok, what).toBe(false);
  expect(found.stateHash, what).toBeNull();
  expect(found.message, what).not.toBe('');
  if (found.differentBuild === null) {
    expect(found.firstDivergence?.seq, what).toBeGreaterThanOrEqual(0);
    expect(found.firstDivergence?.field, what).toBeTruthy();
  }
}

describe('verifyJournal', () => {
  it('replays a sound journal to the same hashes', async () => {
    const found = await verify(long.bytes);
    expect(found).toMatchObject({ ok: true, events: 3200, firstDivergence: null, truncatedAfter: null });
    expect(found.stateHash).toBe(toHex(long.end.stateHash));
    expect(found.journalHash).toBe(toHex(long.end.journalHash!));
  });

  it('finds every changed byte of a small journal and names the field of a damaged event', async () => {
    const { bytes } = short;
    const records = recordsOf(bytes);
    for (let at = 0; at < bytes.length; at++) {
      const flip = FLIPS[at % FLIPS.length]!;
      const changed = bytes.slice();
      changed[at]! ^= flip;
      const found = await verify(changed);
      const what = `byte ${at} ^ ${flip}: ${JSON.stringify(found)}`;
      expectRefused(found, what);
      const within = records.findIndex(({ from, to }) => at >= from + 4 && at < to);
      if (within < 0) continue;
      expect(found.firstDivergence?.seq, what).toBe(within + 1);
      const { from, body } = records[within]!;
      if (at >= from + 4 + body.length) expect(found.firstDivergence?.field, what).toBe('hash');
    }
    const bar = records[1]!;
    const close = bar.from + 4 + 9 + 1 + 2 + 8 * 4 + 3;
    const changed = bytes.slice();
    changed[close]! ^= 0x11;
    expect((await verify(changed)).firstDivergence).toEqual({ seq: 2, field: 'event.close' });
  }, 60_000);

  it('says after which record a cut journal ends, wherever it is cut', async () => {
    const { bytes } = short;
    const records = recordsOf(bytes);
    for (let size = 0; size < bytes.length; size++) {
      const found = await verify(bytes.subarray(0, size));
      expectRefused(found, `cut at ${size}`);
      const whole = records.filter(({ to }) => to <= size).length;
      expect(found.truncatedAfter, `cut at ${size}`).toBe(whole);
    }
  });

  it('finds trailing bytes, spliced journals, missing and repeated records', async () => {
    const { bytes } = short;
    const records = recordsOf(bytes);
    const part = (from: number, to: number): Uint8Array => bytes.subarray(from, to);
    const last = records[records.length - 1]!;
    const second = records[1]!;
    const other = await record(await simulatedEngine([await market(6, 3)], { patterns: 256 }), [
      ...barEvents(await market(6, 3)),
    ]);
    const theirs = recordsOf(other.bytes);
    const cases: [string, Uint8Array[], { seq: number; field: string }][] = [
      [
        'garbage behind',
        [bytes, Uint8Array.of(1, 2, 3)],
        { seq: records.length + 1, field: 'bytes after closing' },
      ],
      [
        'closing twice',
        [bytes, part(last.from, last.to)],
        { seq: records.length + 1, field: 'record after closing' },
      ],
      ['a record twice', [part(0, second.to), part(second.from, bytes.length)], { seq: 3, field: 'seq' }],
      ['a record left out', [part(0, second.from), part(second.to, bytes.length)], { seq: 2, field: 'seq' }],
      [
        'two journals spliced',
        [part(0, second.from), other.bytes.subarray(theirs[1]!.from)],
        { seq: 2, field: 'hash' },
      ],
      [
        'a huge length',
        [part(0, second.from), Uint8Array.of(255, 255, 255, 127)],
        { seq: 2, field: 'length' },
      ],
    ];
    for (const [name, parts, divergence] of cases) {
      const found = await verify(Buffer.concat(parts));
      expectRefused(found, name);
      expect(found.firstDivergence, name).toEqual(divergence);
    }
  });

  it('calls an intact header of another engine or kernel a different build', async () => {
    const change = (edit: (header: JournalHeader) => void): Uint8Array =>
      rewrite(long.bytes, host.hasher, { header: edit });
    for (const edit of [
      (header: JournalHeader) => void header.engineVersion++,
      (header: JournalHeader) => void (header.kernelHash[3]! ^= 1),
      (header: JournalHeader) => void (header.models[2]!.sha256[0]! ^= 1),
    ]) {
      const found = await verify(change(edit));
      expect(found.ok).toBe(false);
      expect(found.message).toContain('different build');
      expect(found.differentBuild).toBeTruthy();
    }
  });

  it('finds a changed setting behind recomputed hashes', async () => {
    const edits: ((header: JournalHeader) => void)[] = [
      ({ config }) => void (config.equityMicro += 1_000_000),
      ({ config }) => void (config.equityMicro = 0),
      ({ config }) => void (config.fillModel = 'optimistic'),
      ({ config }) => void (config.attestation = 'live'),
      ({ config }) => void (config.patterns = 1000),
      ({ config }) => void (config.limits.perTradeLossPpm = 1000),
      ({ listings }) => void (listings[0]!.instrument.tick = 1),
      ({ listings }) => void (listings[0]!.volume = 'none'),
      ({ listings }) => void listings.push(listings[0]!),
    ];
    for (const edit of edits) {
      const found = await verify(rewrite(long.bytes, host.hasher, { header: edit }));
      expectRefused(found, String(edit));
      expect(found.firstDivergence, String(edit)).not.toBeNull();
    }
  });

  it('names a changed checkpoint and closing record', async () => {
    const forged = rewrite(long.bytes, host.hasher, {
      record: (part) => {
        if (part.milestone) part.milestone.stateHash[0]! ^= 1;
      },
    });
    expect((await verify(forged)).firstDivergence).toEqual({ seq: 3201, field: 'closing.stateHash' });
    const counted = rewrite(long.bytes, host.hasher, {
      record: (part) => {
        if (part.milestone) part.milestone.events++;
      },
    });
    expect((await verify(counted)).firstDivergence).toEqual({ seq: 3201, field: 'closing.events' });
  });
});

describe('a journal forged with every later hash recomputed', () => {
  type Edit = (effect: Effect, effects: Effect[]) => boolean;
  const decision = (edit: (decision: Decision) => void): Edit => {
    return (effect) => {
      if (effect.kind !== 'decision' || effect.outcome !== 'executed') return false;
      edit(effect);
      return true;
    };
  };
  const vote = (edit: (vote: Writable<Decision['votes'][number]>) => void): Edit =>
    decision(({ votes }) => edit(votes[2] as Writable<Decision['votes'][number]>));
  type Writable<T> = { -readonly [K in keyof T]: T[K] };
  const of =
    <K extends Effect['kind']>(kind: K, edit: (effect: Extract<Effect, { kind: K }>) => void): Edit =>
    (effect) => {
      if (effect.kind !== kind) return false;
      edit(effect as Extract<Effect, { kind: K }>);
      return true;
    };
  const next = (value: number): number => (value === 0 ? 1 : value * 2);

  const FORGERIES: [field: string, edit: Edit][] = [
    ['votes[2].agent', vote((v) => void (v.agent = 'ghost'))],
    ['votes[2].round', vote((v) => void (v.round += 1))],
    ['votes[2].barHash', vote((v) => void (v.barHash[31]! ^= 1))],
    ['votes[2].modelHash', vote((v) => void (v.modelHash[0]! ^= 1))],
    [
      'votes[2].probabilities[0]',
      vote(
        (v) => void (v.probabilities = [next(v.probabilities[0]), v.probabilities[1], v.probabilities[2]]),
      ),
    ],
    [
      'votes[2].probabilities[2]',
      vote(
        (v) => void (v.probabilities = [v.probabilities[0], v.probabilities[1], v.probabilities[2] + 1e-16]),
      ),
    ],
    [
      'votes[2].evidence[0].value',
      vote((v) => void ((v.evidence[0] as Writable<(typeof v.evidence)[0]>).value += 1)),
    ],
    ['votes[2].evidence.length', vote((v) => void (v.evidence = []))],
    ['votes[2].abstain', vote((v) => void (v.abstain = 'WARM_UP'))],
    ['votes.length', decision((d) => void d.votes.pop())],
    ['round', decision((d) => void d.round++)],
    ['knownAtMs', decision((d) => void (d.knownAtMs += 300_000))],
    ['synergyId', decision((d) => void (d.synergyId += 'x'))],
    ['inputsHash', decision((d) => void (d.inputsHash[9]! ^= 4))],
    ['faults.length', decision((d) => void d.faults.push({ agent: 'fvg', fault: 'REPLAYED' }))],
    ['weightsPpm[1]', decision((d) => void d.weightsPpm[1]!++)],
    ['verdict.direction', decision((d) => void (d.verdict.direction = d.verdict.direction === 0 ? 2 : 0))],
    ['verdict.execute', decision((d) => void (d.verdict.execute = false))],
    ['verdict.reason', decision((d) => void (d.verdict.reason = 'HOLD'))],
    ['verdict.winnerPpm', decision((d) => void d.verdict.winnerPpm--)],
    ['verdict.tallyPpm[0]', decision((d) => void d.verdict.tallyPpm[0]!++)],
    ['verdict.sizeConfidence', decision((d) => void (d.verdict.sizeConfidence /= 2))],
    ['outcome', decision((d) => void (d.outcome = 'refused'))],
    ['refusal', decision((d) => void (d.refusal = 'HALTED'))],
    ['sized.lots', decision((d) => void d.sized!.lots++)],
    ['patterns.count', decision((d) => void d.patterns.count++)],
    ['regime', decision((d) => void (d.regime ^= 1))],
    ['equityMicro', decision((d) => void d.equityMicro++)],
    ['order.id', of('order', ({ order }) => void ((order as Writable<typeof order>).id = 'B'.repeat(20)))],
    ['order.lots', of('order', ({ order }) => void ((order as Writable<typeof order>).lots *= 2))],
    [
      'order.stopAwayTicks',
      of('order', ({ order }) => void ((order as Writable<typeof order>).stopAwayTicks += 1)),
    ],
    ['fill.lots', of('fill', ({ fill }) => void ((fill as Writable<typeof fill>).lots *= 2))],
    ['fill.priceTicks', of('fill', ({ fill }) => void ((fill as Writable<typeof fill>).priceTicks -= 1))],
    ['fill.feeMicro', of('fill', ({ fill }) => void ((fill as Writable<typeof fill>).feeMicro = 0))],
    ['trade.netMicro', of('trade', ({ trade }) => void ((trade as Writable<typeof trade>).netMicro += 1))],
    [
      'synergy.direction',
      of('synergy', ({ synergy }) => void (synergy.direction = synergy.direction === 0 ? 2 : 0)),
    ],
    [
      'synergy.signalSequence[1].tsMs',
      of('synergy', ({ synergy }) => void (synergy.signalSequence[1]!.tsMs -= 1)),
    ],
    ['halfWidth', of('context', (c) => void (c.halfWidth = 7))],
    ['regimeProbabilities[3]', of('context', (c) => void (c.regimeProbabilities[3] = 0.5))],
    [
      'kind',
      (effect, effects) =>
        effect.kind === 'fill' &&
        effects.splice(effects.indexOf(effect), 1, { kind: 'gap', symbol: 0, tsMs: 0, slots: 1 }).length > 0,
    ],
    [
      'length',
      (effect, effects) => effect.kind === 'order' && effects.splice(effects.indexOf(effect), 1).length > 0,
    ],
    ['length', (effect, effects) => effect.kind === 'order' && effects.push(effect) > 0],
  ];

  it.each(FORGERIES)('is caught at %s', async (field, edit) => {
    let expected = { seq: 0, field: '' };
    const forged = rewrite(long.bytes, host.hasher, {
      record: (part: Part) => {
        if (expected.seq > 0 || !part.effects) return;
        const index = part.effects.findIndex((effect) => edit(effect, part.effects!));
        if (index >= 0) {
          expected = {
            seq: part.seq,
            field: field === 'length' ? 'effects.length' : `effects[${index}].${field}`,
          };
        }
      },
    });
    expect(expected.seq).toBeGreaterThan(0);
    const found = await verify(forged);
    expectRefused(found, field);
    expect(found.firstDivergence).toEqual(expected);
  });

  it('is caught where a changed bar first shows', async () => {
    const forged = rewrite(long.bytes, host.hasher, {
      record: ({ seq, event }) => {
        if (seq === 2000 && event?.kind === 'bar') event.volume += 1;
      },
    });
    const found = await verify(forged);
    expectRefused(found, 'close');
    expect(found.firstDivergence?.seq).toBeGreaterThanOrEqual(2000);
    expect(found.firstDivergence?.field).toMatch(/^(effects\[|closing)/);
  });

  it('survives events that no engine takes', async () => {
    const events: [EngineEvent, string][] = [
      [{ kind: 'bar', symbol: 7, tsMs: 0, open: 1, high: 1, low: 1, close: 1, volume: 0 }, 'event.symbol'],
      [{ kind: 'operator', atMs: 1, action: 'halt', operator: '', reason: 'x' }, 'event.operator'],
      [{ kind: 'attested', round: 1, agent: 'x'.repeat(65), short: 0, hold: 0, long: 0 }, 'event.agent'],
    ];
    for (const [event, field] of events) {
      const forged = rewrite(short.bytes, host.hasher, {
        record: (part) => {
          if (part.seq === 2) part.event = event;
        },
      });
      const found = await verify(forged);
      expectRefused(found, field);
      expect(found.firstDivergence).toEqual({ seq: 2, field });
    }
  });
});

it('reads back what it wrote, so that the surgery of these tests is sound', () => {
  expect(Buffer.compare(rewrite(long.bytes, host.hasher, { record: () => undefined }), long.bytes)).toBe(0);
});
