// The seeded generator beside the project's reference stream, and the shape of its distributions.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadKernel } from '../../src/wasm/kernel.ts';

const golden = JSON.parse(readFileSync(new URL('../golden/random.json', import.meta.url), 'utf8')) as {
  readonly seed: number;
  readonly uniforms: readonly number[];
  readonly normals: readonly number[];
};

it('gives the reference uniforms bit for bit and the normals to 1e-12', async () => {
  const { raw } = await loadKernel();
  const p = raw.alloc(4);
  raw.rngInit(p, golden.seed);
  for (const x of golden.uniforms) expect(raw.rngUniform(p)).toBe(x);
  raw.rngInit(p, golden.seed);
  for (const x of golden.normals) expect(Math.abs(raw.rngNormal(p) - x)).toBeLessThan(1e-12);
});

it('goes on from a copy of its four bytes', async () => {
  const kernel = await loadKernel();
  const { raw } = kernel;
  const [p, q] = [kernel.alloc(4), kernel.alloc(4)];
  raw.rngInit(p, 9);
  raw.rngNormal(p);
  kernel.u8(q, 4).set(kernel.u8(p, 4));
  expect(raw.rngStudent(q, 5)).toBe(raw.rngStudent(p, 5));
});

it('draws normals and Student t5 with the moments they should have', async () => {
  const { raw } = await loadKernel();
  const p = raw.alloc(4);
  raw.rngInit(p, 1);
  const count = 200_000;
  let [mean, square, tails, student] = [0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    const z = raw.rngNormal(p);
    mean += z / count;
    square += (z * z) / count;
    if (Math.abs(z) > 1.959963985) tails += 1 / count;
    if (Math.abs(raw.rngStudent(p, 5)) > 2.570581836) student += 1 / count;
  }
  // four standard errors
  expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(count));
  expect(Math.abs(square - 1)).toBeLessThan(4 * Math.sqrt(2 / count));
  const share = 4 * Math.sqrt((0.05 * 0.95) / count);
  expect(Math.abs(tails - 0.05)).toBeLessThan(share);
  expect(Math.abs(student - 0.05)).toBeLessThan(share);
});
