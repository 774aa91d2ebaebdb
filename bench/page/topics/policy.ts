// The large policy on the kernel beside onnxruntime-web on WASM, one thread, through the same interface:
// features copied in, probabilities copied out.

import { kernelCandidate } from '../../../src/agents/kernel-backend.ts';
import { readCard } from '../../../src/agents/model-card.ts';
import { onnxCandidate } from '../../../src/agents/onnx-evaluator.ts';
import type { PolicyBackend } from '../../../src/agents/policy-backend.ts';
import { fetchModels } from '../../../src/runtime/page-models.ts';
import { loadKernel } from '../../../src/wasm/kernel.ts';
import { largePolicy, POLICY_INPUTS, seededNumbers } from '../../../test/fixtures/large-policy.ts';
import { timeRounds } from '../../lib/rounds.ts';
import type { Bench } from '../protocol.ts';

const TOLERANCE = 1e-5;
const ROUNDS_EACH = 9;

/** Batches of 1 and 64. */
export async function benchPolicy({ sizes, add }: Bench): Promise<void> {
  const file = largePolicy(1);
  const [voter] = Object.values(await fetchModels());
  const card = { ...readCard(voter?.card ?? ''), name: 'large-policy', input_shape: [1, POLICY_INPUTS] };
  const backends = await Promise.all([
    kernelCandidate(await loadKernel(), file, card).open(),
    onnxCandidate('wasm', file, card).open(),
  ]);
  for (const rows of [1, 64]) {
    const next = seededNumbers(rows);
    const features = Float32Array.from({ length: rows * POLICY_INPUTS }, next);
    const contestant = (backend: PolicyBackend) => ({
      name: backend.backend,
      async run(count: number) {
        for (let i = 0; i < count; i++) await backend.run(features, rows);
      },
    });
    const calls = rows === 1 ? 100 : 4;
    const counts = backends.map(() => calls);
    const [ours, ort] = await timeRounds(backends.map(contestant), counts, ROUNDS_EACH * sizes.rounds);
    const [mine, theirs] = await Promise.all(backends.map((backend) => backend.run(features, rows)));
    add({
      topic: 'policy',
      id: `policy-${rows}`,
      n: rows,
      ns: ours?.ns ?? NaN,
      peers: [{ name: 'onnxruntime-web, WASM', ns: ort?.ns ?? NaN, ratio: ort?.ratio ?? NaN }],
      checked: mine?.every((p, i) => Math.abs(p - (theirs?.[i] ?? NaN)) <= TOLERANCE) ?? false,
    });
  }
  for (const backend of backends) await backend.close();
}
