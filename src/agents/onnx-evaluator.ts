// The second evaluator: onnxruntime-web, imported only when asked for. Each backend must reproduce the card's
// probes first.

import { GrandModelError } from '../core/errors.ts';
import type { ModelCard } from './model-card.ts';
import { checkedProbe } from './model-file.ts';

/** Where onnxruntime-web computes. */
export type OnnxBackend = 'webgpu' | 'wasm';

/** An evaluator that came up. */
export interface OnnxEvaluator {
  readonly backend: OnnxBackend;
  /**
   * Runs the model on one input.
   *
   * @param features  f32 values of the card's input shape
   * @returns         f32 values of the card's output shape, a copy
   */
  run(features: Float32Array): Promise<Float32Array>;
  /** Frees the session. */
  close(): Promise<void>;
}

/** A backend that may be tried. */
export interface Candidate {
  readonly backend: OnnxBackend;
  open(): Promise<OnnxEvaluator>;
}

/** What became of one backend at the start. */
export interface TriedBackend {
  readonly backend: OnnxBackend;
  /** Why it is not used; null for the one that came up. */
  readonly refused: string | null;
  /** Largest |Δ| against the card's probes; NaN when they were not reproduced. */
  readonly difference: number;
  /** Median time of one run, milliseconds; null without a clock or when refused before. */
  readonly medianMs: number | null;
}

/** What a start gave: the evaluator, or null, and what became of each backend, in the order tried. */
export interface OnnxStart {
  readonly evaluator: OnnxEvaluator | null;
  readonly tried: readonly TriedBackend[];
}

/** How to start onnxruntime-web. */
export interface OnnxOptions {
  /** Backends in order of preference; default wasm alone. */
  readonly backends?: readonly OnnxBackend[];
  /**
   * The host's clock in milliseconds, such as `() => performance.now()`. With it every right backend is timed
   * and the fastest is used; without it the first right one.
   */
  readonly clock?: () => number;
  /** Folder from which a browser fetches the runtime's .wasm files; default beside the bundle. */
  readonly wasmPaths?: string;
}

const TIMED_RUNS = 21;

type Ort = typeof import('onnxruntime-web');

/**
 * Starts onnxruntime-web on a model: a backend that reproduces the card's probes within 1e-5.
 *
 * @param file  the .onnx bytes, already accepted by `openModel`
 * @param card  its card
 */
export async function startOnnx(
  file: Uint8Array,
  card: ModelCard,
  options: OnnxOptions = {},
): Promise<OnnxStart> {
  const candidates = (options.backends ?? ['wasm']).map((backend) =>
    onnxCandidate(backend, file, card, options),
  );
  return startEvaluator(card, candidates, options.clock);
}

/**
 * Tries candidates in order. One that is wrong is closed and refused with the reason; without a clock the
 * first right one is kept and the rest are not opened, with a clock the fastest right one is kept.
 */
export async function startEvaluator(
  card: ModelCard,
  candidates: readonly Candidate[],
  clock?: () => number,
): Promise<OnnxStart> {
  const tried: TriedBackend[] = [];
  const right: { evaluator: OnnxEvaluator; at: number; medianMs: number }[] = [];
  for (const candidate of candidates) {
    const { backend } = candidate;
    const opened = await openProbed(card, candidate);
    if (typeof opened === 'string') {
      tried.push({ backend, refused: opened, difference: NaN, medianMs: null });
      continue;
    }
    const { evaluator, difference } = opened;
    if (!clock)
      return { evaluator, tried: [...tried, { backend, refused: null, difference, medianMs: null }] };
    const medianMs = await medianTime(card, evaluator, clock);
    right.push({ evaluator, medianMs, at: tried.push({ backend, refused: null, difference, medianMs }) - 1 });
  }
  const [best, ...slower] = right.sort((a, b) => a.medianMs - b.medianMs);
  for (const { evaluator, at } of slower) {
    await evaluator.close();
    tried[at] = { ...(tried[at] as TriedBackend), refused: 'right, but slower' };
  }
  return { evaluator: best?.evaluator ?? null, tried };
}

/** Opens a candidate and runs the card's probes; the reason when it fails. */
async function openProbed(
  card: ModelCard,
  candidate: Candidate,
): Promise<{ evaluator: OnnxEvaluator; difference: number } | string> {
  let evaluator: OnnxEvaluator | null = null;
  try {
    evaluator = await candidate.open();
    let difference = 0;
    for (const [index, { input, output }] of card.probes.entries()) {
      const actual = await evaluator.run(Float32Array.from(input));
      difference = Math.max(difference, checkedProbe(index, output, actual));
    }
    return { evaluator, difference };
  } catch (error) {
    await evaluator?.close();
    return error instanceof Error ? error.message : String(error);
  }
}

/** Median milliseconds of a run on the first probe, after the runs that compile it. */
async function medianTime(card: ModelCard, evaluator: OnnxEvaluator, clock: () => number): Promise<number> {
  const input = Float32Array.from(card.probes[0]?.input ?? []);
  const times: number[] = [];
  for (let i = 0; i < 2 * TIMED_RUNS; i++) {
    const started = clock();
    await evaluator.run(input);
    if (i >= TIMED_RUNS) times.push(clock() - started);
  }
  times.sort((a, b) => a - b);
  return times[TIMED_RUNS >> 1] as number;
}

/** A backend of onnxruntime-web on a model file. */
export function onnxCandidate(
  backend: OnnxBackend,
  file: Uint8Array,
  card: ModelCard,
  options: OnnxOptions = {},
): Candidate {
  return { backend, open: () => openSession(backend, file, card, options) };
}

async function openSession(
  backend: OnnxBackend,
  file: Uint8Array,
  card: ModelCard,
  options: OnnxOptions,
): Promise<OnnxEvaluator> {
  const ort = await importOrt(backend);
  ort.env.logLevel = 'error';
  ort.env.wasm.numThreads = 1;
  if (options.wasmPaths !== undefined) ort.env.wasm.wasmPaths = options.wasmPaths;
  const session = await ort.InferenceSession.create(file, { executionProviders: [backend] });
  const [input] = session.inputNames;
  const output = session.outputNames.includes('probabilities') ? 'probabilities' : session.outputNames[0];
  if (input === undefined || output === undefined) {
    throw new GrandModelError('BAD_MODEL', 'Cannot run model: it has no input or no output', {});
  }
  return {
    backend,
    async run(features) {
      // A copy: the matrix lies in kernel memory, which the next bar may change before this run begins.
      const feed = new ort.Tensor('float32', features.slice(), card.input_shape);
      const results = await session.run({ [input]: feed });
      const data = results[output]?.data;
      if (!(data instanceof Float32Array)) {
        throw new GrandModelError('BAD_MODEL', `Cannot run model: output "${output}" is not f32`, { output });
      }
      return data.slice();
    },
    close: () => session.release(),
  };
}

/** The entry that works on this host: the root one on Node, Deno and Bun, the small ones in a browser. */
async function importOrt(backend: OnnxBackend): Promise<Ort> {
  if (globalThis.navigator?.userAgent === 'Cloudflare-Workers') {
    throw new GrandModelError(
      'UNSUPPORTED',
      'Cannot start onnxruntime-web: workerd runs the reference evaluator alone',
    );
  }
  if ('process' in globalThis || 'Deno' in globalThis) {
    // Kept out of a browser bundle: the bundler cannot follow a name that is computed.
    const root: string = 'onnxruntime-web';
    return (await import(/* @vite-ignore */ root)) as Ort;
  }
  return backend === 'webgpu' ? import('onnxruntime-web/webgpu') : import('onnxruntime-web/wasm');
}
