// One symbol of a market scan in the kernel: 93 KiB instead of a whole engine's state, the same bits in what
// both have.

import type { ClosedBar } from '../market/aggregate.ts';
import type { BarValues } from '../market/bar.ts';
import { TACTICAL_FIELDS, TACTICAL_ROWS } from '../wasm/abi-signals.ts';
import type { AnalysisKernel } from '../wasm/analysis.ts';
import { STRATEGIC_COLUMNS, STRATEGIC_ROWS } from './matrix.ts';
import { patternAnswerBytes } from './patterns.ts';
import { REGIME_OFFSET } from './regime.ts';

/** Rows of a scan arena's pattern ring. */
export const SCAN_PATTERNS = 256;
/** Inputs that a fit of the regime looks back on. */
export const REGIME_INPUTS_MAX = 8_000;

/** Rows from which on the regime's parameters are fitted; with fewer the shipped ones are scaled. */
const FIT_ROWS_MIN = 500;
const PARAMETER_BYTES = 80;
const PART = { scale: 0, tactical: 1, strategic: 2, uncertainty: 3, regime: 4, patterns: 5 };
/** Places among the f64 of a Scale (assembly/statistics/scale.ts). */
const SCALE_LOG_RETURN = 2;
const SCALE_SLOT_FACTOR = 9;
const NEWEST_ROW = 4 * (STRATEGIC_ROWS - 1) * STRATEGIC_COLUMNS;
const ANSWER_F64S = 4;

/** What a scan says about a symbol besides its votes. */
export interface ScanReading {
  /** Code of the regime, 0..3; true when no state reached .65 at the last row. */
  readonly regime: number;
  readonly stale: boolean;
  /** 0 LOW, 1 MEDIUM, 2 HIGH. */
  readonly uncertainty: number;
}

/** What followed the past rows nearest to the newest one; 0 where nothing is known. */
export interface ScanPatterns {
  readonly count: number;
  readonly mean: number;
  readonly hitRate: number;
}

/** The scan arenas of one kernel: each symbol is a number, its state a block of memory. */
export class ScanArenas {
  /** Bytes of one symbol. */
  readonly byteSize: number;
  private readonly kernel: AnalysisKernel;
  private readonly part: readonly number[];
  private readonly matrixOffset: number;
  private readonly addresses: number[] = [];
  private readonly scale: number;
  private readonly inputs: number;
  private readonly work: number;
  private readonly parameters: number;
  private readonly answer: number;

  constructor(kernel: AnalysisKernel) {
    const { raw } = kernel;
    this.kernel = kernel;
    this.byteSize = raw.scanArenaBytes(SCAN_PATTERNS);
    this.part = Object.values(PART).map((part) => raw.scanArenaPart(part));
    this.matrixOffset = raw.strategicMatrixOffset();
    this.scale = kernel.alloc(raw.scaleBytes());
    this.inputs = kernel.alloc(8 * REGIME_INPUTS_MAX);
    this.work = kernel.alloc(raw.fitRegimeWorkBytes(REGIME_INPUTS_MAX));
    this.parameters = kernel.alloc(PARAMETER_BYTES);
    this.answer = kernel.alloc(patternAnswerBytes());
  }

  /** Symbols opened so far. */
  get count(): number {
    return this.addresses.length;
  }

  /**
   * Opens a symbol. Its regime keeps the parameters that these rows give: fitted from 500 rows on, the
   * shipped ones in the rows' scale before. Nothing else of the rows is taken.
   *
   * @param rows  30m bars before the scan, oldest first
   * @returns     the symbol's number, or −1 when the kernel has no room left
   */
  open(rows: readonly ClosedBar[]): number {
    const { raw } = this.kernel;
    const address = raw.alloc(this.byteSize);
    if (address === 0) return -1;
    this.fit(rows);
    if (raw.scanArenaInit(address, SCAN_PATTERNS, this.parameters) === 0) return -1;
    return this.addresses.push(address) - 1;
  }

  private fit(rows: readonly ClosedBar[]): void {
    const { raw } = this.kernel;
    raw.scaleInit(this.scale);
    let count = 0;
    const recent = rows.slice(-REGIME_INPUTS_MAX);
    for (const { tsMs, close } of recent) {
      raw.scalePush(this.scale, tsMs, close);
      const heap = this.kernel.heap64;
      const base = this.scale / 8;
      heap[this.inputs / 8 + count++] = heap[base + SCALE_LOG_RETURN]! / heap[base + SCALE_SLOT_FACTOR]!;
    }
    const enough = count >= FIT_ROWS_MIN;
    if (enough && raw.fitRegime(this.inputs, count, this.parameters, this.work) >= 0) return;
    raw.regimeDefault(this.inputs, count, this.parameters);
  }

  /** Takes a closed 5m bar. */
  push5(symbol: number, bar: BarValues, tick: number, noVolume: boolean): void {
    const { tsMs, high, low, close, volume } = bar;
    this.kernel.raw.scanPush5(
      this.addresses[symbol]!,
      tsMs,
      high,
      low,
      close,
      volume,
      tick,
      noVolume ? 1 : 0,
    );
  }

  /** Takes a closed 30m row; `flags` are UNCERTAINTY_FLAGS that force HIGH. */
  push30(symbol: number, row: ClosedBar, noVolume: boolean, flags: number): void {
    const { tsMs, open, high, low, close, volume } = row;
    const address = this.addresses[symbol]!;
    this.kernel.raw.scanReadAhead(address);
    this.kernel.raw.scanPush30(address, tsMs, open, high, low, close, volume, noVolume ? 1 : 0, flags);
  }

  /** Writes the tactical matrix as f32[60 × 7] at `out`; false while it is not complete. */
  tacticalMatrix(symbol: number, out: number): boolean {
    return this.kernel.raw.tacticalMatrix(this.at(symbol, PART.tactical), out) === TACTICAL_ROWS;
  }

  /** Writes the strategic matrix as f32[48 × 13] at `out`; false while it is not complete. */
  strategicMatrix(symbol: number, out: number): boolean {
    return this.kernel.raw.strategicMatrix(this.at(symbol, PART.strategic), out) === 1;
  }

  /** ATR14 of 5m bars, price units; NaN in warm-up. */
  atr(symbol: number): number {
    return this.kernel.heap64[this.at(symbol, PART.tactical) / 8 + TACTICAL_FIELDS.atr]!;
  }

  reading(symbol: number): ScanReading {
    const heap = this.kernel.heap32;
    const regime = this.at(symbol, PART.regime) / 4;
    return {
      regime: heap[regime + REGIME_OFFSET.label / 4]!,
      stale: heap[regime + REGIME_OFFSET.stale / 4] !== 0,
      uncertainty: heap[this.at(symbol, PART.uncertainty) / 4]!,
    };
  }

  /** The k past rows nearest to the newest one whose next 12 bars are known, and what followed them. */
  patterns(symbol: number, k: number): ScanPatterns {
    const { kernel, answer } = this;
    const { raw } = kernel;
    const memory = this.at(symbol, PART.patterns);
    const newest = this.at(symbol, PART.strategic) + this.matrixOffset + NEWEST_ROW;
    const found = answer + 8 * ANSWER_F64S;
    const size = raw.patternsQuery(memory, newest, raw.patternsLabelled(memory), k, 0, found);
    raw.patternsStatistics(memory, found, size, answer);
    const heap = kernel.heap64;
    const at = answer / 8;
    const count = heap[at + 3]!;
    return count > 0 ? { count, mean: heap[at]!, hitRate: heap[at + 2]! } : { count, mean: 0, hitRate: 0 };
  }

  /** The state of a symbol, to be put back by `restore`. */
  copy(symbol: number): Uint8Array {
    return this.kernel.u8(this.addresses[symbol]!, this.byteSize).slice();
  }

  /** Puts a state back that `copy` gave. */
  restore(symbol: number, state: Uint8Array): void {
    this.kernel.u8(this.addresses[symbol]!, this.byteSize).set(state);
  }

  /** Address of a symbol's regime, for reading its parameters. */
  regimeAddress(symbol: number): number {
    return this.at(symbol, PART.regime);
  }

  private at(symbol: number, part: number): number {
    return this.addresses[symbol]! + this.part[part]!;
  }
}
