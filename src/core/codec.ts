// Canonical encoding: one schema gives the bytes that are hashed, the value read back,
// and the name of the first field in which two values differ.

import type { ByteReader } from './bytes.ts';
import { ByteWriter } from './bytes.ts';
import { GrandModelError } from './errors.ts';

/** Fixed field order, little-endian, f64 by bits. `difference` names the first field that differs. */
export interface Codec<T> {
  write(writer: ByteWriter, value: T): void;
  read(reader: ByteReader): T;
  /** Path of the first difference ("votes[2].probabilities[1]"), or null when equal. */
  difference(left: T, right: T, path: string): string | null;
  /**
   * Path of the field that a byte of the encoding belongs to; where it is missing, all bytes are one field.
   */
  place?(value: T, path: string, at: number): string;
}

/**
 * Names the field that a byte of an encoded value belongs to.
 *
 * @param at  place of the byte in the encoding; past its end the nearest list's length is named
 */
export function placeOf<T>(codec: Codec<T>, value: T, path: string, at: number): string {
  return codec.place ? codec.place(value, path, at) : path;
}

/** The part of a value that holds byte `at`, or null past the last. */
function placeAmong(
  parts: readonly { readonly codec: Codec<unknown>; readonly value: unknown; readonly path: string }[],
  at: number,
): string | null {
  let left = at;
  for (const { codec, value, path } of parts) {
    const writer = new ByteWriter(256);
    codec.write(writer, value);
    if (left < writer.length) return placeOf(codec, value, path, left);
    left -= writer.length;
  }
  return null;
}

function scalar<T extends number | boolean | string>(
  write: (writer: ByteWriter, value: T) => void,
  read: (reader: ByteReader) => T,
): Codec<T> {
  return { write, read, difference: (left, right, path) => (Object.is(left, right) ? null : path) };
}

export const u8: Codec<number> = scalar(
  (w, v) => w.u8(v),
  (r) => r.u8(),
);
export const u16: Codec<number> = scalar(
  (w, v) => w.u16(v),
  (r) => r.u16(),
);
export const u32: Codec<number> = scalar(
  (w, v) => w.u32(v),
  (r) => r.u32(),
);
/** Safe integer as i64: time stamps, ticks, lots, micro-quote. */
export const i64: Codec<number> = scalar(
  (w, v) => w.i64(v),
  (r) => r.i64(),
);
export const f64: Codec<number> = scalar(
  (w, v) => w.f64(v),
  (r) => r.f64(),
);
export const text: Codec<string> = scalar(
  (w, v) => w.text(v),
  (r) => r.text(),
);
export const bool: Codec<boolean> = scalar(
  (w, v) => w.u8(v ? 1 : 0),
  (r) => {
    const byte = r.u8();
    if (byte > 1) throw new GrandModelError('BAD_INPUT', `Cannot read boolean: byte ${byte}`, { byte });
    return byte === 1;
  },
);

/** One of a closed list of strings, stored as its index in one byte. */
export function oneOf<const T extends string>(names: readonly T[]): Codec<T> {
  return scalar<T>(
    (w, v) => {
      const index = names.indexOf(v);
      if (index < 0)
        throw new GrandModelError('BAD_ARGUMENT', `Cannot write "${v}": not one of ${names.join(' ')}`, {});
      w.u8(index);
    },
    (r) => {
      const index = r.u8();
      const name = names[index];
      if (name === undefined)
        throw new GrandModelError('BAD_INPUT', `Cannot read name: index ${index}`, { index });
      return name;
    },
  );
}

/** An integer code 0..count−1 in one byte, typed as a literal union such as Direction. */
export function code<T extends number>(count: number): Codec<T> {
  return scalar<T>(
    (w, v) => w.u8(v),
    (r) => {
      const value = r.u8();
      if (value >= count)
        throw new GrandModelError('BAD_INPUT', `Cannot read code: ${value} is over ${count - 1}`, {});
      return value as T;
    },
  );
}

/** Exactly `length` raw bytes, such as a SHA-256. */
export function fixedBytes(length: number): Codec<Uint8Array> {
  return {
    write(w, v) {
      if (v.length !== length) {
        throw new GrandModelError(
          'BAD_ARGUMENT',
          `Cannot write ${v.length} bytes where ${length} belong`,
          {},
        );
      }
      w.bytes(v);
    },
    read: (r) => r.bytes(length),
    difference(left, right, path) {
      for (let i = 0; i < length; i++) if (left[i] !== right[i]) return path;
      return null;
    },
  };
}

/** A list with a u32 count, refused above `max` before anything is allocated. */
export function list<T>(item: Codec<T>, max: number): Codec<T[]> {
  return {
    write(w, values) {
      if (values.length > max) {
        throw new GrandModelError('LIMIT', `Cannot write list: ${values.length} items are over ${max}`, {});
      }
      w.u32(values.length);
      for (const value of values) item.write(w, value);
    },
    read(r) {
      const count = r.u32();
      if (count > max || count > r.remaining) {
        throw new GrandModelError(
          'LIMIT',
          `Cannot read list: ${count} items are over ${max} or past the end`,
          { count },
        );
      }
      const values: T[] = [];
      for (let i = 0; i < count; i++) values.push(item.read(r));
      return values;
    },
    difference(left, right, path) {
      const shared = Math.min(left.length, right.length);
      for (let i = 0; i < shared; i++) {
        const found = item.difference(left[i] as T, right[i] as T, `${path}[${i}]`);
        if (found !== null) return found;
      }
      return left.length === right.length ? null : `${path}.length`;
    },
    place(values, path, at) {
      const parts = values.map((value, i) => ({ codec: item, value, path: `${path}[${i}]` }));
      return (at < 4 ? null : placeAmong(parts, at - 4)) ?? `${path}.length`;
    },
  };
}

/** A value or null, one byte before it. */
export function nullable<T>(item: Codec<T>): Codec<T | null> {
  return {
    write(w, value) {
      w.u8(value === null ? 0 : 1);
      if (value !== null) item.write(w, value);
    },
    read: (r) => (bool.read(r) ? item.read(r) : null),
    difference(left, right, path) {
      if (left === null || right === null) return left === right ? null : path;
      return item.difference(left, right, path);
    },
    place: (value, path, at) => (at < 1 || value === null ? path : placeOf(item, value, path, at - 1)),
  };
}

/** Fields in the order written here. */
export function struct<T extends object>(fields: { readonly [K in keyof T]-?: Codec<T[K]> }): Codec<T> {
  const names = Object.keys(fields) as (keyof T & string)[];
  const codecs = names.map((name) => fields[name] as Codec<unknown>);
  return {
    write(w, value) {
      for (let i = 0; i < names.length; i++)
        (codecs[i] as Codec<unknown>).write(w, value[names[i] as keyof T]);
    },
    read(r) {
      const value: Record<string, unknown> = {};
      for (let i = 0; i < names.length; i++)
        value[names[i] as string] = (codecs[i] as Codec<unknown>).read(r);
      return value as T;
    },
    difference(left, right, path) {
      for (let i = 0; i < names.length; i++) {
        const name = names[i] as keyof T & string;
        const found = (codecs[i] as Codec<unknown>).difference(
          left[name],
          right[name],
          path ? `${path}.${name}` : name,
        );
        if (found !== null) return found;
      }
      return null;
    },
    place(value, path, at) {
      const parts = names.map((name, i) => ({
        codec: codecs[i] as Codec<unknown>,
        value: value[name as keyof T],
        path: path ? `${path}.${name}` : name,
      }));
      return placeAmong(parts, at) ?? path;
    },
  };
}

/**
 * A union told apart by its `kind`, one byte before the fields; the order of `members` is part of the format.
 */
export function union<T extends { readonly kind: string }>(members: {
  readonly [K in T['kind']]: Codec<Omit<Extract<T, { kind: K }>, 'kind'>>;
}): Codec<T> {
  const kinds = Object.keys(members) as T['kind'][];
  const codecs = kinds.map((kind) => members[kind] as Codec<unknown>);
  return {
    write(w, value) {
      const index = kinds.indexOf(value.kind);
      const codec = codecs[index];
      if (!codec) throw new GrandModelError('BAD_ARGUMENT', `Cannot write kind "${value.kind}"`, {});
      w.u8(index);
      codec.write(w, value);
    },
    read(r) {
      const index = r.u8();
      const codec = codecs[index];
      if (!codec) throw new GrandModelError('BAD_INPUT', `Cannot read kind: index ${index}`, { index });
      return { kind: kinds[index], ...(codec.read(r) as object) } as T;
    },
    difference(left, right, path) {
      if (left.kind !== right.kind) return path ? `${path}.kind` : 'kind';
      return (codecs[kinds.indexOf(left.kind)] as Codec<unknown>).difference(left, right, path);
    },
    place(value, path, at) {
      if (at < 1) return path ? `${path}.kind` : 'kind';
      return placeOf(codecs[kinds.indexOf(value.kind)] as Codec<unknown>, value, path, at - 1);
    },
  };
}
