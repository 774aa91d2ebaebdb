// Builds the kernel (dist/kernel.wasm) and the JavaScript (dist/). `--wasm` stops after the kernel, `--if-stale` skips what is fresh.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';

// asc reads process.argv at import and takes `--wasm FILE` for its own option, so ours goes first.
const wasmOnly = process.argv.includes('--wasm');
if (wasmOnly) process.argv.splice(process.argv.indexOf('--wasm'), 1);
const { default: asc } = await import('assemblyscript/asc');

const ASC = [
  'assembly/index.ts', '-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--use', 'abort=',
  '--outFile', 'dist/kernel.wasm',
];

mkdirSync('dist', { recursive: true });
const { error, stderr } = await asc.main(ASC);
if (error) {
  process.stderr.write(`${stderr.toString()}\n`);
  process.exit(1);
}
if (!wasmOnly) execFileSync('npx', ['tsc', '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
