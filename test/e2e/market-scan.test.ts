// A scan on Web Workers of a real browser gives the bytes that it gives on Node.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { MarketScan } from '../../src/backtest/market-scan.ts';
import { shippedModels } from '../../src/runtime/shipped-models.ts';
import { describeInChromium, launchChromium } from './chromium.ts';

const SOURCE = { kind: 'simulated', from: 0, to: 40, seed: 9, warmup: 1_655 } as const;

async function bundle(entry: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    conditions: ['browser'],
    target: 'es2022',
    external: ['onnxruntime-web*'],
    plugins: [
      {
        name: 'kernel',
        setup(esbuild) {
          esbuild.onResolve({ filter: /\w+\.wasm\?url$/ }, ({ path }) => ({
            path: path.slice(path.lastIndexOf('/') + 1, -'?url'.length),
            namespace: 'kernel',
          }));
          esbuild.onLoad({ filter: /./, namespace: 'kernel' }, ({ path }) => ({
            contents: `export default '/dist/${path}'`,
          }));
        },
      },
    ],
  });
  return outputFiles[0]!.contents;
}

describeInChromium('the market scan in Chromium', () => {
  test('gives the rows of Node on one and on two Web Workers', async () => {
    execFileSync(process.execPath, ['scripts/build.mjs', '--if-stale', '--quiet', '--no-page']);
    const scripts = new Map([
      ['/page.js', await bundle('test/fixtures/scan-page.ts')],
      ['/pool.js', await bundle('workers/pool.ts')],
    ]);
    const server = createServer((request, response) => {
      const path = request.url ?? '/';
      const type = path.endsWith('.js')
        ? 'text/javascript'
        : path.endsWith('.wasm')
          ? 'application/wasm'
          : '';
      response.setHeader('content-type', type || (path === '/' ? 'text/html' : 'application/octet-stream'));
      if (path === '/') response.end('<!doctype html><script type="module" src="/page.js"></script>');
      else if (scripts.has(path)) response.end(scripts.get(path));
      else if (/^\/(?:models\/[\w.]+|dist\/\w+\.wasm)$/.test(path)) response.end(readFileSync(`.${path}`));
      else response.writeHead(404).end();
    }).listen(0, '127.0.0.1');
    const browser = await launchChromium();
    try {
      const values = (await MarketScan.open(SOURCE, await shippedModels())).step();
      const expected = createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex');
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      await page.waitForFunction('globalThis.scan !== undefined');
      for (const workers of [1, 2]) {
        const found = await page.evaluate(`globalThis.scan(${JSON.stringify(SOURCE)}, ${workers})`);
        expect(found).toBe(expected);
      }
    } finally {
      await browser.close();
      server.close();
    }
  });
});
