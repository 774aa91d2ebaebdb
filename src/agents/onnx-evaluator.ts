// The second evaluator: onnxruntime-web, imported only when asked for. Each backend must reproduce the card's
// probes first.

import { GrandModelError } from '../core/errors.ts';
import type { ModelCard } from './model-card.ts';
import { badModel } from './onnx-format.ts';
import { startEvaluator } from './policy-backend.ts';
import type { BackendName, BackendStart, Candidate, PolicyBackend, StartOptions } from './policy-backend.ts';

/** Where onnxruntime-web computes. */
export type OnnxBackend = Exclude<BackendName, 'kernel'>;

/** How to start onnxruntime-web. */
export interface OnnxOptions extends StartOptions {
  /** Backends in order of preference; default wasm alone. */
  readonly backends?: readonly OnnxBackend[];
  /** Folder from which a browser fetches the runtime's .wasm files; default beside the bundle. */
  readonly wasmPaths?: string;
}

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
): Promise<BackendStart> {
  const candidates = (options.backends ?? ['wasm']).map((backend) =>
    onnxCandidate(backend, file, card, options),
  );
  return startEvaluator(card, candidates, options);
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
): Promise<PolicyBackend> {
  const ort = await importOrt(backend);
  ort.env.logLevel = 'error';
  ort.env.wasm.numThreads = 1;
  if (options.wasmPaths !== undefined) ort.env.wasm.wasmPaths = options.wasmPaths;
  const session = await ort.InferenceSession.create(file, { executionProviders: [backend] });
  const [input] = session.inputNames;
  const [only = ''] = session.outputNames;
  if (input === undefined || only === '') throw badModel('graph', 'it has no input or no output');
  const [facts] = session.inputMetadata;
  const batches = facts?.isTensor === true && typeof facts.shape[0] === 'string';
  const runRows = async (features: Float32Array, rows: number, output: string): Promise<Float32Array> => {
    // A copy: the matrix lies in kernel memory, which the next bar may change before this run begins.
    const feed = new ort.Tensor('float32', features.slice(), [rows, ...card.input_shape.slice(1)]);
    const results = await session.run({ [input]: feed }, [output]);
    const data = results[output]?.data;
    if (!(data instanceof Float32Array)) throw badModel(`output ${output}`, 'it is not f32');
    return data.slice();
  };
  return {
    backend,
    async run(features, rows = 1, output = 'probabilities') {
      const name = session.outputNames.includes(output) ? output : output === 'logits' ? null : only;
      if (name === null) throw badModel('graph', `${card.name} has no output "logits"`);
      if (rows === 1 || batches) return runRows(features, rows, name);
      const width = features.length / rows;
      const parts: Float32Array[] = [];
      for (let row = 0; row < rows; row++) {
        parts.push(await runRows(features.subarray(width * row, width * (row + 1)), 1, name));
      }
      return joined(parts);
    },
    close: () => session.release(),
  };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const width = parts[0]?.length ?? 0;
  const all = new Float32Array(width * parts.length);
  for (const [row, part] of parts.entries()) all.set(part, width * row);
  return all;
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
