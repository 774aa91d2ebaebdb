// Every entry file on its own host: it starts, answers health and gives the same strategic matrix as the
// others.

import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { bundleHosts } from '../../scripts/lib/bundles.mjs';
import { HOSTS } from '../../scripts/lib/hosts.mjs';
import { post, wireBars } from './market.ts';
import type { WireBar } from './market.ts';

let bars: WireBar[] = [];
let child: ChildProcess | null = null;
const answers = new Map<string, string>();

beforeAll(async () => {
  const built = spawnSync(process.execPath, ['scripts/build.mjs', '--if-stale', '--quiet', '--no-page'], {
    encoding: 'utf8',
  });
  expect(built.stderr).toBe('');
  bars = await wireBars(600);
});

afterEach(() => {
  child?.kill('SIGKILL');
  child = null;
});

const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  node20: ['dist/server/node.js', '--port', '0'],
  deno: ['run', '--no-lock', '-A', 'dist/server/deno.js', '--port', '0'],
  bun: ['dist/server/bun.js', '--port', '0'],
  workerd: ['serve', '--control-fd=3', 'test/runtime/server.capnp'],
};

for (const [name, args] of Object.entries(COMMANDS)) {
  const host = HOSTS.find((candidate) => candidate.name === name);
  const path = host?.find() ?? null;
  if (path === null) process.stderr.write(`skipped ${name}: ${host?.how ?? 'unknown host'}\n`);
  test.skipIf(path === null)(`answers on ${name}`, async () => {
    if (name === 'workerd') await bundleHosts();
    child = spawn(path!, args, {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      env: { ...process.env, DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' },
    });
    const port = await portOf(child, name === 'workerd' ? 3 : 1);
    const url = `http://127.0.0.1:${port}`;
    const health = (await (await fetch(`${url}/health`)).json()) as Record<string, unknown>;
    expect(health).toMatchObject({ status: 'healthy', evaluator: 'reference' });
    const market_data = { symbol: 'SIM', bars };
    const strategic = await post(`${url}/api/strategic/process`, { market_data });
    const tactical = await post(`${url}/api/tactical/process`, { market_data });
    expect([strategic.status, tactical.status]).toEqual([200, 200]);
    const { matrix_result } = strategic.body as { matrix_result: unknown };
    const { indicators } = tactical.body as { indicators: { rsi_14: number } };
    expect(indicators.rsi_14).toBeGreaterThan(0);
    answers.set(name, JSON.stringify([matrix_result, indicators]));
    expect(new Set(answers.values()).size).toBe(1);
  });
}

test('says which port is busy and how to choose another', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const { status, stderr } = spawnSync(process.execPath, ['dist/server/node.js'], {
    env: { ...process.env, PORT: String(port) },
    encoding: 'utf8',
  });
  server.close();
  expect(status).toBe(1);
  expect(stderr).toContain(`port ${port} is busy`);
  expect(stderr).toContain('PORT=');
});

test('names an option that it does not know', () => {
  const { status, stderr } = spawnSync(process.execPath, ['dist/server/node.js', '--dta', 'x'], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([
    1,
    'Cannot start: --dta is not --data FILE, --symbol NAME or --port N\n',
  ]);
});

/** The port that a started server names on a stream. */
function portOf(started: ChildProcess, stream: 1 | 3): Promise<number> {
  return new Promise((resolve, reject) => {
    let errors = '';
    started.stderr?.on('data', (data: Buffer) => (errors += String(data)));
    started.once('error', reject);
    started.once('exit', (code) => reject(new Error(`exit ${code}: ${errors.slice(-2000)}`)));
    let words = '';
    started.stdio[stream]?.on('data', (data: Buffer) => {
      words += String(data);
      const found = stream === 1 ? /localhost:(\d+)/.exec(words) : /"port":(\d+)/.exec(words);
      if (found) resolve(Number(found[1]));
    });
  });
}
