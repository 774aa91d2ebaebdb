// From bars to a run: the whole of what a scorecard judges, and what it repeats in null worlds.

import type { EngineConfig } from '../engine/config.ts';
import type { Listing } from '../engine/header.ts';
import type { ModelFiles } from '../engine/open.ts';
import { runExperiment } from './experiment.ts';
import type { Bars, Experiment } from './experiment.ts';

/** Reports a stage; false stops. */
export type StageProgress = (stage: string, done: number, total: number) => boolean | void;

/** A way to make a run of bars, everything learnt included. */
export interface Pipeline {
  /** In words, for the page. */
  readonly label: string;
  /** Null when `progress` stopped it. */
  run(bars: Bars, progress?: StageProgress): Promise<Experiment | null>;
}

/** The engine with models that stay what they are, whatever the bars. */
export function fixedModels(
  models: ModelFiles,
  listing: Listing,
  config: Partial<EngineConfig> = {},
): Pipeline {
  return {
    label: 'models that were fitted elsewhere and stay as they are',
    async run(bars, progress) {
      const run = await runExperiment({
        ...{ models, listing, config, bars },
        progress: (done) => progress?.('bars', done, bars.rows),
      });
      return run.stopped ? null : run;
    },
  };
}
