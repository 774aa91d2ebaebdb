// A pool of workers as the caller sees it: one request to each, its answer or its error; stopping ends them
// at once.

import { GrandModelError } from './errors.ts';
import type { ErrorCode } from './errors.ts';

/** What any worker may say beside its answer: how far it is, or why there is no answer. */
export type WorkerNotice =
  | { readonly kind: 'progress'; readonly done: number }
  | { readonly kind: 'failed'; readonly code: ErrorCode | null; readonly message: string };

/** One started worker, on whatever host. */
export interface WorkerLine<Request> {
  post(request: Request, transfer?: ArrayBuffer[]): void;
  /** Ends the worker, also in the middle of its work. */
  terminate(): void;
}

/** Starts a worker; `fail` says that it broke. */
export type StartWorker<Request, Answer> = (
  receive: (reply: Answer | WorkerNotice) => void,
  fail: (reason: string) => void,
) => WorkerLine<Request>;

/** Most workers of one pool. */
export const WORKERS_MAX = 64;

interface Waiting<Answer> {
  resolve(answer: Answer): void;
  reject(error: Error): void;
  progress(done: number): void;
}

/** Workers that answer requests. Close it when done: a worker keeps a process alive. */
export class WorkerPool<Request, Answer extends { readonly kind: string }> {
  private readonly lines: WorkerLine<Request>[] = [];
  private readonly waiting: (Waiting<Answer> | null)[] = [];
  private readonly stop = (): void => this.end(new GrandModelError('STOPPED', 'Stopped', {}));
  private readonly signal: AbortSignal | undefined;
  private closed = false;

  /**
   * @param start   starts one worker
   * @param count   workers, 1..WORKERS_MAX
   * @param signal  ends the workers; what is under way then fails with STOPPED
   * @throws        GrandModelError BAD_ARGUMENT
   */
  constructor(start: StartWorker<Request, Answer>, count: number, signal?: AbortSignal) {
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
   * @param transfer  buffers that move to the worker instead of being copied
   * @throws GrandModelError what the worker failed with, STOPPED when the signal came
   */
  ask(
    worker: number,
    request: Request,
    progress: (done: number) => void = () => {},
    transfer: ArrayBuffer[] = [],
  ): Promise<Answer> {
    if (this.signal?.aborted) return Promise.reject(new GrandModelError('STOPPED', 'Stopped', {}));
    if (this.closed) return Promise.reject(closedPool());
    return new Promise((resolve, reject) => {
      this.waiting[worker] = { resolve, reject, progress };
      this.lines[worker]!.post(request, transfer);
    });
  }

  /** Ends all workers. */
  close(): void {
    this.signal?.removeEventListener('abort', this.stop);
    this.closed = true;
    this.end(closedPool());
  }

  private end(error: GrandModelError): void {
    for (const line of this.lines) line.terminate();
    this.waiting.forEach((_, worker) => this.settle(worker)?.reject(error));
  }

  private receive(worker: number, reply: Answer | WorkerNotice): void {
    if (isNotice(reply, 'progress')) this.waiting[worker]?.progress(reply.done);
    else if (isNotice(reply, 'failed')) {
      this.settle(worker)?.reject(new GrandModelError(reply.code ?? 'WORKER', reply.message, {}));
    } else this.settle(worker)?.resolve(reply);
  }

  private settle(worker: number): Waiting<Answer> | null {
    const waiting = this.waiting[worker] ?? null;
    this.waiting[worker] = null;
    return waiting;
  }
}

function closedPool(): GrandModelError {
  return new GrandModelError('STOPPED', 'The pool was closed', {});
}

function isNotice<Kind extends WorkerNotice['kind']>(
  reply: { readonly kind: string },
  kind: Kind,
): reply is Extract<WorkerNotice, { kind: Kind }> {
  return reply.kind === kind;
}

/**
 * A worker's inside: answers requests one at a time, in the order in which they came.
 *
 * @param answer  works and posts its answer
 * @param post    sends the reason when that fails
 */
export function inTurn<Request>(
  answer: (request: Request) => Promise<void>,
  post: (notice: WorkerNotice) => void,
): (request: Request) => void {
  let busy: Promise<void> = Promise.resolve();
  return (request) => {
    busy = busy.then(() => answer(request)).catch((cause: unknown) => post(failure(cause)));
  };
}

function failure(cause: unknown): WorkerNotice {
  const message = cause instanceof Error ? cause.message : String(cause);
  return { kind: 'failed', code: cause instanceof GrandModelError ? cause.code : null, message };
}
