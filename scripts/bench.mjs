// `npm run bench [-- topic…] [--json] [--keep]`: runs bench/<topic>.bench.ts, each in a process of its own
// and exporting `bench(): Promise<rows>`, prints the rows beside their budgets (bench/budgets.json: a floor,
// exit 1 below it) and with --json writes bench/results/<topic>.json.
// `npm run bench:compare [-- topic…] [--json]` runs bench/compare/<topic>.ts the same way, each exporting
// `compare()` or `rows()`: a promise of rows {name, n, ours, peer, peerName, ratio, checked} or {name,
// skipped}: ours beside the peers of bench/peers, which are installed first. Its --json prints all rows as
// one array and nothing else, and writes bench/results/compare-<topic>.json.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listFiles, ROOT, sourceState } from './lib/files.mjs';
import { buildPeers, comparisons, installPeers } from './lib/peers.mjs';
import { importTypeScript } from './lib/run-ts.mjs';

const args = process.argv.slice(2);
if (args[0] === '--one') await runOne(args[1]);
else if (args[0] === '--compare') compareAll(await installPeers());
else runAll();

/** The rows of one program as one line of JSON; everything else it prints goes to stderr. */
async function runOne(program) {
  const exported = await importTypeScript(program);
  const rows = await (exported.compare ?? exported.rows ?? exported.bench)();
  process.stdout.write(`${JSON.stringify(rows)}\n`);
}

function runAll() {
  const topics = args.filter((word) => !word.startsWith('--'));
  const programs = programsOf(topics);
  if (programs.length === 0) {
    process.stderr.write(`Cannot bench: no program for ${args.join(' ') || 'any topic'} in bench/\n`);
    process.exit(2);
  }
  const budgets = JSON.parse(readFileSync(join(ROOT, 'bench/budgets.json'), 'utf8'));
  let failures = 0;
  for (const program of programs) {
    const topic = program.slice('bench/'.length).replace(/(?:\.bench)?\.ts$/, '');
    const found = rowsOf(program);
    if (found === null) {
      failures++;
      process.stdout.write(`${topic}: failed\n`);
      continue;
    }
    const rows = found.map((row) => withBudget(row, budgets[topic]?.[row.name]));
    for (const row of rows) process.stdout.write(`${topic}: ${lineOf(row)}\n`);
    failures += rows.filter((row) => row.ok === false).length;
    if (args.includes('--json')) keep(topic, rows);
  }
  process.exit(failures > 0 ? 1 : 0);
}

/** Runs one program in a process of its own; null when it failed. */
function rowsOf(program) {
  const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--one', program], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return child.status === 0 ? JSON.parse(child.stdout) : null;
}

function compareAll(missing) {
  if (missing !== null) process.stderr.write(`the peers are not installed: ${missing}\n`);
  else buildPeers();
  const topics = args.filter((word) => !word.startsWith('--'));
  const json = args.includes('--json');
  const all = [];
  let failures = 0;
  for (const program of comparisons()) {
    const topic = basename(program, '.ts');
    if (topics.length > 0 && !topics.includes(topic)) continue;
    const rows = rowsOf(program);
    if (rows === null) failures++;
    else all.push(...rows);
    if (json && rows !== null) keep(`compare-${topic}`, rows);
    if (!json) for (const row of rows ?? []) process.stdout.write(`${topic}: ${comparedLine(row)}\n`);
  }
  if (json) process.stdout.write(`${JSON.stringify(all, null, 1)}\n`);
  process.exitCode = failures > 0 ? 1 : 0;
}

function comparedLine(row) {
  if (row.skipped) return `${row.name}: skipped, ${row.skipped}`;
  const [ours, peer, ratio] = [row.ours, row.peer, row.ratio].map((x) => Number(x.toPrecision(3)));
  const times = `ours ${ours}, peer ${peer}`;
  return `${row.name}, n ${row.n}: ${ratio} x ${row.peerName} (${times}); checked: ${row.checked}`;
}

function programsOf(topics) {
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
