// A large exact index of 13-column rows: a tree of boxes over their principal axes where rows cluster, a flat
// scan where they do not. Rows are appended; what was appended since the last build is scanned flat.

import { BLOCK, PatternIndex, rounded } from './index-layout';
import { DIMENSIONS, VALUE_MAX } from './memory';
import { AXIS_STRIDE, axisAt, meanAt, principalAxes } from './rotation';
import { anyNear, place, squaredDistances } from './search';
import { patternScratch, SPLAT_BYTES, STACK_AT } from './scratch';
import { AXES, BOX, boxDistance, buildTree, LEAF, leavesOf, RECORD } from './tree';

const NEIGHBOURS_MAX: i32 = 256;
/** Share of the bounds that rounding can take: a box is left out only when it is farther by more. */
const SHRINK: f32 = 0.9999;
/**
 * Rounding of |x|²/2 − q·x over 13 columns and of a distance, in units of the longest squares, twice over.
 */
const ROUNDING: f32 = 8e-6;
/** Rounding of a rotated coordinate, in units of the largest one. */
const SLACK: f32 = 1e-6;
/** Queries that decide at a build whether the tree pays, and the share of the rows up to which it does. */
const TRIALS: i32 = 16;
const TRIAL_NEIGHBOURS: i32 = 10;
const SHARE_MAX: f64 = 0.3;

/** Starts an empty index on zeroed memory; 0 when kernel memory is used up. */
export function patternIndexInit(at: usize, capacity: i32): i32 {
  memory.fill(at, 0, offsetof<PatternIndex>());
  changetype<PatternIndex>(at).capacity = rounded(capacity);
  return i32(patternScratch() != 0);
}

/** Rows taken; their sequence numbers are 0..count − 1. */
export function patternIndexCount(at: usize): i32 {
  return changetype<PatternIndex>(at).count;
}

/** Rows that the tree covers; 0 while every query is a flat scan. */
export function patternIndexCovered(at: usize): i32 {
  return changetype<PatternIndex>(at).covered;
}

/** Rows that the last build looked at. */
export function patternIndexBuilt(at: usize): i32 {
  return changetype<PatternIndex>(at).built;
}

/** Rows whose distance the last query computed. */
export function patternIndexScanned(at: usize): i32 {
  return changetype<PatternIndex>(at).scanned;
}

/**
 * Takes `rows` rows f32[rows × 13]; returns how many: it stops at the first that is not finite within 1e6, or
 * when full.
 */
export function patternIndexInsert(at: usize, row: usize, rows: i32): i32 {
  const index = changetype<PatternIndex>(at);
  const room = min(rows, index.capacity - index.count);
  for (let taken = 0; taken < room; taken++, row += <usize>DIMENSIONS << 2) {
    for (let d: usize = 0; d < <usize>DIMENSIONS; d++) {
      if (!(abs(load<f32>(row + (d << 2))) <= VALUE_MAX)) return taken;
    }
    const slot = index.count++;
    const lane = index.rows() + <usize>(slot >> 3) * BLOCK + ((<usize>(slot & 7)) << 2);
    let squares: f32 = 0.0;
    for (let d: usize = 0; d < <usize>DIMENSIONS; d++) {
      const x = load<f32>(row + (d << 2));
      store<f32>(lane + (d << 5), x);
      squares += x * x;
    }
    const half: f32 = 0.5 * squares;
    store<f32>(index.halves() + ((<usize>slot) << 2), half);
    index.longest = max(index.longest, half);
  }
  return room;
}

/**
 * Builds the tree over all rows; 1 when it pays, 0 when queries stay flat scans because the rows do not
 * cluster.
 */
export function patternIndexBuild(at: usize): i32 {
  const index = changetype<PatternIndex>(at);
  const count = index.count;
  index.covered = 0;
  index.clustered = 0;
  index.built = count;
  if (count < 8 * LEAF) return 0;
  principalAxes(index.rotation(), index.rows(), BLOCK, count);
  rotateRows(index);
  buildTree(index.records(), count, index.boxes());
  sortRows(index);
  index.covered = count;
  index.clustered = i32(pays(index));
  if (!index.clustered) index.covered = 0;
  return index.clustered;
}

function rotateRows(index: PatternIndex): void {
  const rotation = index.rotation();
  const records = index.records();
  const centred = patternScratch();
  let reach: f32 = 0.0;
  for (let row = 0; row < index.count; row++) {
    const lane = index.rows() + <usize>(row >> 3) * BLOCK + ((<usize>(row & 7)) << 2);
    for (let d: usize = 0; d < <usize>DIMENSIONS; d++) {
      const mean = load<f64>(meanAt(rotation) + (d << 3));
      store<f64>(centred + (d << 3), <f64>load<f32>(lane + (d << 5)) - mean);
    }
    const record = records + <usize>row * RECORD;
    for (let axis = 0; axis < AXES; axis++) {
      const y = <f32>along(rotation, axis, centred);
      store<f32>(record + ((<usize>axis) << 2), y);
      reach = max(reach, abs(y));
    }
    store<i32>(record, row, 28);
  }
  index.reach = reach;
}

/** Coordinate of the centred row f64[13] along an axis. */
function along(rotation: usize, axis: i32, centred: usize): f64 {
  let at = axisAt(rotation, axis);
  let sum = 0.0;
  for (let d: usize = 0; d < <usize>DIMENSIONS; d++, at += AXIS_STRIDE) {
    sum += load<f64>(at) * load<f64>(centred + (d << 3));
  }
  return sum;
}

/** Copies the rows into the leaves' order. */
function sortRows(index: PatternIndex): void {
  const records = index.records();
  const sequences = index.sequences();
  for (let place = 0; place < index.count; place++) {
    const row = load<i32>(records + <usize>place * RECORD, 28);
    store<i32>(sequences + ((<usize>place) << 2), row);
    const from = index.rows() + <usize>(row >> 3) * BLOCK + ((<usize>(row & 7)) << 2);
    const to = index.sorted() + <usize>(place >> 3) * BLOCK + ((<usize>(place & 7)) << 2);
    for (let d: usize = 0; d < <usize>DIMENSIONS; d++) store<f32>(to + (d << 5), load<f32>(from + (d << 5)));
  }
}

/** Whether queries at some of the rows themselves leave out most of the others. */
function pays(index: PatternIndex): bool {
  const row = index.records();
  const out = row + 64;
  let scanned: f64 = 0.0;
  for (let trial = 0; trial < TRIALS; trial++) {
    const slot = <i32>(((<i64>index.count) * (2 * trial + 1)) / (2 * TRIALS));
    const lane = index.rows() + <usize>(slot >> 3) * BLOCK + ((<usize>(slot & 7)) << 2);
    for (let d: usize = 0; d < <usize>DIMENSIONS; d++) store<f32>(row + (d << 2), load<f32>(lane + (d << 5)));
    patternIndexQuery(changetype<usize>(index), row, TRIAL_NEIGHBOURS, out);
    scanned += <f64>index.scanned;
  }
  return scanned <= SHARE_MAX * <f64>TRIALS * <f64>index.count;
}

/**
 * Writes the k (1..256) rows nearest to f32[13] at `query`: k × {i32 sequence, f32 distance}, nearest first,
 * the older first when equal. Always exact. Returns how many; 0 when the query is not finite within 1e6 or k
 * is out of range.
 */
export function patternIndexQuery(at: usize, query: usize, k: i32, out: usize): i32 {
  const index = changetype<PatternIndex>(at);
  const scratch = patternScratch();
  index.scanned = 0;
  if (k < 1 || k > NEIGHBOURS_MAX || scratch == 0) return 0;
  for (let d: usize = 0; d < <usize>DIMENSIONS; d++) {
    if (!(abs(load<f32>(query + (d << 2))) <= VALUE_MAX)) return 0;
  }
  let found = 0;
  if (index.covered > 0) found = searchTree(index, query, scratch, k, out);
  else splat(query, scratch);
  const from = index.covered;
  const to = index.count;
  if (from < to) {
    const first = from & ~7;
    const halves = index.halves() + ((<usize>first) << 2);
    found = scan(index, index.rows(), first, from, to, 0, halves, scratch, k, found, out);
  }
  for (let i = 0; i < found; i++) {
    const entry = out + ((<usize>i) << 3);
    store<f32>(entry, sqrt<f32>(load<f32>(entry, 4)), 4);
  }
  return found;
}

/** The query's columns in four lanes each. */
function splat(query: usize, scratch: usize): void {
  for (let d: usize = 0; d < <usize>DIMENSIONS; d++) {
    v128.store(scratch + (d << 4), v128.load32_splat(query + (d << 2)));
  }
}

/** Visits nearer boxes first and leaves out those that lie farther than the k-th row found. */
function searchTree(index: PatternIndex, query: usize, scratch: usize, k: i32, out: usize): i32 {
  const rotation = index.rotation();
  for (let d: usize = 0; d < <usize>DIMENSIONS; d++) {
    store<f64>(scratch + (d << 3), <f64>load<f32>(query + (d << 2)) - load<f64>(meanAt(rotation) + (d << 3)));
  }
  const point = scratch + SPLAT_BYTES;
  let reach = index.reach;
  for (let axis = 0; axis < AXES; axis++) {
    const y = <f32>along(rotation, axis, scratch);
    store<f32>(point + ((<usize>axis) << 2), y);
    reach = max(reach, abs(y));
  }
  store<f32>(point, 0.0, 28);
  const q0 = v128.load(point);
  const q1 = v128.load(point, 16);
  const slack = f32x4.splat(SLACK * reach);
  splat(query, scratch);
  return descend(index, q0, q1, slack, scratch, k, out);
}

function descend(
  index: PatternIndex,
  q0: v128,
  q1: v128,
  slack: v128,
  scratch: usize,
  k: i32,
  out: usize,
): i32 {
  const boxes = index.boxes();
  const limit = out + ((<usize>(k - 1)) << 3);
  const stack = scratch + STACK_AT;
  let depth = 0;
  let found = 0;
  let node = 0;
  let from = 0;
  let to = leavesOf(index.covered);
  do {
    while (to - from > 1) {
      const middle = (from + to) >> 1;
      const children = boxes + <usize>(2 * node + 1) * BOX;
      const left = boxDistance(children, q0, q1, slack);
      const right = boxDistance(children + BOX, q0, q1, slack);
      const entry = stack + ((<usize>depth) << 4);
      depth++;
      if (left <= right) {
        remember(entry, right, 2 * node + 2, middle, to);
        node = 2 * node + 1;
        to = middle;
      } else {
        remember(entry, left, 2 * node + 1, from, middle);
        node = 2 * node + 2;
        from = middle;
      }
    }
    const first = from * LEAF;
    const end = min(first + LEAF, index.covered);
    found = scan(index, index.sorted(), first, first, end, index.sequences(), 0, scratch, k, found, out);
    node = -1;
    // What was put off and may still hold a nearer row, the latest first.
    while (depth > 0 && node < 0) {
      depth--;
      const entry = stack + ((<usize>depth) << 4);
      if (found == k && load<f32>(entry) * SHRINK > load<f32>(limit, 4)) continue;
      node = load<i32>(entry, 4);
      from = load<i32>(entry, 8);
      to = load<i32>(entry, 12);
    }
  } while (node >= 0);
  return found;
}

@inline
function remember(entry: usize, distance: f32, node: i32, from: i32, to: i32): void {
  store<f32>(entry, distance);
  store<i32>(entry, node, 4);
  store<i32>(entry, from, 8);
  store<i32>(entry, to, 12);
}

/**
 * Scans the rows from..to − 1 of the blocks that start at row `first`; their sequence numbers lie at
 * `sequences`, or are their places when that is 0. With `halves` (half the squared lengths of these rows) a
 * block is passed over when |x|²/2 − q·x already says that none of its rows can be near enough: a third less
 * to compute, and the rows that are left are judged by their distance.
 */
function scan(
  index: PatternIndex,
  blocks: usize,
  first: i32,
  from: i32,
  to: i32,
  sequences: usize,
  halves: usize,
  scratch: usize,
  k: i32,
  count: i32,
  out: usize,
): i32 {
  const distances = scratch + SPLAT_BYTES;
  const limit = out + ((<usize>(k - 1)) << 3);
  let worst = count == k ? v128.load32_splat(limit, 4) : f32x4.splat(Infinity);
  let block = blocks + <usize>(first >> 3) * BLOCK;
  index.scanned += to - from;
  const length = halves ? halfLength(scratch) : 0;
  const slack = ROUNDING * (index.longest + length);
  let enough = f32x4.splat(count == k ? 0.5 * load<f32>(limit, 4) - length + slack : Infinity);
  for (let base = first; base < to; base += 8, block += BLOCK) {
    if (halves) {
      const near = anyNear(block, scratch, halves, enough);
      halves += 32;
      if (!near) continue;
    }
    squaredDistances(block, scratch, distances);
    const nearA = f32x4.le(v128.load(distances), worst);
    const nearB = f32x4.le(v128.load(distances, 16), worst);
    if (!v128.any_true(v128.or(nearA, nearB))) continue;
    let mask = i32x4.bitmask(nearA) | (i32x4.bitmask(nearB) << 4);
    for (; mask != 0; mask &= mask - 1) {
      const lane = ctz(mask);
      const slot = base + lane;
      if (slot < from) continue;
      if (slot >= to) break;
      const sequence = sequences ? load<i32>(sequences + ((<usize>slot) << 2)) : slot;
      count = place(out, count, k, load<f32>(distances + ((<usize>lane) << 2)), sequence);
    }
    if (count == k) {
      worst = v128.load32_splat(limit, 4);
      enough = f32x4.splat(0.5 * load<f32>(limit, 4) - length + slack);
    }
  }
  return count;
}

/** Half the squared length of the query that lies in lanes at `scratch`. */
function halfLength(scratch: usize): f32 {
  let squares: f32 = 0.0;
  for (let d: usize = 0; d < <usize>DIMENSIONS; d++) {
    const x = load<f32>(scratch + (d << 4));
    squares += x * x;
  }
  return 0.5 * squares;
}
