// `npm run bench [-- topic…]`: runs bench/<topic>.bench.ts, each exporting `bench(): Promise<rows>` (rows are
// plain objects with a `name`), prints the rows and writes bench/results/<topic>.json.
// `npm run bench:compare` runs bench/compare.ts, exporting `compare(): Promise<rows>`: ours beside the peers.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { listFiles, ROOT } from './lib/files.mjs';
import { importTypeScript } from './lib/run-ts.mjs';

const args = process.argv.slice(2);
const comparing = args[0] === '--compare';
const topics = args.filter((word) => !word.startsWith('--'));
const programs = comparing
  ? ['bench/compare.ts'].filter((file) => existsSync(join(ROOT, file)))
  : listFiles('bench')
      .filter((file) => /^bench\/[\w-]+\.bench\.ts$/.test(file))
      .filter((file) => topics.length === 0 || topics.some((topic) => file === `bench/${topic}.bench.ts`));
if (programs.length === 0) {
  process.stderr.write(`Cannot bench: no program for ${args.join(' ') || 'any topic'} in bench/\n`);
  process.exit(2);
}
mkdirSync(join(ROOT, 'bench/results'), { recursive: true });
for (const program of programs) {
  const exported = await importTypeScript(program);
  const rows = await (comparing ? exported.compare() : exported.bench());
  const topic = program.slice('bench/'.length).replace(/(?:\.bench)?\.ts$/, '');
  const host = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length };
  for (const row of rows) process.stdout.write(`${topic}: ${JSON.stringify(row)}\n`);
  const file = join(ROOT, `bench/results/${topic}.json`);
  writeFileSync(file, `${JSON.stringify({ host, rows }, null, 2)}\n`);
}
