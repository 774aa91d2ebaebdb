// Starts a pool of Web Workers in a browser.

import type { StartWorker } from './worker-pool.ts';
import type { WorkerReply } from './worker-service.ts';

/** Starts workers from the bundled workers/pool.ts, for `new WorkerPool(webWorkers(url), 2)`. */
export function webWorkers(url: string | URL): StartWorker {
  return (receive, fail) => {
    const worker = new Worker(url, { type: 'module' });
    worker.addEventListener('message', (event: MessageEvent<WorkerReply>) => receive(event.data));
    worker.addEventListener('error', (event) => fail(event.message));
    return {
      post: (request) => worker.postMessage(request),
      terminate: () => worker.terminate(),
    };
  };
}
