// A large exact index of rows of 13 columns, for research over many symbols and years; no part of an engine's
// state.

import { GrandModelError } from '../core/errors.ts';
import type { AnalysisKernel } from '../wasm/analysis.ts';
import { NEIGHBOURS_MAX, PATTERN_DIMENSIONS } from './patterns.ts';

/** Most rows of an index. */
export const PATTERN_INDEX_MAX = 2_097_152;

/** Rows appended since the last build that a query still scans flat before it builds again. */
const TAIL_ROWS = 4_096;
const STAGED_ROWS = 256;
const PAGE_BYTES = 65_536;
/** Pages left for everything else in the kernel. */
const OTHER_PAGES = 2_048;

/** The rows that a query found, nearest first, the older first when equal. */
export interface NearestRows {
  readonly count: number;
  /** i32[count]: places in the order of `add`, from 0. */
  readonly sequences: Int32Array;
  /** f32[count]: L2 distances. */
  readonly distances: Float32Array;
}

/**
 * An index of one kernel. Results are those of a scan over all rows, bit for bit, whatever was built when.
 *
 * @source  boxes over principal axes: Sproull 1991; Jacobi rotations: Golub & Van Loan 2013 §8.5
 */
export class PatternIndex {
  private readonly kernel: AnalysisKernel;
  private readonly address: number;
  private readonly staging: number;
  private readonly query: number;
  private readonly answer: number;
  private staged: Float32Array = new Float32Array(0);
  private readonly sequences = new Int32Array(NEIGHBOURS_MAX);
  private readonly distances = new Float32Array(NEIGHBOURS_MAX);

  /**
   * @param kernel    the kernel that will hold it; it may grow to what the rows need, about 150 bytes each
   * @param capacity  rows, 64..PATTERN_INDEX_MAX
   * @throws          GrandModelError BAD_ARGUMENT when the capacity is out of range, LIMIT when memory is
   *                  used up
   */
  constructor(kernel: AnalysisKernel, capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 64 || capacity > PATTERN_INDEX_MAX) {
      throw new GrandModelError(
        'BAD_ARGUMENT',
        `Cannot open pattern index: capacity ${capacity} is not an integer in 64..${PATTERN_INDEX_MAX}`,
        { capacity },
      );
    }
    const { raw } = kernel;
    const byteSize = raw.patternIndexBytes(capacity);
    this.kernel = kernel;
    raw.allowPages(OTHER_PAGES + Math.ceil(byteSize / PAGE_BYTES));
    this.address = kernel.alloc(byteSize);
    this.staging = kernel.alloc(4 * PATTERN_DIMENSIONS * STAGED_ROWS);
    this.query = kernel.alloc(4 * PATTERN_DIMENSIONS);
    this.answer = kernel.alloc(8 * NEIGHBOURS_MAX);
    raw.patternIndexInit(this.address, capacity);
  }

  /** Rows taken. */
  get count(): number {
    return this.kernel.raw.patternIndexCount(this.address);
  }

  /**
   * Rows that the tree covers; 0 while queries are flat scans, because there are few rows or they do not
   * cluster.
   */
  get covered(): number {
    return this.kernel.raw.patternIndexCovered(this.address);
  }

  /** Rows whose distance the last query computed. */
  get scanned(): number {
    return this.kernel.raw.patternIndexScanned(this.address);
  }

  /**
   * Appends rows.
   *
   * @param rows  f32[n × 13], finite within ±1e6
   * @throws      GrandModelError BAD_ARGUMENT for half a row or a value out of range, LIMIT when it is full;
   *              the rows
   *              before the refused one stay
   */
  add(rows: Float32Array): void {
    if (rows.length % PATTERN_DIMENSIONS !== 0) {
      throw new GrandModelError(
        'BAD_ARGUMENT',
        `Cannot add rows: ${rows.length} values are not whole rows of ${PATTERN_DIMENSIONS}`,
        { values: rows.length },
      );
    }
    const { raw } = this.kernel;
    const step = STAGED_ROWS * PATTERN_DIMENSIONS;
    // A view is detached, and has no length, once the memory has grown.
    if (this.staged.length === 0) this.staged = this.kernel.f32(this.staging, step);
    const { staged } = this;
    for (let at = 0; at < rows.length; at += step) {
      // The usual call brings one row; a view of it would cost as much as its insert.
      const part = rows.length <= step ? rows : rows.subarray(at, at + step);
      staged.set(part);
      const wanted = part.length / PATTERN_DIMENSIONS;
      const taken = raw.patternIndexInsert(this.address, this.staging, wanted);
      if (taken < wanted) this.refuse(at / PATTERN_DIMENSIONS + taken, rows);
    }
  }

  private refuse(row: number, rows: Float32Array): never {
    const values = rows.subarray(row * PATTERN_DIMENSIONS, (row + 1) * PATTERN_DIMENSIONS);
    const bad = values.find((value) => !(Math.abs(value) <= 1e6));
    if (bad === undefined) {
      throw new GrandModelError('LIMIT', `Cannot add row ${row}: the index is full`, { row });
    }
    throw new GrandModelError('BAD_ARGUMENT', `Cannot add row ${row}: value ${bad} is not within 1e6`, {
      row,
    });
  }

  /** Builds the tree over all rows; false when rows do not cluster, so that queries stay flat scans. */
  build(): boolean {
    return this.kernel.raw.patternIndexBuild(this.address) === 1;
  }

  /**
   * The k rows nearest to one. Builds first when many rows came since the last build; `build` does that at a
   * time of the caller's choice.
   *
   * @param row  f32[13]
   * @param k    1..256
   * @returns    views that the next call overwrites
   * @throws     GrandModelError BAD_ARGUMENT for a row or k out of range
   */
  nearest(row: ArrayLike<number>, k: number): NearestRows {
    const { raw } = this.kernel;
    if (row.length !== PATTERN_DIMENSIONS || !Number.isInteger(k) || k < 1 || k > NEIGHBOURS_MAX) {
      throw new GrandModelError(
        'BAD_ARGUMENT',
        `Cannot query: ${row.length} values, k ${k} are not ${PATTERN_DIMENSIONS}, 1..${NEIGHBOURS_MAX}`,
        { values: row.length, k },
      );
    }
    const built = raw.patternIndexBuilt(this.address);
    if (this.count - built > Math.max(TAIL_ROWS, built)) this.build();
    this.kernel.f32(this.query, PATTERN_DIMENSIONS).set(row);
    const count = raw.patternIndexQuery(this.address, this.query, k, this.answer);
    if (count === 0 && this.count > 0) {
      throw new GrandModelError('BAD_ARGUMENT', 'Cannot query: a value is not within 1e6', {});
    }
    const words = this.kernel.heap32;
    const floats = this.kernel.f32(this.answer, 2 * count);
    const at = this.answer / 4;
    for (let i = 0; i < count; i++) {
      this.sequences[i] = words[at + 2 * i]!;
      this.distances[i] = floats[2 * i + 1]!;
    }
    return {
      count,
      sequences: this.sequences.subarray(0, count),
      distances: this.distances.subarray(0, count),
    };
  }
}
