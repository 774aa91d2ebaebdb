// Learners of one update spread over workers: the largest first, each to whoever is free. What is learnt does
// not depend on who learns it or when.

import { GrandModelError } from '../core/errors.ts';
import { WorkerPool } from '../core/worker-pool.ts';
import type { StartWorker } from '../core/worker-pool.ts';
import { columnWidths } from './learner.ts';
import type { Learner, Lesson } from './learner.ts';
import type { LearnLesson, LessonAnswer, LessonRequest } from './lesson-service.ts';

/** A learner with what it is to learn. */
export interface Task {
  readonly learner: Learner;
  readonly lesson: Lesson;
}

/** How the workers are set up. */
export interface LessonPoolOptions {
  /** A compiled module to hand to them, where they cannot load it themselves. */
  readonly module?: WebAssembly.Module;
  /** The fast build; their networks then refuse to be exported, as everywhere. */
  readonly fast?: boolean;
  readonly signal?: AbortSignal;
}

/** Workers for the updates of a trainer. Close it when done: a worker keeps a process alive. */
export class LessonPool {
  private readonly pool: WorkerPool<LessonRequest, LessonAnswer>;

  private constructor(pool: WorkerPool<LessonRequest, LessonAnswer>) {
    this.pool = pool;
  }

  /**
   * Starts the workers.
   *
   * @param count  workers, from 1 on; more than a trainer has networks stay idle
   * @throws       GrandModelError BAD_ARGUMENT for a bad count; KERNEL or UNSUPPORTED when a worker cannot
   *               load
   *               the module
   */
  static async open(
    start: StartWorker<LessonRequest, LessonAnswer>,
    count: number,
    options: LessonPoolOptions = {},
  ): Promise<LessonPool> {
    const pool = new WorkerPool(start, count, options.signal);
    const { module, fast = false } = options;
    const request = { kind: 'open', fast, ...(module && { module }) } as const;
    try {
      await Promise.all(Array.from({ length: count }, (_, worker) => pool.ask(worker, request)));
    } catch (cause) {
      pool.close();
      throw cause;
    }
    return new LessonPool(pool);
  }

  get size(): number {
    return this.pool.size;
  }

  /**
   * Learns independent tasks and puts what was learnt into their learners.
   *
   * @returns  the statistics of every task, in the order of the tasks
   */
  async learn(tasks: readonly Task[]): Promise<readonly (readonly number[])[]> {
    const queue = tasks.map((task, i) => ({ task, i }));
    queue.sort((a, b) => workOf(b.task) - workOf(a.task));
    const statistics: (readonly number[])[] = tasks.map(() => []);
    const work = async (worker: number): Promise<void> => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const request = requestOf(next.task);
        const buffers = [request.saved.floats, ...request.columns].map(({ buffer }) => buffer as ArrayBuffer);
        const answer = await this.pool.ask(worker, request, undefined, buffers);
        if (answer.kind !== 'learnt')
          throw new GrandModelError('WORKER', `A training worker answered "${answer.kind}"`, {});
        next.task.learner.restore(answer.saved);
        statistics[next.i] = answer.statistics;
      }
    };
    await Promise.all(Array.from({ length: this.size }, (_, worker) => work(worker)));
    return statistics;
  }

  /** Ends the workers. */
  close(): void {
    this.pool.close();
  }
}

function workOf({ learner, lesson }: Task): number {
  return learner.network.size * lesson.rows * lesson.settings.epochs;
}

function requestOf({ learner, lesson }: Task): LearnLesson {
  const { settings, rows, columns } = lesson;
  const { spec, outputWidth } = learner.network;
  const { inputs, choices, before, targets } = columns;
  const widths = columnWidths(settings.kind, spec.inputWidth, outputWidth);
  const cells = [inputs, choices, before, targets].map((address, i) =>
    learner.kernel.i32(address, rows * (widths[i] ?? 0)).slice(),
  );
  return { kind: 'learn', spec, saved: learner.save(), settings, rows, columns: cells };
}
