// Exact nearest rows by L2 or cosine distance, eight rows at a time, and what followed them.

import { BLOCK_BYTES, DIMENSIONS, NORM_AT, Patterns, VALUE_MAX } from './memory';
import { patternScratch, SPLAT_BYTES } from './scratch';

/** Largest k of a query. */
const NEIGHBOURS_MAX: i32 = 256;
const COSINE: i32 = 1;
/**
 * Writes the k rows nearest to `query` (f32[13]) among those with a sequence number below `before`, nearest
 * first and the older first when equal: k × {i32 sequence, f32 distance}. metric 0 is L2, 1 is cosine (1 −
 * cos; 1 when a norm is 0). Returns how many there are: 0 when the query is not finite or k is outside
 * 1..256.
 */
export function patternsQuery(at: usize, query: usize, before: i32, k: i32, metric: i32, out: usize): i32 {
  const p = changetype<Patterns>(at);
  const scratch = patternScratch();
  if (k < 1 || k > NEIGHBOURS_MAX || scratch == 0) return 0;
  let squares: f32 = 0.0;
  for (let d: usize = 0; d < <usize>DIMENSIONS; d++) {
    const x = load<f32>(query + (d << 2));
    if (!(abs(x) <= VALUE_MAX)) return 0;
    squares += x * x;
    v128.store(scratch + (d << 4), f32x4.splat(x));
  }
  const inverse = f32x4.splat(squares > 0.0 ? <f32>1.0 / sqrt<f32>(squares) : 0.0);
  const kept = p.kept();
  const distances = scratch + SPLAT_BYTES;
  let count = 0;
  let worst = f32x4.splat(Infinity);
  let block = p.blocks();
  for (let first = 0; first < kept; first += 8, block += BLOCK_BYTES) {
    const a = metric == COSINE ? cosine(block, scratch, inverse) : squaredDistance(block, scratch);
    const b = metric == COSINE ? cosine(block + 16, scratch, inverse) : squaredDistance(block + 16, scratch);
    const nearA = f32x4.le(a, worst);
    const nearB = f32x4.le(b, worst);
    if (!v128.any_true(v128.or(nearA, nearB))) continue;
    v128.store(distances, a);
    v128.store(distances, b, 16);
    let mask = i32x4.bitmask(nearA) | (i32x4.bitmask(nearB) << 4);
    for (; mask != 0; mask &= mask - 1) {
      const lane = ctz(mask);
      const slot = first + lane;
      if (slot >= kept) break;
      const sequence = p.sequenceOf(slot);
      if (sequence >= before) continue;
      count = place(out, count, k, load<f32>(distances + ((<usize>lane) << 2)), sequence);
    }
    if (count == k) worst = v128.load32_splat(out + ((<usize>(k - 1)) << 3), 4);
  }
  if (metric != COSINE) {
    for (let i = 0; i < count; i++) {
      const entry = out + ((<usize>i) << 3);
      store<f32>(entry, sqrt<f32>(load<f32>(entry, 4)), 4);
    }
  }
  return count;
}

/** Inserts {i32 sequence, f32 distance} into the sorted list of at most k; returns the new count. */
export function place(out: usize, count: i32, k: i32, distance: f32, sequence: i32): i32 {
  let i = count;
  if (count == k) {
    if (!isBefore(distance, sequence, out + ((<usize>(k - 1)) << 3))) return count;
    i = k - 1;
  }
  for (; i > 0; i--) {
    const previous = out + ((<usize>(i - 1)) << 3);
    if (!isBefore(distance, sequence, previous)) break;
    store<i64>(previous, load<i64>(previous), 8);
  }
  store<i32>(out + ((<usize>i) << 3), sequence);
  store<f32>(out + ((<usize>i) << 3), distance, 4);
  return min(count + 1, k);
}

function isBefore(distance: f32, sequence: i32, entry: usize): bool {
  const other = load<f32>(entry, 4);
  return distance < other || (distance == other && sequence < load<i32>(entry));
}

/** (x_d − q_d)² of four lanes; the sum over the columns is taken in their order. */
function square(rows: usize, query: usize, d: usize): v128 {
  const t = f32x4.sub(v128.load(rows + (d << 5)), v128.load(query + (d << 4)));
  return f32x4.mul(t, t);
}

function squaredDistance(rows: usize, query: usize): v128 {
  let sum = square(rows, query, 0);
  sum = f32x4.add(sum, square(rows, query, 1));
  sum = f32x4.add(sum, square(rows, query, 2));
  sum = f32x4.add(sum, square(rows, query, 3));
  sum = f32x4.add(sum, square(rows, query, 4));
  sum = f32x4.add(sum, square(rows, query, 5));
  sum = f32x4.add(sum, square(rows, query, 6));
  sum = f32x4.add(sum, square(rows, query, 7));
  sum = f32x4.add(sum, square(rows, query, 8));
  sum = f32x4.add(sum, square(rows, query, 9));
  sum = f32x4.add(sum, square(rows, query, 10));
  sum = f32x4.add(sum, square(rows, query, 11));
  return f32x4.add(sum, square(rows, query, 12));
}

/**
 * Writes the squared distances f32[8] of a block's rows to the query, whose columns lie in four lanes each;
 * every sum in the order of the columns.
 */
export function squaredDistances(rows: usize, query: usize, out: usize): void {
  let q = v128.load(query);
  let t = f32x4.sub(v128.load(rows), q);
  let u = f32x4.sub(v128.load(rows, 16), q);
  let a = f32x4.mul(t, t);
  let b = f32x4.mul(u, u);
  q = v128.load(query, 16);
  t = f32x4.sub(v128.load(rows, 32), q);
  u = f32x4.sub(v128.load(rows, 48), q);
  a = f32x4.add(a, f32x4.mul(t, t));
  b = f32x4.add(b, f32x4.mul(u, u));
  q = v128.load(query, 32);
  t = f32x4.sub(v128.load(rows, 64), q);
  u = f32x4.sub(v128.load(rows, 80), q);
  a = f32x4.add(a, f32x4.mul(t, t));
  b = f32x4.add(b, f32x4.mul(u, u));
  q = v128.load(query, 48);
  t = f32x4.sub(v128.load(rows, 96), q);
  u = f32x4.sub(v128.load(rows, 112), q);
  a = f32x4.add(a, f32x4.mul(t, t));
  b = f32x4.add(b, f32x4.mul(u, u));
  q = v128.load(query, 64);
  t = f32x4.sub(v128.load(rows, 128), q);
  u = f32x4.sub(v128.load(rows, 144), q);
  a = f32x4.add(a, f32x4.mul(t, t));
  b = f32x4.add(b, f32x4.mul(u, u));
  q = v128.load(query, 80);
  t = f32x4.sub(v128.load(rows, 160), q);
  u = f32x4.sub(v128.load(rows, 176), q);
  a = f32x4.add(a, f32x4.mul(t, t));
  b = f32x4.add(b, f32x4.mul(u, u));
  q = v128.load(query, 96);
  t = f32x4.sub(v128.load(rows, 192), q);
  u = f32x4.sub(v128.load(rows, 208), q);
  a = f32x4.add(a, f32x4.mul(t, t));
  b = f32x4.add(b, f32x4.mul(u, u));
  q = v128.load(query, 112);
  t = f32x4.sub(v128.load(rows, 224), q);
  u = f32x4.sub(v128.load(rows, 240), q);
  a = f32x4.add(a, f32x4.mul(t, t));
  b = f32x4.add(b, f32x4.mul(u, u));
  q = v128.load(query, 128);
  t = f32x4.sub(v128.load(rows, 256), q);
  u = f32x4.sub(v128.load(rows, 272), q);
  a = f32x4.add(a, f32x4.mul(t, t));
  b = f32x4.add(b, f32x4.mul(u, u));
  q = v128.load(query, 144);
  t = f32x4.sub(v128.load(rows, 288), q);
  u = f32x4.sub(v128.load(rows, 304), q);
  a = f32x4.add(a, f32x4.mul(t, t));
  b = f32x4.add(b, f32x4.mul(u, u));
  q = v128.load(query, 160);
  t = f32x4.sub(v128.load(rows, 320), q);
  u = f32x4.sub(v128.load(rows, 336), q);
  a = f32x4.add(a, f32x4.mul(t, t));
  b = f32x4.add(b, f32x4.mul(u, u));
  q = v128.load(query, 176);
  t = f32x4.sub(v128.load(rows, 352), q);
  u = f32x4.sub(v128.load(rows, 368), q);
  a = f32x4.add(a, f32x4.mul(t, t));
  b = f32x4.add(b, f32x4.mul(u, u));
  q = v128.load(query, 192);
  t = f32x4.sub(v128.load(rows, 384), q);
  u = f32x4.sub(v128.load(rows, 400), q);
  a = f32x4.add(a, f32x4.mul(t, t));
  b = f32x4.add(b, f32x4.mul(u, u));
  v128.store(out, a);
  v128.store(out, b, 16);
}

function product(rows: usize, query: usize, d: usize): v128 {
  return f32x4.mul(v128.load(rows + (d << 5)), v128.load(query + (d << 4)));
}

/** max(0, 1 − x·q/(|x||q|)) of four rows. */
function cosine(rows: usize, query: usize, inverse: v128): v128 {
  let sum = product(rows, query, 0);
  sum = f32x4.add(sum, product(rows, query, 1));
  sum = f32x4.add(sum, product(rows, query, 2));
  sum = f32x4.add(sum, product(rows, query, 3));
  sum = f32x4.add(sum, product(rows, query, 4));
  sum = f32x4.add(sum, product(rows, query, 5));
  sum = f32x4.add(sum, product(rows, query, 6));
  sum = f32x4.add(sum, product(rows, query, 7));
  sum = f32x4.add(sum, product(rows, query, 8));
  sum = f32x4.add(sum, product(rows, query, 9));
  sum = f32x4.add(sum, product(rows, query, 10));
  sum = f32x4.add(sum, product(rows, query, 11));
  sum = f32x4.add(sum, product(rows, query, 12));
  const similarity = f32x4.mul(f32x4.mul(sum, v128.load(rows, NORM_AT)), inverse);
  return f32x4.max(f32x4.splat(0.0), f32x4.sub(f32x4.splat(1.0), similarity));
}

/**
 * What followed the rows a query found: f64[4] = mean outcome, its sample deviation, hit rate (share of
 * outcomes with the mean's sign), count. Rows whose outcome is unknown are left out; mean and hit rate are
 * NaN at 0 rows, deviation below 2.
 */
export function patternsStatistics(at: usize, found: usize, count: i32, out: usize): void {
  const p = changetype<Patterns>(at);
  let sum = 0.0;
  let known = 0;
  for (let i = 0; i < count; i++) {
    const y = p.outcome(load<i32>(found + ((<usize>i) << 3)));
    if (y != y) continue;
    sum += y;
    known++;
  }
  const mean = sum / <f64>known;
  let squares = 0.0;
  let hits = 0;
  for (let i = 0; i < count; i++) {
    const y = p.outcome(load<i32>(found + ((<usize>i) << 3)));
    if (y != y) continue;
    squares += (y - mean) * (y - mean);
    hits += i32(y * mean > 0.0);
  }
  store<f64>(out, known > 0 ? mean : NaN);
  store<f64>(out, known > 1 ? Math.sqrt(squares / <f64>(known - 1)) : NaN, 8);
  store<f64>(out, known > 0 ? <f64>hits / <f64>known : NaN, 16);
  store<f64>(out, <f64>known, 24);
}

/**
 * Whether |x|²/2 − q·x is at most `enough` for one of a block's eight rows, whose halves of squared lengths
 * lie at `halves`.
 */
export function anyNear(rows: usize, query: usize, halves: usize, enough: v128): bool {
  let q = v128.load(query);
  let a = f32x4.sub(v128.load(halves), f32x4.mul(q, v128.load(rows)));
  let b = f32x4.sub(v128.load(halves, 16), f32x4.mul(q, v128.load(rows, 16)));
  q = v128.load(query, 16);
  a = f32x4.sub(a, f32x4.mul(q, v128.load(rows, 32)));
  b = f32x4.sub(b, f32x4.mul(q, v128.load(rows, 48)));
  q = v128.load(query, 32);
  a = f32x4.sub(a, f32x4.mul(q, v128.load(rows, 64)));
  b = f32x4.sub(b, f32x4.mul(q, v128.load(rows, 80)));
  q = v128.load(query, 48);
  a = f32x4.sub(a, f32x4.mul(q, v128.load(rows, 96)));
  b = f32x4.sub(b, f32x4.mul(q, v128.load(rows, 112)));
  q = v128.load(query, 64);
  a = f32x4.sub(a, f32x4.mul(q, v128.load(rows, 128)));
  b = f32x4.sub(b, f32x4.mul(q, v128.load(rows, 144)));
  q = v128.load(query, 80);
  a = f32x4.sub(a, f32x4.mul(q, v128.load(rows, 160)));
  b = f32x4.sub(b, f32x4.mul(q, v128.load(rows, 176)));
  q = v128.load(query, 96);
  a = f32x4.sub(a, f32x4.mul(q, v128.load(rows, 192)));
  b = f32x4.sub(b, f32x4.mul(q, v128.load(rows, 208)));
  q = v128.load(query, 112);
  a = f32x4.sub(a, f32x4.mul(q, v128.load(rows, 224)));
  b = f32x4.sub(b, f32x4.mul(q, v128.load(rows, 240)));
  q = v128.load(query, 128);
  a = f32x4.sub(a, f32x4.mul(q, v128.load(rows, 256)));
  b = f32x4.sub(b, f32x4.mul(q, v128.load(rows, 272)));
  q = v128.load(query, 144);
  a = f32x4.sub(a, f32x4.mul(q, v128.load(rows, 288)));
  b = f32x4.sub(b, f32x4.mul(q, v128.load(rows, 304)));
  q = v128.load(query, 160);
  a = f32x4.sub(a, f32x4.mul(q, v128.load(rows, 320)));
  b = f32x4.sub(b, f32x4.mul(q, v128.load(rows, 336)));
  q = v128.load(query, 176);
  a = f32x4.sub(a, f32x4.mul(q, v128.load(rows, 352)));
  b = f32x4.sub(b, f32x4.mul(q, v128.load(rows, 368)));
  q = v128.load(query, 192);
  a = f32x4.sub(a, f32x4.mul(q, v128.load(rows, 384)));
  b = f32x4.sub(b, f32x4.mul(q, v128.load(rows, 400)));
  return v128.any_true(f32x4.le(f32x4.pmin(a, b), enough));
}
