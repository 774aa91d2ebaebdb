// A run that a crash tore off goes on from its journal, and ends as if nothing had happened.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resumeRun } from '../../src/backtest/resume.ts';
import type { Resumed } from '../../src/backtest/resume.ts';
import { runEngine } from '../../src/backtest/runner.ts';
import { toHex } from '../../src/core/bytes.ts';
import type { BarTable } from '../../src/data/bar-table.ts';
import { barEvents } from '../../src/data/events.ts';
import type { EngineEvent } from '../../src/engine/events.ts';
import { engineSchema } from '../../src/engine/header.ts';
import { snapshotOf } from '../../src/engine/snapshot.ts';
import { verifyJournal } from '../../src/engine/verify.ts';
import type { Verifier } from '../../src/engine/verify.ts';
import { FileJournalStore, FileSnapshotStore } from '../../src/journal/file-store.ts';
import { chunksOf, MemoryJournalStore, MemorySnapshotStore } from '../../src/journal/store.ts';
import { JournalWriter } from '../../src/journal/writer.ts';
import { market, record, simulatedEngine, verifier } from '../fixtures/engine-run.ts';
import type { Recorded } from '../fixtures/engine-run.ts';
import { recordsOf, rewrite } from '../fixtures/journal-surgery.ts';

const ROWS = 12_000;
let folder: string;
let host: Verifier;
let table: BarTable;
let unbroken: Recorded;
/** Journal and snapshot files of a run that was stopped after its first checkpoint, at 10,000 events. */
let stopped: { journal: Uint8Array; snapshot: Uint8Array };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gm-resume-'));
  host = await verifier();
  table = await market(11, ROWS);
  unbroken = await record(await simulatedEngine([table]), barEvents(table));
  const store = await FileJournalStore.open(join(folder, 'first.gmj'), 'create');
  const snapshots = new FileSnapshotStore(join(folder, 'first.snap'));
  const engine = await simulatedEngine([table]);
  const journal = JournalWriter.begin(engine.core.kernel, store, engineSchema, engine.header);
  const events = [...barEvents(table)];
  const stop = new AbortController();
  stop.abort();
  const end = await runEngine(engine, events, { journal, snapshots, signal: stop.signal });
  expect(end).toMatchObject({ events: 10_000, stopped: true });
  // the machine goes on for 400 bars, which reach the file, and dies
  for (const event of events.slice(10_000, 10_400)) journal.append(event, engine.step(event));
  await journal.commit();
  await store.close();
  stopped = {
    journal: new Uint8Array(await readFile(join(folder, 'first.gmj'))),
    snapshot: new Uint8Array(await readFile(join(folder, 'first.snap'))),
  };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function goOn(resumed: Resumed): Promise<string> {
  const rest = [...barEvents(table)].slice(resumed.bars);
  const { engine, journal, events } = resumed;
  const end = await runEngine(engine, rest, { journal, eventsBefore: events });
  return toHex(end.stateHash);
}

async function files(name: string, journal: Uint8Array, snapshot: Uint8Array | null) {
  await writeFile(join(folder, name), journal);
  const snapshots = new FileSnapshotStore(join(folder, `${name}.snap`));
  if (snapshot) await snapshots.put(snapshot);
  return { store: await FileJournalStore.open(join(folder, name), 'append'), snapshots };
}

describe('resumeRun', () => {
  it('goes on from the snapshot and the tail of a file, torn at every byte of its last record', async () => {
    const expected = toHex(unbroken.end.stateHash);
    const records = recordsOf(stopped.journal);
    const last = records[records.length - 1]!;
    for (let size = last.from; size <= last.to; size++) {
      const { store, snapshots } = await files(
        'torn.gmj',
        stopped.journal.subarray(0, size),
        stopped.snapshot,
      );
      const resumed = await resumeRun({ ...host, store, snapshots });
      const whole = size === last.to;
      expect(resumed).toMatchObject({
        events: whole ? 10_400 : 10_399,
        bars: whole ? 10_400 : 10_399,
        replayed: whole ? 400 : 399,
        cutBytes: whole ? 0 : size - last.from,
      });
      if (size % 16 === 0 || whole) {
        expect(await goOn(resumed)).toBe(expected);
        await store.close();
        const found = await verifyJournal(chunksOf(await readFile(join(folder, 'torn.gmj'))), host);
        expect(found).toMatchObject({ ok: true, events: ROWS, stateHash: expected });
      } else await store.close();
    }
  }, 60_000);

  it('replays everything without a snapshot, with a damaged one, or with one of another run', async () => {
    const other = await simulatedEngine([table], { seed: 9 });
    for (const event of [...barEvents(table)].slice(0, 500)) other.step(event);
    const damaged = stopped.snapshot.slice();
    damaged[damaged.length - 1]! ^= 1;
    for (const snapshot of [null, damaged, snapshotOf(other.core, 10_001)]) {
      const { store, snapshots } = await files('replay.gmj', stopped.journal, snapshot);
      const resumed = await resumeRun({ ...host, store, snapshots });
      expect(resumed).toMatchObject({ events: 10_400, replayed: 10_400 });
      expect(await goOn(resumed)).toBe(toHex(unbroken.end.stateHash));
      await store.close();
      await snapshots.clear();
    }
  });

  it('shows every recorded event, also those a snapshot covers', async () => {
    const store = new MemoryJournalStore();
    await store.append(stopped.journal);
    const snapshots = new MemorySnapshotStore();
    await snapshots.put(stopped.snapshot);
    const seen: EngineEvent[] = [];
    let effects = 0;
    await resumeRun({
      ...host,
      store,
      snapshots,
      observe: (event, answered) => {
        seen.push(event);
        effects += answered.length;
      },
    });
    expect(seen).toEqual([...barEvents(table)].slice(0, 10_400));
    expect(effects).toBe(unbroken.steps.slice(0, 10_400).reduce((sum, step) => sum + step.effects.length, 0));
  });

  it('takes zeros behind a crash for a torn end, and refuses damage before it', async () => {
    const resume = async (bytes: Uint8Array): Promise<Resumed> => {
      const store = new MemoryJournalStore();
      await store.append(bytes);
      return resumeRun({ ...host, store });
    };
    const short = stopped.journal.subarray(0, recordsOf(stopped.journal)[99]!.to);
    const torn = await resume(Buffer.concat([short, new Uint8Array(4096)]));
    expect(torn).toMatchObject({ events: 100, cutBytes: 4096 });

    const inside = short.slice();
    inside[recordsOf(short)[50]!.from + 30]! ^= 1;
    await expect(resume(inside)).rejects.toThrow('record 51: its hash does not fit');
    await expect(resume(unbroken.bytes)).rejects.toThrow('the run is finished');
    await expect(resume(short.subarray(0, 100))).rejects.toThrow('ends inside its header');
    const foreign = rewrite(short, host.hasher, { header: (header) => void header.engineVersion++ });
    await expect(resume(foreign)).rejects.toThrow('different build');
    const forged = rewrite(short, host.hasher, {
      record: ({ seq, effects }) =>
        void (seq === 60 && effects?.push({ kind: 'gap', symbol: 0, tsMs: 0, slots: 1 })),
    });
    await expect(resume(forged)).rejects.toThrow('record 60: its replay has other effects');
  });
});
