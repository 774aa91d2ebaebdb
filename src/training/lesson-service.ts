// The inside of a training worker: takes one network's part of an update, learns it, gives the network back.
// The network comes with every request, so it does not matter which worker gets it.

import { GrandModelError } from '../core/errors.ts';
import { inTurn } from '../core/worker-pool.ts';
import type { WorkerNotice } from '../core/worker-pool.ts';
import { fastTrainingModule, loadTraining } from '../wasm/training.ts';
import type { TrainingKernel } from '../wasm/training.ts';
import { columnWidths, Learner } from './learner.ts';
import type { LessonSettings, SavedLearner } from './learner.ts';
import { Network } from './network.ts';
import type { NetworkSpec } from './network.ts';

/** Prepares a worker. */
export interface OpenLessons {
  readonly kind: 'open';
  /** A compiled module, for hosts whose workers cannot load it; by default the worker loads its own. */
  readonly module?: WebAssembly.Module;
  readonly fast: boolean;
}

/** One network's part of an update, with all that it needs. */
export interface LearnLesson {
  readonly kind: 'learn';
  readonly spec: NetworkSpec;
  readonly saved: SavedLearner;
  readonly settings: LessonSettings;
  readonly rows: number;
  /** Columns in the order inputs, choices, before, targets; empty where the kind has none. */
  readonly columns: readonly Int32Array[];
}

/** What may be asked of a training worker. */
export type LessonRequest = OpenLessons | LearnLesson;

/** What it answers. */
export type LessonAnswer =
  | { readonly kind: 'opened' }
  | { readonly kind: 'learnt'; readonly saved: SavedLearner; readonly statistics: readonly number[] };

/** A learner of the worker with the columns of its lessons. */
interface Desk {
  readonly learner: Learner;
  readonly columns: readonly [number, number, number, number];
}

/**
 * A training worker's inside.
 *
 * @param post  sends a reply; `transfer` are buffers that move instead of being copied
 * @returns     takes a request; requests are answered in the order in which they came
 */
export function createLessonService(
  post: (reply: LessonAnswer | WorkerNotice, transfer: ArrayBuffer[]) => void,
): (request: LessonRequest) => void {
  let kernel: TrainingKernel | null = null;
  const desks = new Map<string, Desk>();

  const answer = async (request: LessonRequest): Promise<void> => {
    if (request.kind === 'open') {
      kernel = await loadTraining(request.module ?? (request.fast ? await fastTrainingModule() : undefined));
      post({ kind: 'opened' }, []);
      return;
    }
    if (!kernel) throw new GrandModelError('BAD_ARGUMENT', 'Cannot learn: this worker was not opened', {});
    const { saved, settings, rows, columns } = request;
    const { learner, columns: places } = deskFor(kernel, desks, request);
    learner.restore(saved);
    const memory = kernel;
    columns.forEach((cells, i) => memory.i32(places[i] ?? 0, cells.length).set(cells));
    const [inputs, choices, before, targets] = places;
    const statistics = learner.learn({ settings, rows, columns: { inputs, choices, before, targets } });
    const learnt = learner.save();
    post({ kind: 'learnt', saved: learnt, statistics }, [learnt.floats.buffer as ArrayBuffer]);
  };
  return inTurn(answer, (notice) => post(notice, []));
}

/** Networks of one shape share a learner, because all that differs between them comes with the request. */
function deskFor(kernel: TrainingKernel, desks: Map<string, Desk>, request: LearnLesson): Desk {
  const { spec, settings, rows } = request;
  const minibatch = Math.min(settings.minibatch, rows);
  const key = JSON.stringify([spec, settings.kind, rows, minibatch]);
  const known = desks.get(key);
  if (known) return known;
  const network = new Network(kernel, spec, minibatch, kernel.alloc(4));
  const learner = new Learner(kernel, network, rows, minibatch, 0);
  const widths = columnWidths(settings.kind, spec.inputWidth, network.outputWidth);
  const [inputs, choices, before, targets] = widths.map((width) =>
    kernel.alloc(4 * Math.max(1, rows * width)),
  );
  const desk: Desk = { learner, columns: [inputs ?? 0, choices ?? 0, before ?? 0, targets ?? 0] };
  desks.set(key, desk);
  return desk;
}
