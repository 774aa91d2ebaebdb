// One run of the engine over one symbol, kept bar by bar: what every figure of a scorecard is computed from.

import { ByteWriter, toHex } from '../core/bytes.ts';
import { MICRO } from '../core/units.ts';
import type { BarColumns } from '../data/bar-table.ts';
import { createColumns } from '../data/bar-table.ts';
import { barEvents } from '../data/events.ts';
import type { EngineConfig } from '../engine/config.ts';
import type { Effect } from '../engine/effects.ts';
import type { BarEvent } from '../engine/events.ts';
import type { Engine } from '../engine/engine.ts';
import { headerCodec } from '../engine/header.ts';
import type { Listing } from '../engine/header.ts';
import { openEngine } from '../engine/open.ts';
import type { ModelFiles } from '../engine/open.ts';
import { positionOf } from '../execution/ledger.ts';
import type { ClosedTrade } from '../execution/ledger.ts';
import type { Fill } from '../execution/paper-broker.ts';
import { ticksToPrice } from '../market/instrument.ts';
import { Tally } from './tally.ts';
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
}

const PROGRESS_BARS = 4_096;

/**
 * Runs the engine over bars and keeps what happened.
 *
 * @throws GrandModelError as `openEngine`
 */
export async function runExperiment(setup: ExperimentSetup): Promise<Experiment> {
  const { models, listing, bars, config } = setup;
  const engine = await openEngine({ models, listings: [listing], ...(config ? { config } : {}) });
  const recorder = new Recorder(engine, bars.rows);
  let stopped = false;
  let seen = 0;
  for (const event of barEvents(bars)) {
    recorder.take(event, engine.step(event));
    if (++seen % PROGRESS_BARS === 0 && setup.progress?.(seen) === false) {
      stopped = true;
      break;
    }
  }
  return recorder.finish(listing, stopped);
}

/** First bar of a trade, the largest position, the regime at its start. */
interface Opening {
  readonly from: number;
  units: number;
  readonly entry: number;
  readonly regime: number;
}

class Recorder {
  private readonly engine: Engine;
  private readonly tally: Tally;
  private readonly columns: BarColumns;
  private readonly equity: Float64Array;
  private readonly units: Float64Array;
  private readonly regime: Int8Array;
  private readonly fills: PlacedFill[] = [];
  private readonly trades: PlacedTrade[] = [];
  private rows = 0;
  private regimeNow = -1;
  private firstDecision = -1;
  private lots = 0;
  private open: Opening | null = null;
  /** Trades that a fill ended, until their ends are reported. */
  private readonly ended: Opening[] = [];
  private readonly unit: number;

  constructor(engine: Engine, rows: number) {
    this.engine = engine;
    this.tally = new Tally(engine);
    this.columns = createColumns(rows);
    this.equity = new Float64Array(rows);
    this.units = new Float64Array(rows);
    this.regime = new Int8Array(rows);
    const { lot, multiplier } = engine.core.listings[0]!.instrument;
    this.unit = lot * multiplier;
  }

  take(event: BarEvent, effects: readonly Effect[]): void {
    this.tally.observe(event, effects);
    if (effects[0]?.kind === 'barRejected') return;
    const row = this.rows++;
    for (const effect of effects) this.note(effect, event, row);
    const { ledger } = this.engine.core.state;
    this.columns.tsMs[row] = event.tsMs;
    this.columns.open[row] = event.open;
    this.columns.high[row] = event.high;
    this.columns.low[row] = event.low;
    this.columns.close[row] = event.close;
    this.columns.volume[row] = event.volume;
    this.equity[row] = ledger.equityMicro / MICRO;
    this.units[row] = positionOf(ledger, 0).lots * this.unit;
    this.regime[row] = this.regimeNow;
  }

  finish(listing: Listing, stopped: boolean): Experiment {
    const { rows, engine } = this;
    const cut = (column: Float64Array): Float64Array => column.subarray(0, rows);
    const { tsMs, open, high, low, close, volume } = this.columns;
    const bars = { tsMs: cut(tsMs), open: cut(open), high: cut(high), low: cut(low), close: cut(close) };
    return {
      listing,
      initial: engine.core.state.ledger.initialMicro / MICRO,
      bars: { ...bars, volume: cut(volume), rows },
      equity: cut(this.equity),
      units: cut(this.units),
      regime: this.regime.subarray(0, rows),
      fills: this.fills,
      trades: this.trades,
      firstDecision: this.firstDecision,
      tally: this.tally.report(),
      stateHash: toHex(engine.stateHash()),
      configHash: configHashOf(engine),
      stopped,
    };
  }

  private note(effect: Effect, event: BarEvent, row: number): void {
    if (effect.kind === 'context') this.regimeNow = effect.regime;
    else if (effect.kind === 'decision' && this.firstDecision < 0) this.firstDecision = row;
    else if (effect.kind === 'fill') this.noteFill(effect.fill, event, row);
    else if (effect.kind === 'trade') this.noteTrade(effect.trade, row);
  }

  private noteTrade(trade: ClosedTrade, row: number): void {
    const opened = this.ended.shift();
    if (!opened) return;
    this.trades.push({
      openedAtMs: trade.openedAtMs,
      closedAtMs: trade.closedAtMs,
      from: opened.from,
      to: row,
      side: opened.units < 0 ? -1 : 1,
      units: Math.abs(opened.units),
      entry: opened.entry,
      net: trade.netMicro / MICRO,
      regime: opened.regime,
    });
  }

  private noteFill(fill: Fill, event: BarEvent, row: number): void {
    const { instrument } = this.engine.core.listings[0]!;
    const price = ticksToPrice(instrument, fill.priceTicks);
    const units = fill.lots * this.unit;
    const reference = referenceOf(fill, price, event.open);
    this.fills.push({ bar: row, units, price, reference, fee: fill.feeMicro / MICRO, role: fill.role });
    const before = this.lots;
    this.lots += fill.lots;
    const ends = before !== 0 && before * this.lots <= 0;
    if (ends && this.open) this.ended.push(this.open);
    if (ends) this.open = null;
    if (before * this.lots <= 0 && this.lots !== 0) {
      this.open = { from: row, units: this.lots * this.unit, entry: price, regime: this.regimeNow };
    } else if (this.open && Math.abs(this.lots) > Math.abs(before)) this.open.units = this.lots * this.unit;
  }
}

/** What the fill would have cost without spread, impact and latency. */
function referenceOf(fill: Fill, price: number, open: number): number {
  if (fill.role === 'TARGET') return price;
  if (fill.role === 'ENTRY') return open;
  const side = fill.lots > 0 ? 1 : -1;
  const stop = price / (1 + (side * fill.slippageBp) / 10_000);
  return side > 0 ? Math.max(stop, open) : Math.min(stop, open);
}

/** SHA-256 of kernel, configuration, models and instruments: what makes a trial this trial. */
export function configHashOf(engine: Engine): string {
  const writer = new ByteWriter(1024);
  headerCodec.write(writer, engine.header);
  return toHex(engine.core.kernel.sha256(writer.view8()));
}
