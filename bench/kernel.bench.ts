// The kernel's hot calls, each on the state that a long run leaves behind: 400,000 simulated bars, so that
// MLMI's ring and the pattern memory are full.

import { VOTERS } from '../src/agents/roster.ts';
import { castVote } from '../src/agents/voter.ts';
import { shippedModels } from '../src/runtime/shipped-models.ts';
import type { BarTable } from '../src/data/bar-table.ts';
import { listingOf } from '../src/data/listing.ts';
import { simulatedBars } from '../src/data/market-generator.ts';
import { SIMULATED_SYMBOL } from '../src/data/market-options.ts';
import type { Engine } from '../src/engine/engine.ts';
import type { BarEvent } from '../src/engine/events.ts';
import { engineSchema } from '../src/engine/header.ts';
import { openEngine } from '../src/engine/open.ts';
import { restoreSnapshot, snapshotOf } from '../src/engine/snapshot.ts';
import { MemoryJournalStore } from '../src/journal/store.ts';
import { JournalWriter } from '../src/journal/writer.ts';
import type { ClosedBar } from '../src/market/aggregate.ts';
import { loadKernel } from '../src/wasm/kernel.ts';
import { microseconds } from './rounds.ts';
import type { BenchRow } from './rounds.ts';

const WARM_BARS = 400_000;
const MORE_BARS = 60_000;
const ROWS_BARS = 6;
const NEIGHBOURS = 32;

/** Microseconds per call. */
export async function bench(): Promise<BenchRow[]> {
  const table = simulatedBars(await loadKernel(), 11, WARM_BARS + MORE_BARS);
  const models = await shippedModels();
  const listings = [listingOf(SIMULATED_SYMBOL, table)];
  const engine = await openEngine({ models, listings, config: { simulated: true } });
  for (let i = 0; i < WARM_BARS; i++) engine.step(eventAt(table, i));
  const snapshot = snapshotOf(engine.core, 0);
  const twin = await openEngine({ models, listings, config: { simulated: true } });
  return [
    ...stateRows(engine, snapshot),
    ...callRows(engine),
    journalRow(engine, table),
    ...pushRows(twin, snapshot, table),
  ];
}

/** Hash, snapshot and restore of a full state. */
function stateRows(engine: Engine, snapshot: Uint8Array): BenchRow[] {
  const size = `${(snapshot.length / 1e6).toFixed(1)} MB of state, pattern memory full`;
  return [
    microseconds('state hash', 3, () => times(3, () => engine.stateHash()), size),
    microseconds('snapshot', 3, () => times(3, () => snapshotOf(engine.core, 0)), size),
    microseconds('restore', 3, () => times(3, () => restoreSnapshot(engine.core, snapshot)), size),
  ];
}

function callRows({ core }: Engine): BenchRow[] {
  const { kernel, models } = core;
  const arena = core.arenas[0]!;
  const message = new Uint8Array(128).fill(7);
  arena.writeMatrices();
  const matrixOf = (matrix: string): number =>
    matrix === 'tactical60x7' ? arena.tacticalMatrix : arena.strategicMatrix;
  const ballot = { round: 1, barHash: new Uint8Array(32), knownAtMs: core.state.nowMs };
  const query = 'one exact search, k = 32, 65,536 rows of 13, with outcomes';
  return [
    microseconds('sha256 of 128 bytes', 20_000, () => times(20_000, () => kernel.sha256(message))),
    microseconds('matrices written', 5000, () => times(5000, () => arena.writeMatrices()), '60x7 and 48x13'),
    microseconds('pattern query', 50, () => times(50, () => arena.patterns(NEIGHBOURS)), query),
    ...VOTERS.map((voter, seat) =>
      microseconds(`policy ${voter.id}, batch 1`, 5000, () =>
        times(5000, () => models[seat]!.reference.run(matrixOf(voter.matrix))),
      ),
    ),
    microseconds('four votes', 2000, () =>
      times(2000, () =>
        VOTERS.map((voter, seat) =>
          castVote(kernel, voter, models[seat]!, { ...ballot, matrix: matrixOf(voter.matrix) }),
        ),
      ),
    ),
  ];
}

/** One bar event without effects: encoding, the chain's hash, the copy to the store. */
function journalRow(engine: Engine, table: BarTable): BenchRow {
  const journal = JournalWriter.begin(
    engine.core.kernel,
    new MemoryJournalStore(),
    engineSchema,
    engine.header,
  );
  const event = eventAt(table, WARM_BARS);
  return microseconds('journal append', 20_000, () => times(20_000, () => journal.append(event, [])));
}

/** New bars into full windows: every round goes back to the snapshot outside the clock's reach. */
function pushRows(engine: Engine, snapshot: Uint8Array, table: BarTable): BenchRow[] {
  restoreSnapshot(engine.core, snapshot);
  const arena = engine.core.arenas[0]!;
  const [listing] = engine.core.listings;
  const tick = listing!.instrument.tick;
  let at = WARM_BARS;
  const fives = 5000;
  const push5 = microseconds('5m push', fives, () =>
    times(fives, () => arena.push5(eventAt(table, at++), tick, false)),
  );
  const rows = 120;
  at = WARM_BARS;
  const push30 = microseconds('30m push', rows, () =>
    times(rows, () => {
      arena.push30(rowAt(table, at), Number.NaN, false, 0);
      at += ROWS_BARS;
    }),
  );
  return [push5, push30];
}

function eventAt(table: BarTable, i: number): BarEvent {
  return {
    kind: 'bar',
    symbol: 0,
    tsMs: table.tsMs[i]!,
    open: table.open[i]!,
    high: table.high[i]!,
    low: table.low[i]!,
    close: table.close[i]!,
    volume: table.volume[i]!,
  };
}

/** Six bars as one row; the simulated market has no holes. */
function rowAt(table: BarTable, from: number): ClosedBar {
  const to = from + ROWS_BARS;
  return {
    tsMs: table.tsMs[from]!,
    open: table.open[from]!,
    high: Math.max(...table.high.subarray(from, to)),
    low: Math.min(...table.low.subarray(from, to)),
    close: table.close[to - 1]!,
    volume: table.volume.subarray(from, to).reduce((sum, value) => sum + value, 0),
    children: ROWS_BARS,
    partial: false,
    makesRow: true,
    gapSlots: 0,
    knownAtMs: table.tsMs[to - 1]! + 300_000,
  };
}

function times(count: number, run: () => unknown): void {
  for (let i = 0; i < count; i++) run();
}
