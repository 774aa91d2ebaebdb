// Timing several ways to do one thing in one process: rounds of A B C A B C, medians, ratios of each round.

import { median } from '../rounds.ts';

/** One way to do it. `run` does it once. */
export interface Contender {
  readonly name: string;
  readonly run: () => void;
}

/** A contender's median time of one run, and the median of its round-by-round ratio to the first. */
export interface Lap {
  readonly name: string;
  readonly ns: number;
  readonly ratio: number;
}

/** Least time of one contender in one round. */
const ROUND_MS = 4;

/**
 * Times the contenders, the first being ours.
 *
 * @param rounds  count of rounds, odd
 * @param renew   called before each round, outside the clock: new data for all
 */
export function race(contenders: readonly Contender[], rounds = 9, renew: () => void = () => {}): Lap[] {
  renew();
  const repeats = contenders.map(({ run }) => {
    // compiled and warm before it is timed
    for (let i = 0; i < 2; i++) time(run, 1);
    let count = 1;
    while (time(run, count) < ROUND_MS * 1e6 && count < 1 << 22) count *= 2;
    return count;
  });
  const times = contenders.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    renew();
    contenders.forEach(({ run }, i) => {
      const count = repeats[i] ?? 1;
      times[i]?.push(time(run, count) / count);
    });
  }
  const ours = times[0] ?? [];
  return contenders.map(({ name }, i) => ({
    name,
    ns: median(times[i] ?? []),
    ratio: median((times[i] ?? []).map((ns, round) => ns / (ours[round] ?? NaN))),
  }));
}

/** Nanoseconds of `count` runs. */
function time(run: () => void, count: number): number {
  const started = performance.now();
  for (let i = 0; i < count; i++) run();
  return (performance.now() - started) * 1e6;
}

/** Geometric mean of a list. */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, x) => sum + Math.log(x), 0) / values.length);
}
