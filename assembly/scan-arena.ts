// One symbol of a market scan as one small block of position-independent bytes: what arena.ts keeps, without
// what a scan does not ask for. No refits, so no window of regime inputs; no synergy gate, so no MLMI and no
// NW-RQK.

import { Tactical, TACTICAL_BYTES } from './matrix/tactical';
import { Strategic, STRATEGIC_BYTES } from './matrix/strategic';
import { Regime, REGIME_FIXED_BYTES, regimePush } from './statistics/regime';
import { Scale, SCALE_BYTES } from './statistics/scale';
import { Uncertainty, UNCERTAINTY_BYTES } from './statistics/uncertainty';
import {
  patternsAdvance,
  patternsBytes,
  patternsInit,
  patternsInsert,
  patternsUsedBytes,
} from './patterns/memory';

const SCALE_AT: usize = 0;
const TACTICAL_AT: usize = (SCALE_AT + SCALE_BYTES + 15) & ~15;
const STRATEGIC_AT: usize = (TACTICAL_AT + TACTICAL_BYTES + 15) & ~15;
const UNCERTAINTY_AT: usize = (STRATEGIC_AT + STRATEGIC_BYTES + 15) & ~15;
const REGIME_AT: usize = (UNCERTAINTY_AT + UNCERTAINTY_BYTES + 15) & ~15;
/** The pattern ring comes last: only its used part is state. */
const PATTERNS_AT: usize = (REGIME_AT + REGIME_FIXED_BYTES + 15) & ~15;

/** Bytes of a scan arena with a ring of `patterns` rows, a multiple of 16. */
export function scanArenaBytes(patterns: i32): usize {
  return (PATTERNS_AT + patternsBytes(patterns) + 15) & ~15;
}

/** Byte offset of a part: 0 scale, 1 tactical, 2 strategic, 3 uncertainty, 4 regime, 5 patterns. */
export function scanArenaPart(part: i32): usize {
  if (part <= 0) return SCALE_AT;
  if (part == 1) return TACTICAL_AT;
  if (part == 2) return STRATEGIC_AT;
  if (part == 3) return UNCERTAINTY_AT;
  return part == 4 ? REGIME_AT : PATTERNS_AT;
}

/**
 * Starts a scan arena at `at` whose regime keeps the 80 bytes of given parameters; 0 when memory is used up.
 */
export function scanArenaInit(at: usize, patterns: i32, parameters: usize): i32 {
  changetype<Scale>(at + SCALE_AT).init();
  changetype<Tactical>(at + TACTICAL_AT).init();
  changetype<Strategic>(at + STRATEGIC_AT).init();
  changetype<Uncertainty>(at + UNCERTAINTY_AT).init();
  changetype<Regime>(at + REGIME_AT).initFixed(parameters);
  return i32(patternsInit(at + PATTERNS_AT, patterns));
}

/** Bytes of a scan arena that are in use: what a copy needs and a hash covers. */
export function scanArenaUsedBytes(at: usize): usize {
  return PATTERNS_AT + patternsUsedBytes(at + PATTERNS_AT);
}

/** Takes one closed five-minute bar. */
export function scanPush5(
  at: usize,
  tsMs: f64,
  high: f64,
  low: f64,
  close: f64,
  volume: f64,
  tick: f64,
  noVolume: i32,
): void {
  changetype<Tactical>(at + TACTICAL_AT).push(tsMs, high, low, close, volume, tick, noVolume);
}

/** What was read ahead; kept so that reading is not left out as useless. */
let ahead: u64 = 0;

/**
 * Reads a word of every cache line that `scanPush30` may search, all at once. A scan meets each arena cold;
 * the steps of a binary search would wait for memory one after the other. Changes nothing.
 */
export function scanReadAhead(at: usize): void {
  let even: u64 = 0;
  let odd: u64 = 0;
  const end = at + PATTERNS_AT;
  for (let line = at + STRATEGIC_AT; line < end; line += 128) {
    even ^= load<u64>(line);
    odd ^= load<u64>(line, 64);
  }
  ahead = even ^ odd;
}

/**
 * Takes one closed 30-minute row, in the order of arenaPush30: the matrix sees the regime known before the
 * row.
 *
 * @param flags  what forces uncertainty HIGH: 2 gap, 4 imputed
 * @returns      1 when the new row of the strategic matrix is finite (it then joins the pattern ring)
 */
export function scanPush30(
  at: usize,
  tsMs: f64,
  open: f64,
  high: f64,
  low: f64,
  close: f64,
  volume: f64,
  noVolume: i32,
  flags: i32,
): i32 {
  const scale = changetype<Scale>(at + SCALE_AT);
  const strategic = changetype<Strategic>(at + STRATEGIC_AT);
  const regimeBefore = changetype<Regime>(at + REGIME_AT).indicator;
  scale.push(tsMs, close);
  const finite = strategic.push(
    scale, tsMs, open, high, low, close, volume, regimeBefore, NaN, noVolume != 0,
  );
  regimePush(at + REGIME_AT, at + SCALE_AT);
  changetype<Uncertainty>(at + UNCERTAINTY_AT).push(scale, tsMs, flags);
  patternsAdvance(at + PATTERNS_AT, scale.logReturn);
  if (finite) patternsInsert(at + PATTERNS_AT, strategic.newestRow(), tsMs, scale.sigma);
  return i32(finite);
}
