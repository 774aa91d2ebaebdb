// Walking the tree and hashing sources, for the scripts.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository root. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const SKIPPED = new Set(['node_modules', 'dist', 'out', 'coverage', '.git']);

/**
 * Every file under root/folder as forward-slash paths relative to root, sorted; a missing folder is empty.
 */
export function listFiles(folder, root = ROOT) {
  const start = join(root, folder);
  if (!existsSync(start)) return [];
  if (statSync(start).isFile()) return [folder];
  const found = [];
  const walk = (directory) => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      if (SKIPPED.has(entry.name)) continue;
      const path = join(directory, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile()) found.push(relative(root, path).split(sep).join('/'));
    }
  };
  walk(start);
  return found.sort();
}

/** SHA-256 in hexadecimal over names and contents of files and folders, in the given order. */
export function hashSources(paths, root = ROOT) {
  const hash = createHash('sha256');
  for (const file of paths.flatMap((path) => listFiles(path, root))) {
    const bytes = readFileSync(join(root, file));
    hash.update(`${file}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

/** The commit, and a hash of what is really there, so that an edited tree does not pass for its commit. */
export function sourceState() {
  const state = hashSources(['assembly', 'src', 'models', 'bench', 'package-lock.json'].flatMap(measured));
  const short = state.slice(0, 16);
  try {
    const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();
    return { commit, state: short };
  } catch {
    return { commit: 'none', state: short };
  }
}

/** Files of a path without the results, which the next run rewrites. */
function measured(path) {
  return listFiles(path).filter((file) => !file.startsWith('bench/results/'));
}
