// Plays a request's bars through an engine of its own: nothing is shared between requests but the compiled
// kernel.

import { Tally } from '../backtest/tally.ts';
import type { TallyReport } from '../backtest/tally.ts';
import { GrandModelError } from '../core/errors.ts';
import { listingOf } from '../data/listing.ts';
import type { Engine } from '../engine/engine.ts';
import type { BarEvent } from '../engine/events.ts';
import { openEngine } from '../engine/open.ts';
import type { Synergy } from '../signals/synergy.ts';
import type { ServerHost } from './host.ts';
import { RequestError } from './request-body.ts';
import { eventsOf } from './wire.ts';
import type { MarketData } from './wire.ts';

/** Rows of a request's pattern memory: 20,000 five-minute bars are 3,334 rows. */
const PATTERNS = 4_096;

/** An engine that has taken every bar of a request. */
export interface Played {
  readonly engine: Engine;
  readonly events: readonly BarEvent[];
  readonly last: BarEvent;
  /** A synergy still in force at the last bar, or null. */
  readonly synergy: Synergy | null;
  readonly report: TallyReport;
  /** Seconds that the bars took. */
  readonly seconds: number;
}

/**
 * Plays bars.
 *
 * @param side  how error codes start
 * @throws      RequestError 422 naming the bar and field that the engine refuses
 */
export async function playBars(host: ServerHost, market: MarketData, side: string): Promise<Played> {
  const { events, noVolume } = eventsOf(market);
  const engine = await refuseBadInput(side, async () => {
    const close = Float64Array.from(events, (event) => event.close);
    return openEngine({
      models: host.models,
      listings: [listingOf(market.symbol, { close, noVolume })],
      config: { patterns: PATTERNS },
      kernelModule: await host.kernelModule(),
    });
  });
  const tally = new Tally(engine);
  const started = host.clock();
  let synergy: Synergy | null = null;
  events.forEach((event, index) => {
    const effects = engine.step(event);
    tally.observe(event, effects);
    for (const effect of effects) {
      if (effect.kind === 'synergy') synergy = effect.synergy;
      if (effect.kind !== 'barRejected') continue;
      const { reason, field, value } = effect.rejection;
      const name = field === 'tsMs' ? 'timestamp' : field;
      const place = market.bars ? `market_data.bars[${index}].${name}` : `market_data.${name}[${index}]`;
      const message = `Cannot take bar ${index}: ${name} ${value}: ${reason}`;
      throw new RequestError(422, `${side}_INVALID`, message, { field: place, value });
    }
  });
  const last = events.at(-1);
  if (!last)
    throw new RequestError(422, `${side}_INVALID`, 'Cannot process: there is no bar', {
      field: 'market_data',
    });
  return {
    engine,
    events,
    last,
    synergy: inForce(synergy, engine.core.state.nowMs),
    report: tally.report(),
    seconds: (host.clock() - started) / 1000,
  };
}

function inForce(synergy: Synergy | null, nowMs: number): Synergy | null {
  return synergy !== null && nowMs <= synergy.expiresAtMs ? synergy : null;
}

async function refuseBadInput<T>(side: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (cause) {
    if (!(cause instanceof GrandModelError) || cause.code !== 'BAD_INPUT') throw cause;
    throw new RequestError(422, `${side}_INVALID`, cause.message, { field: 'market_data.symbol' });
  }
}
