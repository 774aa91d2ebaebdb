// How a large pattern index lies in memory.

import { ROTATION_BYTES } from './rotation';
import { boxesBytes, LEAF, RECORD } from './tree';

/** Eight rows, column by column. */
export const BLOCK: usize = 416;
const CAPACITY_MAX: i32 = 2097152;

/**
 * The index. Behind it: rotation, rows in blocks as they came, rows in blocks in the leaves' order, their
 * sequence numbers, boxes, the records of a build, and half the squared length of each row.
 */
@unmanaged
export class PatternIndex {
  capacity: i32;
  count: i32;
  /** Rows that the tree covers; 0 when the scan is flat. */
  covered: i32;
  /** 1 when the last build found that a tree pays. */
  clustered: i32;
  /** Largest magnitude of a rotated coordinate. */
  reach: f32;
  /** Rows whose distance the last query computed. */
  scanned: i32;
  /** Rows that the last build looked at. */
  built: i32;
  /** Largest half of a squared length. */
  longest: f32;

  @inline
  rotation(): usize {
    return changetype<usize>(this) + offsetof<PatternIndex>();
  }

  @inline
  rows(): usize {
    return (this.rotation() + ROTATION_BYTES + 15) & ~15;
  }

  @inline
  private blocks(): usize {
    return <usize>(this.capacity >> 3) * BLOCK;
  }

  @inline
  sorted(): usize {
    return this.rows() + this.blocks();
  }

  @inline
  sequences(): usize {
    return this.sorted() + this.blocks();
  }

  @inline
  boxes(): usize {
    return this.sequences() + ((<usize>this.capacity) << 2);
  }

  @inline
  records(): usize {
    return this.boxes() + boxesBytes(this.capacity);
  }

  /** Half the squared length of each row as it came, f32. */
  @inline
  halves(): usize {
    return this.records() + <usize>this.capacity * RECORD;
  }
}

/** Rows of a capacity, 64..2,097,152, rounded up to whole leaves. */
@inline
export function rounded(capacity: i32): i32 {
  return (max(64, min(CAPACITY_MAX, capacity)) + LEAF - 1) & ~(LEAF - 1);
}

/** Bytes of an index for `capacity` rows: about 150 a row. */
export function patternIndexBytes(capacity: i32): usize {
  const rows = rounded(capacity);
  const blocks = <usize>(rows >> 3) * BLOCK;
  const head = (offsetof<PatternIndex>() + ROTATION_BYTES + 15) & ~15;
  return head + 2 * blocks + ((<usize>rows) << 2) + boxesBytes(rows) + <usize>rows * (RECORD + 4);
}
