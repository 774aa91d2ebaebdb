// Runs bars through the kernel exactly as a run does and collects what a voter would have seen at each close,
// with the label that the following bars gave it.

import { barAt } from '../data/bar-table.ts';
import type { BarTable } from '../data/bar-table.ts';
import { closeBefore, createAggregator, pushChild } from '../market/aggregate.ts';
import type { ClosedBar } from '../market/aggregate.ts';
import type { Session } from '../market/session.ts';
import { STRATEGIC_VALUES, SignalArena, TACTICAL_VALUES } from '../signals/arena.ts';
import { STRATEGIC_COLUMNS, STRATEGIC_ROWS } from '../signals/matrix.ts';
import { TACTICAL_COLUMNS, TACTICAL_ROWS } from '../wasm/abi-signals.ts';
import type { Kernel } from '../wasm/kernel.ts';
import { BARRIER_BARS, barrierLabel } from './barrier-label.ts';
import { BASIS_ROWS, project, temporalBasis } from './temporal-basis.ts';

/** Samples of one matrix: its temporal projection and the label, at closes where the matrix is complete. */
export interface MarketSamples {
  /** BASIS_ROWS × columns values a sample. */
  readonly width: number;
  count: number;
  features: Float64Array;
  labels: Uint8Array;
  /** 5m bar at whose close the matrix was complete, ascending. */
  at: Int32Array;
  /** Last 5m bar that the label looks at. */
  until: Int32Array;
}

/** Both matrices of one symbol. */
export interface SampledMarket {
  readonly tactical: MarketSamples;
  readonly strategic: MarketSamples;
}

/** Rows of the pattern memory that comes with the signals and is not used here. */
const PATTERN_ROWS = 64;

/** Reserves one symbol's signals, to be used for one market after another. */
export function createSampler(kernel: Kernel): SignalArena {
  return new SignalArena(kernel, PATTERN_ROWS);
}

/** What an observer sees at a close where a matrix is complete. The view is valid during the call only. */
export interface Observer {
  /** `index` of the 5m bar, the 60x7 matrix, ATR14 in price units. */
  tactical(index: number, matrix: Float32Array, atr: number): void;
  /**
   * The closed 30m bar, the 48x13 matrix, ATR14 of 30m bars; `index` of the 5m bar at whose close it is
   * known.
   */
  strategic(index: number, bar: ClosedBar, matrix: Float32Array | null, atr: number): void;
}

/**
 * Runs a market through one symbol's signals, made empty first.
 *
 * @param arena    the signals of one symbol in `kernel`, made with PATTERN_ROWS
 * @param table    5m bars
 * @param tick     price step of the instrument
 * @param every    matrices of every n-th 5m bar are shown
 * @param session  when the market is open, for holes in the feed
 */
export function observeMarket(
  kernel: Kernel,
  arena: SignalArena,
  table: BarTable,
  tick: number,
  every: number,
  observer: Observer,
  session: Session = 'always',
): void {
  kernel.raw.arenaInit(arena.address, PATTERN_ROWS);
  const aggregator = createAggregator();
  const close = (index: number, bar: ClosedBar | null): void => {
    if (bar?.makesRow !== true) return;
    arena.push30(bar, NaN, table.noVolume, 0);
    let matrix: Float32Array | null = null;
    if (arena.strategicComplete) {
      arena.writeMatrices();
      matrix = kernel.f32(arena.strategicMatrix, STRATEGIC_VALUES);
    }
    observer.strategic(index, bar, matrix, arena.strategic().atr14);
  };
  for (let i = 0; i < table.rows; i++) {
    const bar = barAt(table, i, 'SIM');
    close(i, closeBefore(aggregator, bar.tsMs));
    arena.push5(bar, tick, table.noVolume);
    close(i, pushChild(aggregator, session, bar));
    if (i % every !== 0) continue;
    const { complete, atr } = arena.tactical();
    if (!complete) continue;
    arena.writeMatrices();
    observer.tactical(i, kernel.f32(arena.tacticalMatrix, TACTICAL_VALUES), atr);
  }
}

/**
 * Samples of one market for fitting: every n-th 5m bar and every 30m bar whose matrix is complete and whose
 * label is known.
 *
 * @param every    count of 5m bars between samples, ≥ 1
 * @param session  when the market is open, for holes in the feed
 */
export function sampleMarket(
  kernel: Kernel,
  arena: SignalArena,
  table: BarTable,
  tick: number,
  every: number,
  session: Session = 'always',
): SampledMarket {
  const tactical = createSamples(BASIS_ROWS * TACTICAL_COLUMNS.length, Math.ceil(table.rows / every));
  const strategic = createSamples(BASIS_ROWS * STRATEGIC_COLUMNS, Math.ceil(table.rows / 6) + 1);
  const tacticalBasis = temporalBasis(kernel, TACTICAL_ROWS);
  const strategicBasis = temporalBasis(kernel, STRATEGIC_ROWS);
  const halfHours: { high: number[]; low: number[]; known: number[] } = { high: [], low: [], known: [] };
  const open: { bar: number; close: number; atr: number; at: number }[] = [];
  const observer: Observer = {
    tactical(index, matrix, atr) {
      const label = barrierLabel(table, index, table.close[index] as number, atr);
      if (label === null) return;
      project(
        tacticalBasis,
        matrix,
        TACTICAL_COLUMNS.length,
        tactical.features,
        tactical.count * tactical.width,
      );
      tactical.at[tactical.count] = index;
      tactical.until[tactical.count] = index + BARRIER_BARS;
      tactical.labels[tactical.count++] = label;
    },
    strategic(index, bar, matrix, atr) {
      halfHours.high.push(bar.high);
      halfHours.low.push(bar.low);
      halfHours.known.push(index);
      if (matrix === null) return;
      project(
        strategicBasis,
        matrix,
        STRATEGIC_COLUMNS,
        strategic.features,
        strategic.count * strategic.width,
      );
      strategic.at[strategic.count] = index;
      open.push({ bar: halfHours.high.length - 1, close: bar.close, atr, at: strategic.count++ });
    },
  };
  observeMarket(kernel, arena, table, tick, every, observer, session);
  let labelled = 0;
  for (const { bar, close, atr, at } of open) {
    const label = barrierLabel(halfHours, bar, close, atr);
    if (label === null) break;
    strategic.labels[at] = label;
    strategic.until[at] = halfHours.known[bar + BARRIER_BARS] as number;
    labelled++;
  }
  strategic.count = labelled;
  return { tactical, strategic };
}

/** Samples of several markets as one. */
export function joinSamples(parts: readonly MarketSamples[]): MarketSamples {
  const width = parts[0]?.width ?? 0;
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const joined = createSamples(width, count);
  joined.count = count;
  let at = 0;
  for (const part of parts) {
    joined.features.set(part.features.subarray(0, part.count * width), at * width);
    joined.labels.set(part.labels.subarray(0, part.count), at);
    joined.at.set(part.at.subarray(0, part.count), at);
    joined.until.set(part.until.subarray(0, part.count), at);
    at += part.count;
  }
  return joined;
}

/** Samples without any, with room for `capacity`. */
export function createSamples(width: number, capacity: number): MarketSamples {
  return {
    width,
    count: 0,
    features: new Float64Array(capacity * width),
    labels: new Uint8Array(capacity),
    at: new Int32Array(capacity),
    until: new Int32Array(capacity),
  };
}
