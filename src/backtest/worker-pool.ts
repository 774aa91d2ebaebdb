// A pool of workers as the caller sees it: one request to each, its answer or its error; stopping ends them
// at once.

import { GrandModelError } from '../core/errors.ts';
import type { WorkerReply, WorkerRequest } from './worker-service.ts';

/** One started worker, on whatever host. */
export interface WorkerLine {
  post(request: WorkerRequest): void;
  /** Ends the worker, also in the middle of its work. */
  terminate(): void;
}

/** Starts a worker; `fail` says that it broke. */
export type StartWorker = (
  receive: (reply: WorkerReply) => void,
  fail: (reason: string) => void,
) => WorkerLine;

/** Most workers of one pool. */
export const WORKERS_MAX = 64;

type Answer = Exclude<WorkerReply, { kind: 'progress' | 'failed' }>;

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: Error): void;
  progress(done: number): void;
}

/** Workers that answer requests. Close it when done: a worker keeps a process alive. */
export class WorkerPool {
  private readonly lines: WorkerLine[] = [];
  private readonly waiting: (Waiting | null)[] = [];
  private readonly stop = (): void => this.end(new GrandModelError('STOPPED', 'Stopped', {}));
  private readonly signal: AbortSignal | undefined;

  /**
   * @param start   starts one worker
   * @param count   workers, 1..WORKERS_MAX
   * @param signal  ends the workers; what is under way then fails with STOPPED
   * @throws        GrandModelError BAD_ARGUMENT
   */
  constructor(start: StartWorker, count: number, signal?: AbortSignal) {
    if (!Number.isInteger(count) || count < 1 || count > WORKERS_MAX) {
      throw new GrandModelError(
        'BAD_ARGUMENT',
        `Cannot start workers: ${count} is not a whole number from 1 to ${WORKERS_MAX}`,
        { count },
      );
    }
    this.signal = signal;
    for (let i = 0; i < count; i++) {
      this.waiting.push(null);
      this.lines.push(
        start(
          (reply) => this.receive(i, reply),
          (reason) => this.settle(i)?.reject(new GrandModelError('WORKER', `A worker broke: ${reason}`, {})),
        ),
      );
    }
    signal?.addEventListener('abort', this.stop);
    if (signal?.aborted) this.stop();
  }

  get size(): number {
    return this.lines.length;
  }

  /**
   * Asks one worker; one request at a time to each.
   *
   * @throws GrandModelError what the worker failed with, STOPPED when the signal came
   */
  ask(worker: number, request: WorkerRequest, progress: (done: number) => void = () => {}): Promise<Answer> {
    if (this.signal?.aborted) return Promise.reject(new GrandModelError('STOPPED', 'Stopped', {}));
    return new Promise((resolve, reject) => {
      this.waiting[worker] = { resolve, reject, progress };
      this.lines[worker]!.post(request);
    });
  }

  /** Ends all workers. */
  close(): void {
    this.signal?.removeEventListener('abort', this.stop);
    this.end(new GrandModelError('STOPPED', 'The pool was closed', {}));
  }

  private end(error: GrandModelError): void {
    for (const line of this.lines) line.terminate();
    this.waiting.forEach((_, worker) => this.settle(worker)?.reject(error));
  }

  private receive(worker: number, reply: WorkerReply): void {
    if (reply.kind === 'progress') this.waiting[worker]?.progress(reply.done);
    else if (reply.kind === 'failed') {
      this.settle(worker)?.reject(new GrandModelError(reply.code ?? 'WORKER', reply.message, {}));
    } else this.settle(worker)?.resolve(reply);
  }

  private settle(worker: number): Waiting | null {
    const waiting = this.waiting[worker] ?? null;
    this.waiting[worker] = null;
    return waiting;
  }
}
