// A training pool's worker as a thread of Node.

import { parentPort } from 'node:worker_threads';
import { createLessonService } from '../training/lesson-service.ts';
import type { LessonRequest } from '../training/lesson-service.ts';

const port = parentPort;
if (!port) throw new Error('Cannot serve: this file runs as a worker thread');
const serve = createLessonService((reply, transfer) => port.postMessage(reply, transfer));
port.on('message', (request: LessonRequest) => serve(request));
