// Training beside PyTorch (one thread, OpenBLAS) and jax-js, per processor second; one worker beside two; and
// ten episodes of three large agents beside the processor second that they may take.

import { startTrainingThread } from '../../src/cli/node-pool.ts';
import { LessonPool } from '../../src/training/lesson-pool.ts';
import type { Task } from '../../src/training/lesson-pool.ts';
import { loadTraining } from '../../src/wasm/training.ts';
import { largeEpisodes } from '../lib/large-episodes.ts';
import { jaxUpdater, loadJax } from '../lib/jax-update.ts';
import type { CompareRow } from '../lib/rounds.ts';
import { torchMissing, torchUpdater } from '../lib/torch-update.ts';
import {
  ACTIONS,
  actorColumns,
  actorSettings,
  changeApart,
  largeLearner,
  ownUpdater,
  SAMPLES,
} from '../lib/update-work.ts';
import type { Updater } from '../lib/update-work.ts';
import { median } from '../rounds.ts';
import type { SkippedRow } from '../rounds.ts';

type Rows = Promise<(CompareRow | SkippedRow)[]>;

const MINIBATCHES = [256, 1024] as const;
const ROUNDS = 9;
/** Largest share of the change of the parameters by which two trainings may differ after one epoch. */
const APART_MAX = 0.02;
const NETWORKS = 4;

/** Rows in processor nanoseconds of one sample, or nanoseconds of the wall for the workers. */
export async function rows(): Rows {
  const jax = await loadJax();
  const missing = torchMissing();
  const found: (CompareRow | SkippedRow)[] = [];
  for (const minibatch of MINIBATCHES) {
    const name = `update of 102,405 + 101,889 parameters, minibatch ${minibatch}`;
    if (missing === null) found.push(await beside(name, minibatch, torchUpdater));
    else found.push({ name: `${name}, torch`, skipped: missing });
    if (typeof jax === 'string') found.push({ name: `${name}, jax-js`, skipped: jax });
    else found.push(await beside(name, minibatch, (work) => jaxUpdater(jax, work)));
  }
  return [...found, ...(await workersRows()), await episodesRow()];
}

/** Round by round, ours first; after the first epoch both must have moved the parameters alike. */
async function beside(
  name: string,
  minibatch: number,
  open: (work: Awaited<ReturnType<typeof ownUpdater>>['work']) => Updater,
): Promise<CompareRow> {
  const { own, work } = await ownUpdater(minibatch);
  const start = await own.parameters();
  const peer = open(work);
  try {
    const [ours, theirs, ratios]: [number[], number[], number[]] = [[], [], []];
    let apart = Number.NaN;
    for (let round = 0; round <= ROUNDS; round++) {
      const [mine, other] = [await own.round(), await peer.round()];
      if (round === 0) {
        apart = changeApart(start, await own.parameters(), await peer.parameters());
        continue;
      }
      ours.push(mine);
      theirs.push(other);
      ratios.push(other / mine);
    }
    return {
      name,
      n: minibatch,
      ours: median(ours),
      peer: median(theirs),
      peerName: peer.name,
      ratio: median(ratios),
      checked: apart <= APART_MAX,
    };
  } finally {
    peer.close();
  }
}

/**
 * Four networks of one update, four epochs each, on two workers beside one; and beside what the cores give:
 * half of the networks, then the other half, each alone on the machine, added.
 */
async function workersRows(): Promise<CompareRow[]> {
  const pools = await Promise.all([2, 1, 1, 1].map((count) => LessonPool.open(startTrainingThread, count)));
  const [two, one, left, right] = pools as [LessonPool, LessonPool, LessonPool, LessonPool];
  try {
    const [twos, ones, halves] = [await team(), await team(), await team()];
    const half = NETWORKS / 2;
    const runs = [
      () => two.learn(twos),
      () => one.learn(ones),
      async () => {
        await left.learn(halves.slice(0, half));
        await right.learn(halves.slice(half));
      },
    ];
    const times = runs.map((): number[] => []);
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [i, run] of runs.entries()) {
        const started = process.hrtime.bigint();
        await run();
        if (round > 0) times[i]!.push(Number(process.hrtime.bigint() - started));
      }
    }
    const hashes = [twos, ones, halves].map((tasks) =>
      tasks.map(({ learner }) => learner.network.hash()).join(),
    );
    const ours = times[0]!;
    return ['ours, one worker', 'each half alone on the machine, added'].map((peerName, k) => ({
      name: `update of ${NETWORKS} networks of 102,405 parameters, 4 epochs, wall time, two workers`,
      n: SAMPLES,
      ours: median(ours),
      peer: median(times[k + 1]!),
      peerName,
      ratio: median(ours.map((mine, i) => times[k + 1]![i]! / mine)),
      checked: hashes.every((hash) => hash === hashes[0]),
    }));
  } finally {
    for (const pool of pools) pool.close();
  }
}

async function team(): Promise<Task[]> {
  const kernel = await loadTraining();
  const minibatch = 1024;
  return Array.from({ length: NETWORKS }, (_, i) => ({
    learner: largeLearner(kernel, ACTIONS, minibatch, 10 + i),
    lesson: {
      settings: actorSettings(minibatch, 4),
      rows: SAMPLES,
      columns: actorColumns(kernel, 20 + i),
    },
  }));
}

/** The whole of it: rollout, advantages and update. */
async function episodesRow(): Promise<CompareRow> {
  const runs = [];
  for (let round = 0; round <= 4; round++) runs.push(await largeEpisodes());
  const seconds = median(runs.slice(1).map((run) => run.cpuSeconds));
  return {
    name: runs[0]!.definition,
    n: runs[0]!.samples,
    ours: seconds * 1e9,
    peer: 1e9,
    peerName: 'the 1.0 processor second asked for',
    ratio: 1 / seconds,
    checked: new Set(runs.map((run) => run.hash)).size === 1,
  };
}
