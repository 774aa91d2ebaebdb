// One symbol's numeric state in the kernel: feeds bars, reads results, copies the bytes for snapshots.

import type { ClosedBar } from '../market/aggregate.ts';
import { TACTICAL_COLUMNS, TACTICAL_FIELDS, TACTICAL_ROWS, ASSERTION_FIELDS } from '../wasm/abi-signals.ts';
import type { Kernel } from '../wasm/kernel.ts';
import {
  STRATEGIC_AT,
  STRATEGIC_COLUMNS,
  STRATEGIC_ROWS,
  readStrategic,
  strategicComplete,
} from './matrix.ts';
import type { StrategicStatistics } from './matrix.ts';
import { patternAnswerBytes, retrievePatterns } from './patterns.ts';
import type { PatternMemory, PatternRetrieval } from './patterns.ts';
import { REGIME_OFFSET } from './regime.ts';
import { assertionOf } from './synergy.ts';
import type { Assertion } from './synergy.ts';
import { readUncertainty } from './uncertainty.ts';
import type { UncertaintyReport } from './uncertainty.ts';

/** f32 values of the tactical and of the strategic matrix. */
export const TACTICAL_VALUES = TACTICAL_ROWS * TACTICAL_COLUMNS.length;
export const STRATEGIC_VALUES = STRATEGIC_ROWS * STRATEGIC_COLUMNS;

/** Numbers of the kernel's parts, see assembly/arena.ts. */
const PART = { scale: 0, tactical: 1, assertions: 2, strategic: 3, uncertainty: 4, regime: 5, patterns: 6 };

/** Place of the log return among the f64 of a Scale (assembly/statistics/scale.ts). */
const SCALE_LOG_RETURN = 2;

/** Byte offset of the newest row in the strategic matrix. */
const NEWEST_ROW = 4 * (STRATEGIC_ROWS - 1) * STRATEGIC_COLUMNS;

/** What the tactical side knows at a 5m close. */
export interface TacticalReading {
  /** ATR14 of 5m bars, price units; NaN in warm-up. */
  readonly atr: number;
  /** True when all 60 rows are there. */
  readonly complete: boolean;
  /** Volume against its slow mean; NaN without volume. */
  readonly volumeRatio: number;
  /** First touch of a gap that held on this bar, or null. */
  readonly fvg: Assertion | null;
}

/** The numeric state of one symbol. */
export class SignalArena {
  /** Where it lies in kernel memory. */
  readonly address: number;
  /** Bytes it has room for. */
  readonly byteSize: number;
  /** Addresses of both matrices as the models read them, f32, oldest row first. */
  readonly tacticalMatrix: number;
  readonly strategicMatrix: number;
  private readonly kernel: Kernel;
  private readonly at: Readonly<Record<keyof typeof PART, number>>;
  private readonly patternMemory: PatternMemory;

  /** @param patterns rows the pattern memory holds, a power of two up to 65,536 */
  constructor(kernel: Kernel, patterns: number) {
    const { raw } = kernel;
    this.kernel = kernel;
    this.byteSize = raw.arenaBytes(patterns);
    this.address = kernel.alloc(this.byteSize);
    const part = (index: number): number => this.address + raw.arenaPart(index);
    this.at = {
      scale: part(PART.scale),
      tactical: part(PART.tactical),
      assertions: part(PART.assertions),
      strategic: part(PART.strategic),
      uncertainty: part(PART.uncertainty),
      regime: part(PART.regime),
      patterns: part(PART.patterns),
    };
    this.tacticalMatrix = kernel.alloc(4 * TACTICAL_VALUES);
    this.strategicMatrix = kernel.alloc(4 * STRATEGIC_VALUES);
    const answer = kernel.alloc(patternAnswerBytes());
    this.patternMemory = { address: this.at.patterns, capacity: patterns, answer };
    raw.arenaInit(this.address, patterns);
  }

  /** Bytes in use: what snapshots copy and the state hash covers. */
  get usedBytes(): number {
    return this.kernel.raw.arenaUsedBytes(this.address);
  }

  /** Takes a closed 5m bar. */
  push5(
    bar: { tsMs: number; high: number; low: number; close: number; volume: number },
    tick: number,
    noVolume: boolean,
  ): void {
    const { raw } = this.kernel;
    raw.arenaPush5(this.address, bar.tsMs, bar.high, bar.low, bar.close, bar.volume, tick, noVolume ? 1 : 0);
  }

  /**
   * Takes a closed 30m row.
   *
   * @param reference  log return of the reference symbol over the row, NaN without one
   * @param flags      UNCERTAINTY_FLAGS that force HIGH
   */
  push30(row: ClosedBar, reference: number, noVolume: boolean, flags: number): void {
    const { tsMs, open, high, low, close, volume } = row;
    const { raw } = this.kernel;
    raw.arenaPush30(this.address, tsMs, open, high, low, close, volume, reference, noVolume ? 1 : 0, flags);
  }

  /** What the last 5m bar made known. */
  tactical(): TacticalReading {
    const heap = this.kernel.heap64;
    const base = this.at.tactical / 8;
    return {
      atr: heap[base + TACTICAL_FIELDS.atr]!,
      complete: heap[base + TACTICAL_FIELDS.rows] === TACTICAL_ROWS,
      volumeRatio: heap[base + TACTICAL_FIELDS.volumeRatio]!,
      fvg: this.gapTouch(),
    };
  }

  /** The first touch of a live gap that held on the last 5m bar, or null. */
  gapTouch(): Assertion | null {
    return this.assertion(this.at.tactical, TACTICAL_FIELDS.fvgDirection, TACTICAL_FIELDS.fvgStrength);
  }

  /** MLMI's assertion at the last 30m close, or null. */
  mlmi(): Assertion | null {
    return this.assertion(this.at.assertions, ASSERTION_FIELDS.mlmiDirection, ASSERTION_FIELDS.mlmiStrength);
  }

  /** NW-RQK's assertion at the last 30m close, or null. */
  nwrqk(): Assertion | null {
    return this.assertion(
      this.at.assertions,
      ASSERTION_FIELDS.nwrqkDirection,
      ASSERTION_FIELDS.nwrqkStrength,
    );
  }

  /**
   * Price of the low-volume node nearest to a price among the last 240 bars (20 hours); null in warm-up,
   * without volume, or where no node is low. It is the middle of a bin, not a price on the tick grid.
   */
  nearestLowNode(price: number): number | null {
    const node = this.kernel.raw.arenaLowNode(this.address, price);
    return Number.isNaN(node) ? null : node;
  }

  /** ATR14 of 5m bars, price units; NaN in warm-up. */
  get atr(): number {
    return this.kernel.heap64[this.at.tactical / 8 + TACTICAL_FIELDS.atr]!;
  }

  /** Log return of the last 30m row; NaN at the first. */
  get logReturn(): number {
    return this.kernel.heap64[this.at.scale / 8 + SCALE_LOG_RETURN]!;
  }

  /** True when all 48 rows of the strategic matrix are finite. */
  get strategicComplete(): boolean {
    return strategicComplete(this.kernel, this.at.strategic);
  }

  /** SHA-256 over the SHA-256 of both matrices as last written. */
  matricesHash(): Uint8Array {
    const { kernel } = this;
    const both = new Uint8Array(64);
    both.set(kernel.sha256At(this.tacticalMatrix, 4 * TACTICAL_VALUES));
    both.set(kernel.sha256At(this.strategicMatrix, 4 * STRATEGIC_VALUES), 32);
    return kernel.sha256(both);
  }

  /** The strategic statistics that every fill needs, read without the others: at each bar an order works. */
  fillStatistics(): Pick<StrategicStatistics, 'edgeSpread' | 'edgeSquared' | 'sigma'> {
    const heap = this.kernel.heap64;
    const at = (field: number): number => heap[(this.at.strategic + field) / 8]!;
    const { edgeSpread, edgeSquared, sigma } = STRATEGIC_AT;
    return { edgeSpread: at(edgeSpread), edgeSquared: at(edgeSquared), sigma: at(sigma) };
  }

  strategic(): StrategicStatistics {
    return readStrategic(this.kernel, this.at.strategic);
  }

  uncertainty(): UncertaintyReport {
    return readUncertainty(this.kernel, this.at.uncertainty);
  }

  /** Regime code, probabilities and whether the label is old. */
  regime(): { code: number; stale: boolean; probabilities: number[] } {
    const heap = this.kernel.heap64;
    const base = this.at.regime / 8;
    const words = new DataView(this.kernel.raw.memory.buffer, this.at.regime, 56);
    return {
      code: words.getInt32(REGIME_OFFSET.label, true),
      stale: words.getInt32(REGIME_OFFSET.stale, true) !== 0,
      probabilities: [heap[base]!, heap[base + 1]!, heap[base + 2]!, heap[base + 3]!],
    };
  }

  /** The k past rows nearest to the newest one whose next 12 bars are known, and what followed them. */
  patterns(k: number): PatternRetrieval {
    const { kernel } = this;
    const newest = this.at.strategic + kernel.raw.strategicMatrixOffset() + NEWEST_ROW;
    return retrievePatterns(kernel, this.patternMemory, newest, { k, metric: 'l2' });
  }

  /** Writes both matrices where the models read them. */
  writeMatrices(): void {
    const { raw } = this.kernel;
    raw.tacticalMatrix(this.at.tactical, this.tacticalMatrix);
    raw.strategicMatrix(this.at.strategic, this.strategicMatrix);
  }

  private assertion(address: number, direction: number, strength: number): Assertion | null {
    const heap = this.kernel.heap64;
    const base = address / 8;
    return assertionOf(heap[base + direction]!, heap[base + strength]!);
  }
}
