// Starts a pool of threads on Node.

import { Worker } from 'node:worker_threads';
import type { StartWorker } from '../backtest/worker-pool.ts';

const ENTRY = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/cli/pool-worker.js' : './pool-worker.js',
  import.meta.url,
);

/** One worker thread. */
export const startThread: StartWorker = (receive, fail) => {
  const worker = new Worker(ENTRY);
  worker.on('message', receive);
  worker.on('error', (error) => fail(error.message));
  worker.on('exit', (code) => fail(`it ended with code ${code}`));
  return {
    post: (request) => worker.postMessage(request),
    terminate: () => void worker.terminate(),
  };
};
