// Node, Deno, Bun: one JSON line on stdout; the worker's bundle lies beside this one.
import { threads } from '../../src/cli/node-pool.ts';
import type { LessonAnswer, LessonRequest } from '../../src/training/lesson-service.ts';
import { trainOnHost } from './run-training.ts';

const start = threads<LessonRequest, LessonAnswer>(new URL('./training-worker.mjs', import.meta.url));
console.log(JSON.stringify(await trainOnHost(start)));
