// Starts the page: one worker for the engine, one for onnxruntime-web, a port between them, and the terminal.

import { transfer, wrap } from 'comlink';
import type { EngineService } from '../runtime/engine-service.ts';
import type { OnnxService } from '../runtime/onnx-service.ts';
import type { SessionSource } from '../runtime/session-view.ts';
import { restoreTheme } from './theme.ts';
import { GrandModelTerminal } from './terminal.ts';

const DEFAULT_SOURCE = { kind: 'simulated', seed: 1, bars: 25_920 } as const;

/** Starts the terminal that stands in the page. */
export async function startPage(): Promise<void> {
  restoreTheme();
  customElements.define('grandmodel-terminal', GrandModelTerminal);
  const terminal = document.querySelector('grandmodel-terminal');
  if (!(terminal instanceof GrandModelTerminal)) return;
  const engine = wrap<EngineService>(engineWorker());
  const onnx = wrap<OnnxService>(
    new Worker(new URL('../../workers/onnx.ts', import.meta.url), { type: 'module', name: 'onnx' }),
  );
  const { port1, port2 } = new MessageChannel();
  await Promise.all([engine.connect(transfer(port1, [port1])), onnx.connect(transfer(port2, [port2]))]);
  const source = await findSource();
  await terminal.connect(
    { engine, verify: verifyElsewhere, startEvaluator: (webgpu) => onnx.start(webgpu) },
    source,
  );
}

function engineWorker(): Worker {
  return new Worker(new URL('../../workers/engine.ts', import.meta.url), { type: 'module', name: 'engine' });
}

/** A worker of its own, so that the session plays on while its past is replayed. */
async function verifyElsewhere(journal: Uint8Array): ReturnType<EngineService['verify']> {
  const worker = engineWorker();
  try {
    return await wrap<EngineService>(worker).verify(transfer(journal, [journal.buffer]));
  } finally {
    worker.terminate();
  }
}

/** What the server wants played; the default market where there is no server to ask. */
async function findSource(): Promise<SessionSource> {
  const seed = Number(new URLSearchParams(location.search).get('seed') ?? Number.NaN);
  const chosen: unknown = await fetch('./session.json').then(
    (response) => (response.ok ? response.json() : null),
    () => null,
  );
  if (isFile(chosen)) {
    const response = await fetch(chosen.url);
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { kind: 'file', name: chosen.name, symbol: chosen.symbol, bytes };
  }
  const simulated = isSimulated(chosen) ? chosen : DEFAULT_SOURCE;
  return Number.isSafeInteger(seed) && seed >= 0 ? { ...simulated, seed } : simulated;
}

function isSimulated(value: unknown): value is Extract<SessionSource, { kind: 'simulated' }> {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, seed, bars } = value as Partial<Record<'kind' | 'seed' | 'bars', unknown>>;
  return kind === 'simulated' && Number.isSafeInteger(seed) && Number.isSafeInteger(bars);
}

interface ServedFile {
  readonly kind: 'file';
  readonly name: string;
  readonly symbol: string;
  readonly url: string;
}

function isFile(value: unknown): value is ServedFile {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, name, symbol, url } = value as Partial<Record<keyof ServedFile, unknown>>;
  return kind === 'file' && typeof name === 'string' && typeof symbol === 'string' && typeof url === 'string';
}
