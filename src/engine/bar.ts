// What one closed five-minute bar does, in the order in which a market would: old slot, fills, marks,
// signals, synergy.

import { resolveRounds } from '../consensus/reputation.ts';
import { GrandModelError } from '../core/errors.ts';
import { BAR_30M_MS, BAR_5M_MS, PPM } from '../core/units.ts';
import type { TickBar } from '../execution/fill-model.ts';
import { markToMarket } from '../execution/ledger.ts';
import { workBar } from '../execution/paper-broker.ts';
import { closeBefore, gapBefore, pushChild } from '../market/aggregate.ts';
import type { ClosedBar } from '../market/aggregate.ts';
import { barKnownAtMs, rejectionOf } from '../market/bar.ts';
import { priceToTicks } from '../market/instrument.ts';
import { pushReturn } from '../risk/correlation.ts';
import { pushSynergy } from '../signals/synergy.ts';
import { UNCERTAINTY_FLAGS } from '../signals/uncertainty.ts';
import { admissionRejection } from './admission.ts';
import type { Effect } from './effects.ts';
import type { EngineCore } from './engine.ts';
import type { BarEvent } from './events.ts';
import type { Listing } from './header.ts';
import { halt } from './operator.ts';
import { closeOverdueRounds, openRound } from './round.ts';
import type { SymbolState } from './state.ts';
import { fillConditions, volumeInLots } from './risk-context.ts';

/** A gap of more missing 30m slots than this makes uncertainty HIGH and blocks new risk for GAP_ROWS rows. */
const GAP_SLOTS_MAX = 2;
const GAP_ROWS = 3;

/**
 * Takes a closed 5m bar. A rejected bar changes nothing and says why.
 *
 * @throws GrandModelError BAD_ARGUMENT for a symbol that is not in the header
 */
export function takeBar(core: EngineCore, event: BarEvent, effects: Effect[]): void {
  const listing = core.listings[event.symbol];
  const symbol = core.state.symbols[event.symbol];
  if (!listing || !symbol) {
    throw new GrandModelError(
      'BAD_ARGUMENT',
      `Cannot take bar: symbol ${event.symbol} is not in the header`,
      {
        field: 'symbol',
        value: event.symbol,
      },
    );
  }
  const rejection = rejectionOf(event, symbol.lastTsMs, BAR_5M_MS) ?? admissionRejection(core, event);
  if (rejection) {
    effects.push({ kind: 'barRejected', symbol: event.symbol, tsMs: event.tsMs, rejection });
    return;
  }
  const knownAtMs = barKnownAtMs(event.tsMs);
  core.state.nowMs = knownAtMs;
  symbol.lastTsMs = event.tsMs;
  const late = closeBefore(symbol.aggregator, event.tsMs);
  const lateRow = late?.makesRow ? late : null;
  if (lateRow) takeRow(core, event.symbol, lateRow);
  noteGap(core, event, listing, symbol, effects);
  settle(core, event, listing, effects);
  closeOverdueRounds(core, effects);
  const arena = core.arenas[event.symbol]!;
  arena.push5(event, listing.instrument.tick, listing.volume === 'none');
  if (lateRow) reportRow(core, event.symbol, lateRow, effects);
  const closed = pushChild(symbol.aggregator, listing.instrument.session, event);
  const row = closed?.makesRow ? closed : null;
  if (row) {
    takeRow(core, event.symbol, row);
    reportRow(core, event.symbol, row, effects);
  }
  seekSynergy(core, event, symbol, lateRow !== null || row !== null, effects);
}

function noteGap(
  core: EngineCore,
  event: BarEvent,
  listing: Listing,
  symbol: SymbolState,
  effects: Effect[],
): void {
  const slots = gapBefore(symbol.aggregator, listing.instrument.session, event.tsMs);
  if (slots === 0) return;
  effects.push({ kind: 'gap', symbol: event.symbol, tsMs: event.tsMs, slots });
  if (slots > GAP_SLOTS_MAX) symbol.gapRows = GAP_ROWS;
}

/** Orders against the bar, marks, outcomes of past rounds, the drawdown halt. */
function settle(core: EngineCore, event: BarEvent, listing: Listing, effects: Effect[]): void {
  const { state, kernel } = core;
  const { broker, ledger, score } = state;
  const ticks = (price: number): number => priceToTicks(listing.instrument, price);
  const closeTicks = ticks(event.close);
  if (broker.book.working.length > 0) {
    const bar: TickBar = {
      tsMs: event.tsMs,
      open: ticks(event.open),
      high: ticks(event.high),
      low: ticks(event.low),
      close: closeTicks,
      volumeLots: volumeInLots(listing, event.volume),
    };
    const report = workBar(broker, ledger, event.symbol, bar, fillConditions(core, event.symbol));
    for (const fill of report.fills) {
      effects.push({ kind: 'fill', fill });
      if (fill.role !== 'ENTRY') continue;
      score.entryFills++;
      score.entrySlippageBp += fill.slippageBp;
    }
    for (const end of report.ends) effects.push({ kind: 'orderEnd', end });
    for (const trade of report.trades) effects.push({ kind: 'trade', trade });
  }
  markToMarket(ledger, event.symbol, closeTicks, event.tsMs);
  for (const resolved of resolveRounds(state.reputation, event.symbol, event, kernel.raw.exp)) {
    score.judgedVotes += resolved.judged;
    score.correctVotes += resolved.correct;
  }
  const { highWaterMicro, equityMicro } = ledger;
  if (equityMicro < highWaterMicro) {
    const drawdownPpm = ((highWaterMicro - equityMicro) / highWaterMicro) * PPM;
    if (drawdownPpm >= core.config.limits.drawdownHaltPpm) halt(core, 'DRAWDOWN_HALT', state.nowMs, effects);
  }
}

/** A closed 30m row enters the strategic signals. */
function takeRow(core: EngineCore, index: number, row: ClosedBar): void {
  const { state, config } = core;
  const symbol = state.symbols[index]!;
  const arena = core.arenas[index]!;
  const flags = symbol.gapRows > 0 ? UNCERTAINTY_FLAGS.gap : 0;
  if (symbol.gapRows > 0) symbol.gapRows--;
  arena.push30(row, referenceReturn(core, row.tsMs), core.listings[index]!.volume === 'none', flags);
  if (state.symbols.length > 1 || config.reference !== null) {
    pushReturn(state.correlations, core.kernel.raw, core.pairs.address, index, row.tsMs, arena.logReturn);
  }
}

/** The reference symbol's return over the same row, when it is already known; NaN otherwise. */
function referenceReturn(core: EngineCore, tsMs: number): number {
  const { reference } = core.config;
  const { correlations } = core.state;
  if (reference === null || correlations.lastTsMs[reference] !== tsMs) return Number.NaN;
  return correlations.lastReturn[reference] ?? Number.NaN;
}

/** Context for the tactical side, and every 30 minutes feedback for the strategic one. */
function reportRow(core: EngineCore, index: number, row: ClosedBar, effects: Effect[]): void {
  const arena = core.arenas[index]!;
  const { state } = core;
  const uncertainty = arena.uncertainty();
  const regime = arena.regime();
  effects.push({
    kind: 'context',
    symbol: index,
    tsMs: row.tsMs,
    knownAtMs: state.nowMs,
    partial: row.partial,
    regime: regime.code,
    regimeProbabilities: regime.probabilities,
    stale: regime.stale,
    uncertainty: uncertainty.level,
    halfWidth: uncertainty.halfWidth,
    alpha: uncertainty.alphaT,
    coverage: uncertainty.coverage500,
    classSet: uncertainty.setMask,
    confidenceScore: state.symbols[index]!.confidenceScore,
    equityMicro: state.ledger.equityMicro,
  });
  const slotMs = Math.floor(state.nowMs / BAR_30M_MS) * BAR_30M_MS;
  const { ledger, score } = state;
  const silent = ledger.closedTrades === 0 && score.judgedVotes === 0 && score.entryFills === 0;
  if (silent || slotMs <= state.feedbackSlotMs) return;
  state.feedbackSlotMs = slotMs;
  effects.push({
    kind: 'feedback',
    tsMs: state.nowMs,
    actionSuccessRate: ratioOf(ledger.wonTrades, ledger.closedTrades),
    predictionAccuracy: ratioOf(score.correctVotes, score.judgedVotes),
    marketImpactBp: ratioOf(score.entrySlippageBp, score.entryFills),
  });
}

function ratioOf(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

/** Gate 1: only a synergy opens a round. */
function seekSynergy(
  core: EngineCore,
  event: BarEvent,
  symbol: SymbolState,
  rowClosed: boolean,
  effects: Effect[],
): void {
  const arena = core.arenas[event.symbol]!;
  const fvg = arena.gapTouch();
  if (fvg === null && !rowClosed) return;
  const synergy = pushSynergy(symbol.synergy, {
    tsMs: event.tsMs,
    fvg,
    mlmi: rowClosed ? arena.mlmi() : null,
    nwrqk: rowClosed ? arena.nwrqk() : null,
  });
  if (synergy) openRound(core, event, synergy, effects);
}
