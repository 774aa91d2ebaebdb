// The training that every host runs: a team of three in two ways, without workers, with one and with three,
// and after a resume. Equal hashes mean equal bits of everything a training continues from.

import type { StartWorker } from '../../src/core/worker-pool.ts';
import { restoreTrainer, saveTrainer } from '../../src/training/checkpoint.ts';
import { LessonPool } from '../../src/training/lesson-pool.ts';
import type { LessonAnswer, LessonRequest } from '../../src/training/lesson-service.ts';
import type { Mappo, MappoConfig } from '../../src/training/mappo.ts';
import { createTrainer } from '../../src/training/trial.ts';
import { loadTraining } from '../../src/wasm/training.ts';

/** Hash by way of training and by who worked: "gae, 3 workers" and the like. */
export type TrainingReport = Readonly<Record<string, string>>;

const SEED = 7;
const PROGRESS = [0, 0.4, 0.8] as const;
const SMALL = { steps: 8, epochs: 1, minibatch: 512 } as const;
const WAYS: Readonly<Record<string, Partial<MappoConfig>>> = {
  counterfactual: { ...SMALL, advantage: 'counterfactual', order: 'simultaneous' },
  gae: { ...SMALL, advantage: 'gae', order: 'sequential' },
};

/**
 * Trains and reports one hash per run; all of one way must be equal.
 *
 * @param start   starts a training worker of this host
 * @param module  a compiled module; by default the host's own loader provides it
 */
export async function trainOnHost(
  start: StartWorker<LessonRequest, LessonAnswer>,
  module?: WebAssembly.Module,
): Promise<TrainingReport> {
  const report: Record<string, string> = {};
  for (const [way, config] of Object.entries(WAYS)) {
    const make = async (): Promise<Mappo> =>
      createTrainer(await loadTraining(module), { market: 'part3', agents: 3, config }, SEED);
    const alone = await make();
    PROGRESS.forEach((progress) => alone.update(progress));
    report[`${way}, alone`] = hashOf(alone);
    for (const workers of [1, 3]) {
      const pool = await LessonPool.open(start, workers, module ? { module } : {});
      try {
        const trainer = await make();
        await trainer.updateIn(pool, PROGRESS[0]);
        const saved = saveTrainer(trainer);
        for (const progress of PROGRESS.slice(1)) await trainer.updateIn(pool, progress);
        report[`${way}, ${workers} worker${workers === 1 ? '' : 's'}`] = hashOf(trainer);
        const resumed = await make();
        restoreTrainer(resumed, saved);
        resumed.update(PROGRESS[1]);
        await resumed.updateIn(pool, PROGRESS[2]);
        report[`${way}, ${workers}, resumed`] = hashOf(resumed);
      } finally {
        pool.close();
      }
    }
  }
  return report;
}

/** SHA-256 of a checkpoint: weights, moments, streams, market. */
function hashOf(trainer: Mappo): string {
  const { kernel } = trainer;
  const bytes = saveTrainer(trainer);
  const address = kernel.alloc(bytes.length);
  new Uint8Array(kernel.raw.memory.buffer, address, bytes.length).set(bytes);
  return kernel.sha256At(address, bytes.length);
}
