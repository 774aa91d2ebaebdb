// Training in a real browser gives the bits that it gives here, with and without Web Workers.

import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { startTrainingThread } from '../../src/cli/node-pool.ts';
import { trainOnHost } from '../runtime/run-training.ts';
import { describeInChromium, launchChromium } from './chromium.ts';

/** A program for the browser; the modules come from dist/ by the browser's own loader. */
async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    conditions: ['browser'],
    plugins: [{ name: 'modules', setup: provideUrls }],
  });
  return outputFiles[0]?.text ?? '';
}

function provideUrls(esbuild: Parameters<import('esbuild').Plugin['setup']>[0]): void {
  esbuild.onResolve({ filter: /\.wasm\?url$/ }, ({ path }) => ({ path, namespace: 'url' }));
  esbuild.onLoad({ filter: /.*/, namespace: 'url' }, ({ path }) => ({
    contents: `export default '/${/[\w.]+(?=\?url$)/.exec(path)?.[0]}'`,
  }));
}

describeInChromium('training in Chromium', () => {
  test('gives the bits of Node, with no, one and three workers and after a resume', async () => {
    const here = await trainOnHost(startTrainingThread);
    const files: Readonly<Record<string, readonly [string, string | Buffer]>> = {
      '/': ['text/html', '<!doctype html><script type="module" src="/page.js"></script>'],
      '/page.js': ['text/javascript', await bundle('test/fixtures/training-page.ts')],
      '/training.js': ['text/javascript', await bundle('workers/training.ts')],
      '/training.wasm': ['application/wasm', readFileSync('dist/training.wasm')],
    };
    const server = createServer((request, response) => {
      const [type, content] = files[request.url ?? '/'] ?? [];
      if (type === undefined) response.writeHead(404).end();
      else response.writeHead(200, { 'content-type': type }).end(content);
    }).listen(0, '127.0.0.1');
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await page.waitForFunction('globalThis.report !== undefined');
      expect(await page.evaluate('globalThis.report')).toEqual(here);
    } finally {
      await browser.close();
      server.close();
    }
  });
});
