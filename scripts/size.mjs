// `npm run size`: what a user downloads, raw and gzip-9, against bench/budgets.json {"sizeGzip": {name:
// bytes}}.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { listFiles, ROOT } from './lib/files.mjs';

if (
  spawnSync(process.execPath, ['scripts/build.mjs', '--if-stale', '--quiet'], { cwd: ROOT, stdio: 'inherit' })
    .status
) {
  process.exit(1);
}
const measured = [['kernel.wasm', readFileSync(join(ROOT, 'dist/kernel.wasm'))]];
for (const entry of ['src/index.ts', 'src/cli/main.ts'].filter((file) => existsSync(join(ROOT, file)))) {
  measured.push([`${entry} bundled`, await bundle(entry)]);
}
for (const file of listFiles('dist/page').concat(listFiles('models'))) {
  if (!file.endsWith('.map')) measured.push([file.replace('dist/', ''), readFileSync(join(ROOT, file))]);
}
const path = join(ROOT, 'bench/budgets.json');
const budgets = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')).sizeGzip ?? {}) : {};
let over = 0;
for (const [name, bytes] of measured) {
  const zipped = gzipSync(bytes, { level: 9 }).length;
  const budget = budgets[name];
  const verdict = budget === undefined ? '' : zipped <= budget ? `within ${budget}` : `OVER ${budget}`;
  if (verdict.startsWith('OVER')) over++;
  process.stdout.write(
    `${name.padEnd(44)} ${String(bytes.length).padStart(10)} ${String(zipped).padStart(10)} gz ${verdict}\n`,
  );
}
process.exit(over > 0 ? 1 : 0);

async function bundle(entry) {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, entry)],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    external: ['onnxruntime-web*', 'node:*'],
    write: false,
    logLevel: 'error',
  });
  return outputFiles[0].contents;
}
