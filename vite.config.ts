// Builds the page: index.html with its workers, the kernel, the models and onnxruntime-web, all from one origin.
import { readFileSync } from 'node:fs';
import { defineConfig } from 'vite';
import type { Plugin } from 'vite';

/** Files that keep their names, because hosts and the page ask for them by name. */
const PLAIN_FILES = ['session.json', '_headers'];

const plainFiles: Plugin = {
  name: 'plain-files',
  generateBundle() {
    for (const fileName of PLAIN_FILES) {
      const source = readFileSync(new URL(`public/${fileName}`, import.meta.url), 'utf8');
      this.emitFile({ type: 'asset', fileName, source });
    }
  },
};

export default defineConfig({
  root: 'public',
  base: './',
  publicDir: false,
  plugins: [plainFiles],
  server: { fs: { allow: ['..'] } },
  build: {
    outDir: '../dist/page',
    emptyOutDir: true,
    target: 'es2022',
    // A data: URL would need a wider content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  worker: { format: 'es' },
});
