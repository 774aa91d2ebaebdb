// SHA-256 beside the host's.

import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { loadKernel } from '../../src/wasm/kernel.ts';
import { uniforms } from '../fixtures/random-bars.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

it('equals the host for every length around a block and random lengths up to 5,000', async () => {
  console.log(`sha256: SEED=${seed}`);
  const kernel = await loadKernel();
  const u = uniforms(seed);
  const lengths = Array.from({ length: 300 }, (_, i) => i).concat(
    Array.from({ length: 300 }, () => Math.floor(5_001 * u())),
  );
  for (const length of lengths) {
    const bytes = Uint8Array.from({ length }, () => Math.floor(256 * u()));
    expect(Buffer.from(kernel.sha256(bytes)).toString('hex')).toBe(
      createHash('sha256').update(bytes).digest('hex'),
    );
  }
});

it('may write its digest over its input', async () => {
  const kernel = await loadKernel();
  const at = kernel.alloc(100);
  kernel.u8(at, 100).fill(7);
  kernel.raw.sha256(at, 100, at);
  expect(Buffer.from(kernel.u8(at, 32)).toString('hex')).toBe(
    createHash('sha256').update(Buffer.alloc(100, 7)).digest('hex'),
  );
});
