// What makes data this data: a hash of bars that can be taken as they come.

import { toHex } from '../core/bytes.ts';
import type { Bars } from './experiment.ts';

/** Bars hashed together, column by column. */
const CHUNK = 4096;
const HASH_BYTES = 32;

/** What hashes: a kernel. */
export interface Sha256 {
  sha256(bytes: Uint8Array): Uint8Array;
}

/** One bar without its symbol. */
export interface HashedBar {
  readonly tsMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/**
 * Hashes bars one after the other in bounded memory: chunks of 4,096 bars, six columns each, every chunk
 * hashed together with the hash before it.
 */
export class BarsHasher {
  private readonly hasher: Sha256;
  private readonly columns = Array.from({ length: 6 }, () => new Float64Array(CHUNK));
  private readonly links = new Uint8Array(HASH_BYTES * 7);
  private rows = 0;

  constructor(hasher: Sha256) {
    this.hasher = hasher;
  }

  /** Takes the next bar. */
  take({ tsMs, open, high, low, close, volume }: HashedBar): void {
    const { columns, rows } = this;
    [tsMs, open, high, low, close, volume].forEach((value, i) => (columns[i]![rows] = value));
    if (++this.rows === CHUNK) this.close();
  }

  /** SHA-256 of all bars taken, hexadecimal; call it once, at the end. */
  digest(): string {
    if (this.rows > 0) this.close();
    return toHex(this.links.subarray(0, HASH_BYTES));
  }

  private close(): void {
    this.columns.forEach((column, i) => {
      const bytes = new Uint8Array(column.buffer, 0, 8 * this.rows);
      this.links.set(this.hasher.sha256(bytes), HASH_BYTES * (i + 1));
    });
    this.links.set(this.hasher.sha256(this.links), 0);
    this.rows = 0;
  }
}

/** Hash of bars in columns. */
export function barsHash(hasher: Sha256, bars: Bars): string {
  const hashed = new BarsHasher(hasher);
  for (let i = 0; i < bars.rows; i++) {
    hashed.take({
      tsMs: bars.tsMs[i] as number,
      open: bars.open[i] as number,
      high: bars.high[i] as number,
      low: bars.low[i] as number,
      close: bars.close[i] as number,
      volume: bars.volume[i] as number,
    });
  }
  return hashed.digest();
}
