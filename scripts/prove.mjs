// `npm run prove -- A`: the full-size figures of one issue. bench/prove/<letter>.ts exports `steps`, a list
// of {name, run: () => Promise<{ok, figures: {name, asked, measured, ok}[]}>}; results go to
// bench/results/prove-<letter>.json, keyed by step and by what the sources were. Finished steps are skipped,
// so an interrupted proof goes on where it stopped. Prints a table of all figures at the end; exit 1 when one
// is not met.
//   --fresh   run every step again        --step TEXT   only the steps whose name contains it
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
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
const onlyStep = args.includes('--step') ? args[args.indexOf('--step') + 1] : '';
const build = ['scripts/build.mjs', '--if-stale', '--quiet', '--no-page'];
if (spawnSync(process.execPath, build, { cwd: ROOT, stdio: ['ignore', 2, 2] }).status !== 0) process.exit(1);

const folder = join(ROOT, 'bench/results');
const path = join(folder, `prove-${letter}.json`);
const source = sourceState();
const before = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).steps : {};
const results = { host: { node: process.version, cpu: cpus()[0]?.model ?? 'unknown' }, steps: {} };
const { steps } = await importTypeScript(program);
for (const { name, run } of steps) {
  const done = before[name];
  const fresh = done?.state === source.state;
  if (!name.includes(onlyStep)) {
    if (fresh) results.steps[name] = done;
    continue;
  }
  if (!args.includes('--fresh') && fresh && done.ok) {
    results.steps[name] = done;
    process.stdout.write(`${name}: done before\n`);
    continue;
  }
  const started = Date.now();
  const answer = await outcome(run);
  results.steps[name] = { ...source, ms: Date.now() - started, ...answer };
  save();
  process.stdout.write(`${name}: ${answer.ok ? (answer.skipped ?? 'ok') : 'FAILED'}\n`);
}
save();
process.exit(table() ? 0 : 1);

/** A step that throws is a step that failed, with its message as the figure. */
async function outcome(run) {
  try {
    return await run();
  } catch (error) {
    const measured = error instanceof Error ? error.message : String(error);
    return { ok: false, figures: [{ name: 'error', asked: 'none', measured, ok: false }] };
  }
}

/** Every figure in a line; false when one is not met. */
function table() {
  let met = 0;
  let missed = 0;
  for (const [step, { figures, skipped }] of Object.entries(results.steps)) {
    process.stdout.write(`\n${step}${skipped ? `: skipped, ${skipped}` : ''}\n`);
    for (const { name, asked, measured, ok } of figures) {
      if (ok) met++;
      else missed++;
      const shown = ok && measured === asked && asked.length > 60 ? `${asked.slice(0, 57)}…` : measured;
      process.stdout.write(`  ${ok ? 'ok    ' : 'FAILED'} ${name}: ${shown}`);
      process.stdout.write(measured === asked ? '\n' : ` (asked ${asked})\n`);
    }
  }
  process.stdout.write(`\n${met} figures met, ${missed} missed, state ${source.state}\n`);
  return missed === 0;
}

/** Written after each step and renamed into place, so that an interruption loses one step at most. */
function save() {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${path}.new`, `${JSON.stringify(results, null, 2)}\n`);
  renameSync(`${path}.new`, path);
}
