// Random damage to model files and cards: every outcome is a model or a BAD_MODEL error, never anything else.

import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { readCard } from '../../src/agents/model-card.ts';
import { planModel } from '../../src/agents/reference-plan.ts';
import { readOnnx } from '../../src/agents/onnx-reader.ts';
import { GrandModelError } from '../../src/core/errors.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import type { Kernel } from '../../src/wasm/kernel.ts';
import { smallCard, smallModel } from '../fixtures/small-model.ts';

const SEED = Number(process.env['SEED'] ?? 20261120);
const ROUNDS = 20_000;

let kernel: Kernel;
let random: number;
beforeAll(async () => {
  kernel = await loadKernel();
  random = kernel.alloc(16);
  kernel.raw.rngInit(random, SEED);
});

const below = (n: number): number => Math.floor(n * kernel.raw.rngUniform(random));

/** Overwrites, removes, repeats or inserts a few random bytes. */
function damaged(file: Uint8Array): Uint8Array {
  const bytes = [...file];
  for (let n = 1 + below(4); n > 0; n--) {
    const at = below(bytes.length);
    const kind = below(4);
    if (kind === 0) bytes[at] = below(256);
    else if (kind === 1) bytes.splice(at, 1 + below(8));
    else if (kind === 2) bytes.splice(at, 0, ...bytes.slice(at, at + below(40)));
    else bytes.splice(at, 0, 255, 255, 255, 255, 15);
  }
  return Uint8Array.from(bytes);
}

/** Whether `run` gave a value; fails on any error but BAD_MODEL. */
function accepted(run: () => unknown): boolean {
  try {
    run();
    return true;
  } catch (error) {
    if (error instanceof GrandModelError && error.code === 'BAD_MODEL') return false;
    throw new Error(`seed ${SEED}`, { cause: error });
  }
}

it('reads or refuses damaged model files', () => {
  const files = [smallModel(), readFileSync(new URL('../../models/fvg.onnx', import.meta.url))];
  let kept = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const file = damaged(files[round % files.length]!);
    if (accepted(() => planModel(readOnnx(file)))) kept++;
  }
  console.log(`seed ${SEED}: ${ROUNDS} damaged files, ${kept} still valid models (weights or names changed)`);
  expect(kept).toBeLessThan(ROUNDS);
});

it('reads or refuses damaged cards', () => {
  const card = new TextEncoder().encode(JSON.stringify(smallCard(kernel, smallModel())));
  const decoder = new TextDecoder();
  let kept = 0;
  for (let round = 0; round < ROUNDS / 4; round++) {
    if (accepted(() => readCard(decoder.decode(damaged(card))))) kept++;
  }
  expect(kept).toBeLessThan(ROUNDS / 4);
});
