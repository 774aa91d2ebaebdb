// Little-endian byte writer and reader: the only way values become hashed bytes.

import { GrandModelError } from './errors.ts';

const TWO_32 = 4_294_967_296;
/** Longest text, characters, that is tried as ASCII. */
const ASCII_MAX = 256;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** A growable little-endian writer; `reset` keeps the buffer, so a hot loop allocates nothing. */
export class ByteWriter {
  private buffer: Uint8Array;
  private view: DataView;
  private at = 0;

  /** @param capacity bytes to start with; it grows by doubling */
  constructor(capacity = 1024) {
    this.buffer = new Uint8Array(capacity);
    this.view = new DataView(this.buffer.buffer);
  }

  /** Bytes written since the last reset. */
  get length(): number {
    return this.at;
  }

  /** Forgets what was written behind `length` bytes and keeps the memory. */
  reset(length = 0): void {
    this.at = length;
  }

  /** A view of the bytes written; valid until the next write. */
  view8(from = 0): Uint8Array {
    return this.buffer.subarray(from, this.at);
  }

  /** A copy of the bytes written. */
  copy(): Uint8Array {
    return this.buffer.slice(0, this.at);
  }

  u8(value: number): void {
    this.reserve(1);
    this.view.setUint8(this.at, value);
    this.at += 1;
  }

  u16(value: number): void {
    this.reserve(2);
    this.view.setUint16(this.at, value, true);
    this.at += 2;
  }

  u32(value: number): void {
    this.reserve(4);
    this.view.setUint32(this.at, value, true);
    this.at += 4;
  }

  /** A safe integer as two's-complement i64. */
  i64(value: number): void {
    if (!Number.isSafeInteger(value)) {
      throw new GrandModelError('OVERFLOW', `Cannot write i64: ${value} is not a safe integer`, { value });
    }
    this.reserve(8);
    const high = Math.floor(value / TWO_32);
    this.view.setUint32(this.at, value - high * TWO_32, true);
    this.view.setInt32(this.at + 4, high, true);
    this.at += 8;
  }

  /** f64 bits; every NaN becomes the one canonical quiet NaN, because payload bits differ between engines. */
  f64(value: number): void {
    this.reserve(8);
    if (value !== value) {
      this.view.setUint32(this.at, 0, true);
      this.view.setUint32(this.at + 4, 0x7ff80000, true);
    } else {
      this.view.setFloat64(this.at, value, true);
    }
    this.at += 8;
  }

  /** Overwrites four bytes written earlier, such as a length known only at the end. */
  patchU32(at: number, value: number): void {
    this.view.setUint32(at, value, true);
  }

  bytes(value: Uint8Array): void {
    this.reserve(value.length);
    this.buffer.set(value, this.at);
    this.at += value.length;
  }

  /** UTF-8 with a u16 byte length before it. */
  text(value: string): void {
    if (this.ascii(value)) return;
    const encoded = encoder.encode(value);
    if (encoded.length > 65_535) {
      throw new GrandModelError('LIMIT', `Cannot write text: ${encoded.length} bytes are over 65535`, {
        length: encoded.length,
      });
    }
    this.u16(encoded.length);
    this.bytes(encoded);
  }

  /**
   * Writes a short text of ASCII alone, where bytes are character codes: nearly all of them, five times as
   * fast.
   */
  private ascii(value: string): boolean {
    const { length } = value;
    if (length > ASCII_MAX) return false;
    this.reserve(2 + length);
    const start = this.at + 2;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 127) return false;
      this.buffer[start + i] = code;
    }
    this.u16(length);
    this.at += length;
    return true;
  }

  private reserve(extra: number): void {
    const needed = this.at + extra;
    if (needed <= this.buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, this.buffer.length * 2));
    grown.set(this.buffer);
    this.buffer = grown;
    this.view = new DataView(grown.buffer);
  }
}

/** Reads what ByteWriter wrote; never reads past its end. */
export class ByteReader {
  private readonly source: Uint8Array;
  private readonly view: DataView;
  private at: number;

  constructor(source: Uint8Array, at = 0) {
    // A Node Buffer's slice is a view of a pool; a plain array's is a copy.
    this.source = new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
    this.view = new DataView(source.buffer, source.byteOffset, source.byteLength);
    this.at = at;
  }

  /** Position of the next byte. */
  get position(): number {
    return this.at;
  }

  /** Bytes left. */
  get remaining(): number {
    return this.source.length - this.at;
  }

  u8(): number {
    return this.view.getUint8(this.take(1));
  }

  u16(): number {
    return this.view.getUint16(this.take(2), true);
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  i64(): number {
    const at = this.take(8);
    const value = this.view.getInt32(at + 4, true) * TWO_32 + this.view.getUint32(at, true);
    if (!Number.isSafeInteger(value)) {
      throw new GrandModelError('BAD_INPUT', `Cannot read i64 at byte ${at}: not a safe integer`, { at });
    }
    return value;
  }

  f64(): number {
    return this.view.getFloat64(this.take(8), true);
  }

  bytes(length: number): Uint8Array {
    const at = this.take(length);
    return this.source.slice(at, at + length);
  }

  text(): string {
    const length = this.u16();
    const at = this.take(length);
    try {
      return decoder.decode(this.source.subarray(at, at + length));
    } catch (cause) {
      throw new GrandModelError('BAD_INPUT', `Cannot read text at byte ${at}: not UTF-8`, { at }, cause);
    }
  }

  private take(length: number): number {
    const at = this.at;
    if (length > this.source.length - at) {
      throw new GrandModelError(
        'BAD_INPUT',
        `Cannot read ${length} bytes at byte ${at}: only ${this.remaining} left`,
        {
          at,
          length,
        },
      );
    }
    this.at += length;
    return at;
  }
}

const HEX = '0123456789abcdef';

/**
 * Lower-case hexadecimal of bytes.
 *
 * @example toHex(Uint8Array.of(1, 255)) // '01ff'
 */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += HEX.charAt(byte >> 4) + HEX.charAt(byte & 15);
  return text;
}

/**
 * Bytes of a hexadecimal string.
 *
 * @throws  GrandModelError BAD_INPUT when it is not pairs of hexadecimal digits
 * @example fromHex('01ff')[1] // 255
 */
export function fromHex(text: string): Uint8Array {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) {
    throw new GrandModelError('BAD_INPUT', `Cannot read hexadecimal: "${text.slice(0, 80)}"`, {});
  }
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}
