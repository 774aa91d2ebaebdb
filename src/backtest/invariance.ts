// Two proofs by trial: a decision does not depend on bars after it, and an engine restored from a snapshot
// goes on as if nothing had happened. The trials drive the whole engine and compare the encoded effects.

import { ByteWriter, toHex } from '../core/bytes.ts';
import { barAt, createColumns, TABLE_COLUMNS } from '../data/bar-table.ts';
import type { BarTable } from '../data/bar-table.ts';
import { effectsCodec } from '../engine/effects.ts';
import type { Effect } from '../engine/effects.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineConfig } from '../engine/config.ts';
import type { BarEvent } from '../engine/events.ts';
import type { Listing } from '../engine/header.ts';
import { openEngine } from '../engine/open.ts';
import type { ModelFiles } from '../engine/open.ts';
import { restoreSnapshot, snapshotOf } from '../engine/snapshot.ts';
import { nextUniform } from '../execution/paper-broker.ts';

/** What both trials run. */
export interface TrialSetup {
  readonly table: BarTable;
  /**
   * Lists the symbol from a table, as a run does: what it infers must not come from bars that decisions
   * precede.
   */
  readonly list: (table: BarTable) => Listing;
  readonly models: ModelFiles;
  readonly config?: Partial<EngineConfig>;
}

/** How often, and from which seed. */
export interface TrialPlan {
  readonly count: number;
  readonly seed: number;
}

/** What a trial found. `ok` needs at least one decision, else nothing was tried. */
export interface TrialReport {
  readonly ok: boolean;
  readonly seed: number;
  readonly count: number;
  /** Decisions of the unbroken run. */
  readonly decisions: number;
  readonly stateHash: string;
  /** First failures, in words; at most ten. */
  readonly failures: readonly string[];
}

/** What becomes of the bars after the cut. */
export const TAILS = ['missing', 'NaN', 'other prices'] as const;
const FAILURES_MAX = 10;
/** Bars after the cut that a changed run still takes. */
const AFTER_BARS = 24;

/** Every effect so far as one hash: chain = SHA-256(chain ‖ effects). */
class EffectChain {
  hash: Uint8Array;
  decisions = 0;
  private readonly engine: Engine;
  private readonly writer = new ByteWriter(4096);

  constructor(engine: Engine, start: Uint8Array = new Uint8Array(32)) {
    this.engine = engine;
    this.hash = start;
  }

  add(effects: Effect[]): void {
    if (effects.length === 0) return;
    for (const effect of effects) if (effect.kind === 'decision') this.decisions++;
    this.writer.reset();
    this.writer.bytes(this.hash);
    effectsCodec.write(this.writer, effects);
    this.hash = this.engine.core.kernel.sha256(this.writer.view8());
  }
}

/** Engine and chain hash as one text, to compare two runs at one bar. */
function proofOf(engine: Engine, chain: EffectChain): string {
  return `${toHex(chain.hash)} ${toHex(engine.stateHash())}`;
}

/** Distinct random rows in ascending order. */
function drawRows(rows: number, { count, seed }: TrialPlan): number[] {
  const generator = { random: seed >>> 0 };
  const drawn = new Set<number>();
  const wanted = Math.min(count, rows - 1);
  while (drawn.size < wanted) drawn.add(1 + Math.floor(nextUniform(generator) * (rows - 1)));
  return [...drawn].sort((a, b) => a - b);
}

function rowEvent(table: BarTable, row: number): BarEvent {
  return { kind: 'bar', ...barAt(table, row, ''), symbol: 0 };
}

async function start(setup: TrialSetup, table: BarTable): Promise<Engine> {
  const { models, config } = setup;
  return openEngine({ models, listings: [setup.list(table)], ...(config ? { config } : {}) });
}

/**
 * Prefix invariance: for random t, everything up to t is bit-equal when the bars after t are missing, NaN or
 * others.
 *
 * @param plan  `count` cuts; each is tried with every one of TAILS
 */
export async function prefixInvarianceTrial(setup: TrialSetup, plan: TrialPlan): Promise<TrialReport> {
  const { table } = setup;
  const cuts = drawRows(table.rows, plan);
  const whole = await start(setup, table);
  const chain = new EffectChain(whole);
  const proofs = new Map<number, string>();
  const wanted = new Set(cuts);
  for (let row = 0; row < table.rows; row++) {
    chain.add(whole.step(rowEvent(table, row)));
    if (wanted.has(row)) proofs.set(row, proofOf(whole, chain));
  }
  const failures: string[] = [];
  for (const cut of cuts) {
    for (const tail of TAILS) {
      const changed = withTail(table, cut, tail);
      const engine = await start(setup, changed);
      const prefix = new EffectChain(engine);
      let proof = '';
      for (let row = 0; row < Math.min(changed.rows, cut + 1 + AFTER_BARS); row++) {
        const effects = engine.step(rowEvent(changed, row));
        if (row <= cut) prefix.add(effects);
        if (row === cut) proof = proofOf(engine, prefix);
      }
      if (proof !== proofs.get(cut) && failures.length < FAILURES_MAX)
        failures.push(`bar ${cut}, tail ${tail}`);
    }
  }
  return reportOf(plan, whole, chain, failures);
}

/** A table that is equal up to `cut` and changed behind it. */
function withTail(table: BarTable, cut: number, tail: (typeof TAILS)[number]): BarTable {
  const rows = tail === 'missing' ? cut + 1 : table.rows;
  const columns = createColumns(rows);
  for (const name of TABLE_COLUMNS) columns[name].set(table[name].subarray(0, rows));
  for (let row = cut + 1; row < rows; row++) {
    const { open, high, low, close, volume } = barAt(table, row, '');
    // a mirrored, wider bar at half its price
    columns.open[row] = tail === 'NaN' ? NaN : close / 2;
    columns.high[row] = tail === 'NaN' ? NaN : high / 2 + (high - low);
    columns.low[row] = tail === 'NaN' ? NaN : low / 2 - (high - low) / 8;
    columns.close[row] = tail === 'NaN' ? NaN : open / 2;
    columns.volume[row] = tail === 'NaN' ? NaN : volume * 3;
  }
  return { ...columns, rows, noVolume: table.noVolume, intervalMs: table.intervalMs };
}

/**
 * Warm restart: at random bars the engine is copied into a fresh one, which then takes the same rest; its
 * final state and all its effects must be those of the unbroken run.
 *
 * @param plan  `count` restarts
 */
export async function warmRestartTrial(setup: TrialSetup, plan: TrialPlan): Promise<TrialReport> {
  const { table } = setup;
  const restarts = new Set(drawRows(table.rows, plan));
  const unbroken = await start(setup, table);
  const chain = new EffectChain(unbroken);
  const ends = new Map<number, string>();
  for (let row = 0; row < table.rows; row++) {
    chain.add(unbroken.step(rowEvent(table, row)));
    if (restarts.has(row)) {
      ends.set(row, await endOfRestored(setup, snapshotOf(unbroken.core, row), chain.hash));
    }
  }
  const expected = proofOf(unbroken, chain);
  const failures = [...ends].filter(([, end]) => end !== expected).map(([row]) => `restart after bar ${row}`);
  return reportOf(plan, unbroken, chain, failures.slice(0, FAILURES_MAX));
}

async function endOfRestored(setup: TrialSetup, snapshot: Uint8Array, before: Uint8Array): Promise<string> {
  const { table } = setup;
  const engine = await start(setup, table);
  const chain = new EffectChain(engine, before);
  for (let row = restoreSnapshot(engine.core, snapshot) + 1; row < table.rows; row++) {
    chain.add(engine.step(rowEvent(table, row)));
  }
  return proofOf(engine, chain);
}

function reportOf(
  plan: TrialPlan,
  engine: Engine,
  chain: EffectChain,
  failures: readonly string[],
): TrialReport {
  const { seed, count } = plan;
  return {
    ok: failures.length === 0 && chain.decisions > 0,
    seed,
    count,
    decisions: chain.decisions,
    stateHash: toHex(engine.stateHash()),
    failures,
  };
}
