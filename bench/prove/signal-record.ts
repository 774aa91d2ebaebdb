// What the engine said at every 30m row of a run, gathered from its own effects for the regime and
// uncertainty reports.

import type { Effect } from '../../src/engine/effects.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { EngineEvent } from '../../src/engine/events.ts';
import type { Synergy } from '../../src/signals/synergy.ts';

const HALF_HOUR_MS = 1_800_000;

/** Columns with one entry for each 30m row, and the synergies in order; of the run's only symbol. */
export class SignalRecord {
  readonly logReturns: number[] = [];
  readonly halfWidths: number[] = [];
  readonly levels: number[] = [];
  readonly ranks: number[] = [];
  readonly regimes: number[] = [];
  readonly synergies: Synergy[] = [];
  private close = Number.NaN;
  private rowClose = Number.NaN;

  /** Takes an event with its effects, right after the step. */
  observe(event: EngineEvent, effects: readonly Effect[], engine: Engine): void {
    if (event.kind !== 'bar') return;
    let taken = true;
    for (const effect of effects) {
      if (effect.kind === 'barRejected') taken = false;
      if (effect.kind === 'synergy') this.synergies.push(effect.synergy);
      if (effect.kind !== 'context') continue;
      // A row that this bar's arrival closed ended with the bar before; one that this bar completed ends with
      // it.
      const own = Math.floor(event.tsMs / HALF_HOUR_MS) * HALF_HOUR_MS === effect.tsMs;
      const close = own ? event.close : this.close;
      this.logReturns.push(Math.log(close / this.rowClose));
      this.rowClose = close;
      this.halfWidths.push(effect.halfWidth);
      this.levels.push(effect.uncertainty);
      this.ranks.push(engine.core.arenas[0]!.uncertainty().rank);
      this.regimes.push(effect.regime);
    }
    if (taken) this.close = event.close;
  }
}
