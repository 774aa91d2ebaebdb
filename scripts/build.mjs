// Builds into dist/: the kernel and the modules beside it (asc), the JavaScript (tsc) and, where
// vite.config.ts exists, the page (vite).
//   --wasm      the modules only         --no-page   modules and JavaScript
//   --if-stale  skip what is fresh       --quiet     say nothing unless something fails (and then on stderr)
//   --peers     the page with the JavaScript libraries of bench/peers for its benchmarks
// Safe to run several times at once: one builder works, the others wait and then find everything fresh.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hashSources, listFiles, ROOT } from './lib/files.mjs';
import { withLock } from './lib/lock.mjs';

process.chdir(ROOT);
// Taken out of argv, because asc reads argv at import and takes `--wasm FILE` for its own option.
const flags = new Set(process.argv.splice(2));

const KNOWN = new Set(['--wasm', '--no-page', '--if-stale', '--quiet', '--peers']);
const TOOLS = ['scripts/build.mjs', 'package.json', 'package-lock.json'];
/** What the benchmark page is made of beside the sources. */
const BENCH = ['bench/page', 'bench/lib', 'bench/contenders', 'bench/rounds.ts'].concat([
  'test/fixtures/large-policy.ts',
  'test/fixtures/pattern-rows.ts',
]);
const STAMP = 'dist/.stamp';
const PAGE = 'dist/page';
// Everything else in dist/ comes from tsc, so a file there without a source is a leftover.
const NOT_FROM_TSC = new Set(
  ['kernel.wasm', 'kernel-hash.mjs', 'analysis.wasm', 'analysis-hash.mjs', 'training.wasm'].concat(
    ['training.fast.wasm', 'indicators.wasm', 'indicators.cdn.js'],
    ['page', 'runtimes'],
  ),
);

const parts = [
  {
    name: 'kernel',
    sources: ['assembly', ...TOOLS],
    output: 'dist/kernel.wasm',
    build: () => buildHashed('assembly/index.ts', 'kernel'),
  },
  {
    name: 'analysis',
    sources: ['assembly', ...TOOLS],
    output: 'dist/analysis.wasm',
    build: () => buildHashed('assembly/analysis/index.ts', 'analysis'),
  },
  { name: 'training', sources: ['assembly', ...TOOLS], output: 'dist/training.wasm', build: buildTraining },
  {
    name: 'indicators',
    sources: ['assembly', ...TOOLS],
    output: 'dist/indicators.wasm',
    build: buildIndicators,
  },
  {
    name: 'javascript',
    sources: ['src', 'tsconfig.json', 'tsconfig.build.json', ...TOOLS],
    output: 'dist/wasm/kernel.js',
    build: buildJavaScript,
  },
  {
    name: 'cdn',
    sources: ['src/indicators', 'src/core', 'src/wasm', 'assembly', ...TOOLS],
    output: 'dist/indicators.cdn.js',
    build: buildCdn,
  },
  {
    name: 'page',
    sources: ['src', 'workers', 'public', 'models', 'assembly', 'vite.config.ts', ...BENCH, ...TOOLS],
    output: PAGE,
    build: buildPage,
  },
].slice(0, flags.has('--wasm') ? 4 : flags.has('--no-page') ? 6 : 7);

try {
  await main();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

async function main() {
  const unknown = [...flags].filter((flag) => !KNOWN.has(flag));
  if (unknown.length > 0) throw new Error(`Cannot build: unknown option ${unknown.join(' ')}`);
  mkdirSync('dist', { recursive: true });
  const wanted = parts.filter((part) => part.name !== 'page' || existsSync('vite.config.ts'));
  if (flags.has('--if-stale') && wanted.every(isFresh)) return;
  await withLock('dist/.lock', async () => {
    for (const part of wanted) {
      if (flags.has('--if-stale') && isFresh(part)) continue;
      const started = Date.now();
      const stamp = stampOf(part);
      forget(part.name);
      await part.build();
      remember(part.name, stamp);
      if (!flags.has('--quiet')) process.stderr.write(`built ${part.name} in ${Date.now() - started} ms\n`);
    }
  });
}

/** A module that engines run on, and its hash. */
async function buildHashed(entry, name) {
  const temporary = await compileAssembly(entry, name);
  // The hash goes into every journal's header; a module of its own, because not every host can read the
  // bytes.
  const hash = createHash('sha256').update(readFileSync(temporary)).digest('hex');
  writeFileSync(`${temporary}.mjs`, `export const ${name}Hash = '${hash}';\n`);
  renameSync(`${temporary}.mjs`, `dist/${name}-hash.mjs`);
  renameSync(temporary, `dist/${name}.wasm`);
}

/**
 * Twice from the same sources: the canonical module, and the one that may fuse a multiplication with an
 * addition.
 */
async function buildTraining() {
  const entry = 'assembly/training/index.ts';
  const fast = await compileAssembly(entry, 'training.fast', ['--enable', 'relaxed-simd']);
  renameSync(fast, 'dist/training.fast.wasm');
  renameSync(await compileAssembly(entry, 'training'), 'dist/training.wasm');
}

async function buildIndicators() {
  renameSync(await compileAssembly('assembly/batch/index.ts', 'indicators'), 'dist/indicators.wasm');
}

/** Compiles one module and returns the temporary file it lies in. */
async function compileAssembly(entry, name, more = []) {
  const { default: asc } = await import('assemblyscript/asc');
  const temporary = `dist/.${name}.${process.pid}.wasm`;
  const options = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--use', 'abort='];
  const { error, stderr } = await asc.main([entry, ...options, ...more, '--outFile', temporary]);
  if (error) {
    rmSync(temporary, { force: true });
    throw new Error(`Cannot build the ${name} module:\n${stderr.toString()}`);
  }
  return temporary;
}

/**
 * Emits beside dist/ and renames what changed into place, so that a running program never reads half a file.
 */
function buildJavaScript() {
  const emitted = `dist/.emit.${process.pid}`;
  try {
    execute('node_modules/typescript/bin/tsc', [
      '-p',
      'tsconfig.build.json',
      '--noEmitOnError',
      '--outDir',
      emitted,
    ]);
    const files = listFiles(emitted).map((file) => file.slice(emitted.length + 1));
    for (const file of files) {
      const target = join('dist', file);
      if (existsSync(target) && readFileSync(target).equals(readFileSync(join(emitted, file)))) continue;
      mkdirSync(dirname(target), { recursive: true });
      renameSync(join(emitted, file), target);
    }
    const expected = new Set(files.map((file) => `dist/${file}`));
    for (const entry of readdirSync('dist')) {
      if (NOT_FROM_TSC.has(entry) || entry.startsWith('.')) continue;
      for (const file of listFiles(`dist/${entry}`)) if (!expected.has(file)) rmSync(file);
    }
  } finally {
    rmSync(emitted, { recursive: true, force: true });
  }
}

/** grandmodel-edge/indicators as one file with its module inside, for a page without a bundler. */
async function buildCdn() {
  const { build } = await import('esbuild');
  const base64 = readFileSync('dist/indicators.wasm').toString('base64');
  const temporary = `dist/.cdn.${process.pid}.js`;
  const inline = {
    name: 'inline',
    setup(esbuild) {
      esbuild.onResolve({ filter: /^#indicators$/ }, () => ({ path: 'module', namespace: 'inline' }));
      esbuild.onLoad({ filter: /^module$/, namespace: 'inline' }, () => ({
        contents: `const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
export const indicatorsModule = () => WebAssembly.compile(bytes('${base64}'));`,
      }));
    },
  };
  await build({
    entryPoints: ['src/indicators/index.ts'],
    outfile: temporary,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    plugins: [inline],
    logLevel: 'error',
  });
  renameSync(temporary, 'dist/indicators.cdn.js');
}

function buildPage() {
  const level = flags.has('--quiet') ? 'warn' : 'info';
  const env = { ...process.env, GM_BENCH_PEERS: flags.has('--peers') ? '1' : '' };
  execute('node_modules/vite/bin/vite.js', ['build', '--logLevel', level], env);
}

/** Runs a tool of node_modules; its words go to stderr, so that stdout stays free for the caller's output. */
function execute(tool, args, env = process.env) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [tool, ...args], { encoding: 'utf8', env });
  const words = `${stdout ?? ''}${stderr ?? ''}`;
  if (status !== 0) throw new Error(`Cannot build: ${tool} ${args.join(' ')}\n${words}`);
  if (!flags.has('--quiet')) process.stderr.write(words);
}

function readStamps() {
  try {
    return JSON.parse(readFileSync(STAMP, 'utf8'));
  } catch {
    return {};
  }
}

function writeStamps(stamps) {
  const temporary = `${STAMP}.${process.pid}`;
  writeFileSync(temporary, JSON.stringify(stamps));
  renameSync(temporary, STAMP);
}

function isFresh(part) {
  return existsSync(part.output) && readStamps()[part.name] === stampOf(part);
}

/** A page with peers is another page: the next build without them makes it anew. */
function stampOf({ name, sources }) {
  return `${hashSources(sources)}${name === 'page' && flags.has('--peers') ? ' with peers' : ''}`;
}

function remember(name, stamp) {
  writeStamps({ ...readStamps(), [name]: stamp });
}

function forget(name) {
  const { [name]: _gone, ...rest } = readStamps();
  writeStamps(rest);
}
