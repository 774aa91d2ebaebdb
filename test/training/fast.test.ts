// The fast build of the training module: chosen by what the host can, close to the canonical one, never
// published.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { beforeAll, expect, test } from 'vitest';
import { architecture } from '../../src/training/architectures.ts';
import { networkFile } from '../../src/training/network-file.ts';
import { fastTrainingModule, hasRelaxedSimd, loadTraining } from '../../src/wasm/training.ts';
import type { TrainingKernel } from '../../src/wasm/training.ts';
import { drawnNetwork } from '../fixtures/written-networks.ts';

/** Node 20 has relaxed SIMD behind a flag, later ones without. */
const RELAXED = process.version.startsWith('v20.') ? ['--experimental-wasm-relaxed-simd'] : [];
const SPEC = architecture('137-256-256-5');

/** Outputs of one drawn network for eight drawn inputs. */
function logits(kernel: TrainingKernel): Float32Array {
  const network = drawnNetwork(kernel, SPEC, 11);
  const [rng, x] = [kernel.alloc(4), kernel.alloc(4 * SPEC.inputWidth)];
  kernel.raw.rngInit(rng, 3);
  const found = new Float32Array(8 * network.outputWidth);
  for (let i = 0; i < 8; i++) {
    kernel.f32(x, SPEC.inputWidth).forEach((_, j, all) => (all[j] = kernel.raw.rngNormal(rng)));
    found.set(kernel.f32(network.forward(x, 1), network.outputWidth), i * network.outputWidth);
  }
  return found;
}

beforeAll(async () => {
  if (hasRelaxedSimd()) return;
  await expect(fastTrainingModule()).rejects.toThrow('--experimental-wasm-relaxed-simd');
  setFlagsFromString('--experimental-wasm-relaxed-simd');
});

test('what the fast build computes is close to the canonical build', async () => {
  expect(hasRelaxedSimd()).toBe(true);
  const [fast, canonical] = [await loadTraining(await fastTrainingModule()), await loadTraining()];
  expect([fast.fast, canonical.fast]).toEqual([true, false]);
  const right = logits(canonical);
  logits(fast).forEach((value, i) => expect(value).toBeCloseTo(right[i] as number, 4));
});

test('no model is written from the fast build', async () => {
  const network = drawnNetwork(await loadTraining(await fastTrainingModule()), SPEC, 11);
  expect(() => networkFile(network, 'large', {})).toThrow(
    'Cannot export large: it was trained by the fast build',
  );
});

test('the canonical module holds no instruction that a host without relaxed SIMD refuses', () => {
  const opcodes = (file: string): number => {
    const bytes = readFileSync(`dist/${file}`);
    let count = 0;
    // 0xfd 0x85 0x02 is f32x4.relaxed_madd
    for (let at = bytes.indexOf('fd8502', 0, 'hex'); at >= 0; at = bytes.indexOf('fd8502', at + 1, 'hex'))
      count++;
    return count;
  };
  expect(opcodes('training.wasm')).toBe(0);
  expect(opcodes('training.fast.wasm')).toBeGreaterThanOrEqual(16);
});

test('what the fast build learnt cannot be brought into a canonical network', async () => {
  const made = drawnNetwork(await loadTraining(await fastTrainingModule()), SPEC, 11);
  const canonical = drawnNetwork(await loadTraining(), SPEC, 11);
  expect(() => canonical.restore(made.save())).toThrow('the fast build made it');
  made.restore(canonical.save());
});

test('gm train --fast trains, and refuses to write what it trained', () => {
  const gm = (...args: string[]) =>
    spawnSync(
      process.execPath,
      [...RELAXED, 'dist/cli/gm.js', 'train', '--fast', '--updates', '1', ...args],
      {
        encoding: 'utf8',
      },
    );
  expect(gm('--json').status).toBe(0);
  const refused = gm('--out', 'out/never');
  expect(refused.status).toBe(2);
  expect(refused.stderr).toContain('--out refuses what --fast trains');
});
