// Who learns a network does not change what it learns: no worker, one, three, in turn or at once, and after a
// resume.

import { expect, test } from 'vitest';
import { startTrainingThread } from '../../src/cli/node-pool.ts';
import { LessonPool } from '../../src/training/lesson-pool.ts';
import { createTrainer } from '../../src/training/trial.ts';
import { loadTraining } from '../../src/wasm/training.ts';
import { trainOnHost } from '../runtime/run-training.ts';

test('one hash without workers, with one, with three, and after a resume', async () => {
  const report = Object.entries(await trainOnHost(startTrainingThread));
  expect(report).toHaveLength(10);
  for (const way of ['counterfactual', 'gae']) {
    const hashes = report.filter(([run]) => run.startsWith(way)).map(([, hash]) => hash);
    expect(hashes).toEqual(Array.from({ length: 5 }, () => hashes[0]));
  }
});

test('a broken update says why, and so does a bad number of workers', async () => {
  await expect(LessonPool.open(startTrainingThread, 0)).rejects.toThrow('0 is not a whole number');
  const options = { market: 'full', agents: 1, config: { steps: 4 } } as const;
  const trainer = createTrainer(await loadTraining(), options, 1);
  const pool = await LessonPool.open(startTrainingThread, 1);
  pool.close();
  await expect(trainer.updateIn(pool, 0)).rejects.toThrow('closed');
});
