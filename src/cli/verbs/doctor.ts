// gm doctor: what this host can do, which evaluator came up and why, and how many bars pass before a
// decision.

import { availableParallelism } from 'node:os';
import type { BackendName } from '../../agents/policy-backend.ts';
import { toHex } from '../../core/bytes.ts';
import { simulatedEvents } from '../../data/events.ts';
import { createMarket } from '../../data/market-generator.ts';
import { SIMULATED_SYMBOL } from '../../data/market-options.ts';
import { openEngine } from '../../engine/open.ts';
import type { ModelFiles } from '../../engine/open.ts';
import { ENGINE_VERSION } from '../../engine/version.ts';
import { resolveInstrument } from '../../market/built-in.ts';
import { loadKernel } from '../../wasm/kernel.ts';
import { describeTrial, tryBackend } from '../../runtime/onnx-voters.ts';
import type { BackendTrial } from '../../runtime/onnx-voters.ts';
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
    const backends = await tryBackends(models, args.flag('webgpu'));
    checks.push(...backends.map(checkOf));
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
      backends,
      checks,
    };
    if (args.flag('json')) output.print(JSON.stringify(result));
    else {
      output.print(`${result.host}, engine ${ENGINE_VERSION}`);
      for (const { name, ok: good, needed, detail } of checks) {
        output.print(`${good ? 'ok  ' : needed ? 'FAIL' : '-   '} ${name.padEnd(20)}${detail}`);
      }
    }
    return ok ? EXIT_OK : EXIT_FOUND_WRONG;
  },
};

/** Every backend on all voters: the kernel's gives the votes, onnxruntime-web's may confirm them. */
async function tryBackends(models: ModelFiles, webgpu: boolean): Promise<BackendTrial[]> {
  const names: BackendName[] = webgpu ? ['kernel', 'wasm', 'webgpu'] : ['kernel', 'wasm'];
  const trials: BackendTrial[] = [];
  for (const name of names) trials.push(await tryBackend(name, models));
  return trials;
}

function checkOf(trial: BackendTrial): Check {
  const kernel = trial.backend === 'kernel';
  return {
    name: kernel ? 'policy kernel' : `policy onnx-${trial.backend}`,
    ok: trial.refused === null,
    needed: kernel,
    detail: describeTrial(trial),
  };
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
