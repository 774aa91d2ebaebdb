// Starts pools of threads on Node, Deno and Bun.

import { Worker } from 'node:worker_threads';
import type { WorkerAnswer, WorkerRequest } from '../backtest/worker-service.ts';
import type { StartWorker } from '../core/worker-pool.ts';
import type { LessonAnswer, LessonRequest } from '../training/lesson-service.ts';

/** A thread of the scan and sweep pool. */
export const startThread: StartWorker<WorkerRequest, WorkerAnswer> = threads(entry('pool-worker'));

/** A thread of the training pool: one network's update at a time. */
export const startTrainingThread: StartWorker<LessonRequest, LessonAnswer> = threads(
  entry('training-worker'),
);

/** Threads from a file. */
export function threads<Request, Answer>(file: URL): StartWorker<Request, Answer> {
  return (receive, fail) => {
    const worker = new Worker(file);
    worker.on('message', receive);
    worker.on('error', (error: Error) => fail(error.message));
    worker.on('exit', (code) => fail(`it ended with code ${code}`));
    return {
      post: (request, transfer = []) => worker.postMessage(request, transfer),
      terminate: () => void worker.terminate(),
    };
  };
}

/** The built file beside this one; from the sources the one in dist/. */
function entry(name: string): URL {
  const folder = import.meta.url.endsWith('.ts') ? '../../dist/cli/' : './';
  return new URL(`${folder}${name}.js`, import.meta.url);
}
