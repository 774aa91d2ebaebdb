// The kernel's ABI of a market scan's small arenas (assembly/scan-arena.ts).

/** One symbol of a scan; addresses are byte offsets in kernel memory. */
export interface ScanAbi {
  /** Bytes of a scan arena with a ring of `patterns` rows. */
  scanArenaBytes(patterns: number): number;
  /** Byte offset of a part: 0 scale, 1 tactical, 2 strategic, 3 uncertainty, 4 regime, 5 patterns. */
  scanArenaPart(part: number): number;
  /** Starts an arena; `parameters` are the 80 bytes of its regime. 0 when kernel memory is used up. */
  scanArenaInit(at: number, patterns: number, parameters: number): number;
  /** Bytes in use. */
  scanArenaUsedBytes(at: number): number;
  /** Takes one closed five-minute bar. */
  scanPush5(
    at: number,
    tsMs: number,
    high: number,
    low: number,
    close: number,
    volume: number,
    tick: number,
    noVolume: number,
  ): void;
  /** Reads the lines that a row will need into the cache, all at once; changes nothing. */
  scanReadAhead(at: number): void;
  /** Takes one closed 30-minute row; 1 when the new row of the strategic matrix is finite. */
  scanPush30(
    at: number,
    tsMs: number,
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
    noVolume: number,
    flags: number,
  ): number;
}
