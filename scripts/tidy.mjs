// Reads every source and document and prints each broken rule of the house as file:line: rule: message.
// `--fix` wraps comments that run past the last column.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listFiles, ROOT } from './lib/files.mjs';
import { checkSources } from './lib/tidy-rules.mjs';
import { wrapComments } from './lib/wrap.mjs';

const FOLDERS = ['src', 'assembly', 'workers', 'bench', 'test', 'examples', 'scripts', 'docs', 'public'];
const PAGES = ['README.md', 'ARCHITECTURE.md', 'CHANGELOG.md', 'SECURITY.md', 'package.json'];
const READ = /\.(?:m?ts|mjs|md|html|json|capnp)$/;
const SKIPPED = /^(?:test\/golden|bench\/results)\/|package-lock\.json$/;

const files = [...FOLDERS, ...PAGES]
  .flatMap((path) => listFiles(path))
  .filter((file) => READ.test(file) && !SKIPPED.test(file));
if (process.argv.includes('--fix')) {
  for (const file of files.filter((name) => /\.(?:m?ts|mjs)$/.test(name))) {
    const text = readFileSync(join(ROOT, file), 'utf8');
    const wrapped = wrapComments(text);
    if (wrapped !== text) writeFileSync(join(ROOT, file), wrapped);
  }
}
const violations = checkSources(new Map(files.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')])));
for (const { file, line, rule, message } of violations) {
  process.stdout.write(`${file}:${line}: ${rule}: ${message}\n`);
}
if (violations.length > 0) process.exit(1);
process.stdout.write(`tidy: ${files.length} files, nothing to report\n`);
