// Does the pipeline find skill where there is none? Every seed is a market whose signs are coins, run and
// judged whole.

import type { Listing } from '../engine/header.ts';
import type { Kernel } from '../wasm/kernel.ts';
import type { Bars } from './experiment.ts';
import type { Pipeline } from './pipeline.ts';
import { makeScorecard } from './scorecard.ts';
import { surrogate } from './surrogates.ts';

/** What the seeds gave. */
export interface NullTrial {
  readonly seeds: number;
  /** Seeds whose verdict was "evidence": errors. */
  readonly evidence: number;
  /** Seeds whose deflated Sharpe ratio was above .95. */
  readonly deflated: number;
  /** Annual Sharpe ratios by seed. */
  readonly sharpes: readonly number[];
}

/**
 * Judges sign-flipped copies of a market, seeds 1 … count.
 *
 * @param progress  called before each; false stops
 */
export async function nullTrial(
  given: {
    readonly kernel: Kernel;
    readonly pipeline: Pipeline;
    readonly listing: Listing;
    readonly bars: Bars;
  },
  count: number,
  progress?: (done: number) => boolean | void,
): Promise<NullTrial> {
  const { kernel, listing } = given;
  let [evidence, deflated] = [0, 0];
  const sharpes: number[] = [];
  for (let seed = 1; seed <= count; seed++) {
    if (progress?.(seed - 1) === false) break;
    const bars = surrogate(kernel.raw, given.bars, listing.instrument.tick, 'sign-flipped', 7_919 * seed);
    const card = await makeScorecard({
      ...given,
      bars,
      simulated: true,
      verb: 'null-trial',
      trials: [],
      logTrial: () => Promise.resolve(),
      thorough: false,
      seed,
    });
    if (!card) break;
    if (card.verdict.evidence) evidence++;
    if (card.sharpe.deflated > 0.95) deflated++;
    sharpes.push(card.sharpe.annual);
  }
  return { seeds: sharpes.length, evidence, deflated, sharpes };
}
