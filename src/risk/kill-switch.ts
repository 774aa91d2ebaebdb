// The latched kill switch: anything may trip it, only operators reset it.

import { bool, i64, list, nullable, struct, text } from '../core/codec.ts';
import type { Codec } from '../core/codec.ts';
import { GrandModelError } from '../core/errors.ts';

/** Operators registered at most. */
export const OPERATORS_MAX = 16;
/** Longest reason kept, characters. */
const REASON_LENGTH_MAX = 500;

/** Switch state. `haltReason` is the first reason since the last reset. */
export interface KillSwitch {
  tradingEnabled: boolean;
  haltReason: string | null;
  haltedAtMs: number | null;
  /** Operator ids; with two or more, a reset needs two of them. */
  operators: string[];
  /** Operators who have asked for the reset that is under way. */
  approvals: string[];
}

/** Canonical encoding of the switch. */
export const killSwitchCodec: Codec<KillSwitch> = struct<KillSwitch>({
  tradingEnabled: bool,
  haltReason: nullable(text),
  haltedAtMs: nullable(i64),
  operators: list(text, OPERATORS_MAX),
  approvals: list(text, OPERATORS_MAX),
});

/** Outcome of a reset event. */
export type ResetOutcome = 'RESET' | 'SECOND_KEY_NEEDED' | 'NOT_HALTED' | 'UNKNOWN_OPERATOR' | 'NO_REASON';

/**
 * A switch with trading enabled.
 *
 * @param operators  registered operator ids, unique, at most OPERATORS_MAX; with none, any operator event
 *                   resets
 * @throws           GrandModelError BAD_ARGUMENT for repeated or too many ids
 */
export function createKillSwitch(operators: readonly string[] = []): KillSwitch {
  if (operators.length > OPERATORS_MAX || new Set(operators).size !== operators.length) {
    throw new GrandModelError(
      'BAD_ARGUMENT',
      `Cannot register operators: ${operators.length} ids are repeated or over ${OPERATORS_MAX}`,
      { operators: operators.length },
    );
  }
  return {
    tradingEnabled: true,
    haltReason: null,
    haltedAtMs: null,
    operators: [...operators],
    approvals: [],
  };
}

/** Halts trading; the first reason stays, and approvals given before a new halt no longer count. */
export function tripKillSwitch(state: KillSwitch, reason: string, tsMs: number): void {
  state.approvals = [];
  if (!state.tradingEnabled) return;
  state.tradingEnabled = false;
  state.haltReason = reason.slice(0, REASON_LENGTH_MAX);
  state.haltedAtMs = tsMs;
}

/** Takes an operator's reset event. One operator asking twice is still one key. */
export function resetKillSwitch(state: KillSwitch, operator: string, reason: string): ResetOutcome {
  if (state.tradingEnabled) return 'NOT_HALTED';
  if (reason.trim() === '') return 'NO_REASON';
  const registered = state.operators.length;
  if (registered > 0 && !state.operators.includes(operator)) return 'UNKNOWN_OPERATOR';
  if (registered >= 2) {
    if (!state.approvals.includes(operator)) state.approvals.push(operator);
    if (state.approvals.length < 2) return 'SECOND_KEY_NEEDED';
  }
  state.tradingEnabled = true;
  state.haltReason = null;
  state.haltedAtMs = null;
  state.approvals = [];
  return 'RESET';
}
