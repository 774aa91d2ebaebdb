// What only the engine can know against a bar: it comes too late for the shared clock, or its money would not
// be exact.

import { positionOf } from '../execution/ledger.ts';
import { remainingLots } from '../execution/orders.ts';
import { barKnownAtMs } from '../market/bar.ts';
import type { Rejection } from '../market/bar.ts';
import type { EngineCore } from './engine.ts';
import type { BarEvent } from './events.ts';

/** Room for both legs of a turn of the position and for crossing costs below 100 %. */
const EXACT_MAX = Number.MAX_SAFE_INTEGER / 4;

/**
 * Why the engine cannot take a bar whose values and stamp are sound, or null. Looks only; changes nothing.
 *
 * @param event  a bar that `rejectionOf` found nothing against
 */
export function admissionRejection(core: EngineCore, event: BarEvent): Rejection | null {
  // symbols share one clock: a bar known before the newest accepted one of any symbol comes too late
  if (barKnownAtMs(event.tsMs) < core.state.nowMs) {
    return { reason: 'BACKWARD', field: 'tsMs', value: event.tsMs };
  }
  return isExact(core, event) ? null : { reason: 'OUT_OF_RANGE', field: 'high', value: event.high };
}

/**
 * True when everything this bar could book stays a safe integer, so that no bar can stop the engine half-way.
 */
function isExact(core: EngineCore, event: BarEvent): boolean {
  const { ledger, broker } = core.state;
  const { tick } = core.listings[event.symbol]!.instrument;
  const { lots, costMicro, tickValueMicro } = positionOf(ledger, event.symbol);
  const ticks = event.high / tick;
  if (!(ticks <= EXACT_MAX)) return false;
  let exposed = Math.abs(lots);
  for (const order of broker.book.working) {
    if (order.symbolIndex === event.symbol) exposed += Math.abs(remainingLots(order));
  }
  if (exposed === 0) return true;
  const notional = exposed * ticks * tickValueMicro;
  return notional + Math.abs(costMicro) + Math.abs(ledger.equityMicro) <= EXACT_MAX;
}
