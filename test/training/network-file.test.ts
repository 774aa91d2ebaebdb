// Networks as .onnx files: onnxruntime, the reference evaluator and onnx.checker take every kind of layer.

import { expect, test } from 'vitest';
import { ARCHITECTURES, architecture, registeredNetwork } from '../../src/training/architectures.ts';
import { networkFile } from '../../src/training/network-file.ts';
import { countParameters } from '../../src/training/network.ts';
import { shippedModels } from '../../src/runtime/shipped-models.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import { loadTraining } from '../../src/wasm/training.ts';
import {
  checkerComplaint,
  checkerMissing,
  distances,
  drawnNetwork,
  WRITTEN,
} from '../fixtures/written-networks.ts';

const TOLERANCE = 1e-5;
const INPUTS = 1000;

test.each(Object.entries(WRITTEN))('%s: the same numbers in onnxruntime', async (_name, spec) => {
  const training = await loadTraining();
  const network = drawnNetwork(training, spec, 7);
  const [runtime, reference] = await distances(training, await loadKernel(), network, INPUTS);
  expect(runtime).toBeLessThanOrEqual(TOLERANCE);
  expect(reference).toBeLessThanOrEqual(TOLERANCE);
});

test('the registered architectures have 102,405 parameters each and are made by name', async () => {
  const training = await loadTraining();
  const rng = training.alloc(4);
  for (const [name, spec] of Object.entries(ARCHITECTURES)) {
    expect(countParameters(spec)).toBe(102_405);
    expect(registeredNetwork(training, name.replaceAll('→', '-'), 1, rng).spec).toBe(spec);
  }
  expect(() => architecture('7-5')).toThrow('"7-5"');
});

const missing = checkerMissing();
if (missing !== null) process.stderr.write(`skipped: ${missing}\n`);

test.skipIf(missing !== null)(
  'onnx.checker finds no fault in written networks and shipped models',
  async () => {
    const training = await loadTraining();
    const files = Object.values(WRITTEN).map((spec) =>
      networkFile(drawnNetwork(training, spec, 7), 'written', { seed: '7' }),
    );
    const shipped = Object.values(await shippedModels()).map(({ onnx }) => onnx);
    expect(checkerComplaint([...files, ...shipped])).toBe('');
    expect(checkerComplaint([files[0]?.slice(0, -40) ?? new Uint8Array()])).not.toBe('');
  },
);
