// What risk must know at a decision, and what the broker must know before a bar. What cannot be known is NaN
// and blocks.

import { BAR_30M_MS, DAY_MS } from '../core/units.ts';
import type { FillConditions } from '../execution/fill-model.ts';
import { notionalMicro, positionOf } from '../execution/ledger.ts';
import { pendingEntryLots } from '../execution/orders.ts';
import { priceToTicks } from '../market/instrument.ts';
import type { Session } from '../market/session.ts';
import type { RiskContext } from '../risk/context.ts';
import { groupOthersMicro, isShocked } from '../risk/correlation.ts';
import { UNCERTAINTY_LEVELS } from '../signals/uncertainty.ts';
import type { EngineCore } from './engine.ts';
import type { Listing } from './header.ts';
import type { OpenRound } from './state.ts';

/** Distance of the stop in ATR14. */
export const STOP_ATR = 2;
/** Children per 30m row: a row's volatility over √6 is a bar's; also the bars an order may work. */
export const CHILDREN = 6;
const BP = 10_000;
const MINUTE_MS = 60_000;
/** FHS needs this many standardised returns; until then the parametric value is raised by half. */
const FHS_COUNT_MIN = 250;
const PARAMETRIC_FACTOR = 1.5;
/** 30m rows in a trading day, by session: √ of it scales a row's VaR to a day. */
const ROWS_PER_DAY: Readonly<Record<Session, number>> = {
  always: DAY_MS / BAR_30M_MS,
  fx: DAY_MS / BAR_30M_MS,
  cme: 46,
  'us-cash': 13,
};

/** What risk must know of a round. */
export type AskedRound = Pick<OpenRound, 'symbol' | 'knownAtMs' | 'atr' | 'close' | 'volumeLots'>;

/**
 * Everything the gate looks at. Entries that still work for other symbols count as if they had filled, where
 * that is worse; those of this symbol do not, because a new order replaces them.
 *
 * @param side  1 for a decision to buy, −1 to sell
 * @param own   'flat' leaves this symbol's position out: it is about to be closed
 */
export function riskContext(
  core: EngineCore,
  open: AskedRound,
  side: 1 | -1,
  own: 'held' | 'flat',
): RiskContext {
  const { state, listings } = core;
  const { ledger, orderTimes } = state;
  const { instrument } = listings[open.symbol]!;
  const { tickValueMicro, lots } = positionOf(ledger, open.symbol);
  const ownLots = own === 'flat' ? 0 : lots;
  const exposed = exposures(core, open.symbol, side, ownLots);
  const priceTicks = priceToTicks(instrument, open.close);
  const lotMicro = priceTicks * tickValueMicro;
  const daily = dailyVar(core, open.symbol);
  const portfolio = portfolioVar(core, exposed.worstMicro);
  const several = listings.length > 1;
  while (orderTimes.length > 0 && orderTimes[0]! <= open.knownAtMs - MINUTE_MS) orderTimes.shift();
  const { halfSpreadBp, sigmaBp } = fillConditions(core, open.symbol);
  const { correlations } = state;
  const pairs = core.pairs.address;
  return {
    tradingEnabled: state.killSwitch.tradingEnabled,
    equityMicro: ledger.equityMicro,
    highWaterMicro: ledger.highWaterMicro,
    dayStartMicro: ledger.dayStartMicro,
    grossMicro: exposed.grossMicro,
    netMicro: exposed.netMicro,
    positionLots: ownLots,
    groupOthersMicro: several
      ? groupOthersMicro(correlations, core.kernel.raw, pairs, open.symbol, exposed.worstMicro)
      : null,
    severalSymbols: several,
    priceTicks,
    tickValueMicro,
    feeBps: instrument.feeBps,
    stopTicks: Math.max(1, Math.round((STOP_ATR * open.atr) / instrument.tick)),
    var95Micro: portfolio.var95,
    var99Micro: portfolio.var99,
    var95PerLotMicro: Math.ceil(lotMicro * daily.var95),
    var99PerLotMicro: Math.ceil(lotMicro * daily.var99),
    halfSpreadBp,
    sigmaBp,
    volumeLots: open.volumeLots,
    ordersLastMinute: orderTimes.length,
    uncertainty: UNCERTAINTY_LEVELS[core.arenas[open.symbol]!.uncertainty().level],
    correlationShock: several && isShocked(correlations, core.kernel.raw, pairs, open.symbol),
    gapBlocked: state.symbols[open.symbol]!.gapRows > 0,
    overridden: [],
  };
}

interface Exposures {
  /** Largest |exposure| by symbol, working entries filled or not, micro-quote. */
  readonly worstMicro: number[];
  readonly grossMicro: number;
  /** Σ exposure, with the working entries that lean to the decision's side. */
  readonly netMicro: number;
}

function exposures(core: EngineCore, symbol: number, side: 1 | -1, ownLots: number): Exposures {
  const { ledger, broker } = core.state;
  const worstMicro: number[] = [];
  let grossMicro = 0;
  let netMicro = 0;
  ledger.positions.forEach((position, index) => {
    const lots = index === symbol ? ownLots : position.lots;
    const pending = index === symbol ? 0 : pendingEntryLots(broker.book, index);
    const most = Math.max(Math.abs(lots), Math.abs(lots + pending));
    const worst = most === 0 ? 0 : notionalMicro(position, most, position.markTicks);
    const leaning = side * pending > 0 ? lots + pending : lots;
    worstMicro.push(worst);
    grossMicro += worst;
    if (leaning !== 0) netMicro += notionalMicro(position, leaning, position.markTicks);
  });
  return { worstMicro, grossMicro, netMicro };
}

/**
 * One-day VaR of a symbol as a fraction of its price: filtered historical simulation, or parametric × 1.5
 * before it.
 */
export function dailyVar(core: EngineCore, symbol: number): { var95: number; var99: number } {
  const statistics = core.arenas[symbol]!.strategic();
  const scale = Math.sqrt(ROWS_PER_DAY[core.listings[symbol]!.instrument.session]);
  if (statistics.fhsCount >= FHS_COUNT_MIN) {
    return { var95: scale * statistics.fhsVar95, var99: scale * statistics.fhsVar99 };
  }
  const raised = scale * PARAMETRIC_FACTOR;
  return { var95: raised * statistics.parametricVar95, var99: raised * statistics.parametricVar99 };
}

/** Sum of the symbols' stand-alone VaRs: correlations of one, the cautious end. Micro-quote. */
function portfolioVar(core: EngineCore, exposureMicro: readonly number[]): { var95: number; var99: number } {
  let var95 = 0;
  let var99 = 0;
  exposureMicro.forEach((exposure, symbol) => {
    if (exposure === 0) return;
    const daily = dailyVar(core, symbol);
    var95 += exposure * daily.var95;
    var99 += exposure * daily.var99;
  });
  return { var95: Math.ceil(var95), var99: Math.ceil(var99) };
}

/**
 * Spread and volatility of the next bar as known now. Where EDGE drowns in noise (its square ≤ 0) half a tick
 * is paid.
 */
export function fillConditions(core: EngineCore, symbol: number): FillConditions {
  const { edgeSpread, edgeSquared, sigma } = core.arenas[symbol]!.fillStatistics();
  const { markTicks } = positionOf(core.state.ledger, symbol);
  const halfTick = 0.5 / markTicks;
  const halfSpread =
    edgeSquared > 0 ? Math.max(halfTick, edgeSpread / 2) : edgeSquared <= 0 ? halfTick : Number.NaN;
  return {
    halfSpreadBp: halfSpread * BP,
    sigmaBp: (sigma / Math.sqrt(CHILDREN)) * BP,
    noVolume: core.listings[symbol]!.volume !== 'quantity',
  };
}

/** A bar's volume in lots; 0 where the source's volume is not a traded quantity. */
export function volumeInLots(listing: Listing, volume: number): number {
  if (listing.volume !== 'quantity') return 0;
  return Math.min(Number.MAX_SAFE_INTEGER, Math.floor(volume / listing.instrument.lot));
}
