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

/** What a start gave: the evaluator, or null, and why each backend before it was refused. */
export interface OnnxStart {
  readonly evaluator: OnnxEvaluator | null;
  /** In the order tried; `refused` is null for the one that came up. */
  readonly tried: readonly {
    readonly backend: OnnxBackend;
    readonly refused: string | null;
    readonly difference: number;
  }[];
}

/** How to start onnxruntime-web. */
export interface OnnxOptions {
  /** Backends in order of preference; default wasm alone. */
  readonly backends?: readonly OnnxBackend[];
  /** Folder from which a browser fetches the runtime's .wasm files; default beside the bundle. */
  readonly wasmPaths?: string;
}

type Ort = typeof import('onnxruntime-web');

/**
 * Starts onnxruntime-web on a model: the first backend that reproduces the card's probes within 1e-5.
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
  return startEvaluator(card, candidates);
}

/** Tries candidates in order; the first that reproduces every probe is kept, the others are closed. */
export async function startEvaluator(card: ModelCard, candidates: readonly Candidate[]): Promise<OnnxStart> {
  const tried: { backend: OnnxBackend; refused: string | null; difference: number }[] = [];
  for (const candidate of candidates) {
    let evaluator: OnnxEvaluator | null = null;
    try {
      evaluator = await candidate.open();
      let worst = 0;
      for (const [index, { input, output }] of card.probes.entries()) {
        const actual = await evaluator.run(Float32Array.from(input));
        worst = Math.max(worst, checkedProbe(index, output, actual));
      }
      tried.push({ backend: candidate.backend, refused: null, difference: worst });
      return { evaluator, tried };
    } catch (error) {
      await evaluator?.close();
      const refused = error instanceof Error ? error.message : String(error);
      tried.push({ backend: candidate.backend, refused, difference: NaN });
    }
  }
  return { evaluator: null, tried };
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
      const results = await session.run({ [input]: new ort.Tensor('float32', features, card.input_shape) });
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
