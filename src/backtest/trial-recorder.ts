// A run as a trial of the log, from its events and effects alone, so that a resumed journal gives the same.

import { toHex } from '../core/bytes.ts';
import { DAY_MS, MICRO } from '../core/units.ts';
import type { Effect } from '../engine/effects.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineEvent } from '../engine/events.ts';
import { BarsHasher } from './bars-hash.ts';
import type { Sha256 } from './bars-hash.ts';
import { configHashOf } from './config-hash.ts';
import { sharpeRatio } from './statistics.ts';
import type { Trial } from './trials.ts';

/** Watches a run and says what the log of trials keeps of it. */
export class TrialRecorder {
  private readonly hasher: Sha256;
  private readonly data: BarsHasher[] = [];
  private readonly days: number[] = [];
  /** Account at the end of each day, quote units. */
  private readonly equity: number[] = [];
  private firstDecisionDay: number | null = null;
  private bars = 0;

  /** @param hasher a kernel, best one without an engine */
  constructor(hasher: Sha256) {
    this.hasher = hasher;
  }

  /** Takes an event with its effects, in order. */
  observe(event: EngineEvent, effects: readonly Effect[]): void {
    if (event.kind !== 'bar') return;
    (this.data[event.symbol] ??= new BarsHasher(this.hasher)).take(event);
    this.bars++;
    const day = Math.floor(event.tsMs / DAY_MS);
    for (const effect of effects) {
      if (effect.kind === 'decision') this.firstDecisionDay ??= day;
      if (effect.kind !== 'context') continue;
      // several symbols share one account: a bar of an earlier day may come after the first of the next
      const last = this.days.length - 1;
      if (last < 0 || day > (this.days[last] as number)) {
        this.days.push(day);
        this.equity.push(effect.equityMicro / MICRO);
      } else this.equity[last] = effect.equityMicro / MICRO;
    }
  }

  /**
   * The trial so far: daily returns from the day of the first decision on, or from the first day without one.
   *
   * @param verb  what was run
   */
  trial(engine: Engine, verb: string): Trial {
    const { listings, config } = engine.core;
    const first = Math.max(0, this.days.indexOf(this.firstDecisionDay ?? this.days[0] ?? 0));
    const initial = config.equityMicro / MICRO;
    let previous = this.equity[first - 1] ?? initial;
    const returns = this.equity.slice(first).map((equity) => {
      const change = equity / previous - 1;
      previous = equity;
      return change;
    });
    const sharpe = sharpeRatio(returns);
    return {
      format: 1,
      verb,
      symbol: listings.map(({ instrument }) => instrument.symbol).join(' '),
      configHash: configHashOf(engine),
      dataHash: this.dataHash(),
      bars: this.bars,
      firstDay: this.days[first] ?? 0,
      netPnl: (this.equity[this.equity.length - 1] ?? initial) - initial,
      sharpe: Number.isFinite(sharpe) ? sharpe : null,
      returns,
    };
  }

  /** The bars' hash; of several symbols the hash of their hashes. */
  private dataHash(): string {
    const hashes = this.data.map((data) => data.digest());
    const [only] = hashes;
    if (only !== undefined && hashes.length === 1) return only;
    return toHex(this.hasher.sha256(new TextEncoder().encode(hashes.join(' '))));
  }
}
