// The public surface of grandmodel-edge: what an embedder needs to run an engine, keep its journal and prove
// the run.

export { DEFAULT_CONFIG } from './engine/config.ts';
export type { AttestationMode, EngineConfig } from './engine/config.ts';
export type { Context, Decision, Effect, Infer } from './engine/effects.ts';
export type { Engine } from './engine/engine.ts';
export type { AttestedEvent, BarEvent, EngineEvent, OperatorEvent } from './engine/events.ts';
export { engineSchema } from './engine/header.ts';
export type { JournalHeader, Listing, VolumeKind } from './engine/header.ts';
export { openEngine, openEngineFor } from './engine/open.ts';
export type { EngineSetup, ModelFile, ModelFiles } from './engine/open.ts';
export { restoreSnapshot, snapshotOf } from './engine/snapshot.ts';
export { verifyJournal } from './engine/verify.ts';
export type { Verification, Verifier } from './engine/verify.ts';
export { ENGINE_VERSION } from './engine/version.ts';

export { JournalWriter } from './journal/writer.ts';
export { chunksOf, MemoryJournalStore, MemorySnapshotStore } from './journal/store.ts';
export type { JournalStore, SnapshotStore } from './journal/store.ts';

export { resolveInstrument } from './market/built-in.ts';
export { parseInstrument } from './market/instrument.ts';
export type { Instrument } from './market/instrument.ts';
export { readCsv } from './data/csv.ts';
export { barEvents, portfolioEvents, simulatedEvents } from './data/events.ts';
export { listingOf } from './data/listing.ts';
export { createMarket, simulatedBars } from './data/market-generator.ts';

export { openAttestor } from './backtest/attestor.ts';
export { runEngine } from './backtest/runner.ts';
export type { RunEnd, RunOptions } from './backtest/runner.ts';
export { Tally } from './backtest/tally.ts';
export type { TallyReport } from './backtest/tally.ts';

export { GrandModelError } from './core/errors.ts';
export type { ErrorCode } from './core/errors.ts';
export { fromHex, toHex } from './core/bytes.ts';
export { loadKernel } from './wasm/kernel.ts';
export type { Kernel } from './wasm/kernel.ts';
