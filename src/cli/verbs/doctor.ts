// gm doctor: what this host can do, which evaluator came up and why, and how many bars pass before a
// decision.

import { availableParallelism } from 'node:os';
import { readCard } from '../../agents/model-card.ts';
import { startOnnx } from '../../agents/onnx-evaluator.ts';
import type { OnnxBackend } from '../../agents/onnx-evaluator.ts';
import { VOTERS } from '../../agents/roster.ts';
import { toHex } from '../../core/bytes.ts';
import { simulatedEvents } from '../../data/events.ts';
import { createMarket } from '../../data/market-generator.ts';
import { SIMULATED_SYMBOL } from '../../data/market-options.ts';
import { openEngine } from '../../engine/open.ts';
import type { ModelFiles } from '../../engine/open.ts';
import { ENGINE_VERSION } from '../../engine/version.ts';
import { resolveInstrument } from '../../market/built-in.ts';
import { loadKernel } from '../../wasm/kernel.ts';
import { shippedModels } from '../../runtime/shipped-models.ts';
import { EXIT_FOUND_WRONG, EXIT_OK } from '../verb.ts';
import type { Verb } from '../verb.ts';

/** The market on which bars to the first decision are counted. */
const TRIAL_SEED = 1;
const TRIAL_BARS_MAX = 20_000;

interface Check {
  name: string;
  ok: boolean;
  /** Whether the engine can do without it. */
  needed: boolean;
  detail: string;
}

export const doctorVerb: Verb = {
  name: 'doctor',
  summary: 'what this host can do, which evaluator came up and why, bars to the first decision',
  usage: '',
  options: { webgpu: { help: 'also try the WebGPU backend of onnxruntime-web' } },
  examples: ['doctor', 'doctor --json'],
  async run(args, output) {
    const checks: Check[] = [];
    const models = await shippedModels();
    const kernel = await loadKernel();
    checks.push({
      name: 'kernel',
      ok: true,
      needed: true,
      detail: `WASM SIMD, ${toHex(kernel.hash).slice(0, 16)}`,
    });
    checks.push(...(await evaluators(models, args.flag('webgpu'))));
    const gpu = 'navigator' in globalThis && 'gpu' in globalThis.navigator;
    checks.push({
      name: 'webgpu',
      ok: gpu,
      needed: false,
      detail: gpu ? 'navigator.gpu' : 'no navigator.gpu here',
    });
    checks.push({
      name: 'workers',
      ok: true,
      needed: false,
      detail: `${availableParallelism()} threads for worker pools; the engine itself uses one`,
    });
    const warmUp = await barsToDecision(models);
    checks.push({
      name: 'decision',
      ok: warmUp !== null,
      needed: true,
      detail: `every voter has its say after ${warmUp ?? `more than ${TRIAL_BARS_MAX}`} simulated 5m bars`,
    });
    const ok = checks.every((check) => check.ok || !check.needed);
    const result = {
      ok,
      host: `node ${process.versions.node} ${process.platform} ${process.arch}`,
      engineVersion: ENGINE_VERSION,
      kernelHash: toHex(kernel.hash),
      barsToFirstDecision: warmUp,
      checks,
    };
    if (args.flag('json')) output.print(JSON.stringify(result));
    else {
      output.print(`${result.host}, engine ${ENGINE_VERSION}`);
      for (const { name, ok: good, needed, detail } of checks) {
        output.print(`${good ? 'ok  ' : needed ? 'FAIL' : '-   '} ${name.padEnd(16)}${detail}`);
      }
    }
    return ok ? EXIT_OK : EXIT_FOUND_WRONG;
  },
};

/**
 * Both evaluators of every voter: the reference was probed when it opened, onnxruntime-web is probed here.
 */
async function evaluators(models: ModelFiles, webgpu: boolean): Promise<Check[]> {
  const checks: Check[] = [];
  const backends: OnnxBackend[] = webgpu ? ['webgpu', 'wasm'] : ['wasm'];
  for (const { id } of VOTERS) {
    const { onnx, card } = models[id]!;
    const { evaluator, tried } = await startOnnx(onnx, readCard(card), { backends });
    const words = tried.map(({ backend, refused, difference }) =>
      refused === null
        ? `${backend} came up, probes within ${difference.toExponential(1)}`
        : `${backend}: ${refused}`,
    );
    checks.push({ name: `onnx ${id}`, ok: evaluator !== null, needed: false, detail: words.join('; ') });
    await evaluator?.close();
  }
  return checks;
}

async function barsToDecision(models: ModelFiles): Promise<number | null> {
  const kernel = await loadKernel();
  const market = createMarket(kernel, TRIAL_SEED);
  const instrument = resolveInstrument(SIMULATED_SYMBOL, [market.options.startPrice]);
  const engine = await openEngine({ models, listings: [{ instrument, volume: 'quantity' }] });
  let bars = 0;
  for (const event of simulatedEvents(market, TRIAL_BARS_MAX)) {
    bars++;
    for (const effect of engine.step(event)) {
      if (effect.kind === 'decision' && effect.votes.every((vote) => vote.abstain === null)) return bars;
    }
  }
  return null;
}
