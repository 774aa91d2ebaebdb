// What the page and its worker tell each other.

import type { TopicId } from './catalogue.ts';

/** How large a run is: `full` is what the page is for, `quick` what a telephone or a test can bear. */
export type SizeName = 'full' | 'quick';

/** Counts of a size. */
export interface Sizes {
  /** Bars of the indicators' columns. */
  readonly bars: number;
  /** Rounds of every measurement; medians are shown. */
  readonly rounds: number;
  /** 30-minute rows of the signals. */
  readonly closes: number;
  readonly patternsFew: number;
  readonly patternsMany: number;
  readonly paths: number;
  /** Bars of the moving-average backtest. */
  readonly crossBars: number;
  readonly scanSymbols: number;
  /** Bars of the whole engine. */
  readonly engineBars: number;
  /** Bars of a training episode. */
  readonly episodeSteps: number;
}

/** The sizes by name. */
export const SIZES: Readonly<Record<SizeName, Sizes>> = {
  full: {
    bars: 100_000,
    rounds: 7,
    closes: 20_000,
    patternsFew: 10_000,
    patternsMany: 100_000,
    paths: 10_000,
    crossBars: 1_000_000,
    scanSymbols: 256,
    engineBars: 60_000,
    episodeSteps: 256,
  },
  quick: {
    bars: 4_000,
    rounds: 3,
    closes: 1_500,
    patternsFew: 500,
    patternsMany: 2_000,
    paths: 1_000,
    crossBars: 50_000,
    scanSymbols: 12,
    engineBars: 6_000,
    episodeSteps: 16,
  },
};

/** Another way to do the same, timed in the same rounds. */
export interface PeerResult {
  readonly name: string;
  /** Nanoseconds of one item. */
  readonly ns: number;
  /** Its time over ours: the median over the rounds. */
  readonly ratio: number;
}

/** One filled row. */
export interface Result {
  readonly topic: TopicId;
  readonly id: string;
  /** Size of the problem. */
  readonly n: number;
  /** Nanoseconds of one item, ours. */
  readonly ns: number;
  readonly peers: readonly PeerResult[];
  /** Whether ours gave the peers' or our other form's result; null where there is nothing to compare with. */
  readonly checked: boolean | null;
}

/** From the worker, in order. */
export type Message =
  | { readonly kind: 'started'; readonly topic: TopicId }
  | { readonly kind: 'result'; readonly result: Result }
  | { readonly kind: 'failed'; readonly topic: TopicId; readonly message: string }
  /** Nothing can be measured. */
  | { readonly kind: 'broken'; readonly message: string }
  | { readonly kind: 'finished'; readonly ms: number };

/** To the worker, once. */
export interface Start {
  readonly size: SizeName;
}

/** What a part of the suite is given. */
export interface Bench {
  readonly sizes: Sizes;
  /** Gives a JavaScript library by name; null where they were not built in. */
  readonly peerOf: ((name: string) => unknown) | null;
  /** Hands a row over as soon as it is measured. */
  readonly add: (result: Result) => void;
}
