// A context in which nothing binds: flat account of 100,000, a price of 20,000 at a lot worth 10.

import type { RiskContext } from '../../src/risk/context.ts';

/** A quiet context with the given facts changed. */
export function quietContext(changed: Partial<RiskContext> = {}): RiskContext {
  return {
    tradingEnabled: true,
    equityMicro: 100_000_000_000,
    highWaterMicro: 100_000_000_000,
    dayStartMicro: 100_000_000_000,
    grossMicro: 0,
    netMicro: 0,
    positionLots: 0,
    groupOthersMicro: null,
    severalSymbols: false,
    priceTicks: 80_000,
    tickValueMicro: 125,
    feeBps: 1,
    stopTicks: 160,
    var95Micro: 0,
    var99Micro: 0,
    var95PerLotMicro: 100_000,
    var99PerLotMicro: 150_000,
    halfSpreadBp: 1,
    sigmaBp: 5,
    volumeLots: 1_000_000,
    ordersLastMinute: 0,
    uncertainty: 'LOW',
    correlationShock: false,
    gapBlocked: false,
    overridden: [],
    ...changed,
  };
}
