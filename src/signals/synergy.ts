// Synergy: three different signals in one direction within ten five-minute bars, in an order that names the
// type. A gate, not an edge: on sign-flipped data the rate is the same.

import { code, f64, i64, list, nullable, oneOf, struct } from '../core/codec.ts';
import type { Codec } from '../core/codec.ts';
import { BAR_5M_MS } from '../core/units.ts';

/**
 * Kinds of signal: MLMI and NW-RQK are asserted at 30-minute closes, fvg is the first touch of a gap that
 * holds.
 */
export const SIGNAL_KINDS = ['mlmi', 'nwrqk', 'fvg'] as const;
/** One of SIGNAL_KINDS. */
export type SignalKind = (typeof SIGNAL_KINDS)[number];

/** mlmi→nwrqk→fvg, mlmi→fvg→nwrqk, nwrqk→fvg→mlmi, nwrqk→mlmi→fvg; a sequence cannot start with fvg. */
export const SYNERGY_TYPES = ['TYPE_1', 'TYPE_2', 'TYPE_3', 'TYPE_4'] as const;
/** One of SYNERGY_TYPES. */
export type SynergyType = (typeof SYNERGY_TYPES)[number];

/** SHORT or LONG; a signal never says HOLD. */
export type SignalDirection = 0 | 2;

/** What one source says at a close: a direction and a strength in 0..1. */
export interface Assertion {
  direction: SignalDirection;
  strength: number;
}

/** An assertion in a sequence; tsMs is the open time of the 5m bar at whose close it was known. */
export interface SynergySignal extends Assertion {
  kind: SignalKind;
  tsMs: number;
}

/** A completed sequence. Its identifiers belong to the engine. */
export interface Synergy {
  type: SynergyType;
  direction: SignalDirection;
  /** Mean strength of the three signals, 0..1. */
  confidence: number;
  /** Open time of the 5m bar that completed it, ms UTC. */
  tsMs: number;
  /** Close of that bar: tsMs + 300000. */
  knownAtMs: number;
  /** It counts until 30 minutes after its completion. */
  expiresAtMs: number;
  /** Oldest first. */
  signalSequence: SynergySignal[];
  /** Five-minute bars of wall time from the first signal to the last, 0..10. */
  barsToComplete: number;
}

/** The signals that wait for their companions (at most two between closes) and the last emission. */
export interface SynergyState {
  signals: SynergySignal[];
  emittedTsMs: number | null;
}

/** Everything that became known with one closed 5m bar; null where a source says nothing. */
export interface SynergyInput {
  tsMs: number;
  fvg: Assertion | null;
  mlmi: Assertion | null;
  nwrqk: Assertion | null;
}

const WINDOW_MS = 10 * BAR_5M_MS;
const COOLDOWN_MS = 5 * BAR_5M_MS;
const LIFE_MS = 6 * BAR_5M_MS;
const SIGNALS_MAX = 3;

const signalCodec: Codec<SynergySignal> = struct<SynergySignal>({
  kind: oneOf(SIGNAL_KINDS),
  direction: code<SignalDirection>(3),
  strength: f64,
  tsMs: i64,
});

/** Canonical bytes of the machine's state. */
export const synergyStateCodec: Codec<SynergyState> = struct<SynergyState>({
  signals: list(signalCodec, SIGNALS_MAX),
  emittedTsMs: nullable(i64),
});

/** Canonical bytes of a synergy. */
export const synergyCodec: Codec<Synergy> = struct<Synergy>({
  type: oneOf(SYNERGY_TYPES),
  direction: code<SignalDirection>(3),
  confidence: f64,
  tsMs: i64,
  knownAtMs: i64,
  expiresAtMs: i64,
  signalSequence: list(signalCodec, SIGNALS_MAX),
  barsToComplete: i64,
});

/**
 * An empty machine.
 *
 * @example createSynergy().signals.length // 0
 */
export function createSynergy(): SynergyState {
  return { signals: [], emittedTsMs: null };
}

/**
 * The kernel's direction (+1, −1, 0) and strength as an assertion; null at 0. A strength that is not ranked
 * yet (NaN) counts as 0, so that it never raises a confidence.
 *
 * @example assertionOf(-1, 0.75) // { direction: 0, strength: 0.75 }
 */
export function assertionOf(sign: number, strength: number): Assertion | null {
  if (sign !== 1 && sign !== -1) return null;
  return { direction: sign === 1 ? 2 : 0, strength: Number.isNaN(strength) ? 0 : strength };
}

/**
 * Takes what one closed 5m bar made known and returns the synergy it completed, or null. The touch of a gap
 * happened inside the bar, so fvg goes first, then the stronger of the two 30-minute signals, mlmi when they
 * are equal.
 *
 * @param state  changed in place
 * @param input  tsMs ascending from call to call
 */
export function pushSynergy(state: SynergyState, input: SynergyInput): Synergy | null {
  const { tsMs, fvg, mlmi, nwrqk } = input;
  if (fvg === null && mlmi === null && nwrqk === null) return null;
  const slopeFirst = mlmi !== null && nwrqk !== null && nwrqk.strength > mlmi.strength;
  const order: readonly (readonly [SignalKind, Assertion | null])[] = [
    ['fvg', fvg],
    slopeFirst ? ['nwrqk', nwrqk] : ['mlmi', mlmi],
    slopeFirst ? ['mlmi', mlmi] : ['nwrqk', nwrqk],
  ];
  let completed: Synergy | null = null;
  for (const [kind, said] of order) {
    if (said === null) continue;
    const synergy = admit(state, { kind, direction: said.direction, strength: said.strength, tsMs });
    // What follows a completion in the same close starts the next sequence; a close cannot complete two.
    if (synergy !== null) completed = synergy;
  }
  return completed;
}

/** One signal: expiry, opposite, repetition, no fvg at the front, completion. */
function admit(state: SynergyState, signal: SynergySignal): Synergy | null {
  let expired = 0;
  for (const one of state.signals) {
    // A gap may not lead, also not when its predecessor has just left.
    const leads = expired > 0 && one.kind === 'fvg';
    if (!leads && signal.tsMs - one.tsMs <= WINDOW_MS) break;
    expired++;
  }
  let signals = state.signals.slice(expired);
  if (signals[0] !== undefined && signals[0].direction !== signal.direction) signals = [];
  state.signals = signals;
  if (signals.some((one) => one.kind === signal.kind)) return null;
  if (signals.length === 0 && signal.kind === 'fvg') return null;
  signals.push(signal);
  if (signals.length < SIGNALS_MAX) return null;
  state.signals = [];
  if (state.emittedTsMs !== null && signal.tsMs - state.emittedTsMs <= COOLDOWN_MS) return null;
  state.emittedTsMs = signal.tsMs;
  return synergyOf(signals, signal);
}

function synergyOf(signalSequence: SynergySignal[], last: SynergySignal): Synergy {
  let strength = 0;
  for (const one of signalSequence) strength += one.strength;
  const first = signalSequence[0] as SynergySignal;
  return {
    type: typeOf(first.kind, (signalSequence[1] as SynergySignal).kind),
    direction: last.direction,
    confidence: strength / SIGNALS_MAX,
    tsMs: last.tsMs,
    knownAtMs: last.tsMs + BAR_5M_MS,
    expiresAtMs: last.tsMs + BAR_5M_MS + LIFE_MS,
    signalSequence,
    barsToComplete: Math.floor((last.tsMs - first.tsMs) / BAR_5M_MS),
  };
}

function typeOf(first: SignalKind, second: SignalKind): SynergyType {
  if (first === 'mlmi') return second === 'nwrqk' ? 'TYPE_1' : 'TYPE_2';
  return second === 'fvg' ? 'TYPE_3' : 'TYPE_4';
}
