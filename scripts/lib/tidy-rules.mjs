// The rules of the house that `npm run tidy` enforces: which way imports point, what the decision path may
// not
// call, how large things may be, and words that may not be written.
import { posix } from 'node:path';
import { findFunctions, findImports, lineAt, maskSource } from './scan.mjs';

/** Folders of src/ from left to right; a folder imports from itself and from entries to its left. */
export const ORDER = [
  ...[
    'core',
    'wasm',
    'indicators',
    'market',
    'signals',
    'agents',
    'consensus',
    'risk',
    'execution',
    'journal',
    'engine',
  ].map((f) => [f]),
  ...[
    ['data'],
    ['backtest', 'training'],
    ['runtime'],
    ['lab'],
    ['server', 'terminal', 'cli', 'workers'],
    ['index'],
  ],
];
const ASSEMBLY_ORDER = [
  ...[['root', 'math'], ['indicators', 'statistics'], ['matrix'], ['patterns', 'nn', 'risk']],
  ...[['batch', 'training'], ['index'], ['analysis']],
];
const MODULES = new Set(['#kernel', '#analysis', '#training', '#indicators']);
const DECISION = new Set(ORDER.slice(0, 11).flat());

/** Where a rule does not hold, and why. */
export const EXCEPTIONS = [
  [
    'input-output',
    /^src\/wasm\/(kernel|analysis|training|indicators)\.browser\.mjs$/,
    'the loader of the hosts that have URLs',
  ],
  [
    'node-import',
    /^src\/wasm\/(kernel|analysis|training|indicators)\.default\.mjs$/,
    'the loader of the hosts that have files',
  ],
  [
    'node-import',
    /^src\/journal\/file-store\.ts$/,
    'the one store that owns files; imported only by hosts that have them',
  ],
  [
    'bits',
    /^assembly\/training\/multiply\.ts$/,
    'the one line of the fast build, from which no model is written',
  ],
  ['default-export', /\.config\.ts$/, 'vite and vitest read their configuration from the default export'],
  [
    'default-export',
    /^(src\/server\/worker|test\/runtime\/entry\.workerd)\.ts$/,
    'workerd takes its handler from it',
  ],
  [
    'barrel',
    /^(src\/(index|node|indicators\/index)|assembly\/((analysis|training|batch)\/)?index)\.ts$/,
    'the public surface, and the export lists',
  ],
  ['words', /^(scripts\/lib\/tidy-rules\.mjs|test\/house\/)/, 'they name the words'],
];

const HOST_MATH =
  'exp expm1 log log1p log2 log10 pow sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh ' +
  'cbrt hypot random';

const BANS = [
  [new RegExp(`\\bMath\\.(?:${HOST_MATH.split(' ').join('|')})\\b`, 'g'), 'bits'],
  [/\*\*/g, 'bits'],
  [/\bDate\.now\b|\bnew\s+Date\b|\bperformance\.now\b/g, 'clock'],
  [/\bcrypto\.(?:getRandomValues|randomUUID)\b/g, 'randomness'],
  [/\bJSON\.stringify\b/g, 'canonical-bytes'],
  [/\bset(?:Timeout|Interval|Immediate)\s*\(|\bfetch\s*\(/g, 'input-output'],
];
// Prose rules look at the whole text, comments included.
const WORDS =
  /\bguaranteed\b|\b100\s?%\s+accura(?:cy|te)|\bByzantine-proof\b|(?<![\w.])\/(?:work|root)\/[\w.]/gi;
const SIZE = { file: 400, function: 70, column: 110, worker: 60, decision: 40 };

/**
 * Checks sources given as path -> text and returns [{file, line, rule, message}] in order of path and line.
 * Paths are relative to the root, with forward slashes.
 */
export function checkSources(sources) {
  const violations = [];
  const graph = new Map();
  for (const [file, text] of sources) {
    const report = (offset, rule, message) => {
      if (EXCEPTIONS.some(([name, pattern]) => name === rule && pattern.test(file))) return;
      violations.push({ file, line: lineAt(text, offset), rule, message });
    };
    checkProse(file, text, report);
    if (!/\.(?:m?ts|mjs)$/.test(file)) continue;
    const masked = maskSource(text);
    const imports = findImports(text, masked);
    checkCode(file, masked, report);
    checkSizes(file, text, masked, report);
    checkShape(masked, imports, report);
    const edges = [];
    for (const item of imports) {
      checkImport(file, item, report);
      const target = resolveImport(file, item.specifier, sources);
      // Types are erased, so they have no order of loading.
      if (target !== null && !item.typeOnly) edges.push({ target, offset: item.offset });
    }
    graph.set(file, edges);
  }
  violations.push(...findCycles(graph, sources));
  return violations.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
}

function checkProse(file, text, report) {
  for (const match of text.matchAll(WORDS)) report(match.index, 'words', `"${match[0]}" may not be written`);
  if (/^docs\/decisions\/\d/.test(file)) {
    const count = text.trimEnd().split('\n').length;
    if (count > SIZE.decision)
      report(text.length, 'file-size', `${count} lines, at most ${SIZE.decision} in a decision`);
  }
}

function checkCode(file, masked, report) {
  const folder = folderOf(file);
  if (file.startsWith('src/') && DECISION.has(folder)) {
    for (const [pattern, rule] of BANS) {
      for (const match of masked.matchAll(pattern)) {
        report(match.index, rule, `"${match[0]}" is not allowed on the decision path (src/${folder})`);
      }
    }
  }
  if (file.startsWith('assembly/')) {
    for (const match of masked.matchAll(/\brelaxed_\w+/g))
      report(match.index, 'bits', `${match[0]} changes bits between hosts`);
  }
  for (const match of masked.matchAll(/\b(?:it|test|describe|bench|suite)\.(?:only|todo)\b/g)) {
    report(match.index, 'focus', `"${match[0]}" hides other tests`);
  }
}

function checkSizes(file, text, masked, report) {
  const lines = text.trimEnd().split('\n');
  const most = file.startsWith('workers/') ? SIZE.worker : SIZE.file;
  if (lines.length > most) report(text.length, 'file-size', `${lines.length} lines, at most ${most}`);
  const code = masked.split('\n');
  let offset = 0;
  lines.forEach((line, i) => {
    // A test's title is one string that prettier cannot break, and a test's name may be a sentence.
    const words = file.startsWith('test/') ? (code[i] ?? '').replace(/ {2,}/g, ' ').trim() : '';
    const title = words !== '' && words.length <= SIZE.column;
    if (line.length > SIZE.column && !title) {
      report(offset, 'line-length', `${line.length} columns, at most ${SIZE.column}`);
    }
    offset += line.length + 1;
  });
  if (file.startsWith('test/')) return;
  for (const { name, offset: at, lines: count } of findFunctions(masked)) {
    if (count > SIZE.function)
      report(at, 'function-size', `${name}: ${count} lines, at most ${SIZE.function}`);
  }
}

function checkShape(masked, imports, report) {
  const defaults = /\bexport\s+default\b|\bas\s+default\b/.exec(masked);
  if (defaults !== null) report(defaults.index, 'default-export', 'export by name');
  const rest = masked.replaceAll(
    /\bexport\s+(?:type\s+)?(?:\*(?:\s+as\s+\w+)?|\{[^}]*\})\s*from\s*(['"])\s*\1;?/g,
    '',
  );
  if (imports.some((item) => item.reexport) && rest.trim() === '') {
    report(0, 'barrel', 'import from the file that defines a thing');
  }
}

function checkImport(file, { specifier, offset, typeOnly, lazy }, report) {
  const folder = folderOf(file);
  if (specifier.startsWith('.')) {
    checkDirection(file, posix.normalize(posix.join(posix.dirname(file), specifier)), offset, report);
    return;
  }
  if (!file.startsWith('src/') || !DECISION.has(folder) || MODULES.has(specifier)) return;
  if (specifier.startsWith('node:')) {
    report(offset, 'node-import', `${specifier}: host input and output belong right of engine`);
  } else if (!(folder === 'agents' && specifier.startsWith('onnxruntime-web') && (lazy || typeOnly))) {
    report(
      offset,
      'dependency',
      `${specifier}: no dependency in src/${folder} (onnxruntime-web: import() in agents)`,
    );
  }
}

function checkDirection(file, target, offset, report) {
  const side = sideOf(file);
  const [from, to] = [rankOf(file), rankOf(target)];
  if (side === null) return;
  if (target.startsWith('dist/')) return;
  if (sideOf(target) !== side) report(offset, 'direction', `${file} may not import ${target}`);
  else if (from < 0) report(0, 'direction', `${folderOf(file)} is not a folder of the order`);
  else if (to > from)
    report(offset, 'direction', `${folderOf(file)} may not import ${folderOf(target)}: it lies to the right`);
  else if (to === from && side === 'src' && folderOf(file) !== folderOf(target)) {
    report(offset, 'direction', `${folderOf(file)} and ${folderOf(target)} may not import each other`);
  }
}

/** "src" for src/ and workers/, "assembly", or null where any import may be. */
function sideOf(file) {
  if (/^(?:src|workers)\//.test(file)) return 'src';
  return file.startsWith('assembly/') ? 'assembly' : null;
}

function rankOf(file) {
  const order = sideOf(file) === 'assembly' ? ASSEMBLY_ORDER : ORDER;
  return order.findIndex((group) => group.includes(folderOf(file)));
}

function folderOf(file) {
  const parts = file.split('/');
  if (parts[0] === 'workers') return 'workers';
  if (parts.length > 2) return parts[1];
  // The arenas lay whole states out in memory, so they stand beside index.ts, right of everything.
  return /^(?:index|node|arena|scan-arena)(?:\.ts)?$/.test(parts[1] ?? '') ? 'index' : 'root';
}

function resolveImport(file, specifier, sources) {
  if (!specifier.startsWith('.')) return null;
  const path = posix.normalize(posix.join(posix.dirname(file), specifier));
  return [path, `${path}.ts`].find((candidate) => sources.has(candidate)) ?? null;
}

function findCycles(graph, sources) {
  const violations = [];
  const state = new Map();
  const visit = (file, path) => {
    state.set(file, 'open');
    for (const { target, offset } of graph.get(file) ?? []) {
      if (state.get(target) === 'open') {
        const cycle = [...path.slice(path.indexOf(target)), target].join(' -> ');
        violations.push({ file, line: lineAt(sources.get(file), offset), rule: 'cycle', message: cycle });
      } else if (!state.has(target)) visit(target, [...path, target]);
    }
    state.set(file, 'done');
  };
  for (const file of graph.keys()) if (!state.has(file)) visit(file, [file]);
  return violations;
}
