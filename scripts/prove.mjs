// `npm run prove -- A`: the full-size figures of one issue. bench/prove/<letter>.ts exports `steps`, a list
// of {name, run: () => Promise<result>}; results go to bench/results/prove-<letter>.json, keyed by commit and
// step. Finished steps are skipped, so an interrupted proof goes on where it stopped.
//   --fresh   run every step again        --step NAME   only this one
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, sourceState } from './lib/files.mjs';
import { importTypeScript } from './lib/run-ts.mjs';

const args = process.argv.slice(2);
const letter = (args.find((word) => /^[A-Za-z]$/.test(word)) ?? '').toLowerCase();
const program = `bench/prove/${letter}.ts`;
if (letter === '' || !existsSync(join(ROOT, program))) {
  process.stderr.write(`Cannot prove "${letter}": there is no ${program}; usage: npm run prove -- A\n`);
  process.exit(2);
}
const onlyStep = args.includes('--step') ? args[args.indexOf('--step') + 1] : null;
const build = ['scripts/build.mjs', '--if-stale', '--quiet', '--no-page'];
if (spawnSync(process.execPath, build, { cwd: ROOT, stdio: ['ignore', 2, 2] }).status !== 0) process.exit(1);

const folder = join(ROOT, 'bench/results');
const path = join(folder, `prove-${letter}.json`);
const source = sourceState();
const results = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { steps: {} };
const { steps } = await importTypeScript(program);
let failures = 0;
for (const { name, run } of steps) {
  if (onlyStep !== null && onlyStep !== name) continue;
  const done = results.steps[name];
  if (!args.includes('--fresh') && done?.state === source.state && done.ok) {
    process.stdout.write(`${name}: done before, ${JSON.stringify(done.result)}\n`);
    continue;
  }
  const started = Date.now();
  let outcome;
  try {
    const result = await run();
    outcome = { ok: result?.ok !== false, result };
  } catch (error) {
    outcome = { ok: false, result: { error: error.message } };
  }
  if (!outcome.ok) failures++;
  results.steps[name] = { ...source, ms: Date.now() - started, ...outcome };
  save();
  process.stdout.write(`${name}: ${outcome.ok ? 'ok' : 'FAILED'} ${JSON.stringify(outcome.result)}\n`);
}
process.exit(failures > 0 ? 1 : 0);

/** Written after each step and renamed into place, so that an interruption loses one step at most. */
function save() {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${path}.new`, `${JSON.stringify(results, null, 2)}\n`);
  renameSync(`${path}.new`, path);
}
