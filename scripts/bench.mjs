// `npm run bench [-- topic…] [--json] [--keep]`: runs bench/<topic>.bench.ts, each in a process of its own
// and exporting `bench(): Promise<rows>`, prints the rows beside their budgets (bench/budgets.json: a floor,
// exit 1 below it) and with --json writes bench/results/<topic>.json. `npm run bench:compare` runs
// bench/compare.ts, exporting `compare(): Promise<rows>`: ours beside the peers.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listFiles, ROOT, sourceState } from './lib/files.mjs';
import { importTypeScript } from './lib/run-ts.mjs';

const args = process.argv.slice(2);
if (args[0] === '--one') await runOne(args[1]);
else runAll();

/** The rows of one program as one line of JSON; everything else it prints goes to stderr. */
async function runOne(program) {
  const exported = await importTypeScript(program);
  const rows = await (exported.compare ?? exported.bench)();
  process.stdout.write(`${JSON.stringify(rows)}\n`);
}

function runAll() {
  const topics = args.filter((word) => !word.startsWith('--'));
  const programs = programsOf(args.includes('--compare'), topics);
  if (programs.length === 0) {
    process.stderr.write(`Cannot bench: no program for ${args.join(' ') || 'any topic'} in bench/\n`);
    process.exit(2);
  }
  const budgets = JSON.parse(readFileSync(join(ROOT, 'bench/budgets.json'), 'utf8'));
  let failures = 0;
  for (const program of programs) {
    const topic = program.slice('bench/'.length).replace(/(?:\.bench)?\.ts$/, '');
    const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--one', program], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
      encoding: 'utf8',
    });
    if (child.status !== 0) {
      failures++;
      process.stdout.write(`${topic}: failed\n`);
      continue;
    }
    const rows = JSON.parse(child.stdout).map((row) => withBudget(row, budgets[topic]?.[row.name]));
    for (const row of rows) process.stdout.write(`${topic}: ${lineOf(row)}\n`);
    failures += rows.filter((row) => row.ok === false).length;
    if (args.includes('--json')) keep(topic, rows);
  }
  process.exit(failures > 0 ? 1 : 0);
}

function programsOf(comparing, topics) {
  if (comparing) return ['bench/compare.ts'].filter((file) => existsSync(join(ROOT, file)));
  return listFiles('bench')
    .filter((file) => /^bench\/[\w-]+\.bench\.ts$/.test(file))
    .filter((file) => topics.length === 0 || topics.some((topic) => file === `bench/${topic}.bench.ts`));
}

/** A figure with no budget passes; a skipped one is no failure. */
function withBudget(row, budget) {
  if (!budget || row.skipped) return row;
  const { min = -Infinity, max = Infinity } = budget;
  return { ...row, budget, ok: row.value >= min && row.value <= max };
}

function lineOf(row) {
  if (row.skipped) return `${row.name}: skipped, ${row.skipped}`;
  const { name, value, unit, cold, range, rounds, n, budget, ok, note } = row;
  const parts = [`${name} ${value} ${unit}`];
  if (range) parts.push(`${range[0]} to ${range[1]} in ${rounds} warm rounds`);
  if (cold !== undefined) parts.push(`cold ${cold}`);
  parts.push(`n ${n}`);
  if (budget) {
    const asked = budget.min === undefined ? `at most ${budget.max}` : `at least ${budget.min}`;
    parts.push(`${ok ? 'ok' : 'FAILED'}: ${asked}${budget.target ? `, target ${budget.target}` : ''}`);
  }
  if (note) parts.push(note);
  return parts.join('; ');
}

function keep(topic, rows) {
  mkdirSync(join(ROOT, 'bench/results'), { recursive: true });
  const host = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length };
  const file = join(ROOT, `bench/results/${topic}.json`);
  writeFileSync(file, `${JSON.stringify({ host, ...sourceState(), rows }, null, 2)}\n`);
}
