// The house rules are only worth something if breaking one is noticed: each fixture must fail in one named
// way.

import { expect, test } from 'vitest';
import { checkSources } from '../../scripts/lib/tidy-rules.mjs';

const found = (sources: Record<string, string>): string[] =>
  checkSources(new Map(Object.entries(sources))).map(({ file, line, rule }) => `${file}:${line}: ${rule}`);

const BROKEN: [title: string, file: string, source: string, rule: string][] = [
  ['an arrow to the right', 'src/core/a.ts', "import { step } from '../engine/step.ts';", 'direction'],
  ['backtest reading training', 'src/backtest/a.ts', "import { b } from '../training/b.ts';", 'direction'],
  ['source reading a test', 'src/core/a.ts', "import { b } from '../../test/b.ts';", 'direction'],
  ['an import over several lines', 'src/core/a.ts', "import {\n  b,\n} from '../risk/b.ts';", 'direction'],
  ['a lazy arrow to the right', 'src/core/a.ts', "const b = import('../risk/b.ts');", 'direction'],
  ['host mathematics', 'src/engine/a.ts', 'export const a = Math.exp(1);', 'bits'],
  ['the power operator', 'src/risk/a.ts', 'export const a = 2 ** 3;', 'bits'],
  ['host mathematics in a template', 'src/risk/a.ts', 'export const a = `${Math.log(2)}`;', 'bits'],
  ['host randomness', 'src/agents/a.ts', 'export const a = Math.random();', 'bits'],
  ['the clock', 'src/journal/a.ts', 'export const a = Date.now();', 'clock'],
  ['a date object', 'src/market/a.ts', 'export const a = new Date(0);', 'clock'],
  ['random bytes', 'src/core/a.ts', 'crypto.getRandomValues(new Uint8Array(1));', 'randomness'],
  ['JSON as bytes', 'src/core/a.ts', 'export const a = JSON.stringify({});', 'canonical-bytes'],
  ['a timer', 'src/engine/a.ts', 'setTimeout(() => {}, 1);', 'input-output'],
  ['a file system', 'src/signals/a.ts', "import { readFile } from 'node:fs';", 'node-import'],
  ['a dependency', 'src/core/a.ts', "import * as z from 'zod';", 'dependency'],
  ['an eager backend', 'src/agents/a.ts', "import * as ort from 'onnxruntime-web';", 'dependency'],
  ['relaxed SIMD', 'assembly/a.ts', 'const a = f32x4.relaxed_madd(x, y, z);', 'bits'],
  ['a default export', 'src/core/a.ts', 'export default 1;', 'default-export'],
  ['a barrel', 'src/core/a.ts', "export { b } from './b.ts';\nexport * from './c.ts';", 'barrel'],
  ['a focused test', 'test/a.test.ts', "it.only('x', () => {});", 'focus'],
  ['a promise nobody can keep', 'docs/a.md', 'Profit is guaranteed.', 'words'],
  ['a machine path', 'src/core/a.ts', ['// see ', 'root/notes'].join('/'), 'words'],
  ['a long line', 'src/core/a.ts', `// ${'x'.repeat(120)}`, 'line-length'],
];

test.each(BROKEN)('reports %s', (_title, file, source, rule) => {
  expect(found({ [file]: source })).toEqual([`${file}:1: ${rule}`]);
});

test('reports a cycle, a long file and a long function at their lines', () => {
  const cycle = {
    'src/core/a.ts': "\nimport { b } from './b.ts';\nexport const a = () => b;",
    'src/core/b.ts': "import { a } from './a.ts';\nexport const b = () => a;",
  };
  expect(found(cycle)).toEqual(['src/core/b.ts:1: cycle']);
  expect(found({ 'src/core/a.ts': 'let a;\n'.repeat(401) })).toEqual(['src/core/a.ts:402: file-size']);
  const long = `export function a(b: number): number {\n${'  b++;\n'.repeat(75)}  return b;\n}\n`;
  expect(found({ 'src/core/a.ts': long })).toEqual(['src/core/a.ts:1: function-size']);
});

test('is not fooled by strings, comments, regular expressions and types', () => {
  const source = [
    '// Math.exp, 2 ** 3 and Date.now live here in words',
    "const text = 'Math.log(2) ** Date.now()';",
    'const pattern = /[/"]Math\\.pow\\(/;',
    'const nested = `a ${`b ${1} Math.sin`} Math.cos`;',
    "import type { Ort } from 'onnxruntime-web';",
    "const lazy = () => import('onnxruntime-web');",
    'export const half = (x: number): number => x / 2 / Math.sqrt(4);',
  ];
  expect(found({ 'src/agents/a.ts': source.join('\n') })).toEqual([]);
});

test('lets every folder import itself and what lies to its left', () => {
  const source = "import { a } from '../core/a.ts';\nimport { b } from './b.ts';\nexport const c = a + b;";
  expect(found({ 'src/engine/c.ts': source, 'src/cli/c.ts': source, 'workers/c.ts': '' })).toEqual([]);
  expect(found({ 'workers/c.ts': "import { a } from '../src/engine/a.ts';\na();" })).toEqual([]);
});
