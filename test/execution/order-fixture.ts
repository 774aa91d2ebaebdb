// Approved orders for broker tests: they pass the real gate in a quiet context.

import type { OrderRequest } from '../../src/execution/orders.ts';
import { submitOrder } from '../../src/execution/orders.ts';
import type { PaperBroker } from '../../src/execution/paper-broker.ts';
import { gate } from '../../src/risk/gate.ts';
import { DEFAULT_LIMITS } from '../../src/risk/limits.ts';
import { quietContext } from '../risk/risk-fixture.ts';

/** A market entry of 10 lots decided at 10,000 ticks, with the given fields changed. */
export function request(changed: Partial<OrderRequest> = {}): OrderRequest {
  return {
    id: 'a',
    symbolIndex: 0,
    role: 'ENTRY',
    kind: 'MARKET',
    lots: 10,
    limitTicks: 0,
    decisionTicks: 10_000,
    stopAwayTicks: 0,
    targetAwayTicks: 0,
    guardBp: 0,
    barsToLive: 3,
    slices: 1,
    placedAtMs: 0,
    ...changed,
  };
}

/** Sends an order through the gate into the broker; returns the kind of the answer. */
export function send(broker: PaperBroker, changed: Partial<OrderRequest> = {}): string {
  const wanted = request(changed);
  const result = gate(wanted, quietContext(), DEFAULT_LIMITS);
  return result.kind === 'approved' ? submitOrder(broker.book, result).kind : result.code;
}
