// A pool's worker as a thread of Node.

import { parentPort } from 'node:worker_threads';
import { createWorkerService } from '../backtest/worker-service.ts';
import type { WorkerRequest } from '../backtest/worker-service.ts';

const port = parentPort;
if (!port) throw new Error('Cannot serve: this file runs as a worker thread');
const serve = createWorkerService((reply, transfer) => port.postMessage(reply, transfer));
port.on('message', (request: WorkerRequest) => serve(request));
