// A pool's worker in the browser.

import { createWorkerService } from '../src/backtest/worker-service.ts';
import type { WorkerRequest } from '../src/backtest/worker-service.ts';

const serve = createWorkerService((reply, transfer) => globalThis.postMessage(reply, { transfer }));
globalThis.addEventListener('message', (event: MessageEvent<WorkerRequest>) => serve(event.data));
