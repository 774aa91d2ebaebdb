// `npm test`: every check at a small size, in order, each with its time; the last line is "N passed, N
// failed". A stage that fails does not stop the later ones, except that nothing can be checked without a
// build.
//   --only build,types   the named stages
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './lib/files.mjs';
import { installHosts } from './install-hosts.mjs';

const CI = process.env.CI === 'true';
const REPORTS = join(ROOT, 'out/test');
const one = (ok) => (ok ? [1, 0] : [0, 1]);

const STAGES = [
  ['install', install],
  ['build', async () => one(await node(['scripts/build.mjs']))],
  ['types', async () => one(await node(['node_modules/typescript/bin/tsc', '-p', '.']))],
  ['lint', async () => one(await node(['scripts/lint.mjs']))],
  ['tidy', async () => one(await node(['scripts/tidy.mjs']))],
  ['docs', () => counted('scripts/doc-examples.mjs', 'examples')],
  ['tests', () => vitest('tests', ['--exclude', 'test/e2e/**'])],
  ['runtimes', () => counted('scripts/test-runtimes.mjs', 'hashes')],
  ['browser', () => vitest('browser', ['test/e2e', '--passWithNoTests'])],
];

const args = process.argv.slice(2);
const only = args[0] === '--only' ? (args[1] ?? '').split(',') : null;
const unknown = (only ?? args).filter((name) => only === null || !STAGES.some(([stage]) => stage === name));
if (unknown.length > 0) {
  process.stderr.write(`Cannot test: unknown stage or option ${unknown.join(' ')}\n`);
  process.exit(2);
}

mkdirSync(REPORTS, { recursive: true });
const lines = [];
let passed = 0;
let failed = 0;
for (const [name, stage] of STAGES) {
  if (only !== null && !only.includes(name)) continue;
  process.stdout.write(`\n--- ${name}\n`);
  const started = Date.now();
  const [good, bad] = await stage();
  passed += good;
  failed += bad;
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  lines.push(`${name.padEnd(9)} ${seconds.padStart(6)} s  ${good} passed, ${bad} failed`);
  if (name === 'build' && bad > 0) break;
}
process.stdout.write(`\n${lines.join('\n')}\n${passed} passed, ${failed} failed\n`);
process.exit(failed > 0 ? 1 : 0);

/** What is missing is a failure only where everything must run. */
async function install() {
  const missing = await installHosts();
  for (const line of missing) process.stdout.write(`missing: ${line}\n`);
  return CI ? [missing.length === 0 ? 1 : 0, missing.length] : [1, 0];
}

/** A program that ends with "N examples passed, N failed"; one that ends without such a line has failed. */
async function counted(program, things) {
  const { output } = await capture([program]);
  const count = new RegExp(`(\\d+) ${things} passed, (\\d+) failed`).exec(output);
  return count === null ? one(false) : [Number(count[1]), Number(count[2])];
}

async function vitest(name, extra) {
  const file = join(REPORTS, `${name}.json`);
  rmSync(file, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const ok = await node(['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...extra]);
  let report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return ok ? [0, 0] : [0, 1];
  }
  if (report.numPendingTests > 0) process.stdout.write(`${report.numPendingTests} skipped\n`);
  // A file that does not even load has no failed test of its own, and still is a failure.
  const broken = report.testResults.filter(
    (r) => r.status === 'failed' && r.assertionResults.length === 0,
  ).length;
  const bad = report.numFailedTests + broken;
  return [report.numPassedTests, bad === 0 && !ok ? 1 : bad];
}

async function node(command) {
  return (await capture(command)).ok;
}

/** Runs a Node program from the root, shows its output and keeps what it said on stdout. */
async function capture(command) {
  const child = spawn(process.execPath, command, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (data) => {
    output += data;
    process.stdout.write(data);
  });
  const code = await new Promise((resolve) => child.once('error', () => resolve(1)).once('close', resolve));
  return { ok: code === 0, output };
}
