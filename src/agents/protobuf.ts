// A bounded reader of the protobuf wire format: it never reads past its end and never allocates by a length
// it has not checked.

import { badModel, MODEL_LIMITS } from './onnx-format.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** Reads the fields of one message; call `next`, then exactly one reading method per field. */
export class WireReader {
  /** Number of the current field. */
  field = 0;
  /** Name of this message in errors. */
  place: string;
  private wire = 0;
  private at: number;
  private readonly end: number;
  private readonly source: Uint8Array;
  private readonly seen = new Set<number>();

  constructor(source: Uint8Array, place: string, start = 0, end = source.length) {
    this.source = source;
    this.place = place;
    this.at = start;
    this.end = end;
  }

  /** Moves to the next field; false at the end of the message. */
  next(): boolean {
    if (this.at === this.end) return false;
    const tag = this.varint();
    this.field = Math.floor(tag / 8);
    this.wire = tag & 7;
    if (tag < 8 || tag > 0xffff) throw this.bad(`tag ${tag} at byte ${this.at} is not a field`);
    return true;
  }

  /** Refuses a second value of a field that may occur once. */
  once(): this {
    if (this.seen.has(this.field)) throw this.bad(`field ${this.field} occurs twice`);
    this.seen.add(this.field);
    return this;
  }

  /** A signed 64-bit integer that must be a safe integer. */
  int(): number {
    this.expect(VARINT);
    return this.varint();
  }

  float(): number {
    this.expect(FIXED32);
    return this.view(4).getFloat32(0, true);
  }

  /** The bytes of a length-delimited field, as a view. */
  bytes(): Uint8Array {
    const [start, end] = this.span();
    return this.source.subarray(start, end);
  }

  /** A message inside this one. */
  message(place: string): WireReader {
    const [start, end] = this.span();
    return new WireReader(this.source, place, start, end);
  }

  /** UTF-8 text of at most 256 bytes. */
  text(): string {
    const bytes = this.bytes();
    if (bytes.length > MODEL_LIMITS.textBytes) {
      throw this.bad(`text of ${bytes.length} bytes is over ${MODEL_LIMITS.textBytes}`);
    }
    try {
      return decoder.decode(bytes);
    } catch {
      throw this.bad('text is not UTF-8');
    }
  }

  /** Integers of a repeated field, packed or not, appended to `into` up to `max`. */
  ints(into: number[], max: number): void {
    if (this.wire === VARINT) {
      if (into.length >= max) throw this.bad(`more than ${max} integers`);
      into.push(this.varint());
      return;
    }
    const packed = this.message(this.place);
    while (packed.at < packed.end) {
      if (into.length >= max) throw this.bad(`more than ${max} integers`);
      into.push(packed.varint());
    }
  }

  /** Steps over a field that this project does not need, such as documentation. */
  skip(): void {
    if (this.wire === VARINT) this.varint();
    else if (this.wire === FIXED64) this.view(8);
    else if (this.wire === FIXED32) this.view(4);
    else this.span();
  }

  /** The error of a field number that this message does not have. */
  unknown(): Error {
    return this.bad(`unknown field ${this.field}`);
  }

  /** An error at this message. */
  bad(reason: string): Error {
    return badModel(this.place, reason);
  }

  private span(): [number, number] {
    this.expect(BYTES);
    const length = this.varint();
    if (length < 0 || length > this.end - this.at) {
      throw this.bad(`length ${length} at byte ${this.at} passes the end`);
    }
    const start = this.at;
    this.at += length;
    return [start, this.at];
  }

  private view(size: number): DataView {
    if (size > this.end - this.at) throw this.bad(`file ends at byte ${this.end} inside a value`);
    const view = new DataView(this.source.buffer, this.source.byteOffset + this.at, size);
    this.at += size;
    return view;
  }

  private expect(wire: number): void {
    if (this.wire !== wire)
      throw this.bad(`field ${this.field} has wire type ${this.wire} where ${wire} belongs`);
  }

  private varint(): number {
    let low = 0;
    let scale = 1;
    for (let i = 0; i < 7; i++, scale *= 128) {
      const byte = this.byte();
      low += (byte & 127) * scale;
      if (byte < 128) return low;
    }
    let wide = BigInt(low);
    for (let shift = 49n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      wide |= BigInt(byte & 127) << shift;
      if (byte < 128) {
        const value = Number(BigInt.asIntN(64, wide));
        if (!Number.isSafeInteger(value)) throw this.bad(`integer ${value} is out of range`);
        return value;
      }
    }
    throw this.bad(`integer at byte ${this.at} is longer than 10 bytes`);
  }

  private byte(): number {
    if (this.at >= this.end) throw this.bad(`file ends at byte ${this.end} inside a value`);
    return this.source[this.at++] as number;
  }
}
