// Starts a pool of Web Workers in a browser.

import type { StartWorker } from './worker-pool.ts';

/** Starts workers from a bundled entry of workers/, for `new WorkerPool(webWorkers(url), 2)`. */
export function webWorkers<Request, Answer>(url: string | URL): StartWorker<Request, Answer> {
  return (receive, fail) => {
    const worker = new Worker(url, { type: 'module' });
    worker.addEventListener('message', (event: MessageEvent<Parameters<typeof receive>[0]>) =>
      receive(event.data),
    );
    worker.addEventListener('error', (event) => fail(event.message));
    return {
      post: (request, transfer = []) => worker.postMessage(request, transfer),
      terminate: () => worker.terminate(),
    };
  };
}
