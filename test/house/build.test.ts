// The build may run several times at once, gives the same kernel every time, and leaves nothing of deleted
// sources.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const sha256 = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

function build(...flags: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, ['scripts/build.mjs', ...flags]);
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (data: Buffer) => (said.stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (said.stderr += data.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve({ code, ...said }));
  });
}

test('two builds at once both succeed and give the same modules, which import nothing', async () => {
  const modules = ['kernel', 'analysis', 'training', 'indicators'].map((name) => `dist/${name}.wasm`);
  const before = modules.map(sha256);
  const runs = await Promise.all([build('--wasm'), build('--wasm')]);
  const said = ['kernel', 'analysis', 'training', 'indicators']
    .map((name) => `built ${name} in N ms\n`)
    .join('');
  for (const { code, stderr } of runs) expect([code, stderr.replace(/\d+/g, 'N')]).toEqual([0, said]);
  expect(modules.map(sha256)).toEqual(before);
  for (const file of modules) {
    const module = await WebAssembly.compile(readFileSync(file));
    expect(WebAssembly.Module.imports(module)).toEqual([]);
  }
});

test('removes what is left of a deleted source, and says nothing when all is fresh', async () => {
  const leftover = 'dist/core/deleted-long-ago.js';
  expect((await build('--no-page', '--quiet')).code).toBe(0);
  writeFileSync(leftover, 'export const old = 1;\n');
  expect(await build('--no-page', '--quiet')).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(existsSync(leftover)).toBe(false);
  expect(await build('--no-page', '--if-stale')).toEqual({ code: 0, stdout: '', stderr: '' });
});

test('refuses an option it does not know', async () => {
  expect(await build('--fast')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'Cannot build: unknown option --fast\n',
  });
});
