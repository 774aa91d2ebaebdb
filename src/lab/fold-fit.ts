// Refits the four voters on a part of a file's own bars: samples whose label or features would reach into a
// test are purged, whatever the split says.

import type { Bars } from '../backtest/experiment.ts';
import type { Separation, Split } from '../backtest/splits.ts';
import { GrandModelError } from '../core/errors.ts';
import type { BarTable } from '../data/bar-table.ts';
import { BAR_5M_MS } from '../core/units.ts';
import type { Listing } from '../engine/header.ts';
import type { ModelFile, ModelFiles } from '../engine/open.ts';
import { BARRIER_BARS } from '../training/barrier-label.ts';
import { cardText, RECIPES } from '../training/core-models.ts';
import { createSampler, createSamples, sampleMarket } from '../training/market-features.ts';
import type { MarketSamples, SampledMarket } from '../training/market-features.ts';
import { cardFor } from '../training/model-intake.ts';
import { fitVoter, voterFile } from '../training/voter-fit.ts';
import type { Kernel } from '../wasm/kernel.ts';

const ROW_BARS = 6;
/** 5m bars that the longest label looks ahead: 12 rows of 30 minutes. */
export const LABEL_BARS = BARRIER_BARS * ROW_BARS;
/** 5m bars that the longest matrix looks back: 48 rows of 30 minutes. */
export const WINDOW_BARS = 48 * ROW_BARS;
/** Share of a file that is left out beside a test for what echoes longer than the window. */
const EMBARGO_SHARE = 0.01;
/** 5m bars between two tactical samples: their labels then do not overlap. */
const TACTICAL_EVERY = 12;
/** Every so many rows of 30 minutes one strategic sample; their labels overlap threefold. */
const STRATEGIC_EVERY = 4;
/** Fewest samples of each matrix that a fit is made of. */
const SAMPLES_MIN = 120;

/** What keeps tests apart from training in a file: the label's horizon, window and 1 % of the file. */
export function separationOf(rows: number): Separation {
  return { purge: LABEL_BARS, embargo: WINDOW_BARS + Math.ceil(EMBARGO_SHARE * rows) };
}

/**
 * Samples of a whole file, to be chosen from fold by fold: what a sample sees does not depend on later bars.
 */
export function sampleFile(kernel: Kernel, bars: Bars, { instrument, volume }: Listing): SampledMarket {
  const table: BarTable = { ...bars, noVolume: volume === 'none', intervalMs: BAR_5M_MS };
  const { tick, session } = instrument;
  return sampleMarket(kernel, createSampler(kernel), table, tick, TACTICAL_EVERY, session);
}

/** Samples of one matrix that a split trains on. */
export interface Chosen {
  readonly samples: MarketSamples;
  /** Samples inside the training ranges whose label looks into a test: left out. */
  readonly purged: number;
}

/**
 * Samples in the training ranges of a split. One whose label has looked at a bar of a test is left out and
 * counted, also where the split's own purge is shorter than the labels are.
 */
export function chooseSamples(all: MarketSamples, split: Split, every = 1): Chosen {
  const chosen: number[] = [];
  let purged = 0;
  for (let n = 0; n < all.count; n += every) {
    const [at, until] = [all.at[n] as number, all.until[n] as number];
    if (!split.train.some(({ from, to }) => at >= from && at < to)) continue;
    if (split.test.some(({ from, to }) => at < to && until >= from)) purged++;
    else chosen.push(n);
  }
  const samples = createSamples(all.width, chosen.length);
  chosen.forEach((n, i) => {
    samples.features.set(all.features.subarray(n * all.width, (n + 1) * all.width), i * all.width);
    samples.labels[i] = all.labels[n] as number;
    samples.at[i] = all.at[n] as number;
    samples.until[i] = all.until[n] as number;
  });
  samples.count = chosen.length;
  return { samples, purged };
}

/** Voters fitted for one split. */
export interface FoldFit {
  /** The fitted voters beside the policies that were given. */
  readonly models: ModelFiles;
  readonly samples: number;
  readonly purged: number;
}

/**
 * Fits the recipes of the shipped voters on a split's training.
 *
 * @param bars   the file the samples are of
 * @param given  models that are kept where no voter is fitted: the policies of size and execution
 * @throws      GrandModelError BAD_INPUT when too few samples are left
 */
export function fitFold(
  kernel: Kernel,
  bars: Bars,
  sampled: SampledMarket,
  split: Split,
  given: ModelFiles = {},
): FoldFit {
  const tactical = chooseSamples(sampled.tactical, split);
  const strategic = chooseSamples(sampled.strategic, split, STRATEGIC_EVERY);
  const last = Math.max(...split.train.map(({ to }) => to)) - 1;
  const models: Record<string, ModelFile> = { ...given };
  for (const recipe of RECIPES) {
    const { samples } = recipe.columns === 7 ? tactical : strategic;
    if (samples.count < SAMPLES_MIN) {
      throw new GrandModelError(
        'BAD_INPUT',
        `Cannot refit ${recipe.agent}: ${samples.count} samples of training are under ${SAMPLES_MIN}`,
        { agent: recipe.agent, samples: samples.count },
      );
    }
    const onnx = voterFile(kernel, recipe, fitVoter(kernel, recipe, samples));
    const card = cardFor(kernel, onnx, {
      name: recipe.agent,
      agent: recipe.agent,
      trainedThroughMs: bars.tsMs[last] as number,
      source: 'the past of the file it is judged on',
    });
    models[recipe.agent] = { onnx, card: cardText(card) };
  }
  return {
    models,
    samples: tactical.samples.count + strategic.samples.count,
    purged: tactical.purged + strategic.purged,
  };
}
