// The kernel's ABI for the pattern memory (assembly/patterns). Addresses are byte offsets in kernel memory.

/** Rows of 13 f32 columns, what followed each, and exact search. */
export interface PatternsAbi {
  /** Bytes of a memory of `capacity` rows, 64..65,536, rounded up to a multiple of 8. */
  patternsBytes(capacity: number): number;
  /** Bytes from the start that are in use; all that a snapshot or a hash needs. */
  patternsUsedBytes(address: number): number;
  /** Starts an empty memory; 0 when the search scratch could not be reserved. */
  patternsInit(address: number, capacity: number): number;
  /** A 30-minute bar has closed with this log return: call it for every bar, before `patternsInsert`. */
  patternsAdvance(address: number, logReturn: number): void;
  /**
   * Takes the row f32[13] known at this bar and the σ its outcome is measured in; returns its sequence
   * number, or −1 and changes nothing when a column is not finite or over 1e6, σ is not above 0, or this bar
   * already gave a row.
   */
  patternsInsert(address: number, row: number, tsMs: number, sigma: number): number;
  /** Rows taken so far. */
  patternsInserted(address: number): number;
  /** Rows with a known outcome: exactly the sequence numbers below it. */
  patternsLabelled(address: number): number;
  /**
   * Outcome of a row, sum of its next 12 log returns in units of σ√12; NaN while unknown or no longer kept.
   */
  patternsOutcome(address: number, sequence: number): number;
  /** Open stamp of a row in ms; NaN when not kept. */
  patternsTime(address: number, sequence: number): number;
  /**
   * Writes the k (1..256) rows nearest to f32[13] at `query` among sequence numbers below `before`: k × {i32
   * sequence, f32 distance}, nearest first, the older first when equal. metric 0 L2, 1 cosine. Returns how
   * many.
   */
  patternsQuery(
    address: number,
    query: number,
    before: number,
    k: number,
    metric: number,
    out: number,
  ): number;
  /** Writes f64[4] over the rows found: mean outcome, sample deviation, hit rate, count of known outcomes. */
  patternsStatistics(address: number, found: number, count: number, out: number): void;
}

/** The large exact index (assembly/patterns/index.ts), apart from every engine's state. */
export interface PatternIndexAbi {
  /** Bytes of an index for `capacity` rows, 64..2,097,152. */
  patternIndexBytes(capacity: number): number;
  /** Starts an empty index; 0 when kernel memory is used up. */
  patternIndexInit(address: number, capacity: number): number;
  /** Takes f32[rows × 13]; returns how many rows: it stops at a bad one or when full. */
  patternIndexInsert(address: number, rows: number, count: number): number;
  /** Rows taken. */
  patternIndexCount(address: number): number;
  /** Builds the tree; 1 when it pays, 0 when queries stay flat scans. */
  patternIndexBuild(address: number): number;
  /** Rows that the tree covers. */
  patternIndexCovered(address: number): number;
  /** Rows that the last build looked at. */
  patternIndexBuilt(address: number): number;
  /** Rows whose distance the last query computed. */
  patternIndexScanned(address: number): number;
  /** Writes the k nearest rows to f32[13] as k × {i32 sequence, f32 distance}; returns how many. */
  patternIndexQuery(address: number, query: number, k: number, out: number): number;
}
