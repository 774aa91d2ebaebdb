// Everything numeric that one symbol remembers, as one block of position-independent bytes: a snapshot is a
// copy of it.

import { Tactical, TACTICAL_BYTES } from './matrix/tactical';
import { Strategic, STRATEGIC_BYTES } from './matrix/strategic';
import { PricedVolume, pricedVolumeBytes } from './indicators/price-profile';
import { Assertions, ASSERTIONS_BYTES } from './statistics/assertions';
import { Regime, REGIME_BYTES, regimePush } from './statistics/regime';
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
const ASSERTIONS_AT: usize = (TACTICAL_AT + TACTICAL_BYTES + 15) & ~15;
const STRATEGIC_AT: usize = (ASSERTIONS_AT + ASSERTIONS_BYTES + 15) & ~15;
const UNCERTAINTY_AT: usize = (STRATEGIC_AT + STRATEGIC_BYTES + 15) & ~15;
const REGIME_AT: usize = (UNCERTAINTY_AT + UNCERTAINTY_BYTES + 15) & ~15;
const PROFILE_AT: usize = (REGIME_AT + REGIME_BYTES + 15) & ~15;
/** Five-minute bars of the volume profile: 20 hours, the public catalogue's default. */
const PROFILE_BARS: i32 = 240;
/** The pattern memory comes last: only its used part is state. */
const PATTERNS_AT: usize = (PROFILE_AT + pricedVolumeBytes(PROFILE_BARS) + 15) & ~15;

/** Parts of an arena, in the order that src/signals/arena.ts names them. */
const PARTS = 7;

/** Bytes of an arena with room for `patterns` rows. */
export function arenaBytes(patterns: i32): usize {
  return PATTERNS_AT + patternsBytes(patterns);
}

/**
 * Byte offset of a part: 0 scale, 1 tactical, 2 assertions, 3 strategic, 4 uncertainty, 5 regime, 6 patterns.
 */
export function arenaPart(part: i32): usize {
  if (part <= 0) return SCALE_AT;
  if (part == 1) return TACTICAL_AT;
  if (part == 2) return ASSERTIONS_AT;
  if (part == 3) return STRATEGIC_AT;
  if (part == 4) return UNCERTAINTY_AT;
  return part < PARTS - 1 ? REGIME_AT : PATTERNS_AT;
}

/** Starts an arena at `at`; 0 when the kernel has no memory left for the refits. */
export function arenaInit(at: usize, patterns: i32): i32 {
  changetype<Scale>(at + SCALE_AT).init();
  changetype<Tactical>(at + TACTICAL_AT).init();
  changetype<Assertions>(at + ASSERTIONS_AT).init();
  changetype<Strategic>(at + STRATEGIC_AT).init();
  changetype<Uncertainty>(at + UNCERTAINTY_AT).init();
  changetype<PricedVolume>(at + PROFILE_AT).init(PROFILE_BARS);
  if (!patternsInit(at + PATTERNS_AT, patterns)) return 0;
  return i32(changetype<Regime>(at + REGIME_AT).init());
}

/** Bytes of an arena that are in use: what a snapshot copies and a state hash covers. */
export function arenaUsedBytes(at: usize): usize {
  return PATTERNS_AT + patternsUsedBytes(at + PATTERNS_AT);
}

/** Takes one closed five-minute bar. */
export function arenaPush5(
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
  if (!noVolume) changetype<PricedVolume>(at + PROFILE_AT).push(high, low, close, volume);
}

/**
 * Price of the low-volume node nearest to `close` among the last 240 five-minute bars; NaN in warm-up,
 * without volume, or where no node is low. Changes nothing.
 */
export function arenaLowNode(at: usize, close: f64): f64 {
  return changetype<PricedVolume>(at + PROFILE_AT).lowNode(close);
}

/**
 * Takes one closed 30-minute row. The matrix sees the regime known before the row, so the detector never
 * feeds itself.
 *
 * @param reference  log return of the reference symbol over the row, NaN without one
 * @param flags      what forces uncertainty HIGH: 2 gap, 4 imputed
 * @returns          1 when the new row of the strategic matrix is finite (it then joins the pattern memory)
 */
export function arenaPush30(
  at: usize,
  tsMs: f64,
  open: f64,
  high: f64,
  low: f64,
  close: f64,
  volume: f64,
  reference: f64,
  noVolume: i32,
  flags: i32,
): i32 {
  const scale = changetype<Scale>(at + SCALE_AT);
  const regime = changetype<Regime>(at + REGIME_AT);
  const strategic = changetype<Strategic>(at + STRATEGIC_AT);
  const regimeBefore = regime.indicator;
  scale.push(tsMs, close);
  const finite = strategic.push(
    scale, tsMs, open, high, low, close, volume, regimeBefore, reference, noVolume != 0,
  );
  regimePush(at + REGIME_AT, at + SCALE_AT);
  changetype<Uncertainty>(at + UNCERTAINTY_AT).push(scale, tsMs, flags);
  changetype<Assertions>(at + ASSERTIONS_AT).push(open, high, low, close, scale.sigma);
  patternsAdvance(at + PATTERNS_AT, scale.logReturn);
  if (finite) patternsInsert(at + PATTERNS_AT, strategic.newestRow(), tsMs, scale.sigma);
  return i32(finite);
}
