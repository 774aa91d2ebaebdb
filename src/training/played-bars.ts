// Bars on their way onto a tape: each one in ticks with what was known before it, as the paper broker works
// it, and with what the engine made of it.

import { barEvents } from '../data/events.ts';
import type { BarTable } from '../data/bar-table.ts';
import type { Effect } from '../engine/effects.ts';
import type { Engine } from '../engine/engine.ts';
import type { BarEvent } from '../engine/events.ts';
import { fillConditions, riskContext, volumeInLots } from '../engine/risk-context.ts';
import type { FillConditions, TickBar } from '../execution/fill-model.ts';
import { barKnownAtMs } from '../market/bar.ts';
import { priceToTicks } from '../market/instrument.ts';
import type { RiskContext } from '../risk/context.ts';

/** A bar that the engine took; the engine stands at its close. */
export interface PlayedBar {
  readonly event: BarEvent;
  readonly effects: readonly Effect[];
  readonly bar: TickBar;
  /** Of the fills inside the bar, known before it; and of those inside the next one, known at its close. */
  readonly conditions: FillConditions;
  readonly next: FillConditions;
}

/** Runs an engine of one symbol over bars; those that it rejects are left out. */
export function* playBars(engine: Engine, table: BarTable): Generator<PlayedBar> {
  const { core } = engine;
  const listing = core.listings[0]!;
  const ticks = (price: number): number => priceToTicks(listing.instrument, price);
  let conditions = fillConditions(core, 0);
  for (const event of barEvents(table)) {
    const effects = engine.step(event);
    if (effects[0]?.kind === 'barRejected') continue;
    const { tsMs, open, high, low, close, volume } = event;
    const prices = { open: ticks(open), high: ticks(high), low: ticks(low), close: ticks(close) };
    const next = fillConditions(core, 0);
    const bar = { tsMs, ...prices, volumeLots: volumeInLots(listing, volume) };
    yield { event, effects, bar, conditions, next };
    conditions = next;
  }
}

/** What the gate knows at a bar's close when the account is flat. */
export function flatContext({ core }: Engine, { event, bar }: PlayedBar, side: 1 | -1): RiskContext {
  const { atr } = core.arenas[0]!;
  const { volumeLots } = bar;
  const round = { symbol: 0, knownAtMs: barKnownAtMs(event.tsMs), atr, close: event.close, volumeLots };
  return riskContext(core, round, side, 'flat');
}
