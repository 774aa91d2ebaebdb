// A ring of 13-column rows and what happened after each, laid out for exact search: blocks of eight rows,
// column by column.

import { patternScratch } from './scratch';

/** Columns of one row: the last row of the strategic matrix. */
export const DIMENSIONS: i32 = 13;
/** The inverse norms follow 13 columns of 8 lanes f32. */
export const NORM_AT: usize = 416;
const OUTCOME_AT: usize = 448;
const TIME_AT: usize = 480;
/** Vectors, 8 inverse norms f32, 8 outcomes f32, 8 open stamps f64. */
export const BLOCK_BYTES: usize = 544;

const CAPACITY_MIN: i32 = 64;
/** Rows a memory may keep (about 4.5 MB). */
const CAPACITY_MAX: i32 = 65536;
/** Largest magnitude of a column, so that no f32 sum overflows. */
export const VALUE_MAX: f32 = 1e6;
/** Bars whose sum is a row's outcome. */
const HORIZON: i32 = 12;
const SQRT_HORIZON: f64 = 3.4641016151377544;
const PENDING: i32 = 16;
const HEADER_BYTES: usize = 448;

/** A row whose outcome is not known yet. */
@unmanaged
class Pending {
  bar: i32;
  pad: i32;
  cumulative: f64;
  sigma: f64;
}

/** Position-independent state; one per symbol. The pending rows and then the blocks follow it. */
@unmanaged
export class Patterns {
  /** Rows kept at most, a multiple of 8. */
  capacity: i32;
  /** Rows taken so far; a row's sequence number is its place in that count, from 0. */
  inserted: i32;
  /** Rows whose outcome has been attached: exactly the sequence numbers below it. */
  labelled: i32;
  bars: i32;
  /** Bar of the last insert, −1 before. */
  insertedBar: i32;
  pad: i32;
  /** Sum of all log returns so far. */
  cumulative: f64;

  init(capacity: i32): void {
    memory.fill(changetype<usize>(this), 0, HEADER_BYTES);
    this.capacity = roundedCapacity(capacity);
    this.insertedBar = -1;
  }

  @inline
  kept(): i32 {
    return min(this.inserted, this.capacity);
  }

  @inline
  blocks(): usize {
    return changetype<usize>(this) + HEADER_BYTES;
  }

  /** Address of the block that holds a slot. */
  @inline
  block(slot: i32): usize {
    return this.blocks() + <usize>(slot >> 3) * BLOCK_BYTES;
  }

  /** Sequence number of the row in a slot; the caller keeps slot < kept. */
  @inline
  sequenceOf(slot: i32): i32 {
    const lap = this.inserted - (this.inserted % this.capacity) + slot;
    return lap < this.inserted ? lap : lap - this.capacity;
  }

  @inline
  knows(sequence: i32): bool {
    return sequence >= 0 && sequence < this.inserted && sequence >= this.inserted - this.capacity;
  }

  outcome(sequence: i32): f64 {
    if (!this.knows(sequence) || sequence >= this.labelled) return NaN;
    const slot = sequence % this.capacity;
    return <f64>load<f32>(this.block(slot) + ((<usize>(slot & 7)) << 2), OUTCOME_AT);
  }

  tsMs(sequence: i32): f64 {
    if (!this.knows(sequence)) return NaN;
    const slot = sequence % this.capacity;
    return load<f64>(this.block(slot) + ((<usize>(slot & 7)) << 3), TIME_AT);
  }

  /** The notes on a row that waits for its outcome; at most 12 wait at once. */
  @inline
  private pending(sequence: i32): Pending {
    const place = <usize>(sequence & (PENDING - 1)) * offsetof<Pending>();
    return changetype<Pending>(changetype<usize>(this) + offsetof<Patterns>() + place);
  }

  /** A bar has closed with this log return: attaches the outcome of the row taken 12 bars ago. */
  advance(logReturn: f64): void {
    this.bars++;
    if (logReturn - logReturn == 0.0) this.cumulative += logReturn;
    if (this.labelled == this.inserted) return;
    const oldest = this.pending(this.labelled);
    if (this.bars - oldest.bar < HORIZON) return;
    const slot = this.labelled % this.capacity;
    const move = (this.cumulative - oldest.cumulative) / (oldest.sigma * SQRT_HORIZON);
    store<f32>(this.block(slot) + ((<usize>(slot & 7)) << 2), <f32>move, OUTCOME_AT);
    this.labelled++;
  }

  /** Takes the row known at this bar; −1 when the row or σ is not usable or the bar already gave one. */
  insert(row: usize, tsMs: f64, sigma: f64): i32 {
    if (this.insertedBar == this.bars || !(sigma > 0.0 && sigma < Infinity)) return -1;
    let squares: f32 = 0.0;
    for (let d: usize = 0; d < <usize>DIMENSIONS; d++) {
      const x = load<f32>(row + (d << 2));
      if (!(abs(x) <= VALUE_MAX)) return -1;
      squares += x * x;
    }
    const sequence = this.inserted;
    const slot = sequence % this.capacity;
    const block = this.block(slot);
    if ((slot & 7) == 0 && sequence < this.capacity) memory.fill(block, 0, BLOCK_BYTES);
    const lane = block + ((<usize>(slot & 7)) << 2);
    for (let d: usize = 0; d < <usize>DIMENSIONS; d++) store<f32>(lane + (d << 5), load<f32>(row + (d << 2)));
    store<f32>(lane, squares > 0.0 ? <f32>1.0 / sqrt<f32>(squares) : 0.0, NORM_AT);
    store<f32>(lane, 0.0, OUTCOME_AT);
    store<f64>(block + ((<usize>(slot & 7)) << 3), tsMs, TIME_AT);
    const waiting = this.pending(sequence);
    waiting.bar = this.bars;
    waiting.cumulative = this.cumulative;
    waiting.sigma = sigma;
    this.insertedBar = this.bars;
    this.inserted++;
    return sequence;
  }
}

function roundedCapacity(capacity: i32): i32 {
  return (max(CAPACITY_MIN, min(CAPACITY_MAX, capacity)) + 7) & ~7;
}

/** Bytes of a memory of `capacity` rows (64..65,536, rounded up to a multiple of 8). */
export function patternsBytes(capacity: i32): usize {
  return HEADER_BYTES + <usize>(roundedCapacity(capacity) >> 3) * BLOCK_BYTES;
}

/** Bytes from the start that are in use; all that a snapshot or a hash needs. */
export function patternsUsedBytes(at: usize): usize {
  return HEADER_BYTES + <usize>((changetype<Patterns>(at).kept() + 7) >> 3) * BLOCK_BYTES;
}

/** Starts an empty memory; false when the search scratch could not be reserved. */
export function patternsInit(at: usize, capacity: i32): bool {
  changetype<Patterns>(at).init(capacity);
  return patternScratch() != 0;
}

export function patternsAdvance(at: usize, logReturn: f64): void {
  changetype<Patterns>(at).advance(logReturn);
}

export function patternsInsert(at: usize, row: usize, tsMs: f64, sigma: f64): i32 {
  return changetype<Patterns>(at).insert(row, tsMs, sigma);
}

export function patternsInserted(at: usize): i32 {
  return changetype<Patterns>(at).inserted;
}

export function patternsLabelled(at: usize): i32 {
  return changetype<Patterns>(at).labelled;
}

/** Outcome of a row in units of σ√12; NaN while unknown or no longer kept. */
export function patternsOutcome(at: usize, sequence: i32): f64 {
  return changetype<Patterns>(at).outcome(sequence);
}

/** Open stamp of a row in ms; NaN when not kept. */
export function patternsTime(at: usize, sequence: i32): f64 {
  return changetype<Patterns>(at).tsMs(sequence);
}
