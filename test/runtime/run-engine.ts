// The one program that every host of the matrix runs; equal hashes mean equal bits.

import { toHex } from '../../src/core/bytes.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';

/** What a host reports. `ms` is the host's own clock, which stands still inside a workerd request. */
export interface HostReport {
  readonly evaluator: string;
  readonly stateHash: string;
  readonly ms: number;
}

const SAMPLES = 20_000;

/**
 * Runs the kernel's elementary functions over a seeded sequence and hashes every result.
 *
 * @param models  model files by name, given as bytes because not every host has files
 * @param module  a compiled kernel; by default the host's own loader provides it
 */
export async function runEngine(
  models: Readonly<Record<string, Uint8Array>>,
  module?: WebAssembly.Module,
): Promise<HostReport> {
  const started = performance.now();
  const kernel = await loadKernel(module);
  const names = Object.keys(models).toSorted();
  const values = new Float64Array(2 * SAMPLES);
  let seed = 1;
  for (let i = 0; i < SAMPLES; i++) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    const x = seed / 4_294_967_296;
    values[2 * i] = kernel.raw.exp(40 * x - 20);
    values[2 * i + 1] = kernel.raw.log(x + 1e-9);
  }
  const hashes = [
    new Uint8Array(values.buffer),
    ...names.map((name) => models[name] ?? new Uint8Array()),
  ].map((bytes) => kernel.sha256(bytes));
  const joined = new Uint8Array(hashes.length * 32);
  hashes.forEach((hash, i) => joined.set(hash, 32 * i));
  return {
    evaluator: 'reference',
    stateHash: toHex(kernel.sha256(joined)),
    ms: performance.now() - started,
  };
}
