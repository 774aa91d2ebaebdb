// Installs a folder with a package.json of its own from its lock file, scripts not run.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashSources, ROOT } from './files.mjs';
import { withLock } from './lock.mjs';

/** Installs when the lock file changed; returns null, or the words of what could not be done. */
export async function installFolder(folder) {
  const home = join(ROOT, folder);
  const stampFile = join(home, 'node_modules/.stamp');
  const stamp = hashSources([`${folder}/package.json`, `${folder}/package-lock.json`]);
  let missing = null;
  mkdirSync(join(ROOT, 'dist'), { recursive: true });
  await withLock(join(ROOT, `dist/.install-${folder.replaceAll('/', '-')}.lock`), () => {
    if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
    process.stderr.write(`installing the packages of ${folder}\n`);
    const args = ['ci', '--prefix', home, '--ignore-scripts', '--no-audit', '--no-fund'];
    const { status, stderr, error } = spawnSync('npm', args, { cwd: ROOT, encoding: 'utf8' });
    try {
      if (status !== 0) throw new Error(`npm ci --prefix ${folder}: ${error?.message ?? stderr}`);
      writeFileSync(stampFile, stamp);
    } catch (problem) {
      missing = problem.message;
    }
  });
  return missing;
}
