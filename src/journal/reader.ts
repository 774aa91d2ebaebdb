// Splits journal bytes into raw records. It trusts nothing: lengths are checked before anything is read.

import { GrandModelError } from '../core/errors.ts';
import { BODY_BYTES_MAX, HASH_BYTES, HEADER_BYTES_MAX, MAGIC } from './format.ts';

/** The header's bytes as stored, with the hash stored behind them. */
export interface RawHeader {
  /** magic ‖ length ‖ header: what the hash covers. */
  covered: Uint8Array;
  /** The header alone. */
  body: Uint8Array;
  hash: Uint8Array;
}

/** One record as stored. */
export interface RawRecord {
  body: Uint8Array;
  hash: Uint8Array;
}

/** Pulls whole records out of a stream of chunks. */
export class RecordReader {
  private readonly source: AsyncIterator<Uint8Array>;
  private buffer: Uint8Array = new Uint8Array(0);
  private at = 0;
  private consumed = 0;
  private ended = false;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.source = chunks[Symbol.asyncIterator]();
  }

  /** Bytes of whole header and records read so far. */
  get position(): number {
    return this.consumed;
  }

  /** True when bytes are left behind the last whole record. */
  get hasRest(): boolean {
    return this.buffer.length > this.at;
  }

  /**
   * Reads the header.
   *
   * @returns  null when the bytes end inside it
   * @throws   GrandModelError BAD_JOURNAL when the magic is wrong or the length over the limit
   */
  async header(): Promise<RawHeader | null> {
    const prefix = MAGIC.length + 4;
    if (!(await this.fill(prefix))) return null;
    for (let i = 0; i < MAGIC.length; i++) {
      if (this.buffer[this.at + i] !== MAGIC[i]) {
        throw new GrandModelError('BAD_JOURNAL', 'Cannot read journal: it does not start with GMJ1', {
          field: 'magic',
        });
      }
    }
    const length = this.u32(MAGIC.length);
    if (length > HEADER_BYTES_MAX) {
      throw new GrandModelError('BAD_JOURNAL', `Cannot read journal: header of ${length} bytes`, {
        field: 'header',
      });
    }
    if (!(await this.fill(prefix + length + HASH_BYTES))) return null;
    const covered = this.take(prefix + length);
    return { covered, body: covered.subarray(prefix), hash: this.take(HASH_BYTES) };
  }

  /**
   * Reads the next record.
   *
   * @returns  null at the end of the bytes, also when they end inside a record (`hasRest` tells)
   * @throws   GrandModelError BAD_JOURNAL when the length is over the limit
   */
  async next(): Promise<RawRecord | null> {
    if (!this.has(4) && !(await this.fill(4))) return null;
    const length = this.u32(0);
    if (length > BODY_BYTES_MAX) {
      throw new GrandModelError('BAD_JOURNAL', `Cannot read journal: record of ${length} bytes`, {
        field: 'length',
      });
    }
    const whole = 4 + length + HASH_BYTES;
    if (!this.has(whole) && !(await this.fill(whole))) return null;
    this.take(4);
    return { body: this.take(length), hash: this.take(HASH_BYTES) };
  }

  private has(count: number): boolean {
    return this.buffer.length - this.at >= count;
  }

  private u32(offset: number): number {
    return new DataView(this.buffer.buffer, this.buffer.byteOffset).getUint32(this.at + offset, true);
  }

  private take(count: number): Uint8Array {
    const bytes = this.buffer.slice(this.at, this.at + count);
    this.at += count;
    this.consumed += count;
    return bytes;
  }

  private async fill(count: number): Promise<boolean> {
    while (!this.has(count) && !this.ended) {
      const next = await this.source.next();
      if (next.done) {
        this.ended = true;
        break;
      }
      const value = next.value;
      const rest = this.buffer.subarray(this.at);
      const joined = new Uint8Array(rest.length + value.length);
      joined.set(rest);
      joined.set(value, rest.length);
      this.buffer = joined;
      this.at = 0;
    }
    return this.has(count);
  }
}
