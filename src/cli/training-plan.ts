// What a training is, apart from where its files go: everything that a checkpoint has to say so that another
// process goes on to the same weights.

import { GrandModelError } from '../core/errors.ts';
import { ENGINE_MARKET } from '../training/actor-team.ts';
import { PLANTED_MARKETS } from '../training/planted-market.ts';
import type { Arguments, OptionSpec } from './verb.ts';

/** Settings of a training. */
export interface TrainingPlan {
  readonly market: string;
  readonly agents: 1 | 3;
  readonly seeds: number;
  readonly updates: number | null;
  readonly seconds: number;
  readonly advantage: 'counterfactual' | 'gae';
  readonly order: 'simultaneous' | 'sequential';
  readonly leak: boolean;
  /** Relaxed SIMD: other bits, nothing can be exported. */
  readonly fast: boolean;
  /** Engine market only: a file with its symbol, or a generator with its bars, first seed and edge. */
  readonly data: string | null;
  readonly symbol: string | null;
  readonly bars: number;
  readonly marketSeed: number;
  readonly edge: number;
}

export const PLAN_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  market: {
    metavar: 'NAME',
    fallback: 'full',
    help: `${ENGINE_MARKET} (own bars and fills), or planted: ${Object.keys(PLANTED_MARKETS).join(' ')}`,
  },
  agents: { metavar: '1|3', fallback: '1', help: 'one agent, or direction, size and style' },
  seconds: { metavar: 'S', fallback: '15', help: 'processor seconds of training per seed, all threads' },
  updates: {
    metavar: 'N',
    help:
      'episodes per seed instead of seconds: the same weights everywhere; an episode is one update, ' +
      '32 bars on each of 256 paths and what is learnt from them',
  },
  seeds: { metavar: 'N', fallback: '1', help: 'trainings, from seed 1 on' },
  advantage: {
    metavar: 'KIND',
    fallback: 'counterfactual',
    help: 'counterfactual (prices do not react) or gae (actions taken)',
  },
  order: { metavar: 'KIND', fallback: 'simultaneous', help: 'simultaneous or sequential updates' },
  fast: { help: 'relaxed SIMD: other bits, for research; nothing can be exported' },
  leak: {
    help: 'planted: show agents the next return; the score must pass the optimum and be called a leak',
  },
  data: {
    metavar: 'FILE',
    help:
      'engine: train on the first 70 % of these bars, judge on the last 30 %; ' +
      'what it writes is yours, nothing shipped is made so',
  },
  symbol: { metavar: 'NAME', help: 'engine: symbol of the file; otherwise from its name' },
  bars: {
    metavar: 'N',
    fallback: '240000',
    help: 'engine: 5m bars of the generator to train on; half as many of other seeds to judge on',
  },
  'market-seed': { metavar: 'N', fallback: '1', help: 'engine: first seed of the generator' },
  edge: { metavar: 'X', fallback: '1', help: 'engine: strength of the planted edge, 0 switches it off' },
};

/** @throws GrandModelError BAD_INPUT naming the option */
export function planOf(args: Arguments): TrainingPlan {
  const agents = args.number('agents', 1, 3);
  if (agents !== 1 && agents !== 3)
    throw new GrandModelError('BAD_INPUT', `gm train: --agents ${agents} is neither 1 nor 3`, { agents });
  const updates = args.number('updates', 1, 1_000_000);
  const market = args.text('market') ?? 'full';
  const data = args.text('data');
  if (data !== null && market !== ENGINE_MARKET)
    throw new GrandModelError('BAD_INPUT', `gm train: --data is for --market ${ENGINE_MARKET}`, { market });
  if (args.flag('leak') && market === ENGINE_MARKET)
    throw new GrandModelError('BAD_INPUT', 'gm train: --leak is for planted markets', { market });
  return {
    market,
    agents,
    seeds: Math.floor(args.number('seeds', 1, 1000) ?? 1),
    updates: updates === null ? null : Math.floor(updates),
    seconds: args.number('seconds', 0.1, 100_000) ?? 15,
    advantage: choice(args, 'advantage', ['counterfactual', 'gae']),
    order: choice(args, 'order', ['simultaneous', 'sequential']),
    leak: args.flag('leak'),
    fast: args.flag('fast'),
    data,
    symbol: args.text('symbol'),
    bars: Math.floor(args.number('bars', 4_000, 600_000) ?? 240_000),
    marketSeed: Math.floor(args.number('market-seed', 0, 1_000_000) ?? 1),
    edge: args.number('edge', 0, 5) ?? 1,
  };
}

function choice<T extends string>(args: Arguments, name: string, known: readonly T[]): T {
  const value = args.text(name);
  const found = known.find((candidate) => candidate === value);
  if (found === undefined)
    throw new GrandModelError('BAD_INPUT', `gm train: --${name} "${value}" is none of ${known.join(', ')}`, {
      name,
    });
  return found;
}
