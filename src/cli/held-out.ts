// The bars that models are judged on: a user's file, or simulated markets that no training met.

import type { ModelCard } from '../agents/model-card.ts';
import { POLICIES } from '../agents/policies.ts';
import { barsHash } from '../backtest/bars-hash.ts';
import { lookedAt } from '../backtest/trials.ts';
import type { Trial } from '../backtest/trials.ts';
import { toHex } from '../core/bytes.ts';
import { GrandModelError } from '../core/errors.ts';
import { acceptedBars } from '../data/accepted-bars.ts';
import type { BarTable } from '../data/bar-table.ts';
import { listingOf } from '../data/listing.ts';
import { simulatedBars } from '../data/market-generator.ts';
import { SIMULATED_SYMBOL } from '../data/market-options.ts';
import type { Listing } from '../engine/header.ts';
import type { Kernel } from '../wasm/kernel.ts';
import { readInstrument, readMarket, symbolOf } from './files.ts';
import type { Arguments, OptionSpec } from './verb.ts';

export const HELD_OUT_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  data: { metavar: 'FILE', help: 'judge on these bars instead of held-out simulated markets' },
  symbol: { metavar: 'NAME', help: 'symbol of the file; otherwise from its name' },
  instrument: { metavar: 'FILE', help: 'instrument as JSON' },
  'market-seed': {
    metavar: 'N',
    many: true,
    help: 'seeds of the simulated markets; those that a model was trained on are refused',
  },
  bars: { metavar: 'N', help: 'bars of each simulated market; otherwise as in its training' },
  edge: { metavar: 'X', fallback: '1', help: 'strength of their planted edge, 0 switches it off' },
};

/** One market to be judged on. */
export interface HeldOutData {
  /** Every bar is one that the engine would accept. */
  readonly table: BarTable;
  readonly listing: Listing;
  /** SHA-256 of the bars as they were read. */
  readonly dataHash: string;
}

/** What models are judged on. */
export interface HeldOut {
  readonly symbol: string;
  readonly simulated: boolean;
  /** Seeds of the simulated markets. */
  readonly seeds: readonly number[];
  /** 5m bars in all. */
  readonly bars: number;
  readonly markets: readonly HeldOutData[];
}

/** What judging one kind of model gave. */
export interface Judged {
  /** The bars that were looked at; null where there are none, as in planted markets. */
  readonly on: HeldOut | null;
  /** Of the models that looked. */
  readonly cards: readonly ModelCard[];
  readonly lines: readonly string[];
  /** Fields of the verb's JSON. */
  readonly json: object;
}

/** Where a kind of model is judged when nobody says otherwise. */
export interface HeldOutDefaults {
  readonly seeds: readonly number[];
  readonly bars: number;
}

/**
 * Reads the file, or makes the markets.
 *
 * @param cards  of the models that are to be judged: a seed that one of them was trained on is refused
 * @throws       GrandModelError BAD_INPUT naming the option and its value
 */
export async function heldOutData(
  kernel: Kernel,
  args: Arguments,
  defaults: HeldOutDefaults,
  cards: readonly ModelCard[],
): Promise<HeldOut> {
  const path = args.text('data');
  const named = args.texts('market-seed');
  if (path === null) return simulated(kernel, args, defaults, cards);
  if (named.length > 0) {
    throw new GrandModelError('BAD_INPUT', 'gm evaluate: --data and --market-seed exclude each other', {});
  }
  const read = await readMarket(path);
  const own = args.text('instrument');
  const listing = listingOf(
    args.text('symbol') ?? symbolOf(path),
    read,
    own === null ? null : await readInstrument(own),
  );
  const market = { table: acceptedBars(read), listing, dataHash: barsHash(kernel, read) };
  const { symbol } = listing.instrument;
  return { symbol, simulated: false, seeds: [], bars: read.rows, markets: [market] };
}

function simulated(
  kernel: Kernel,
  args: Arguments,
  defaults: HeldOutDefaults,
  cards: readonly ModelCard[],
): HeldOut {
  const named = args.texts('market-seed');
  const bars = Math.floor(args.number('bars', 2_000, 10_000_000) ?? defaults.bars);
  const edge = args.number('edge', 0, 10) ?? 1;
  const seeds = named.length > 0 ? named.map(seedOf) : defaults.seeds;
  for (const seed of seeds) refuseMet(seed, cards);
  const markets = seeds.map((seed): HeldOutData => {
    const table = simulatedBars(kernel, seed, bars, { edge });
    return { table, listing: listingOf(SIMULATED_SYMBOL, table), dataHash: barsHash(kernel, table) };
  });
  return { symbol: SIMULATED_SYMBOL, simulated: true, seeds, bars: bars * seeds.length, markets };
}

function seedOf(text: string): number {
  const seed = Number(text);
  if (Number.isInteger(seed) && seed >= 0 && seed <= 0xffffffff && text.trim() !== '') return seed;
  throw new GrandModelError(
    'BAD_INPUT',
    `gm evaluate: --market-seed "${text}" is not a number from 0 to 4294967295`,
    { seed: text },
  );
}

/** The cards of the policies name their first and their last seed, the others each one. */
function refuseMet(seed: number, cards: readonly ModelCard[]): void {
  for (const { agent, name, data } of cards) {
    const { seeds } = data;
    const [first = Infinity, last = -Infinity] = seeds;
    const range = seeds.length === 2 && POLICIES.some(({ id }) => id === agent);
    if (range ? seed < first || seed > last : !seeds.includes(seed)) continue;
    throw new GrandModelError(
      'BAD_INPUT',
      `gm evaluate: --market-seed ${seed}: "${name}" was trained on it (card.data.seeds)`,
      { seed, name },
    );
  }
}

/** The bars as the JSON names them. */
export function marketOf({ symbol, simulated: made, seeds, bars }: HeldOut): object {
  return { symbol, simulated: made, seeds, bars };
}

/** Looking at bars is a try on them, though it has no returns: one trial for every market. */
export function looksAt(kernel: Kernel, { on, cards }: Judged): Trial[] {
  const hashes = cards.map(({ sha256 }) => sha256).join(' ');
  const configHash = toHex(kernel.sha256(new TextEncoder().encode(`evaluate ${hashes}`)));
  return (on?.markets ?? []).map(({ table: { rows: bars }, listing, dataHash }) => {
    const { symbol } = listing.instrument;
    return lookedAt({ verb: 'evaluate', symbol, configHash, dataHash, bars }, 'evaluate has no returns');
  });
}
