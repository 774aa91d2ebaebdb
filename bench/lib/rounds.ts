// How every comparison is timed: rounds in one process, the contestants of a round one after the other, the
// ratio taken within the round, medians over the rounds.

import { median } from '../rounds.ts';

/**
 * One contestant: runs its work `count` times. One in another process gives the nanoseconds of one run by its
 * own clock.
 */
export interface Contestant {
  readonly name: string;
  run(count: number): void | Promise<void> | Promise<number>;
}

/** What a contestant took. */
export interface Timing {
  readonly name: string;
  /** Median nanoseconds of one run. */
  readonly ns: number;
  /** Median over the rounds of this contestant's time over the first one's in the same round. */
  readonly ratio: number;
}

/** One line of a comparison: nanoseconds of a call, ours and the peer's. */
export interface CompareRow {
  readonly name: string;
  /** Size of the problem. */
  readonly n: number;
  readonly ours: number;
  readonly peer: number;
  readonly peerName: string;
  /** Peer over ours, the median over the rounds of a ratio taken within each round. */
  readonly ratio: number;
  /** True when both gave the same result, within the tolerance that the comparison states. */
  readonly checked: boolean;
}

/**
 * Times contestants against the first.
 *
 * @param rounds   rounds that count; three more come before them
 * @param counts   runs of each contestant in a round
 */
export async function timeRounds(
  contestants: readonly Contestant[],
  counts: readonly number[],
  rounds: number,
): Promise<Timing[]> {
  const times: number[][] = contestants.map(() => []);
  const ratios: number[][] = contestants.map(() => []);
  for (let round = -3; round < rounds; round++) {
    let first = 0;
    for (const [i, contestant] of contestants.entries()) {
      const count = counts[i]!;
      const started = performance.now();
      const pending = contestant.run(count);
      const own = pending && (await pending);
      const ns = own ?? ((performance.now() - started) * 1e6) / count;
      if (i === 0) first = ns;
      if (round < 0) continue;
      times[i]!.push(ns);
      ratios[i]!.push(ns / first);
    }
  }
  return contestants.map(({ name }, i) => ({ name, ns: median(times[i]!), ratio: median(ratios[i]!) }));
}

/** A quantile of single-run times, nanoseconds. */
export function quantile(times: Float64Array, p: number): number {
  const sorted = times.slice().sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))]!;
}
