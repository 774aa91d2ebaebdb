// `npm run size`: what a user downloads, raw and gzip-9, against bench/budgets.json {"sizeGzip": {name:
// bytes}}. Core is the kernel and the engine's JavaScript: what runs, keeps and verifies a journal.
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
const kernel = readFileSync(join(ROOT, 'dist/kernel.wasm'));
const engine = await bundle({ stdin: { contents: engineSource(), resolveDir: join(ROOT, 'src') } });
const measured = [
  ['core', kernel, engine],
  ['kernel.wasm', kernel],
  ['engine', engine],
  ...['analysis', 'indicators', 'training'].map((name) => [
    `${name}.wasm`,
    readFileSync(join(ROOT, `dist/${name}.wasm`)),
  ]),
];
for (const entry of ['src/index.ts', 'src/cli/main.ts'].filter((file) => existsSync(join(ROOT, file)))) {
  measured.push([`${entry} bundled`, await bundle({ entryPoints: [join(ROOT, entry)] })]);
}
for (const file of listFiles('dist/page').concat(listFiles('models'))) {
  if (!file.endsWith('.map')) measured.push([file.replace('dist/', ''), readFileSync(join(ROOT, file))]);
}
const path = join(ROOT, 'bench/budgets.json');
const budgets = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')).sizeGzip ?? {}) : {};
let over = 0;
for (const [name, ...files] of measured) {
  const raw = files.reduce((sum, bytes) => sum + bytes.length, 0);
  const zipped = files.reduce((sum, bytes) => sum + gzipSync(bytes, { level: 9 }).length, 0);
  const budget = budgets[name];
  const verdict = budget === undefined ? '' : zipped <= budget ? `within ${budget}` : `OVER ${budget}`;
  if (verdict.startsWith('OVER')) over++;
  process.stdout.write(
    `${name.padEnd(44)} ${String(raw).padStart(10)} ${String(zipped).padStart(10)} gz ${verdict}\n`,
  );
}
process.exit(over > 0 ? 1 : 0);

/**
 * What src/index.ts gives from the folders core to engine: all but data, backtest and what lies right of
 * them.
 */
function engineSource() {
  const folders = ['core', 'wasm', 'market', 'signals', 'agents', 'consensus', 'risk', 'execution'];
  const lines = readFileSync(join(ROOT, 'src/index.ts'), 'utf8').match(/^export \{[^}]*\} from '[^']*';/gm);
  const ours = [...folders, 'journal', 'engine'].map((folder) => `from './${folder}/`);
  return lines.filter((line) => ours.some((from) => line.includes(from))).join('\n');
}

async function bundle(entry) {
  const { outputFiles } = await build({
    ...entry,
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
