// The journal of `gm run`: a new one, or one that a stop or a crash left open, with the engine that belongs
// to it.

import { kernelHash } from '#kernel';
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { resumeRun } from '../backtest/resume.ts';
import type { EngineJournal } from '../backtest/runner.ts';
import { Tally } from '../backtest/tally.ts';
import type { TrialRecorder } from '../backtest/trial-recorder.ts';
import { fromHex } from '../core/bytes.ts';
import { GrandModelError } from '../core/errors.ts';
import type { Engine } from '../engine/engine.ts';
import { engineSchema } from '../engine/header.ts';
import { openEngine, openEngineFor } from '../engine/open.ts';
import type { ModelFiles } from '../engine/open.ts';
import { FileJournalStore, FileSnapshotStore } from '../journal/file-store.ts';
import { JournalWriter } from '../journal/writer.ts';
import { loadKernel } from '../wasm/kernel.ts';
import type { Session } from './session.ts';

/** An engine ready to take bars, with the files it writes. */
export interface OpenRun {
  readonly engine: Engine;
  readonly tally: Tally;
  readonly journal: EngineJournal | null;
  readonly snapshots: FileSnapshotStore | null;
  /** Events and bars that the journal already has. */
  readonly events: number;
  readonly bars: number;
  close(): Promise<void>;
}

/**
 * Opens a run.
 *
 * @param path    journal file, or null for a run without one; `<path>.snap` keeps the latest snapshot
 * @param resume  go on with the journal instead of replacing it
 * @param recorder  sees what a resumed journal already has
 * @throws        GrandModelError BAD_JOURNAL when it cannot be resumed, BAD_INPUT when it is of other symbols
 */
export async function openRun(
  session: Session,
  models: ModelFiles,
  path: string | null,
  resume: boolean,
  recorder: TrialRecorder,
): Promise<OpenRun> {
  if (resume) {
    if (path === null) throw new GrandModelError('BAD_INPUT', 'gm run: --resume needs --journal FILE', {});
    if ((await byteSizeOf(path)) > 0) return resumed(session, models, path, recorder);
  }
  const engine = await openEngine({ models, listings: session.listings, config: session.config });
  const tally = new Tally(engine);
  const fresh = { engine, tally, events: 0, bars: 0 };
  if (path === null) return { ...fresh, journal: null, snapshots: null, close: async () => {} };
  await mkdir(dirname(path), { recursive: true });
  const snapshots = new FileSnapshotStore(`${path}.snap`);
  await snapshots.clear();
  const store = await FileJournalStore.open(path, 'create');
  const journal = JournalWriter.begin(engine.core.kernel, store, engineSchema, engine.header);
  return { ...fresh, journal, snapshots, close: () => store.close() };
}

async function resumed(
  session: Session,
  models: ModelFiles,
  path: string,
  recorder: TrialRecorder,
): Promise<OpenRun> {
  const store = await FileJournalStore.open(path, 'append');
  const snapshots = new FileSnapshotStore(`${path}.snap`);
  let tally: Tally | null = null;
  const found = await resumeRun({
    store,
    snapshots,
    hasher: await loadKernel(),
    kernelHash: fromHex(kernelHash),
    engineFor: (header) => {
      const theirs = header.listings.map(({ instrument }) => instrument.symbol).join(' ');
      const ours = session.listings.map(({ instrument }) => instrument.symbol).join(' ');
      if (theirs === ours) return openEngineFor(header, models);
      throw new GrandModelError('BAD_INPUT', `gm run: the journal is of ${theirs}, the data of ${ours}`, {});
    },
    observe(event, effects, engine) {
      tally ??= new Tally(engine);
      tally.observe(event, effects);
      recorder.observe(event, effects);
    },
  });
  const { engine, journal, events, bars } = found;
  tally ??= new Tally(engine);
  return { engine, tally, journal, snapshots, events, bars, close: () => store.close() };
}

async function byteSizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return 0;
  }
}
