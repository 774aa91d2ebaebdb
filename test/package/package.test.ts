// grandmodel-edge/indicators from the packed tarball: on every host, through both bundlers and from one file,
// each with the same bits.

import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { build as esbuild } from 'esbuild';
import { build as vite } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HOSTS } from '../../scripts/lib/hosts.mjs';
import { installFolder } from '../../scripts/lib/install.mjs';
import { describeInChromium, launchChromium } from '../e2e/chromium.ts';
import { PROJECT, unpack } from './packed.ts';

let files: string[];
let expected: string;
beforeAll(() => {
  execFileSync(process.execPath, ['scripts/build.mjs', '--if-stale', '--quiet', '--no-page']);
  files = unpack();
  expected = execFileSync(process.execPath, ['run.mjs'], { cwd: PROJECT, encoding: 'utf8' }).trim();
});

const itOn = (host: string, run: (path: string) => void | Promise<void>): void => {
  const path = HOSTS.find(({ name }) => name === host)?.find() ?? null;
  if (path === null && process.env['CI'] === 'true')
    throw new Error(`Cannot test on ${host}: it is not here`);
  if (path === null) process.stderr.write(`skipped ${host}: it is not installed\n`);
  it.skipIf(path === null)(`runs on ${host}`, () => run(path ?? ''));
};

it('holds what its exports name, and no tests, pages or sources', () => {
  expect(files).toEqual(expect.arrayContaining(['dist/indicators/index.js', 'dist/indicators/index.d.ts']));
  expect(files).toEqual(expect.arrayContaining(['dist/indicators.wasm', 'dist/indicators.cdn.js']));
  expect(files.filter((path) => /^(?:test|bench|assembly|dist\/(?:page|peers|\.))/.test(path))).toEqual([]);
  expect(expected).toMatch(/^[0-9a-f]{10,16} \d+\.\d+$/);
});

itOn('node24', (path) => {
  expect(execFileSync(path, ['run.mjs'], { cwd: PROJECT, encoding: 'utf8' }).trim()).toBe(expected);
});

itOn('deno', (path) => {
  const args = ['run', '--no-lock', '--node-modules-dir=manual', '--allow-read', 'run.mjs'];
  const env = { ...process.env, DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' };
  expect(execFileSync(path, args, { cwd: PROJECT, encoding: 'utf8', env }).trim()).toBe(expected);
});

itOn('bun', (path) => {
  expect(execFileSync(path, ['run', 'run.mjs'], { cwd: PROJECT, encoding: 'utf8' }).trim()).toBe(expected);
});

itOn('workerd', async (path) => {
  const out = join(PROJECT, 'workerd');
  await esbuild({
    entryPoints: [join(PROJECT, 'worker.mjs')],
    outfile: join(out, 'main.mjs'),
    bundle: true,
    format: 'esm',
    conditions: ['workerd'],
    plugins: [
      {
        name: 'wasm',
        setup: (build) => {
          build.onResolve({ filter: /\.wasm$/ }, () => ({ path: './indicators.wasm', external: true }));
        },
      },
    ],
  });
  copyFileSync(
    join(PROJECT, 'node_modules/grandmodel-edge/dist/indicators.wasm'),
    join(out, 'indicators.wasm'),
  );
  writeFileSync(join(out, 'config.capnp'), WORKERD);
  expect(await answerOfWorkerd(path, join(out, 'config.capnp'))).toBe(expected);
});

const WORKERD = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .main)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [
    (name = "main", esModule = embed "main.mjs"),
    (name = "indicators.wasm", wasm = embed "indicators.wasm"),
  ],
  compatibilityDate = "2026-11-01",
);
`;

async function answerOfWorkerd(path: string, config: string): Promise<string> {
  const child = spawn(path, ['serve', '--control-fd=3', config], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  try {
    const port = await new Promise<number>((done, fail) => {
      let said = '';
      child.stderr?.on('data', (data: Buffer) => (said += data.toString()));
      child.once('error', fail).once('close', () => fail(new Error(`workerd stopped: ${said.slice(-1000)}`)));
      child.stdio[3]?.on('data', (data: Buffer) => {
        for (const line of data.toString().trim().split('\n')) {
          const event = JSON.parse(line) as { event: string; port: number };
          if (event.event === 'listen') done(event.port);
        }
      });
    });
    return await (await fetch(`http://127.0.0.1:${port}/`)).text();
  } finally {
    child.kill('SIGKILL');
  }
}

it('lets a bundler leave out what is not used', async () => {
  const result = await esbuild({
    entryPoints: [join(PROJECT, 'one.mjs')],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    write: false,
  });
  const text = result.outputFiles[0]?.text ?? '';
  expect(text).toContain('batchSma');
  expect(text).not.toMatch(/batchMacd|rsiPush|mlmi/);
  expect(text.length).toBeLessThan(6_000);
});

it('has types that a project under NodeNext takes', () => {
  const options = [
    '--ignoreConfig',
    '--module',
    'nodenext',
    '--target',
    'es2022',
    '--strict',
    '--noEmit',
    '--types',
    '',
  ];
  const tsc = join('node_modules', 'typescript', 'bin', 'tsc');
  const out = execFileSync(process.execPath, [tsc, ...options, join(PROJECT, 'typed.ts')], {
    encoding: 'utf8',
  });
  expect(out).toBe('');
});

describeInChromium('in a page', () => {
  let server: Server;
  let root: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      const path = join(root, new URL(request.url ?? '/', 'http://x').pathname);
      if (!existsSync(path) || !statSync(path).isFile()) return void response.writeHead(404).end();
      response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' });
      response.end(readFileSync(path));
    }).listen(0, '127.0.0.1');
    await new Promise((done) => server.once('listening', done));
  });
  afterAll(() => void server.close());

  const reportOf = async (folder: string): Promise<string> => {
    root = folder;
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(error.message));
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/index.html`);
      await page
        .waitForFunction('globalThis.report !== undefined', undefined, { timeout: 15_000 })
        .catch(() => problems.push('the page reported nothing'));
      if (problems.length > 0) throw new Error(problems.join('; '));
      return await page.evaluate<string>('globalThis.report');
    } finally {
      await browser.close();
    }
  };

  it('works bundled by Vite', async () => {
    const outDir = join(PROJECT, 'vite');
    await vite({ root: PROJECT, base: './', configFile: false, logLevel: 'error', build: { outDir } });
    expect(await reportOf(outDir)).toBe(expected);
  });

  it('works bundled by webpack', async () => {
    expect(await installFolder('test/package')).toBeNull();
    const outDir = join(PROJECT, 'webpack');
    const { webpack } = createRequire(join(process.cwd(), 'test/package/package.json'))('webpack') as Webpack;
    await new Promise<void>((done, fail) => {
      const output = { path: outDir, filename: 'main.js', publicPath: 'auto' };
      const options = { mode: 'production', context: PROJECT, entry: './page.mjs', output };
      webpack(options, (error, stats) => {
        if (error || stats.hasErrors()) fail(error ?? new Error(stats.toString('errors-only')));
        else done();
      });
    });
    writeFileSync(
      join(outDir, 'index.html'),
      '<!doctype html><script type="module" src="./main.js"></script>',
    );
    expect(await reportOf(outDir)).toBe(expected);
  });

  it('works from the single file', async () => {
    const outDir = join(PROJECT, 'cdn');
    mkdirSync(outDir, { recursive: true });
    const home = join(PROJECT, 'node_modules/grandmodel-edge/dist');
    copyFileSync(join(home, 'indicators.cdn.js'), join(outDir, 'indicators.cdn.js'));
    for (const name of ['probe.mjs', 'page.mjs', 'index.html']) {
      const text = readFileSync(join(PROJECT, name), 'utf8');
      writeFileSync(join(outDir, name), text.replace('grandmodel-edge/indicators', './indicators.cdn.js'));
    }
    expect(await reportOf(outDir)).toBe(expected);
  });
});

interface Webpack {
  webpack(options: object, done: (error: Error | null, stats: WebpackStats) => void): void;
}

interface WebpackStats {
  hasErrors(): boolean;
  toString(preset: string): string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};
