// Runs the documentation: every `@example expression // value` of src and every ```ts run block of README.md.
// In an example the file's own exports are in scope, and `kernel` and `indicators`, fresh instances. A line
// that ends with
// `;` prepares; `// throws CODE` expects a GrandModelError of that code. Values are compared deeply.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect, isDeepStrictEqual } from 'node:util';
import { transform } from 'esbuild';
import { listFiles, ROOT } from './lib/files.mjs';
import { lineAt } from './lib/scan.mjs';

const BLOCK_MS_MAX = 120_000;
const PAGES = ['README.md', ...listFiles('docs').filter((file) => file.endsWith('.md'))];
const AsyncFunction = (async () => {}).constructor;
let passed = 0;
let failed = 0;

const build = ['scripts/build.mjs', '--if-stale', '--quiet', '--no-page'];
if (spawnSync(process.execPath, build, { cwd: ROOT, stdio: ['ignore', 2, 2] }).status !== 0) process.exit(1);
for (const file of listFiles('src').filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))) {
  for (const example of findExamples(readFileSync(join(ROOT, file), 'utf8'))) {
    await report(`${file}:${example.line}`, () => runExample(file, example));
  }
}
for (const page of PAGES.filter((name) => existsSync(join(ROOT, name)))) {
  for (const block of findBlocks(readFileSync(join(ROOT, page), 'utf8'))) {
    await report(`${page}:${block.line}`, () => runBlock(page, block));
  }
}
process.stdout.write(`documentation: ${passed} examples passed, ${failed} failed\n`);
process.exit(failed > 0 ? 1 : 0);

async function report(place, run) {
  try {
    await run();
    passed++;
  } catch (error) {
    failed++;
    process.stdout.write(`${place}: ${error.message}\n`);
  }
}

/** [{line, setup, expression, expected}] for every value line of every @example. */
function findExamples(text) {
  const examples = [];
  for (const comment of text.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
    for (const tag of comment[0].matchAll(/@example\b([\s\S]*?)(?=\n\s*\*\s*@|\*\/)/g)) {
      const lines = tag[1].split('\n').map((line) => line.replace(/^\s*\*\s?/, '').trim());
      let line = lineAt(text, comment.index + tag.index);
      let setup = '';
      let expression = '';
      for (const words of lines) {
        const at = words.lastIndexOf('// ');
        if (at > 0 || (at === 0 && expression !== '')) {
          expression += `\n${words.slice(0, at)}`;
          examples.push({ line, setup, expression: expression.trim(), expected: words.slice(at + 3).trim() });
          expression = '';
        } else if (words.endsWith(';')) {
          setup += `${expression}\n${words}\n`;
          expression = '';
        } else expression += `\n${words}`;
        line++;
      }
      if (expression.trim() !== '') {
        examples.push({ line, setup, expression: expression.trim(), expected: null });
      }
    }
  }
  return examples;
}

async function runExample(file, { setup, expression, expected }) {
  if (expected === null) throw new Error(`the example "${expression}" says no value`);
  const exported = await import(pathToFileURL(join(ROOT, `dist${file.slice(3, -3)}.js`)).href);
  const { loadKernel } = await import(pathToFileURL(join(ROOT, 'dist/wasm/kernel.js')).href);
  const { loadIndicators } = await import(pathToFileURL(join(ROOT, 'dist/indicators/memory.js')).href);
  const scope = { kernel: await loadKernel(), indicators: await loadIndicators(), ...exported };
  const evaluate = (code) => new AsyncFunction(...Object.keys(scope), code)(...Object.values(scope));
  const thrown = /^throws (\w+)$/.exec(expected)?.[1];
  let value;
  try {
    value = await evaluate(`${setup}return (${expression.replace(/;$/, '')});`);
  } catch (error) {
    if (thrown !== undefined && error.code === thrown) return;
    throw new Error(`"${expression}" throws ${error.message}`, { cause: error });
  }
  if (thrown !== undefined) throw new Error(`"${expression}" does not throw ${thrown}`);
  const wanted = await evaluate(`return (${expected.replace(/;$/, '')});`);
  if (!isDeepStrictEqual(value, wanted)) {
    throw new Error(`"${expression}" is ${inspect(value)}, the comment says ${inspect(wanted)}`);
  }
}

function findBlocks(text) {
  return [...text.matchAll(/^```ts run\n([\s\S]*?)^```/gm)].map((match, index) => ({
    line: lineAt(text, match.index),
    code: match[1],
    index,
  }));
}

async function runBlock(page, { code, index }) {
  const folder = join(ROOT, 'dist/.docs');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${page.replaceAll('/', '-')}-${index}.mjs`);
  writeFileSync(path, (await transform(code, { loader: 'ts', target: 'es2022' })).code);
  const { status, stderr } = spawnSync(process.execPath, [path], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: BLOCK_MS_MAX,
  });
  if (status !== 0) throw new Error(`the block fails: ${stderr.slice(-1500)}`);
}
