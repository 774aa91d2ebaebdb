// One run of the engine over one symbol, kept bar by bar: what every figure of a scorecard is computed from.

import { GrandModelError } from '../core/errors.ts';
import { MICRO } from '../core/units.ts';
import type { BarColumns } from '../data/bar-table.ts';
import { barEventAt } from '../data/events.ts';
import type { EngineConfig } from '../engine/config.ts';
import type { OperatorAction, OperatorEvent } from '../engine/events.ts';
import type { Listing } from '../engine/header.ts';
import { openEngine } from '../engine/open.ts';
import type { ModelFiles } from '../engine/open.ts';
import type { Fill } from '../execution/paper-broker.ts';
import { Recorder } from './experiment-recorder.ts';
import type { TallyReport } from './tally.ts';

/** Bars in columns with their count. */
export type Bars = BarColumns & { readonly rows: number };

/** What an experiment needs. */
export interface ExperimentSetup {
  readonly models: ModelFiles;
  readonly listing: Listing;
  readonly bars: Bars;
  readonly config?: Partial<EngineConfig>;
  /** Called now and then with the bars done; a false answer stops the run. */
  readonly progress?: (bars: number) => boolean | void;
}

/** A fill in quote units, by the bar it happened in. */
export interface PlacedFill {
  readonly bar: number;
  /** Signed units (lots · lot · multiplier): a price change of 1 is worth so many quote units. */
  readonly units: number;
  readonly price: number;
  /** Price without the cost of crossing: the open, the triggered stop, or the limit itself. */
  readonly reference: number;
  readonly fee: number;
  readonly role: Fill['role'];
}

/** A closed round trip. */
export interface PlacedTrade {
  readonly openedAtMs: number;
  readonly closedAtMs: number;
  /** Bars of its first and its last fill. */
  readonly from: number;
  readonly to: number;
  readonly side: 1 | -1;
  /** Largest |units| held. */
  readonly units: number;
  readonly entry: number;
  /** Quote units after fees. */
  readonly net: number;
  /** BULL 0, BEAR 1, SIDEWAYS 2, VOLATILE 3 when it opened; −1 before the first row. */
  readonly regime: number;
}

/** Everything kept of a run. Rejected bars are left out. */
export interface Experiment {
  readonly listing: Listing;
  readonly initial: number;
  readonly bars: Bars;
  /** Account after each bar, quote units, open positions at the close. */
  readonly equity: Float64Array;
  /** Units held after each bar. */
  readonly units: Float64Array;
  /** Regime known after each bar; −1 before the first row. */
  readonly regime: Int8Array;
  readonly fills: readonly PlacedFill[];
  readonly trades: readonly PlacedTrade[];
  /** Bar of the first decision, or −1. */
  readonly firstDecision: number;
  readonly tally: TallyReport;
  readonly stateHash: string;
  /** SHA-256 of kernel, configuration, models and instrument: what makes a trial this trial. */
  readonly configHash: string;
  /** True when `progress` stopped it. */
  readonly stopped: boolean;
  /** What was refitted on the way; none for models that stay as they are. */
  readonly fits?: readonly Fit[];
}

/** Models refitted for one stretch of a run. */
export interface Fit {
  /** Last bar of training, and the stretch that was traded with it: open times, ms UTC. */
  readonly trainedToMs: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly samples: number;
  /** Samples left out because their label looked into the stretch. */
  readonly purged: number;
}

const PROGRESS_BARS = 4_096;

/** A stretch of a run with the models that vote in it. */
export interface Leg {
  readonly models: ModelFiles;
  /** First bar that the leg's engine takes; until `from` it trades nothing. */
  readonly warmFrom: number;
  /** Bars from..to − 1 are the leg; a leg starts where the one before it ended. */
  readonly from: number;
  readonly to: number;
}

/**
 * Runs the engine over bars and keeps what happened.
 *
 * @throws GrandModelError as `openEngine`
 */
export function runExperiment(setup: ExperimentSetup): Promise<Experiment> {
  const whole = { models: setup.models, warmFrom: 0, from: 0, to: setup.bars.rows };
  return runLegs(setup, [whole]);
}

/**
 * Runs one engine after the other, each with its own models, as one account. An engine first sees its
 * warm-up with the kill switch latched; an operator's reset opens it at its leg's first bar, with drawdown
 * measured from there. What is open at a leg's end is closed at that close for the mean cost of a fill so
 * far.
 *
 * @param legs  in order; bars before the first are kept with the account at its start
 * @throws      GrandModelError as `openEngine`
 */
export async function runLegs(
  { listing, bars, config, progress }: Omit<ExperimentSetup, 'models'>,
  legs: readonly Leg[],
): Promise<Experiment> {
  let recorder: Recorder | null = null;
  let [seen, stopped] = [0, false];
  for (const [place, leg] of legs.entries()) {
    const equity = recorder ? { equityMicro: Math.round(recorder.account * MICRO) } : {};
    const engine = await openEngine({
      models: leg.models,
      listings: [listing],
      config: { ...config, ...equity },
    });
    if (recorder) recorder.follow(engine);
    else recorder = new Recorder(engine, bars.rows);
    // the first leg also shows the bars before it, so that all figures know the whole file
    const start = place === 0 ? 0 : leg.warmFrom;
    if (start < leg.from) engine.step(operator('halt', bars.tsMs[start] as number));
    for (let i = start; i < leg.to && !stopped; i++) {
      if (i === leg.from && start < leg.from) engine.step(operator('reset', bars.tsMs[i] as number));
      const event = barEventAt(bars, i);
      const effects = engine.step(event);
      if (i >= leg.from) recorder.take(event, effects);
      else if (place === 0) recorder.wait(event, effects);
      stopped = ++seen % PROGRESS_BARS === 0 && progress?.(seen) === false;
    }
    if (stopped) break;
    if (place < legs.length - 1) recorder.close();
  }
  if (!recorder) throw new GrandModelError('BAD_ARGUMENT', 'Cannot run: there is no leg', {});
  return recorder.finish(listing, stopped);
}

function operator(action: OperatorAction, tsMs: number): OperatorEvent {
  const reason = action === 'halt' ? 'warm-up' : 'warm-up ended';
  return { kind: 'operator', atMs: Math.max(0, Math.floor(tsMs) || 0), action, operator: 'runner', reason };
}
