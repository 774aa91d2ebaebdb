// Imports a TypeScript file of bench/ on a Node that cannot: the file is bundled, its imports of src/ become
// the built dist/, so that what is measured is what is shipped.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { ROOT } from './files.mjs';

/** The exports of a TypeScript file, given relative to the root. */
export async function importTypeScript(file) {
  const folder = join(ROOT, 'dist/.ts');
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `${basename(file, '.ts')}.${process.pid}.mjs`);
  const source = join(ROOT, file);
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    packages: 'external',
    plugins: [{ name: 'built-sources', setup: useBuiltSources }],
    logLevel: 'error',
  });
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile, { force: true });
  }
}

function useBuiltSources(esbuild) {
  esbuild.onResolve({ filter: /^\..*\.ts$/ }, ({ path, importer }) => {
    const inRoot = relative(ROOT, resolve(dirname(importer), path));
    if (!inRoot.startsWith('src/')) return null;
    return { path: pathToFileURL(join(ROOT, `dist${inRoot.slice(3, -3)}.js`)).href, external: true };
  });
  // A bundled file still finds what lies beside its source.
  esbuild.onLoad({ filter: /\.ts$/ }, ({ path }) => {
    const here = JSON.stringify(pathToFileURL(path).href);
    return { contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', here), loader: 'ts' };
  });
}
