// From a verdict to an order: what risk must know, the size, the gate, the client order id.

import type { Verdict } from '../consensus/quorum.ts';
import { ByteWriter } from '../core/bytes.ts';
import { DAY_MS, LONG, SHORT, BAR_30M_MS } from '../core/units.ts';
import type { FillConditions } from '../execution/fill-model.ts';
import { exposureOf, notionalMicro, positionOf } from '../execution/ledger.ts';
import { submitOrder } from '../execution/orders.ts';
import type { OrderRequest } from '../execution/orders.ts';
import { priceToTicks } from '../market/instrument.ts';
import type { Session } from '../market/session.ts';
import type { RiskContext } from '../risk/context.ts';
import { groupOthersMicro, isShocked } from '../risk/correlation.ts';
import { gate, lotCaps, newRiskBlock } from '../risk/gate.ts';
import type { RiskCode } from '../risk/gate.ts';
import { sizeOrder } from '../risk/sizing.ts';
import type { SizedOrder } from '../risk/sizing.ts';
import { UNCERTAINTY_LEVELS } from '../signals/uncertainty.ts';
import type { EngineCore } from './engine.ts';
import type { Listing } from './header.ts';
import type { OpenRound } from './state.ts';

const STOP_ATR = 2;
const TARGET_ATR = 3;
const BP = 10_000;
const MINUTE_MS = 60_000;
/** Children per 30m row: a row's volatility over √6 is a bar's. */
const CHILDREN = 6;
/** FHS needs this many standardised returns; until then the parametric value is raised by half. */
const FHS_COUNT_MIN = 250;
const PARAMETRIC_FACTOR = 1.5;
/** Quarters of the size kept: all, until the risk policy votes on it. */
const ALL_QUARTERS = 4;
/** 30m rows in a trading day, by session: √ of it scales a row's VaR to a day. */
const ROWS_PER_DAY: Readonly<Record<Session, number>> = {
  always: DAY_MS / BAR_30M_MS,
  fx: DAY_MS / BAR_30M_MS,
  cme: 46,
  'us-cash': 13,
};

/** What became of a verdict that may trade. */
export interface Traded {
  readonly order: OrderRequest | null;
  readonly refusal: RiskCode | null;
  readonly sized: SizedOrder;
}

/** Sizes, gates and submits. The order can fill from the next bar on. */
export function trade(core: EngineCore, open: OpenRound, verdict: Verdict): Traded {
  const { state, config, kernel } = core;
  const context = riskContext(core, open);
  const direction = verdict.direction === LONG ? LONG : SHORT;
  const sized = sizeOrder(
    {
      direction,
      sizeConfidence: verdict.sizeConfidence,
      closedTrades: state.ledger.closedTrades,
      bucketQuarters: ALL_QUARTERS,
    },
    context,
    config.limits,
    kernel.raw,
  );
  const lots = orderLots(core, context, direction === LONG ? 1 : -1, Math.abs(sized.lots));
  if (lots === 0) return { order: null, refusal: sized.code ?? 'ZERO_SIZE', sized };
  const request = requestOf(core, open, context, lots);
  const answer = gate(request, context, config.limits);
  if (answer.kind === 'refused') return { order: null, refusal: answer.code, sized };
  const submission = submitOrder(state.broker.book, answer);
  if (submission.kind !== 'accepted') return { order: null, refusal: 'UNKNOWN', sized };
  state.orderTimes.push(open.knownAtMs);
  return { order: request, refusal: null, sized };
}

/**
 * Signed lots to send. An opposite position is closed first and the new size opened behind it, within the caps; a position
 * in the same direction is filled up to the size, never beyond: synergies do not pyramid.
 */
function orderLots(core: EngineCore, context: RiskContext, side: 1 | -1, size: number): number {
  const held = side * context.positionLots;
  if (held >= 0) return side * Math.max(0, size - held) || 0;
  if (newRiskBlock(context, core.config.limits) !== null) return 0;
  let lots = size - held;
  for (const cap of lotCaps(context, core.config.limits, side))
    lots = Math.min(lots, Math.max(cap.lots, -held));
  return side * lots || 0;
}

function requestOf(core: EngineCore, open: OpenRound, context: RiskContext, lots: number): OrderRequest {
  const { limits } = core.config;
  const targetTicks = Math.max(1, Math.round((context.stopTicks * TARGET_ATR) / STOP_ATR));
  return {
    id: clientOrderId(core, open),
    symbolIndex: open.symbol,
    role: 'ENTRY',
    kind: 'MARKET',
    lots,
    limitTicks: 0,
    decisionTicks: context.priceTicks,
    stopAwayTicks: context.stopTicks,
    targetAwayTicks: targetTicks,
    guardBp: limits.slippageGuardBp,
    barsToLive: CHILDREN,
    slices: 1,
    placedAtMs: open.knownAtMs,
  };
}

/** Everything the gate looks at; what cannot be known is NaN and blocks. */
export function riskContext(core: EngineCore, open: OpenRound): RiskContext {
  const { state, config } = core;
  const { ledger } = state;
  const { instrument } = core.listings[open.symbol]!;
  const arena = core.arenas[open.symbol]!;
  const position = positionOf(ledger, open.symbol);
  const { grossMicro, netMicro } = exposureOf(ledger);
  const priceTicks = priceToTicks(instrument, open.close);
  const lotMicro = priceTicks * position.tickValueMicro;
  const own = dailyVar(core, open.symbol);
  const portfolio = portfolioVar(core);
  const several = core.listings.length > 1;
  while (state.orderTimes.length > 0 && state.orderTimes[0]! <= open.knownAtMs - MINUTE_MS)
    state.orderTimes.shift();
  const { halfSpreadBp, sigmaBp } = fillConditions(core, open.symbol);
  return {
    tradingEnabled: state.killSwitch.tradingEnabled,
    equityMicro: ledger.equityMicro,
    highWaterMicro: ledger.highWaterMicro,
    dayStartMicro: ledger.dayStartMicro,
    grossMicro,
    netMicro,
    positionLots: position.lots,
    groupOthersMicro: several ? groupExposure(core, open.symbol) : null,
    severalSymbols: several,
    priceTicks,
    tickValueMicro: position.tickValueMicro,
    feeBps: instrument.feeBps,
    stopTicks: Math.max(1, Math.round((STOP_ATR * open.atr) / instrument.tick)),
    var95Micro: portfolio.var95,
    var99Micro: portfolio.var99,
    var95PerLotMicro: Math.ceil(lotMicro * own.var95),
    var99PerLotMicro: Math.ceil(lotMicro * own.var99),
    halfSpreadBp,
    sigmaBp,
    volumeLots: open.volumeLots,
    ordersLastMinute: state.orderTimes.length,
    uncertainty: UNCERTAINTY_LEVELS[arena.uncertainty().level],
    correlationShock:
      several && isShocked(state.correlations, core.kernel.raw, core.pairs.address, open.symbol),
    gapBlocked: state.symbols[open.symbol]!.gapRows > 0,
    overridden: [],
  };
}

/** One-day VaR of a symbol as a fraction of its price: filtered historical simulation, or parametric × 1.5 before it. */
export function dailyVar(core: EngineCore, symbol: number): { var95: number; var99: number } {
  const statistics = core.arenas[symbol]!.strategic();
  const scale = Math.sqrt(ROWS_PER_DAY[core.listings[symbol]!.instrument.session]);
  if (statistics.fhsCount >= FHS_COUNT_MIN) {
    return { var95: scale * statistics.fhsVar95, var99: scale * statistics.fhsVar99 };
  }
  const raised = scale * PARAMETRIC_FACTOR;
  return { var95: raised * statistics.parametricVar95, var99: raised * statistics.parametricVar99 };
}

/** Sum of the positions' stand-alone VaRs: correlations of one, the cautious end. Micro-quote. */
export function portfolioVar(core: EngineCore): { var95: number; var99: number } {
  let var95 = 0;
  let var99 = 0;
  core.state.ledger.positions.forEach((position, symbol) => {
    if (position.lots === 0) return;
    const exposure = Math.abs(notionalMicro(position, position.lots, position.markTicks));
    const daily = dailyVar(core, symbol);
    var95 += exposure * daily.var95;
    var99 += exposure * daily.var99;
  });
  return { var95: Math.ceil(var95), var99: Math.ceil(var99) };
}

function groupExposure(core: EngineCore, symbol: number): number | null {
  const exposure = core.state.ledger.positions.map((position) =>
    position.lots === 0 ? 0 : Math.abs(notionalMicro(position, position.lots, position.markTicks)),
  );
  return groupOthersMicro(core.state.correlations, core.kernel.raw, core.pairs.address, symbol, exposure);
}

/** Spread and volatility of the next bar as known now. Where EDGE drowns in noise (its square ≤ 0) half a tick is paid. */
export function fillConditions(core: EngineCore, symbol: number): FillConditions {
  const { edgeSpread, edgeSquared, sigma } = core.arenas[symbol]!.strategic();
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

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const ID_LENGTH = 20;

/** base32(SHA-256(account epoch ‖ synergy ‖ round ‖ leg)): the same decision always asks for the same order. */
function clientOrderId(core: EngineCore, open: OpenRound): string {
  const writer = new ByteWriter(96);
  writer.u32(core.config.accountEpoch);
  writer.text(open.synergyId);
  writer.u32(open.round);
  writer.u8(0);
  const hash = core.kernel.sha256(writer.view8());
  let id = '';
  let bits = 0;
  let value = 0;
  for (const byte of hash) {
    value = ((value << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 5 && id.length < ID_LENGTH) {
      bits -= 5;
      id += BASE32.charAt((value >> bits) & 31);
    }
  }
  return id;
}
