// Installs what the host matrix and the browser tests need and a fresh machine lacks:
// the runtimes of test/runtime (from its lock file) and, for root on Debian, Chromium by apt-get.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CHROMIUM_HINT, findChromium } from './lib/chromium.mjs';
import { hashSources, ROOT } from './lib/files.mjs';
import { withLock } from './lib/lock.mjs';

const HOME = join(ROOT, 'test/runtime');
const STAMP = join(HOME, 'node_modules/.stamp');

/** Installs what is missing and returns the list of what is still missing, each with how to get it. */
export async function installHosts() {
  const missing = [];
  const stamp = hashSources(['test/runtime/package.json', 'test/runtime/package-lock.json']);
  const fresh = () => existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp;
  mkdirSync(join(ROOT, 'dist'), { recursive: true });
  await withLock(join(ROOT, 'dist/.hosts.lock'), () => {
    if (fresh()) return;
    const args = ['ci', '--prefix', HOME, '--ignore-scripts', '--no-audit', '--no-fund'];
    if (execute('npm', args)) writeFileSync(STAMP, stamp);
    else missing.push('the runtimes: `npm ci --prefix test/runtime --ignore-scripts` failed, see above');
  });
  if (findChromium() === null && !installChromium()) missing.push(CHROMIUM_HINT);
  return missing;
}

function installChromium() {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return false;
  const install = ['install', '-y', '--no-install-recommends', 'chromium'];
  if (!execute('apt-get', install) && !(execute('apt-get', ['update']) && execute('apt-get', install)))
    return false;
  return findChromium() !== null;
}

/** Runs a tool with its words on stderr; true when it succeeded. */
function execute(tool, args) {
  process.stderr.write(`${tool} ${args.join(' ')}\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync(tool, args, { cwd: ROOT, stdio: ['ignore', 2, 2], env }).status === 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const missing = await installHosts();
  for (const line of missing) process.stderr.write(`${line}\n`);
  if (missing.length > 0) process.exit(1);
}
