// A training pool's worker in the browser.

import { createLessonService } from '../src/training/lesson-service.ts';
import type { LessonRequest } from '../src/training/lesson-service.ts';

const serve = createLessonService((reply, transfer) => globalThis.postMessage(reply, { transfer }));
globalThis.addEventListener('message', (event: MessageEvent<LessonRequest>) => serve(event.data));
