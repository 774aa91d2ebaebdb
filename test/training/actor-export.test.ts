// Trained actors as files: onnxruntime and the reference evaluator give the trainer's own numbers.

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { readCard } from '../../src/agents/model-card.ts';
import { exportActors, onnxParity, PARITY_TOLERANCE } from '../../src/training/actor-export.ts';
import { createTrainer } from '../../src/training/trial.ts';
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
