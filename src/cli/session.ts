// One run of the command line: its sources, its listings, its configuration, from options.

import { GrandModelError } from '../core/errors.ts';
import { MICRO } from '../core/units.ts';
import type { CsvBars, CsvReport } from '../data/csv.ts';
import { listingOf } from '../data/listing.ts';
import { createMarket } from '../data/market-generator.ts';
import { SIMULATED_SYMBOL } from '../data/market-options.ts';
import { barEvents, portfolioEvents, simulatedEvents } from '../data/events.ts';
import { ATTESTATION_MODES, DEFAULT_CONFIG, POLICY_MODES } from '../engine/config.ts';
import type { EngineConfig } from '../engine/config.ts';
import type { EngineEvent } from '../engine/events.ts';
import type { Listing } from '../engine/header.ts';
import { FILL_MODEL_NAMES } from '../execution/fill-model.ts';
import { resolveInstrument } from '../market/built-in.ts';
import { parseLimits } from '../risk/limits.ts';
import { loadKernel } from '../wasm/kernel.ts';
import { readInstrument, readMarket, symbolOf } from './files.ts';
import type { Arguments, OptionSpec } from './verb.ts';

/** What a run is fed with. */
export interface Session {
  readonly listings: readonly Listing[];
  readonly config: Partial<EngineConfig>;
  /** Bars in all. */
  readonly total: number;
  /** The bars as events, in the order in which they became known. */
  source(): Iterable<EngineEvent>;
  /** What was detected in each file. */
  readonly reports: readonly { readonly path: string; readonly report: CsvReport }[];
}

export const SESSION_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  data: {
    metavar: 'FILE',
    many: true,
    help: '5m or 1m bars as CSV, plain or gzip; several make one portfolio',
  },
  symbol: { metavar: 'NAME', many: true, help: 'symbol of each file, in order; otherwise from its name' },
  instrument: { metavar: 'FILE', many: true, help: 'instrument as JSON, matched by its symbol' },
  simulate: { metavar: 'BARS', help: 'run on this many simulated bars instead of a file' },
  'market-seed': { metavar: 'N', fallback: '1', help: 'seed of the simulated market' },
  edge: { metavar: 'X', fallback: '1', help: 'strength of the planted edge, 0 switches it off' },
  equity: { metavar: 'QUOTE', fallback: '100000', help: 'starting cash, quote units' },
  seed: { metavar: 'N', fallback: '1', help: 'seed of the paper broker' },
  'fill-model': { metavar: 'NAME', fallback: 'pessimistic', help: FILL_MODEL_NAMES.join(' | ') },
  attestation: {
    metavar: 'MODE',
    fallback: 'none',
    help: 'none | live: onnxruntime-web must confirm every vote | full: and what the policies choose',
  },
  policies: {
    metavar: 'MODE',
    fallback: 'trained',
    help: 'trained: models keep part of a size and choose how it is sent | none: all of it, at market',
  },
  reference: { metavar: 'SYMBOL', help: 'compare returns with this symbol of the run' },
  profile: { metavar: 'NAME', help: 'risk limits: default | conservative' },
  'max-drawdown': { metavar: 'X', help: 'halt at this drawdown, fraction (or MAX_DRAWDOWN)' },
  'risk-multiplier': { metavar: 'X', help: 'scales sizes before the caps, 1 to 2 (or RISK_MULTIPLIER)' },
  patterns: { metavar: 'ROWS', help: 'rows of the pattern memory, a power of two' },
};

/**
 * Reads the options of a run.
 *
 * @throws GrandModelError BAD_INPUT or BAD_ARGUMENT naming the option
 */
export async function openSession(args: Arguments, environment: NodeJS.ProcessEnv): Promise<Session> {
  const paths = args.texts('data');
  const bars = args.number('simulate', 1, 100_000_000);
  if (paths.length === 0 && bars === null) {
    throw new GrandModelError(
      'BAD_INPUT',
      'gm: give --data FILE, or --simulate BARS for a simulated market',
      {},
    );
  }
  if (paths.length > 0 && bars !== null) {
    throw new GrandModelError('BAD_INPUT', 'gm: --data and --simulate exclude each other', {});
  }
  return bars === null ? fileSession(args, environment, paths) : simulatedSession(args, environment, bars);
}

async function fileSession(
  args: Arguments,
  environment: NodeJS.ProcessEnv,
  paths: readonly string[],
): Promise<Session> {
  const given = await Promise.all(args.texts('instrument').map(readInstrument));
  const names = args.texts('symbol');
  if (names.length > paths.length) {
    throw new GrandModelError('BAD_INPUT', `gm: ${names.length} --symbol for ${paths.length} --data`, {});
  }
  const symbols = paths.map((path, i) => names[i] ?? symbolOf(path));
  if (new Set(symbols).size !== symbols.length) {
    throw new GrandModelError('BAD_INPUT', `gm: symbols ${symbols.join(' ')} are not different`, {});
  }
  const stray = given.find((instrument) => !symbols.includes(instrument.symbol));
  if (stray) {
    const message = `gm: --instrument for "${stray.symbol}" is not one of ${symbols.join(' ')}`;
    throw new GrandModelError('BAD_INPUT', message, { symbol: stray.symbol });
  }
  const tables: CsvBars[] = [];
  for (const path of paths) tables.push(await readMarket(path));
  const listings = tables.map((table, i) =>
    listingOf(symbols[i]!, table, given.find((instrument) => instrument.symbol === symbols[i]) ?? null),
  );
  return {
    listings,
    config: configOf(args, environment, symbols, false),
    total: tables.reduce((sum, table) => sum + table.rows, 0),
    source: () =>
      tables.length === 1 ? barEvents(tables[0]!) : portfolioEvents(tables, symbols, args.text('reference')),
    reports: tables.map(({ report }, i) => ({ path: paths[i]!, report })),
  };
}

async function simulatedSession(
  args: Arguments,
  environment: NodeJS.ProcessEnv,
  bars: number,
): Promise<Session> {
  const seed = args.number('market-seed', 0, 0xffffffff) ?? 1;
  const edge = args.number('edge', 0, 10) ?? 1;
  const kernel = await loadKernel();
  const total = Math.floor(bars);
  const instrument = resolveInstrument(SIMULATED_SYMBOL, [createMarket(kernel, seed).options.startPrice]);
  return {
    listings: [{ instrument, volume: 'quantity' }],
    config: configOf(args, environment, [SIMULATED_SYMBOL], true),
    total,
    source: () => simulatedEvents(createMarket(kernel, seed, { edge }), total),
    reports: [],
  };
}

function configOf(
  args: Arguments,
  environment: NodeJS.ProcessEnv,
  symbols: readonly string[],
  simulated: boolean,
): Partial<EngineConfig> {
  const reference = args.text('reference');
  if (reference !== null && !symbols.includes(reference)) {
    throw new GrandModelError(
      'BAD_INPUT',
      `gm: --reference "${reference}" is not one of ${symbols.join(' ')}`,
      {},
    );
  }
  return {
    simulated,
    equityMicro: Math.round((args.number('equity', 1, 1e9) ?? 100_000) * MICRO),
    seed: args.number('seed', 0, 0xffffffff) ?? DEFAULT_CONFIG.seed,
    fillModel: choice(args, 'fill-model', FILL_MODEL_NAMES),
    attestation: choice(args, 'attestation', ATTESTATION_MODES),
    policies: choice(args, 'policies', POLICY_MODES),
    reference: reference === null ? null : symbols.indexOf(reference),
    patterns: args.number('patterns', 256, 65_536) ?? DEFAULT_CONFIG.patterns,
    limits: parseLimits({
      profile: args.text('profile') ?? undefined,
      MAX_DRAWDOWN: args.text('max-drawdown') ?? environment.MAX_DRAWDOWN,
      RISK_MULTIPLIER: args.text('risk-multiplier') ?? environment.RISK_MULTIPLIER,
    }),
  };
}

function choice<const T extends string>(args: Arguments, name: string, names: readonly T[]): T {
  const given = args.text(name);
  const found = names.find((candidate) => candidate === given);
  if (found === undefined) {
    throw new GrandModelError('BAD_INPUT', `gm: --${name} "${given}" is not one of ${names.join(' ')}`, {
      name,
    });
  }
  return found;
}
