// What must hold of package.json and the lock files so that `npm ci` works anywhere and installs what we
// measured.

import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface LockEntry {
  readonly version?: string;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const LOCKS = [
  'package-lock.json',
  ...['test/runtime', 'test/package', 'bench/peers'].map((folder) => `${folder}/package-lock.json`),
];

test.each(LOCKS)('%s names every optional package, and no registry host', (path) => {
  const { packages } = read(path) as { packages: Record<string, LockEntry> };
  const missing: string[] = [];
  for (const [key, entry] of Object.entries(packages)) {
    if (entry.resolved !== undefined) missing.push(`${key} records ${entry.resolved}`);
    for (const name of Object.keys(entry.optionalDependencies ?? {})) {
      if (!(`node_modules/${name}` in packages) && !(`${key}/node_modules/${name}` in packages))
        missing.push(name);
    }
  }
  expect(missing).toEqual([]);
});

test('package.json pins exact versions and has every command that the documents name', () => {
  const manifest = read('package.json') as Manifest;
  const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
  expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  const commands =
    'build build:wasm start dev test test:runtimes test:browser prove bench bench:compare ' +
    'size tidy lint types docs models gm verify';
  expect(commands.split(' ').filter((name) => manifest.scripts[name] === undefined)).toEqual([]);
  const files = Object.values(manifest.scripts).flatMap(
    (script) => script.match(/scripts\/[\w/-]+\.mjs/g) ?? [],
  );
  // models.mjs comes with the models.
  expect(files.filter((file) => !existsSync(file) && file !== 'scripts/models.mjs')).toEqual([]);
});
