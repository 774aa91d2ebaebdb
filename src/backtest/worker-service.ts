// What a worker does: takes requests one at a time, reports progress, answers. The same in a Web Worker and
// in a thread of Node; how messages travel is the entry file's business (workers/pool.ts,
// src/cli/pool-worker.ts).

import { GrandModelError } from '../core/errors.ts';
import { inTurn } from '../core/worker-pool.ts';
import type { WorkerNotice, WorkerPool } from '../core/worker-pool.ts';
import type { ModelFiles } from '../engine/open.ts';
import { MarketScan } from './market-scan.ts';
import type { ScanSource } from './market-scan.ts';
import { runSweepPoint } from './sweep.ts';
import type { SweepData, SweepOutcome, SweepSettings } from './sweep.ts';

/** Opens a scan in the worker and feeds it the past. */
export interface OpenScan {
  readonly kind: 'openScan';
  readonly source: ScanSource;
  readonly models: ModelFiles;
  /** A compiled analysis module, so that a worker does not load it again. */
  readonly module?: WebAssembly.Module;
}

/** Takes the new bar of every symbol of the opened scan. */
export interface StepScan {
  readonly kind: 'stepScan';
}

/** Hands a worker what all runs of a sweep share. */
export interface OpenSweep {
  readonly kind: 'openSweep';
  readonly models: ModelFiles;
  /** Shared symbols, or null for simulated markets. */
  readonly data: SweepData | null;
  readonly module?: WebAssembly.Module;
}

/** Runs one point of the opened sweep. */
export interface RunSweep {
  readonly kind: 'runSweep';
  readonly run: number;
  readonly settings: SweepSettings;
}

/** What may be asked of a worker. */
export type WorkerRequest = OpenScan | StepScan | OpenSweep | RunSweep;

/** What a worker answers. */
export type WorkerAnswer =
  | { readonly kind: 'opened'; readonly symbols: number }
  | { readonly kind: 'rows'; readonly values: Float64Array }
  | { readonly kind: 'swept'; readonly outcome: SweepOutcome };

/** The pool of scans and sweeps. */
export type BacktestPool = WorkerPool<WorkerRequest, WorkerAnswer>;

/** Symbols between two reports of progress. */
const PROGRESS_EVERY = 16;

/**
 * A worker's inside.
 *
 * @param post  sends a reply; `transfer` are buffers that move instead of being copied
 * @returns     takes a request; requests are answered in the order in which they came
 */
export function createWorkerService(
  post: (reply: WorkerAnswer | WorkerNotice, transfer: ArrayBuffer[]) => void,
): (request: WorkerRequest) => void {
  let scan: MarketScan | null = null;
  let sweep: OpenSweep | null = null;

  const answer = async (request: WorkerRequest): Promise<void> => {
    if (request.kind === 'openScan') {
      scan = await MarketScan.open(request.source, request.models, request.module, (done) => {
        if (done % PROGRESS_EVERY === 0) post({ kind: 'progress', done }, []);
      });
      post({ kind: 'opened', symbols: scan.symbols }, []);
      return;
    }
    if (request.kind === 'openSweep') {
      sweep = request;
      post({ kind: 'opened', symbols: request.data?.listings.length ?? 1 }, []);
      return;
    }
    if (request.kind === 'runSweep') {
      if (!sweep) throw new GrandModelError('BAD_ARGUMENT', 'Cannot run: this worker has no sweep', {});
      const { models, data, module } = sweep;
      const outcome = await runSweepPoint(request.run, request.settings, models, data, module);
      post({ kind: 'swept', outcome }, []);
      return;
    }
    if (!scan) throw new GrandModelError('BAD_ARGUMENT', 'Cannot step: this worker has no scan', {});
    const values = scan.step();
    post({ kind: 'rows', values }, [values.buffer as ArrayBuffer]);
  };

  return inTurn(answer, (notice) => post(notice, []));
}
