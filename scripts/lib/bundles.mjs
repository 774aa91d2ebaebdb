// Bundles the matrix program for each kind of host into dist/runtimes/.
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { listFiles, ROOT } from './files.mjs';

export const BUNDLES = join(ROOT, 'dist/runtimes');

/** Models embedded as base64, and the kernel left outside: each host has its own way to load it. */
const plugin = {
  name: 'grandmodel',
  setup(esbuild) {
    esbuild.onResolve({ filter: /^gm:models$/ }, () => ({ path: 'models', namespace: 'gm' }));
    esbuild.onLoad({ filter: /^models$/, namespace: 'gm' }, () => ({ contents: modelsSource() }));
    esbuild.onResolve({ filter: /kernel\.wasm\?url$/ }, () => ({ path: 'kernel-url', namespace: 'gm' }));
    esbuild.onLoad({ filter: /^kernel-url$/, namespace: 'gm' }, () => ({
      contents: "export default '/kernel.wasm'",
    }));
    esbuild.onResolve({ filter: /(?:kernel|indicators)\.wasm$/ }, ({ path }) => ({
      path: `./${path.slice(path.lastIndexOf('/') + 1)}`,
      external: true,
    }));
    // Attestation is off in the matrix, so the optional backend stays outside; it is only ever imported
    // lazily.
    esbuild.onResolve({ filter: /^onnxruntime-web/ }, ({ path }) => ({ path, external: true }));
  },
};

function modelsSource() {
  const entries = listFiles('models')
    .filter((file) => file.endsWith('.onnx') || file.endsWith('.card.json'))
    .map((file) => {
      const base64 = readFileSync(join(ROOT, file)).toString('base64');
      return `${JSON.stringify(file.slice('models/'.length))}: bytes('${base64}')`;
    });
  return `const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
export const models = { ${entries.join(',\n')} };`;
}

/**
 * Writes default.mjs and training.mjs (Node, Deno, Bun), workerd.mjs and browser/ (index.html, main.js,
 * kernel.wasm).
 */
export async function bundleHosts() {
  const common = {
    bundle: true,
    format: 'esm',
    target: 'es2022',
    plugins: [plugin],
    logLevel: 'error',
    absWorkingDir: ROOT,
  };
  mkdirSync(join(BUNDLES, 'browser'), { recursive: true });
  await Promise.all([
    build({
      ...common,
      entryPoints: ['test/runtime/entry.default.ts'],
      outfile: join(BUNDLES, 'default.mjs'),
      platform: 'node',
    }),
    build({
      ...common,
      entryPoints: {
        training: 'test/runtime/entry.training.ts',
        'training-worker': 'src/cli/training-worker.ts',
      },
      outdir: BUNDLES,
      outExtension: { '.js': '.mjs' },
      platform: 'node',
    }),
    build({
      ...common,
      entryPoints: ['test/runtime/entry.workerd.ts'],
      outfile: join(BUNDLES, 'workerd.mjs'),
      platform: 'neutral',
      mainFields: ['module', 'main'],
      conditions: ['workerd', 'worker', 'browser'],
      external: ['node:*'],
    }),
    bundleServer(common),
    build({
      ...common,
      entryPoints: ['test/runtime/entry.browser.ts'],
      outfile: join(BUNDLES, 'browser/main.js'),
      platform: 'browser',
      conditions: ['browser'],
    }),
  ]);
  copyFileSync(join(ROOT, 'dist/kernel.wasm'), join(BUNDLES, 'browser/kernel.wasm'));
}

/** The server as workerd takes it: models inside, the kernel beside it. */
function bundleServer(common) {
  return build({
    ...common,
    entryPoints: ['src/server/worker.ts'],
    outfile: join(BUNDLES, 'server-workerd.mjs'),
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'worker', 'browser'],
    external: ['node:*'],
  });
}
