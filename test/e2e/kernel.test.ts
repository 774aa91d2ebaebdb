// The kernel in a real browser gives the bits that it gives here.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadKernel } from '../../src/wasm/kernel.ts';
import { describeInChromium, launchChromium } from './chromium.ts';

describeInChromium('the kernel in Chromium', () => {
  test('computes exp and log to the same bits as in Node', async () => {
    const points = Array.from({ length: 500 }, (_, i) => 0.013 * (i + 1));
    const kernel = await loadKernel();
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      const bytes = [...readFileSync('dist/kernel.wasm')];
      const found = await page.evaluate(
        async ([wasm, xs]) => {
          const { instance } = await WebAssembly.instantiate(new Uint8Array(wasm), {});
          const { exp, log } = instance.exports as { exp(x: number): number; log(x: number): number };
          return xs.map((x) => [exp(x), log(x)]);
        },
        [bytes, points] as const,
      );
      expect(found).toEqual(points.map((x) => [kernel.raw.exp(x), kernel.raw.log(x)]));
    } finally {
      await browser.close();
    }
  });
});
