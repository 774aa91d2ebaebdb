// Trained actors as files: onnxruntime and the reference evaluator give the trainer's own numbers.

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { readCard } from '../../src/agents/model-card.ts';
import { readOnnx } from '../../src/agents/onnx-reader.ts';
import { compileReference, evaluate } from '../../src/agents/reference-evaluator.ts';
import { exportActors, networkFile, onnxParity, PARITY_TOLERANCE } from '../../src/training/actor-export.ts';
import { Network } from '../../src/training/network.ts';
import { createTrainer } from '../../src/training/trial.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import { loadTraining } from '../../src/wasm/training.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

test('every actor of a team of three gives the same numbers in onnxruntime', async () => {
  const trainer = createTrainer(
    await loadTraining(),
    { market: 'full3', agents: 3, config: { steps: 8 } },
    3,
  );
  trainer.update(0);
  const exported = exportActors(trainer, { market: 'full3', seed: 3, updates: 1, metrics: {}, sha256 });
  expect(exported.map(({ card }) => card.agent)).toEqual(['strategic', 'risk', 'execution']);
  for (const [agent, actor] of exported.entries()) {
    expect(readCard(JSON.stringify(actor.card))).toEqual(actor.card);
    expect(actor.card.parameters).toBeLessThanOrEqual(8000);
    expect(await onnxParity(trainer, agent, actor)).toBeLessThanOrEqual(PARITY_TOLERANCE);
  }
});

test('LayerNorm and relu go the same way, and Conv1d is refused', async () => {
  const training = await loadTraining();
  const rng = training.alloc(4);
  const layers = [
    { kind: 'dense', width: 9, activation: 'relu' },
    { kind: 'layerNorm' },
    { kind: 'dense', width: 3, activation: 'none' },
  ] as const;
  const network = new Network(training, { inputWidth: 7, layers, headGain: 1 }, 4, rng);
  const kernel = await loadKernel();
  const model = compileReference(kernel, readOnnx(networkFile(network, 'small', {})));
  const input = Float32Array.of(0.5, -1, 0.25, 2, -0.75, 0, 1);
  const x = training.alloc(64);
  training.f32(x, 7).set(input);
  training.raw.logSoftmax(network.forward(x, 1), x, 1, 3);
  const own = training.f32(x, 3).map((l) => training.raw.exp(l));
  evaluate(kernel, model, input).forEach((p, i) => expect(p).toBeCloseTo(own[i] as number, 5));
  const conv = { kind: 'conv1d', length: 3, channels: 2, filters: 2, kernel: 2, stride: 1 } as const;
  const refused = new Network(
    training,
    { inputWidth: 6, layers: [{ ...conv, activation: 'tanh' }], headGain: 1 },
    1,
    rng,
  );
  expect(() => networkFile(refused, 'conv', {})).toThrow('conv1d');
});
