// The market the gaming lab plays in: simulated bars with everything the engine itself knew at each of them,
// and the moments at which it decided.

import { argmax } from '../agents/vote.ts';
import { LONG, SHORT } from '../core/units.ts';
import { listingOf } from '../data/listing.ts';
import { simulatedBars } from '../data/market-generator.ts';
import { SIMULATED_SYMBOL } from '../data/market-options.ts';
import type { Effect } from '../engine/effects.ts';
import type { Engine } from '../engine/engine.ts';
import { openEngine } from '../engine/open.ts';
import type { ModelFiles } from '../engine/open.ts';
import type { FillConditions, TickBar } from '../execution/fill-model.ts';
import { tickValueMicro } from '../market/instrument.ts';
import { isKnown } from '../risk/context.ts';
import type { RiskContext } from '../risk/context.ts';
import { flatContext, playBars } from '../training/played-bars.ts';
import type { PlayedBar } from '../training/played-bars.ts';
import { loadKernel } from '../wasm/kernel.ts';

/** One bar with what was known before it (for fills) and after it (for the gate). */
export interface TapeBar {
  readonly bar: TickBar;
  readonly conditions: FillConditions;
  /** The gate's context of a flat account at the bar's close. */
  readonly context: RiskContext;
}

/** A moment at which the engine decided; an episode starts there. */
export interface TapeStart {
  /** Index of the bar whose close is decided on. */
  readonly index: number;
  /** What the strategic voter said: −1, 0 or 1. */
  readonly strategic: -1 | 0 | 1;
  readonly synergy: -1 | 1;
  /** Mean strength of the synergy's signals, 0..1. */
  readonly strength: number;
}

/** A market recorded by the engine's own signal path. */
export interface Tape {
  readonly bars: readonly TapeBar[];
  readonly starts: readonly TapeStart[];
  readonly tickValueMicro: number;
  readonly feeBps: number;
}

/** Bars that an episode may need after its start. */
export const EPISODE_BARS_MAX = 96;

/**
 * Runs the engine over a simulated market and keeps what it saw.
 *
 * @param models  the voters' models
 * @param seed    of the simulated market
 * @param count   5m bars, enough for the warm-up (about 1,500)
 */
export async function recordTape(models: ModelFiles, seed: number, count: number): Promise<Tape> {
  const table = simulatedBars(await loadKernel(), seed, count);
  const listing = listingOf(SIMULATED_SYMBOL, table);
  const { instrument } = listing;
  const engine = await openEngine({ models, listings: [listing], config: { simulated: true } });
  const bars: TapeBar[] = [];
  const starts: TapeStart[] = [];
  for (const played of playBars(engine, table)) {
    const { bar, conditions } = played;
    const context = gateContext(engine, played);
    if (isKnown(context) && context.uncertainty !== 'HIGH')
      starts.push(...startsOf(played.effects, bars.length));
    bars.push({ bar, conditions, context });
  }
  return {
    bars,
    starts: starts.filter(({ index }) => index + EPISODE_BARS_MAX < bars.length),
    tickValueMicro: tickValueMicro(instrument),
    feeBps: instrument.feeBps,
  };
}

function gateContext(engine: Engine, played: PlayedBar): RiskContext {
  const flat = { grossMicro: 0, netMicro: 0, var95Micro: 0, var99Micro: 0 };
  return { ...flatContext(engine, played, 1), ...flat, tradingEnabled: true, ordersLastMinute: 0 };
}

function startsOf(effects: readonly Effect[], index: number): TapeStart[] {
  const found = effects.find((effect) => effect.kind === 'synergy');
  const decision = effects.find((effect) => effect.kind === 'decision');
  if (!found || !decision) return [];
  const vote = decision.votes.find(({ agent }) => agent === 'strategic');
  const said = vote && vote.abstain === null ? argmax(vote.probabilities) : null;
  const { direction, confidence } = found.synergy;
  return [
    {
      index,
      strategic: said === LONG ? 1 : said === SHORT ? -1 : 0,
      synergy: direction === LONG ? 1 : -1,
      strength: confidence,
    },
  ];
}
