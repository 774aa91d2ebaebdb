// Makes a voter of your own, registers it, promotes it, and lets the engine run with it. Run: node
// examples/04-your-own-voter.mjs
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { barEvents, listingOf, loadKernel, openEngine, runEngine, simulatedBars } from 'grandmodel-edge';
import {
  addVersion,
  cardFor,
  cardText,
  openRegistry,
  promote,
  registryModels,
  shippedModels,
  weights,
  writeOnnx,
} from 'grandmodel-edge/node';

// Any .onnx of 60x7 → SHORT HOLD LONG will do (torch.onnx.export); this one follows momentum, column 5.
const w = new Float32Array(420 * 3);
for (let row = 40; row < 60; row++) [w[(7 * row + 5) * 3], w[(7 * row + 5) * 3 + 2]] = [-0.05, 0.05];
const onnx = writeOnnx({
  name: 'follower',
  input: { name: 'matrix', dims: [1, 60, 7] },
  outputs: [{ name: 'probabilities', dims: [1, 3] }],
  initializers: [weights('w', [420, 3], w), weights('b', [3], new Float32Array(3))],
  nodes: [
    { operator: 'Flatten', inputs: ['matrix'], output: 'flat', attributes: { axis: 1 } },
    { operator: 'Gemm', inputs: ['flat', 'w', 'b'], output: 'logits' },
    { operator: 'Softmax', inputs: ['logits'], output: 'probabilities', attributes: { axis: 1 } },
  ],
});

const folder = await mkdtemp(join(tmpdir(), 'gm-registry-'));
const kernel = await loadKernel();
const request = { who: 'example', why: 'to show how', atMs: Date.now() };
const card = cardText(cardFor(kernel, onnx, { name: 'follower', agent: 'momentum', columns: [5] }));
const empty = await openRegistry(folder);
const { version, check } = await addVersion(empty, kernel, { onnx, card }, request);
const registry = await promote(empty, kernel, 'momentum', version, request);
const models = await registryModels(registry, await shippedModels());

const bars = simulatedBars(kernel, 7, 10_000);
const engine = await openEngine({ models, listings: [listingOf('SIM', bars)], config: { simulated: true } });
const votes = new Set();
await runEngine(engine, barEvents(bars), {
  observe: (_event, effects) => {
    for (const effect of effects)
      if (effect.kind === 'decision')
        votes.add(effect.votes.find(({ agent }) => agent === 'momentum').probabilities.join());
  },
});
console.log(
  `simulated market: ${version} voted ${votes.size} times; parity ${check.onnxDifference.toExponential(1)}`,
);
await rm(folder, { recursive: true });
process.exitCode = votes.size > 0 ? 0 : 1;
