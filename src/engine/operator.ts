// Operator events: halt and reset. The only way a latched kill switch opens again.

import { GrandModelError } from '../core/errors.ts';
import { rebaseHighWater } from '../execution/ledger.ts';
import { cancelOrders } from '../execution/orders.ts';
import { resetKillSwitch, tripKillSwitch } from '../risk/kill-switch.ts';
import type { Effect } from './effects.ts';
import type { EngineCore } from './engine.ts';
import { OPERATOR_ACTIONS } from './events.ts';
import type { OperatorEvent } from './events.ts';

/** Longest operator name and reason, characters. */
const OPERATOR_LENGTH_MAX = 64;
const REASON_LENGTH_MAX = 500;

/**
 * Takes an operator's command. A reset measures drawdown anew from today's equity, else it would halt again
 * at once.
 *
 * @throws GrandModelError BAD_ARGUMENT naming the field, and nothing is changed
 */
export function takeOperator(core: EngineCore, event: OperatorEvent, effects: Effect[]): void {
  const { atMs, operator, reason, action } = event;
  if (!Number.isSafeInteger(atMs) || atMs < 0) throw refused('atMs', String(atMs));
  if (!OPERATOR_ACTIONS.includes(action)) throw refused('action', action);
  if (operator === '' || operator.length > OPERATOR_LENGTH_MAX) throw refused('operator', operator);
  if (reason.length > REASON_LENGTH_MAX) throw refused('reason', reason);
  const { killSwitch, ledger } = core.state;
  if (action === 'halt') {
    halt(core, `operator ${operator}: ${reason}`, atMs, effects);
    return;
  }
  const outcome = resetKillSwitch(killSwitch, operator, reason);
  if (outcome === 'RESET') rebaseHighWater(ledger);
  effects.push({ kind: 'reset', atMs, operator, outcome });
}

function refused(field: string, value: string): GrandModelError {
  const shown = value.slice(0, 80);
  return new GrandModelError(
    'BAD_ARGUMENT',
    `Cannot take operator event: ${field} "${shown}" is out of range`,
    {
      field,
      value: shown,
    },
  );
}

/** Latches the kill switch once and cancels all entries; stops and targets keep protecting what is open. */
export function halt(core: EngineCore, reason: string, atMs: number, effects: Effect[]): void {
  const { killSwitch, broker } = core.state;
  if (!killSwitch.tradingEnabled) return;
  tripKillSwitch(killSwitch, reason, atMs);
  effects.push({ kind: 'halt', atMs, reason });
  for (const end of cancelOrders(broker.book, (order) => order.role === 'ENTRY', 'HALTED')) {
    effects.push({ kind: 'orderEnd', end });
  }
}
