// A balanced tree of boxes over rotated rows: median splits along the widest axis, leaves of 32 rows.

/** Leading axes kept of a rotated row; the eighth place of its record is its sequence number. */
export const AXES: i32 = 7;
/** Bytes of a rotated row: 7 f32 and an i32. */
export const RECORD: usize = 32;
/** Rows of a leaf: four blocks. */
export const LEAF: i32 = 32;
/** Bytes of a box: 8 lower bounds f32, then 8 upper ones; the eighth of each is unbounded. */
export const BOX: usize = 64;

/** Leaves that `count` rows need. */
@inline
export function leavesOf(count: i32): i32 {
  return (count + LEAF - 1) / LEAF;
}

/**
 * Bytes of the boxes of a tree over `count` rows: nodes are numbered like a heap, the children of i are 2 i +
 * 1 and 2 i + 2.
 */
export function boxesBytes(count: i32): usize {
  let size = 1;
  while (size < leavesOf(count)) size <<= 1;
  return <usize>(2 * size) * BOX;
}

/** Puts the records into the order of the leaves and writes every node's box. */
export function buildTree(records: usize, count: i32, boxes: usize): void {
  split(records, count, boxes, 0, 0, leavesOf(count));
}

/** Node `node` covers the leaves from..to − 1. */
function split(records: usize, count: i32, boxes: usize, node: i32, from: i32, to: i32): void {
  const first = from * LEAF;
  const end = min(to * LEAF, count);
  const box = boxes + <usize>node * BOX;
  measureBox(records, first, end, box);
  if (to - from < 2) return;
  const middle = (from + to) >> 1;
  partition(records, first, end - 1, middle * LEAF, widestAxis(box));
  split(records, count, boxes, 2 * node + 1, from, middle);
  split(records, count, boxes, 2 * node + 2, middle, to);
}

function measureBox(records: usize, first: i32, end: i32, box: usize): void {
  let low0 = f32x4.splat(Infinity);
  let low1 = low0;
  let high0 = f32x4.splat(-Infinity);
  let high1 = high0;
  const last = records + <usize>end * RECORD;
  for (let at = records + <usize>first * RECORD; at < last; at += RECORD) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    low0 = f32x4.pmin(low0, a);
    low1 = f32x4.pmin(low1, b);
    high0 = f32x4.pmax(high0, a);
    high1 = f32x4.pmax(high1, b);
  }
  v128.store(box, low0);
  v128.store(box, low1, 16);
  v128.store(box, high0, 32);
  v128.store(box, high1, 48);
  store<f32>(box, -Infinity, 28);
  store<f32>(box, Infinity, 60);
}

function widestAxis(box: usize): usize {
  let best: usize = 0;
  let most: f32 = -1;
  for (let axis: usize = 0; axis < <usize>AXES; axis++) {
    const at = box + (axis << 2);
    const width = load<f32>(at, 32) - load<f32>(at);
    if (width > most) {
      most = width;
      best = axis;
    }
  }
  return best;
}

/** Hoare's selection: no record before `middle` is larger along the axis than any from it on. */
function partition(records: usize, first: i32, last: i32, middle: i32, axis: usize): void {
  const column = records + (axis << 2);
  let left = first;
  let right = last;
  while (left < right) {
    const pivot = load<f32>(column + <usize>middle * RECORD);
    let i = left;
    let j = right;
    do {
      while (load<f32>(column + <usize>i * RECORD) < pivot) i++;
      while (pivot < load<f32>(column + <usize>j * RECORD)) j--;
      if (i <= j) {
        const a = records + <usize>i * RECORD;
        const b = records + <usize>j * RECORD;
        const a0 = v128.load(a);
        const a1 = v128.load(a, 16);
        v128.store(a, v128.load(b));
        v128.store(a, v128.load(b, 16), 16);
        v128.store(b, a0);
        v128.store(b, a1, 16);
        i++;
        j--;
      }
    } while (i <= j);
    if (j < middle) left = i;
    if (middle < i) right = j;
  }
}

/**
 * Least squared distance from the point f32[8] (in two lanes of four) to a box, `slack` taken off every axis;
 * too small by rounding at most, never too large.
 */
@inline
export function boxDistance(box: usize, q0: v128, q1: v128, slack: v128): f32 {
  const zero = f32x4.splat(0.0);
  const below0 = f32x4.pmax(f32x4.sub(v128.load(box), q0), f32x4.sub(q0, v128.load(box, 32)));
  const below1 = f32x4.pmax(f32x4.sub(v128.load(box, 16), q1), f32x4.sub(q1, v128.load(box, 48)));
  const d0 = f32x4.pmax(zero, f32x4.sub(below0, slack));
  const d1 = f32x4.pmax(zero, f32x4.sub(below1, slack));
  let sum = f32x4.add(f32x4.mul(d0, d0), f32x4.mul(d1, d1));
  sum = f32x4.add(sum, v128.shuffle<f32>(sum, sum, 2, 3, 0, 1));
  return f32x4.extract_lane(sum, 0) + f32x4.extract_lane(sum, 1);
}
