// The pattern memory from outside the kernel: retrieval with what followed, export and import.

import { ByteReader, ByteWriter } from '../core/bytes.ts';
import { struct, u8, u32 } from '../core/codec.ts';
import type { Codec } from '../core/codec.ts';
import { GrandModelError } from '../core/errors.ts';
import type { Kernel } from '../wasm/kernel.ts';

/** Columns of one row. */
export const PATTERN_DIMENSIONS = 13;
/** Most rows one memory keeps. */
export const PATTERN_CAPACITY_MAX = 65_536;
/** Most neighbours one query returns. */
export const NEIGHBOURS_MAX = 256;

const FORMAT = 1;
const HEADER_BYTES = 448;
const BLOCK_BYTES = 544;
const BLOCK_ROWS = 8;
/** Bytes of a block before its open stamps: vectors, inverse norms, outcomes. */
const VALUES_BYTES = 480;
const IMAGE_BYTES_MAX = HEADER_BYTES + (PATTERN_CAPACITY_MAX / BLOCK_ROWS) * BLOCK_BYTES;
const PENDING_MAX = 12;
/** Layout of the header (assembly/patterns/memory.ts): the sum of returns, then the rows that wait. */
const CUMULATIVE_AT = 24;
const PENDING_AT = 32;
const PENDING_BYTES = 24;
const PENDING_SLOTS = 16;
const STATISTICS_F64S = 4;
const ENTRY_BYTES = 8;

/** Where a memory lies in its kernel, and room for the answer of one query. */
export interface PatternMemory {
  readonly address: number;
  readonly capacity: number;
  /** Bytes for f64[4] statistics and NEIGHBOURS_MAX entries of 8 bytes; never part of a state. */
  readonly answer: number;
}

/** A row that a query found. */
export interface PatternNeighbour {
  readonly sequence: number;
  /** Open stamp of its bar, ms UTC. */
  readonly tsMs: number;
  readonly distance: number;
  /** Sum of its next 12 log returns in units of σ√12; null while unknown. */
  readonly outcome: number | null;
}

/** What followed the nearest rows. The statistics are null where too few outcomes are known. */
export interface PatternRetrieval {
  readonly neighbours: readonly PatternNeighbour[];
  /** Neighbours with a known outcome. */
  readonly count: number;
  readonly outcomeMean: number | null;
  /** Sample standard deviation; null below two outcomes. */
  readonly outcomeSpread: number | null;
  /** Share of the outcomes that have the mean's sign, 0..1. */
  readonly hitRate: number | null;
}

/** How to search. */
export interface PatternQuery {
  /** 1..NEIGHBOURS_MAX */
  readonly k: number;
  readonly metric: 'l2' | 'cosine';
  /** Only rows with a smaller sequence number; by default those whose outcome is known. */
  readonly before?: number;
}

/**
 * Reserves and starts a memory.
 *
 * @param kernel    the kernel that will own it
 * @param capacity  rows kept, 64..PATTERN_CAPACITY_MAX, rounded up to a multiple of 8
 * @throws          BAD_ARGUMENT when the capacity is out of range, LIMIT when the kernel is full
 */
export function openPatterns(kernel: Kernel, capacity: number): PatternMemory {
  if (!Number.isInteger(capacity) || capacity < 64 || capacity > PATTERN_CAPACITY_MAX) {
    const message = `Cannot open patterns: capacity ${capacity} is not in 64..${PATTERN_CAPACITY_MAX}`;
    throw new GrandModelError('BAD_ARGUMENT', message, { capacity });
  }
  const address = kernel.alloc(kernel.raw.patternsBytes(capacity));
  const answer = kernel.alloc(patternAnswerBytes());
  kernel.raw.patternsInit(address, capacity);
  return { address, capacity: Math.ceil(capacity / BLOCK_ROWS) * BLOCK_ROWS, answer };
}

/** Bytes that `PatternMemory.answer` needs. */
export function patternAnswerBytes(): number {
  return STATISTICS_F64S * 8 + NEIGHBOURS_MAX * ENTRY_BYTES;
}

/**
 * Finds the rows nearest to the f32[13] at `row` and what followed them.
 *
 * @param row  byte offset in kernel memory
 */
export function retrievePatterns(
  kernel: Kernel,
  memory: PatternMemory,
  row: number,
  query: PatternQuery,
): PatternRetrieval {
  const { address, answer } = memory;
  const { raw } = kernel;
  const found = answer + STATISTICS_F64S * 8;
  const before = query.before ?? raw.patternsLabelled(address);
  const size = raw.patternsQuery(address, row, before, query.k, query.metric === 'cosine' ? 1 : 0, found);
  raw.patternsStatistics(address, found, size, answer);
  const [mean = NaN, spread = NaN, hitRate = NaN, count = 0] = kernel.f64(answer, STATISTICS_F64S);
  const entries = new DataView(raw.memory.buffer, found, size * ENTRY_BYTES);
  const neighbours: PatternNeighbour[] = [];
  for (let i = 0; i < size; i++) {
    const sequence = entries.getInt32(i * ENTRY_BYTES, true);
    neighbours.push({
      sequence,
      tsMs: raw.patternsTime(address, sequence),
      distance: entries.getFloat32(i * ENTRY_BYTES + 4, true),
      outcome: known(raw.patternsOutcome(address, sequence)),
    });
  }
  return {
    neighbours,
    count,
    outcomeMean: known(mean),
    outcomeSpread: known(spread),
    hitRate: known(hitRate),
  };
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** The used bytes of a memory in a file of their own. */
interface PatternImage {
  readonly format: number;
  readonly capacity: number;
  readonly bytes: Uint8Array;
}

const imageBytes: Codec<Uint8Array> = {
  write(writer, value) {
    writer.u32(value.length);
    writer.bytes(value);
  },
  read(reader) {
    const length = reader.u32();
    if (length > IMAGE_BYTES_MAX || length > reader.remaining) {
      const message = `Cannot import patterns: ${length} bytes are over ${IMAGE_BYTES_MAX} or past the end`;
      throw new GrandModelError('LIMIT', message, { length });
    }
    return reader.bytes(length);
  },
  difference(left, right, path) {
    const equal = left.length === right.length && left.every((byte, i) => byte === right[i]);
    return equal ? null : path;
  },
};

const imageCodec: Codec<PatternImage> = struct<PatternImage>({
  format: u8,
  capacity: u32,
  bytes: imageBytes,
});

/** The memory's rows, outcomes and pending rows as a file. */
export function exportPatterns(kernel: Kernel, memory: PatternMemory): Uint8Array {
  const used = kernel.raw.patternsUsedBytes(memory.address);
  const writer = new ByteWriter(used + 16);
  imageCodec.write(writer, {
    format: FORMAT,
    capacity: memory.capacity,
    bytes: kernel.u8(memory.address, used),
  });
  return writer.copy();
}

/**
 * Replaces a memory's content by an exported one; on an error the memory stays as it was.
 *
 * @throws BAD_INPUT when the file is malformed or of another capacity, LIMIT when it is over the largest size
 */
export function importPatterns(kernel: Kernel, memory: PatternMemory, file: Uint8Array): void {
  const reader = new ByteReader(file);
  const image = imageCodec.read(reader);
  const fault = faultOf(image, memory.capacity) ?? (reader.remaining > 0 ? 'bytes after the end' : null);
  if (fault !== null) throw new GrandModelError('BAD_INPUT', `Cannot import patterns: ${fault}`, { fault });
  kernel.u8(memory.address, image.bytes.length).set(image.bytes);
}

/** Why an image cannot be the content of a memory; null when it can. */
function faultOf(image: PatternImage, capacity: number): string | null {
  const { format, bytes } = image;
  if (format !== FORMAT) return `format ${format} is not ${FORMAT}`;
  if (image.capacity !== capacity) return `capacity ${image.capacity} is not ${capacity}`;
  if (bytes.length < HEADER_BYTES) return `${bytes.length} bytes are under ${HEADER_BYTES}`;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const integer = (at: number): number => view.getInt32(at, true);
  const [rows, inserted, labelled] = [integer(0), integer(4), integer(8)];
  const [bars, insertedBar] = [integer(12), integer(16)];
  if (rows !== capacity) return `capacity ${rows} in the header is not ${capacity}`;
  if (labelled < 0 || inserted < labelled || inserted - labelled > PENDING_MAX) {
    return `${labelled} outcomes do not fit ${inserted} rows`;
  }
  if (bars < 0 || insertedBar < -1 || insertedBar > bars) return `bar ${insertedBar} is not within ${bars}`;
  if (!Number.isFinite(view.getFloat64(CUMULATIVE_AT, true))) return 'sum of returns is not finite';
  for (let row = labelled; row < inserted; row++) {
    const at = PENDING_AT + (row % PENDING_SLOTS) * PENDING_BYTES;
    const [cumulative, sigma] = [view.getFloat64(at + 8, true), view.getFloat64(at + 16, true)];
    if (!Number.isFinite(cumulative) || !(sigma > 0 && sigma < Infinity))
      return `row ${row} waits with σ ${sigma}`;
  }
  const blocks = Math.ceil(Math.min(inserted, capacity) / BLOCK_ROWS);
  if (bytes.length !== HEADER_BYTES + blocks * BLOCK_BYTES)
    return `${bytes.length} bytes do not hold ${inserted} rows`;
  for (let at = HEADER_BYTES; at < bytes.length; at += 4) {
    const inBlock = (at - HEADER_BYTES) % BLOCK_BYTES;
    if (inBlock < VALUES_BYTES && !Number.isFinite(view.getFloat32(at, true)))
      return `value at byte ${at} is not finite`;
  }
  return null;
}
