// A sweep: many runs of the whole engine that differ in named settings. A run is told by its settings alone,
// so it can run anywhere, and the list of results is the same whoever ran what.

import { toHex } from '../core/bytes.ts';
import { GrandModelError } from '../core/errors.ts';
import { MICRO } from '../core/units.ts';
import type { BarTable } from '../data/bar-table.ts';
import { barEvents, portfolioEvents, simulatedEvents } from '../data/events.ts';
import { createMarket } from '../data/market-generator.ts';
import { SIMULATED_SYMBOL } from '../data/market-options.ts';
import { DEFAULT_CONFIG } from '../engine/config.ts';
import type { EngineConfig } from '../engine/config.ts';
import type { Listing } from '../engine/header.ts';
import { openEngine } from '../engine/open.ts';
import type { ModelFiles } from '../engine/open.ts';
import { FILL_MODEL_NAMES } from '../execution/fill-model.ts';
import { resolveInstrument } from '../market/built-in.ts';
import { parseLimits } from '../risk/limits.ts';
import { loadKernel } from '../wasm/kernel.ts';
import { Tally } from './tally.ts';
import type { TallyReport } from './tally.ts';
import { TrialRecorder } from './trial-recorder.ts';
import type { Trial } from './trials.ts';

/** Settings that a sweep can vary; the risk limits can only be tightened. */
export const SWEEP_SETTINGS = [
  ...['market-seed', 'edge', 'bars', 'seed', 'equity', 'fill-model', 'patterns'],
  ...['profile', 'MAX_DRAWDOWN', 'RISK_MULTIPLIER', 'dailyLoss', 'perTradeLoss', 'gross', 'net'],
  ...['instrument', 'group', 'var95', 'var99', 'ordersPerMinute', 'slippageGuardBp'],
] as const;

/** Settings of one run, by name, as text. */
export type SweepSettings = Readonly<Record<string, string>>;

/** Most runs of one sweep. */
export const SWEEP_RUNS_MAX = 100_000;

/** Symbols that all runs of a sweep share instead of a simulated market. */
export interface SweepData {
  readonly listings: readonly Listing[];
  readonly tables: readonly BarTable[];
}

/** What one run gave. */
export interface SweepResult {
  /** Place in the grid. */
  readonly run: number;
  readonly settings: SweepSettings;
  readonly simulated: boolean;
  readonly report: TallyReport;
  readonly stateHash: string;
}

/** A run's result with what the log of trials keeps of it. */
export interface SweepOutcome {
  readonly result: SweepResult;
  readonly trial: Trial;
}

const BARS = '20000';

/**
 * All combinations of the values, the last name varying fastest.
 *
 * @param vary  settings with their values, in order
 * @throws      GrandModelError BAD_ARGUMENT for a name that is unknown or given twice, no value, or over
 *              100,000 runs
 * @example     sweepGrid([['seed', ['1', '2']]]).length // 2
 */
export function sweepGrid(vary: readonly (readonly [string, readonly string[]])[]): SweepSettings[] {
  let runs: Record<string, string>[] = [{}];
  for (const [name, values] of vary) {
    if (!SWEEP_SETTINGS.some((known) => known === name)) {
      throw refused(name, `is not one of ${SWEEP_SETTINGS.join(' ')}`);
    }
    if (values.length === 0 || runs[0]?.[name] !== undefined) throw refused(name, 'needs one list of values');
    if (runs.length * values.length > SWEEP_RUNS_MAX) {
      throw refused(name, `makes more than ${SWEEP_RUNS_MAX} runs`);
    }
    runs = runs.flatMap((run) => values.map((value) => ({ ...run, [name]: value })));
  }
  return runs;
}

/**
 * Runs one point of a sweep.
 *
 * @param run   its place in the grid
 * @param data  shared symbols, or null for a simulated market
 * @throws      GrandModelError BAD_ARGUMENT naming a setting out of range
 */
export async function runSweepPoint(
  run: number,
  settings: SweepSettings,
  models: ModelFiles,
  data: SweepData | null,
  kernelModule?: WebAssembly.Module,
): Promise<SweepOutcome> {
  const market = data === null ? await simulatedMarket(settings, kernelModule) : marketOf(data);
  const config = { ...configOf(settings), simulated: data === null };
  const setup = { models, listings: market.listings, config };
  const engine = await openEngine(kernelModule ? { ...setup, kernelModule } : setup);
  const tally = new Tally(engine);
  const recorder = new TrialRecorder(await loadKernel(kernelModule));
  for (const event of market.events()) {
    const effects = engine.step(event);
    tally.observe(event, effects);
    recorder.observe(event, effects);
  }
  const stateHash = toHex(engine.stateHash());
  return {
    result: { run, settings, simulated: data === null, report: tally.report(), stateHash },
    trial: recorder.trial(engine, 'sweep'),
  };
}

async function simulatedMarket(settings: SweepSettings, kernelModule?: WebAssembly.Module) {
  const seed = numberOf(settings, 'market-seed', '1', 0, 0xffffffff);
  const edge = numberOf(settings, 'edge', '1', 0, 10);
  const bars = Math.floor(numberOf(settings, 'bars', BARS, 1, 100_000_000));
  const market = createMarket(await loadKernel(kernelModule), seed, { edge });
  const instrument = resolveInstrument(SIMULATED_SYMBOL, [market.options.startPrice]);
  const listings: Listing[] = [{ instrument, volume: 'quantity' }];
  return { listings, events: () => simulatedEvents(market, bars) };
}

function marketOf({ listings, tables }: SweepData) {
  const symbols = listings.map(({ instrument }) => instrument.symbol);
  const [first] = tables;
  if (!first) throw new GrandModelError('BAD_ARGUMENT', 'Cannot sweep: there is no symbol', {});
  return {
    listings,
    events: () => (tables.length === 1 ? barEvents(first) : portfolioEvents(tables, symbols)),
  };
}

/** The engine's configuration of a point; what is not named keeps its default. */
export function configOf(settings: SweepSettings): Partial<EngineConfig> {
  const { seed, fillModel, patterns } = DEFAULT_CONFIG;
  const model = settings['fill-model'] ?? fillModel;
  const known = FILL_MODEL_NAMES.find((name) => name === model);
  if (known === undefined)
    throw refused('fill-model', `"${model}" is not one of ${FILL_MODEL_NAMES.join(' ')}`);
  return {
    equityMicro: Math.round(numberOf(settings, 'equity', '100000', 1, 1e9) * MICRO),
    seed: numberOf(settings, 'seed', String(seed), 0, 0xffffffff),
    fillModel: known,
    patterns: numberOf(settings, 'patterns', String(patterns), 256, 65_536),
    limits: parseLimits({ ...settings }),
  };
}

function numberOf(
  settings: SweepSettings,
  name: string,
  otherwise: string,
  low: number,
  high: number,
): number {
  const text = settings[name] ?? otherwise;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(value >= low && value <= high))
    throw refused(name, `"${text}" is not a number from ${low} to ${high}`);
  return value;
}

function refused(name: string, reason: string): GrandModelError {
  return new GrandModelError('BAD_ARGUMENT', `Cannot sweep: ${name} ${reason}`, { name });
}
