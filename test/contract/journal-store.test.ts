// What every journal and snapshot store must do.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileJournalStore, FileSnapshotStore } from '../../src/journal/file-store.ts';
import type { JournalStore, SnapshotStore } from '../../src/journal/store.ts';
import { MemoryJournalStore, MemorySnapshotStore } from '../../src/journal/store.ts';

let folder: string;
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gm-store-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function contents(store: JournalStore): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of store.chunks()) parts.push(chunk.slice());
  return new Uint8Array(Buffer.concat(parts));
}

const STORES: [name: string, open: () => Promise<JournalStore>][] = [
  ['memory', async () => new MemoryJournalStore()],
  ['file', async () => FileJournalStore.open(join(folder, `${files++}.gmj`), 'create')],
];

describe.each(STORES)('the %s journal store', (_name, open) => {
  it('gives back what was appended, in order, as often as it is asked', async () => {
    const store = await open();
    expect(await contents(store)).toEqual(new Uint8Array(0));
    const expected = new Uint8Array(3_000_000).map((_, i) => (i * 7) & 255);
    for (let at = 0; at < expected.length; at += 750_000)
      await store.append(expected.subarray(at, at + 750_000));
    await store.sync();
    for (let time = 0; time < 2; time++) expect(Buffer.compare(await contents(store), expected)).toBe(0);
    await store.close();
  });

  it('keeps its own copy: the caller may use the bytes again', async () => {
    const store = await open();
    const bytes = Uint8Array.of(1, 2, 3);
    await store.append(bytes);
    bytes.fill(9);
    await store.sync();
    expect(await contents(store)).toEqual(Uint8Array.of(1, 2, 3));
    await store.close();
  });

  it('can be cut and goes on behind the cut', async () => {
    const store = await open();
    await store.append(Uint8Array.of(1, 2, 3, 4));
    await store.append(Uint8Array.of(5, 6));
    await store.truncate(3);
    expect(await contents(store)).toEqual(Uint8Array.of(1, 2, 3));
    await store.append(Uint8Array.of(7));
    await store.sync();
    expect(await contents(store)).toEqual(Uint8Array.of(1, 2, 3, 7));
    await store.truncate(0);
    expect(await contents(store)).toEqual(new Uint8Array(0));
    await store.close();
  });
});

const SNAPSHOTS: [name: string, open: () => SnapshotStore][] = [
  ['memory', () => new MemorySnapshotStore()],
  ['file', () => new FileSnapshotStore(join(folder, `${files++}.snap`))],
];

describe.each(SNAPSHOTS)('the %s snapshot store', (_name, open) => {
  it('keeps the latest snapshot whole', async () => {
    const store = open();
    expect(await store.latest()).toBeNull();
    const first = new Uint8Array(100_000).fill(1);
    await store.put(first);
    first.fill(0);
    expect(await store.latest()).toEqual(new Uint8Array(100_000).fill(1));
    await store.put(Uint8Array.of(2));
    expect(await store.latest()).toEqual(Uint8Array.of(2));
  });
});

it('goes on at the end of a file that is opened again, and reads without changing', async () => {
  const path = join(folder, 'again.gmj');
  const first = await FileJournalStore.open(path, 'create');
  await first.append(Uint8Array.of(1, 2));
  await first.close();
  const second = await FileJournalStore.open(path, 'append');
  await second.append(Uint8Array.of(3));
  await second.close();
  const reader = await FileJournalStore.open(path, 'read');
  expect(await contents(reader)).toEqual(Uint8Array.of(1, 2, 3));
  await expect(reader.append(Uint8Array.of(4))).rejects.toThrow();
  await reader.close();
});

it('says which file cannot be opened, and refuses more than a memory store may hold', async () => {
  await expect(FileJournalStore.open(join(folder, 'none', 'x.gmj'), 'read')).rejects.toThrow(
    /Cannot open journal ".*x\.gmj"/,
  );
  const small = new MemoryJournalStore(4);
  await small.append(Uint8Array.of(1, 2, 3));
  await expect(small.append(Uint8Array.of(4, 5))).rejects.toThrow('the store holds 4 at most');
  expect(small.bytes()).toEqual(Uint8Array.of(1, 2, 3));
});
