// A tape of the engine's own market: bars that the engine itself took, and at each 30m close what it knew.
// Everything of a decision is known at its close; what follows it on the tape is only ever played, not seen.

import { LONG } from '../core/units.ts';
import type { BarTable } from '../data/bar-table.ts';
import type { Effect } from '../engine/effects.ts';
import type { Engine } from '../engine/engine.ts';
import type { Listing } from '../engine/header.ts';
import { openEngine } from '../engine/open.ts';
import type { ModelFiles } from '../engine/open.ts';
import { feePpm, tickValueMicro } from '../market/instrument.ts';
import { barKnownAtMs } from '../market/bar.ts';
import { STRATEGIC_VALUES, TACTICAL_VALUES } from '../signals/arena.ts';
import type { SignalArena } from '../signals/arena.ts';
import { STRATEGIC_COLUMNS, STRATEGIC_COLUMN_NAMES, STRATEGIC_ROWS } from '../signals/matrix.ts';
import { REGIMES } from '../signals/regime.ts';
import { TACTICAL_COLUMNS } from '../wasm/abi-signals.ts';
import type { Kernel } from '../wasm/kernel.ts';
import { playBars } from './played-bars.ts';
import type { PlayedBar } from './played-bars.ts';
import { HALF_LIVES, temporalBasis } from './temporal-basis.ts';

/** Half-lives, in 30m rows, over which `price_change` is averaged for the agents. */
const DRIFT_HALF_LIVES = [1, 2, 3].map((k) => HALF_LIVES[k] as number);
/** What an average of n unit draws is multiplied by to be of the order of 1 again, near enough. */
const DRIFT_SCALE = [3, 5, 8] as const;

/** Names of the features of a decision, in order. */
export const ENGINE_FEATURES: readonly string[] = [
  ...STRATEGIC_COLUMN_NAMES,
  ...DRIFT_HALF_LIVES.map((halfLife) => `price_change, half-life ${halfLife}`),
  ...REGIMES.map((regime) => `P(${regime})`),
  'rank of the uncertainty',
  'live synergy',
  ...TACTICAL_COLUMNS,
];

/** A recorded market. */
export interface EngineTape {
  readonly bars: number;
  /** I32[bars, 4] ticks: open, high, low, close. */
  readonly prices: Int32Array;
  /** F64[bars] lots. */
  readonly volumes: Float64Array;
  /** F64[bars, 2]: half-spread and standard deviation of one bar, basis points, known before the bar. */
  readonly conditions: Float64Array;
  /** I32[decisions]: bar at whose close it falls. */
  readonly decisions: Int32Array;
  /** I32[decisions, 2]: −1, 0 or 1 of the regime and of a live synergy. */
  readonly leans: Int32Array;
  /** F32[decisions, ENGINE_FEATURES.length]. */
  readonly features: Float32Array;
  /** F64[decisions] ms UTC at which it is known. */
  readonly knownAtMs: Float64Array;
  /** Runs of decisions without a hole, [from, to). */
  readonly segments: readonly { readonly from: number; readonly to: number }[];
  readonly tickMicro: number;
  readonly feePpm: number;
  readonly noVolume: boolean;
}

/**
 * Runs the engine over bars and keeps what it saw.
 *
 * @param models  the voters' models; they vote as in any run and change nothing on the tape
 * @param table   5m bars; those that the engine rejects are left out
 * @throws        GrandModelError as `openEngine`
 */
export async function recordEngineTape(
  models: ModelFiles,
  listing: Listing,
  table: BarTable,
): Promise<EngineTape> {
  const engine = await openEngine({ models, listings: [listing] });
  const recorder = new Recorder(engine, listing);
  for (const played of playBars(engine, table)) recorder.take(played);
  return recorder.finish();
}

class Recorder {
  private readonly engine: Engine;
  private readonly listing: Listing;
  private readonly reader: FeatureReader;
  private readonly prices: number[] = [];
  private readonly volumes: number[] = [];
  private readonly conditions: number[] = [];
  private readonly decisions: number[] = [];
  private readonly leans: number[] = [];
  private readonly features: number[] = [];
  private readonly knownAtMs: number[] = [];
  private readonly segments: { from: number; to: number }[] = [];
  private synergy = { direction: 0, strength: 0, expiresAtMs: 0 };
  private open = false;

  constructor(engine: Engine, listing: Listing) {
    this.engine = engine;
    this.listing = listing;
    this.reader = new FeatureReader(engine.core.kernel);
  }

  take({ event, effects, bar, conditions, next }: PlayedBar): void {
    const index = this.volumes.length;
    this.prices.push(bar.open, bar.high, bar.low, bar.close);
    this.volumes.push(bar.volumeLots);
    this.conditions.push(conditions.halfSpreadBp, conditions.sigmaBp);
    for (const effect of effects) {
      if (effect.kind === 'synergy') {
        const { direction, confidence, expiresAtMs } = effect.synergy;
        this.synergy = { direction: direction === LONG ? 1 : -1, strength: confidence, expiresAtMs };
      }
    }
    const row = effects.findLast((effect) => effect.kind === 'context');
    if (row && Number.isFinite(next.halfSpreadBp)) this.decide(index, barKnownAtMs(event.tsMs), row);
    else if (row) this.open = false;
  }

  finish(): EngineTape {
    const { instrument, volume } = this.listing;
    return {
      bars: this.volumes.length,
      prices: Int32Array.from(this.prices),
      volumes: Float64Array.from(this.volumes),
      conditions: Float64Array.from(this.conditions),
      decisions: Int32Array.from(this.decisions),
      leans: Int32Array.from(this.leans),
      features: Float32Array.from(this.features),
      knownAtMs: Float64Array.from(this.knownAtMs),
      segments: this.segments,
      tickMicro: tickValueMicro(instrument),
      feePpm: feePpm(instrument),
      noVolume: volume !== 'quantity',
    };
  }

  /** A 30m row closed with this bar: a decision, unless something is not known yet. */
  private decide(bar: number, knownAtMs: number, row: Extract<Effect, { kind: 'context' }>): void {
    const live = knownAtMs < this.synergy.expiresAtMs ? this.synergy.direction : 0;
    const arena = this.engine.core.arenas[0]!;
    const seen = this.reader.read(arena, row.regimeProbabilities, live * this.synergy.strength);
    if (!seen?.every(Number.isFinite)) {
      this.open = false;
      return;
    }
    const index = this.decisions.length;
    if (!this.open) this.segments.push({ from: index, to: index });
    this.open = true;
    this.segments.at(-1)!.to = index + 1;
    const regime = row.stale
      ? 0
      : REGIMES[row.regime] === 'BULL'
        ? 1
        : REGIMES[row.regime] === 'BEAR'
          ? -1
          : 0;
    this.decisions.push(bar);
    this.leans.push(regime, live);
    this.features.push(...seen);
    this.knownAtMs.push(knownAtMs);
  }
}

/** Reads the features of a decision from the signals of one symbol. */
class FeatureReader {
  private readonly kernel: Kernel;
  /** Weighted means of a column over the matrix's rows, one for each half-life. */
  private readonly basis: Float32Array;

  constructor(kernel: Kernel) {
    this.kernel = kernel;
    this.basis = temporalBasis(kernel, STRATEGIC_ROWS);
  }

  /** ENGINE_FEATURES in order, or null before both matrices are complete. */
  read(arena: SignalArena, regime: readonly number[], synergy: number): number[] | null {
    if (!arena.strategicComplete || !arena.tactical().complete) return null;
    arena.writeMatrices();
    const strategic = this.kernel.f32(arena.strategicMatrix, STRATEGIC_VALUES);
    const tactical = this.kernel.f32(arena.tacticalMatrix, TACTICAL_VALUES);
    const drift = DRIFT_HALF_LIVES.map((_, k) => {
      let sum = 0;
      for (let i = 0; i < STRATEGIC_ROWS; i++)
        sum += this.basis[(k + 1) * STRATEGIC_ROWS + i]! * strategic[i * STRATEGIC_COLUMNS]!;
      return sum * DRIFT_SCALE[k]!;
    });
    return [
      ...strategic.subarray(STRATEGIC_VALUES - STRATEGIC_COLUMNS),
      ...drift,
      ...regime,
      arena.uncertainty().rank,
      synergy,
      ...tactical.subarray(TACTICAL_VALUES - TACTICAL_COLUMNS.length),
    ];
  }
}

/** Several tapes of one instrument as one; no path ever crosses from one to the next. */
export function joinTapes(tapes: readonly EngineTape[]): EngineTape {
  const [first] = tapes;
  if (!first || tapes.length === 1) return first as EngineTape;
  let [bars, decisions] = [0, 0];
  const moved: number[] = [];
  const segments: { from: number; to: number }[] = [];
  for (const tape of tapes) {
    for (const bar of tape.decisions) moved.push(bar + bars);
    for (const { from, to } of tape.segments) segments.push({ from: from + decisions, to: to + decisions });
    bars += tape.bars;
    decisions += tape.decisions.length;
  }
  const all = <T extends Int32Array | Float32Array | Float64Array>(part: (tape: EngineTape) => T): T[] =>
    tapes.map(part);
  return {
    ...first,
    bars,
    segments,
    prices: joinInt(all((tape) => tape.prices)),
    volumes: joinDouble(all((tape) => tape.volumes)),
    conditions: joinDouble(all((tape) => tape.conditions)),
    decisions: Int32Array.from(moved),
    leans: joinInt(all((tape) => tape.leans)),
    features: Float32Array.from(joinDouble(all((tape) => tape.features))),
    knownAtMs: joinDouble(all((tape) => tape.knownAtMs)),
  };
}

function joinInt(parts: readonly Int32Array[]): Int32Array {
  return Int32Array.from(joinDouble(parts));
}

function joinDouble(parts: readonly ArrayLike<number>[]): Float64Array {
  const joined = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** The decisions from..to − 1 of a tape; bars before and after stay where they are. */
export function cutTape(tape: EngineTape, from: number, to: number): EngineTape {
  const segments = tape.segments
    .map((segment) => ({ from: Math.max(from, segment.from), to: Math.min(to, segment.to) }))
    .filter((segment) => segment.to > segment.from);
  return { ...tape, segments };
}
