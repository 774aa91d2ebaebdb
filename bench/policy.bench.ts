// The large policy of the benches (102,405 seeded parameters), one row and a batch, features copied in and
// probabilities out.

import { readOnnx } from '../src/agents/onnx-reader.ts';
import { compileReference, evaluate } from '../src/agents/reference-evaluator.ts';
import { loadKernel } from '../src/wasm/kernel.ts';
import { largePolicy, POLICY_INPUTS, seededNumbers } from '../test/fixtures/large-policy.ts';
import { microseconds } from './rounds.ts';
import type { BenchRow } from './rounds.ts';

const BATCH = 64;

/** Microseconds per call. */
export async function bench(): Promise<BenchRow[]> {
  const kernel = await loadKernel();
  const model = readOnnx(largePolicy(1));
  return [1, BATCH].map((rows) => {
    const reference = compileReference(kernel, model, rows);
    const next = seededNumbers(rows);
    const features = Float32Array.from({ length: rows * POLICY_INPUTS }, next);
    const calls = Math.ceil(3_200 / rows);
    return microseconds(`policy 102405, batch ${rows}`, calls, () => {
      for (let i = 0; i < calls; i++) evaluate(kernel, reference, features);
    });
  });
}
