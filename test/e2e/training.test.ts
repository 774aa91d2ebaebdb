// Training in a real browser gives the weights that it gives here.

import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createTrainer } from '../../src/training/trial.ts';
import { loadTraining } from '../../src/wasm/training.ts';
import { describeInChromium, launchChromium } from './chromium.ts';

const OPTIONS = { market: 'part3', agents: 3, config: { steps: 8 } } as const;
const SEED = 7;

const PROGRAM = `
import { loadTraining } from './src/wasm/training.ts';
import { createTrainer } from './src/training/trial.ts';
globalThis.trainHere = async (bytes, options, seed) => {
  const module = await WebAssembly.compile(new Uint8Array(bytes));
  const trainer = createTrainer(await loadTraining(module), options, seed);
  trainer.update(0);
  trainer.update(0.5);
  return [...trainer.team.seats.map((seat) => seat.actor.hash()), trainer.critic.hash()];
};`;

/** The program as one classic script; the module's bytes come from outside. */
async function bundle(): Promise<string> {
  const loader = { name: 'training', setup: provideLoader };
  const { outputFiles } = await build({
    stdin: { contents: PROGRAM, resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    write: false,
    format: 'iife',
    plugins: [loader],
  });
  return outputFiles[0]?.text ?? '';
}

function provideLoader(esbuild: Parameters<import('esbuild').Plugin['setup']>[0]): void {
  esbuild.onResolve({ filter: /^#training$/ }, () => ({ path: 'training', namespace: 'given' }));
  esbuild.onLoad({ filter: /.*/, namespace: 'given' }, () => ({
    contents: 'export const trainingModule = () => Promise.reject(new Error("given by the test"));',
  }));
}

describeInChromium('training in Chromium', () => {
  test('two updates of three agents give the same weights as in Node', async () => {
    const trainer = createTrainer(await loadTraining(), OPTIONS, SEED);
    trainer.update(0);
    trainer.update(0.5);
    const here = [...trainer.team.seats.map((seat) => seat.actor.hash()), trainer.critic.hash()];
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      await page.addScriptTag({ content: await bundle() });
      const bytes = [...readFileSync('dist/training.wasm')];
      const there = await page.evaluate(
        ([wasm, options, seed]) =>
          (
            globalThis as unknown as {
              trainHere(wasm: number[], options: object, seed: number): Promise<string[]>;
            }
          ).trainHere(wasm, options, seed),
        [bytes, OPTIONS, SEED] as const,
      );
      expect(there).toEqual(here);
    } finally {
      await browser.close();
    }
  });
});
