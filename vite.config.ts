// Builds the pages: index.html with its workers, the kernel, the models and onnxruntime-web, bench/ with the
// benchmarks, and the one for an address that has none, all from one origin.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import type { Plugin } from 'vite';

/** Files that keep their names, because hosts and the page ask for them by name. */
const PLAIN_FILES = ['session.json', '_headers'];

/** What hosts of static files answer with where there is nothing; our server does the same. */
const NOT_FOUND = '404.html';

const plainFiles: Plugin = {
  name: 'plain-files',
  generateBundle() {
    for (const fileName of PLAIN_FILES) {
      const source = readFileSync(new URL(`public/${fileName}`, import.meta.url), 'utf8');
      this.emitFile({ type: 'asset', fileName, source });
    }
  },
};

/** JavaScript libraries that the benchmarks compare with; they are installed in bench/peers alone. */
const PEERS = ['@debut/indicators', '@ixjb94/indicators', 'indicatorts', 'technicalindicators'].concat(
  'trading-signals',
);
const PEERS_HOME = fileURLToPath(new URL('bench/peers/', import.meta.url));

const WITH_PEERS = process.env['GM_BENCH_PEERS'] === '1' && existsSync(`${PEERS_HOME}node_modules`);

/**
 * "bench-peers": the libraries by name where `npm run bench:page` asks for them, else null;
 * "bench-peers-present": which of the two.
 */
const benchPeers = (): Plugin => ({
  name: 'bench-peers',
  async resolveId(source, importer, options) {
    if (source === 'bench-peers' || source === 'bench-peers-present') return `\0${source}`;
    if (importer !== '\0bench-peers') return null;
    return this.resolve(source, `${PEERS_HOME}index.js`, { ...options, skipSelf: true });
  },
  load(id) {
    if (id === '\0bench-peers-present') return `export const present = ${WITH_PEERS};`;
    if (id !== '\0bench-peers') return null;
    if (!WITH_PEERS) return 'export const peers = null;';
    const imports = PEERS.map((name, i) => `import * as p${i} from ${JSON.stringify(name)};`);
    const entries = PEERS.map((name, i) => `${JSON.stringify(name)}: p${i}`);
    return `${imports.join('\n')}\nexport const peers = { ${entries.join(', ')} };`;
  },
});

export default defineConfig({
  root: 'public',
  base: './',
  publicDir: false,
  plugins: [plainFiles, benchPeers()],
  experimental: {
    // This page stands at any depth, so its own files cannot be named from where it is.
    renderBuiltUrl: (file, { hostId }) => (hostId === NOT_FOUND ? `/${file}` : { relative: true }),
  },
  server: {
    fs: { allow: ['..'] },
    headers: {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    },
  },
  build: {
    outDir: '../dist/page',
    emptyOutDir: true,
    target: 'es2022',
    // A data: URL would need a wider content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      checks: { pluginTimings: false },
      input: ['index.html', 'bench/index.html', NOT_FOUND].map((page) =>
        fileURLToPath(new URL(`public/${page}`, import.meta.url)),
      ),
    },
  },
  worker: {
    format: 'es',
    plugins: () => [benchPeers()],
    rollupOptions: { checks: { pluginTimings: false } },
  },
});
