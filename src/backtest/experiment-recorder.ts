// Keeps what happens in a run, bar by bar, also when several engines follow each other on one account.

import { toHex } from '../core/bytes.ts';
import { MICRO } from '../core/units.ts';
import { createColumns } from '../data/bar-table.ts';
import type { BarColumns } from '../data/bar-table.ts';
import type { Effect } from '../engine/effects.ts';
import type { Engine } from '../engine/engine.ts';
import type { BarEvent } from '../engine/events.ts';
import type { Listing } from '../engine/header.ts';
import { positionOf } from '../execution/ledger.ts';
import type { ClosedTrade } from '../execution/ledger.ts';
import type { Fill } from '../execution/paper-broker.ts';
import { barKnownAtMs } from '../market/bar.ts';
import { ticksToPrice } from '../market/instrument.ts';
import { configHashOf } from './config-hash.ts';
import type { Experiment, PlacedFill, PlacedTrade } from './experiment.ts';
import { costShare } from './replay.ts';
import { Tally } from './tally.ts';

/** First bar of a trade, the largest position, the regime at its start. */
interface Opening {
  readonly from: number;
  units: number;
  readonly entry: number;
  readonly regime: number;
  /** Account before the trade, quote units. */
  readonly account: number;
}

/** What a run leaves behind, bar by bar. */
export class Recorder {
  private engine: Engine;
  /** State and configuration of the engines that ended. */
  private readonly proofs: { readonly state: string; readonly config: string }[] = [];
  private readonly tally: Tally;
  private readonly columns: BarColumns;
  private readonly equity: Float64Array;
  private readonly units: Float64Array;
  private readonly regime: Int8Array;
  private readonly fills: PlacedFill[] = [];
  private readonly trades: PlacedTrade[] = [];
  private readonly initial: number;
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
    this.initial = engine.core.state.ledger.initialMicro / MICRO;
    this.columns = createColumns(rows);
    this.equity = new Float64Array(rows);
    this.units = new Float64Array(rows);
    this.regime = new Int8Array(rows);
    const { lot, multiplier } = engine.core.listings[0]!.instrument;
    this.unit = lot * multiplier;
  }

  /** Account after the last bar, quote units. */
  get account(): number {
    return this.rows > 0 ? (this.equity[this.rows - 1] as number) : this.initial;
  }

  /** Goes on with another engine, whose account starts with `account`. */
  follow(engine: Engine): void {
    this.proofs.push(proofOf(this.engine));
    this.engine = engine;
    this.tally.follow(engine);
  }

  /** Keeps a bar before anything can be traded. */
  wait(event: BarEvent, effects: readonly Effect[]): void {
    if (effects[0]?.kind !== 'barRejected') this.keep(event, this.rows++);
  }

  take(event: BarEvent, effects: readonly Effect[]): void {
    this.tally.observe(event, effects);
    if (effects[0]?.kind === 'barRejected') return;
    const row = this.rows++;
    for (const effect of effects) this.note(effect, event, row);
    this.keep(event, row);
  }

  /** Closes what is open at the last close, for the mean cost of a fill so far. */
  close(): void {
    const row = this.rows - 1;
    if (row < 0 || this.lots === 0) return;
    const { instrument } = this.engine.core.listings[0]!;
    const price = this.columns.close[row] as number;
    const units = -this.lots * this.unit;
    const fallback = instrument.feeBps / 10_000 + instrument.tick / (2 * price);
    const fee = Math.abs(units) * price * costShare(this.fills, fallback);
    this.fills.push({ bar: row, units, price, reference: price, fee, role: 'EXIT' });
    this.equity[row] = (this.equity[row] as number) - fee;
    this.units[row] = 0;
    if (this.open) this.endTrade(this.open, row, fee);
    [this.open, this.lots] = [null, 0];
  }

  /** One position at a time: what the account gained since the trade's first bar is the trade's. */
  private endTrade(open: Opening, to: number, fee: number): void {
    const net = (this.equity[to] as number) - open.account;
    this.tally.closeTrade(Math.round(net * MICRO), Math.round(fee * MICRO));
    this.trades.push({
      openedAtMs: barKnownAtMs(this.columns.tsMs[open.from] as number),
      closedAtMs: barKnownAtMs(this.columns.tsMs[to] as number),
      from: open.from,
      to,
      side: open.units < 0 ? -1 : 1,
      units: Math.abs(open.units),
      entry: open.entry,
      net,
      regime: open.regime,
    });
  }

  private keep(event: BarEvent, row: number): void {
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
    const proofs = [...this.proofs, proofOf(engine)];
    const cut = (column: Float64Array): Float64Array => column.subarray(0, rows);
    const { tsMs, open, high, low, close, volume } = this.columns;
    const bars = { tsMs: cut(tsMs), open: cut(open), high: cut(high), low: cut(low), close: cut(close) };
    return {
      listing,
      initial: this.initial,
      bars: { ...bars, volume: cut(volume), rows },
      equity: cut(this.equity),
      units: cut(this.units),
      regime: this.regime.subarray(0, rows),
      fills: this.fills,
      trades: this.trades,
      firstDecision: this.firstDecision,
      tally: this.tally.report(),
      stateHash: joined(
        engine,
        proofs.map(({ state }) => state),
      ),
      configHash: joined(
        engine,
        proofs.map(({ config }) => config),
      ),
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
      const account = row > 0 ? (this.equity[row - 1] as number) : this.initial;
      this.open = { from: row, units: this.lots * this.unit, entry: price, regime: this.regimeNow, account };
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

function proofOf(engine: Engine): { state: string; config: string } {
  return { state: toHex(engine.stateHash()), config: configHashOf(engine) };
}

/** A hash, or the hash of several. */
function joined(engine: Engine, hashes: readonly string[]): string {
  const [only] = hashes;
  if (only !== undefined && hashes.length === 1) return only;
  return toHex(engine.core.kernel.sha256(new TextEncoder().encode(hashes.join(' '))));
}
