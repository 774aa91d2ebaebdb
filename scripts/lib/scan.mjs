// A small scanner for TypeScript: blanks strings, comments and regular expressions in place,
// so that rules look at code only and every offset still points into the original text.

const CODE = 0;
const BEFORE_REGEX = new Set([...'(,=:[!&|?{};+-*%~^<>', '']);
const WORD_BEFORE_REGEX = /\b(?:return|typeof|case|in|of|do|else|void|delete|await|yield)$/;

/** The same text, same length, same line breaks, with the inside of strings, comments and regexes blanked. */
export function maskSource(text) {
  const out =
    [...text].length === text.length
      ? text.split('')
      : Array.from({ length: text.length }, (_, i) => text[i]);
  const blank = (from, to) => {
    for (let i = from; i < to; i++) if (out[i] !== '\n') out[i] = ' ';
  };
  // One entry for each `${` that is open: the depth of braces at which its template goes on.
  const templates = [];
  let depth = CODE;
  let last = '';
  let i = 0;
  const template = (from) => {
    const end = templateEnd(text, from);
    blank(from, end.at);
    if (end.opens) templates.push(depth++);
    last = end.opens ? '{' : '`';
    return end.opens ? end.at + 2 : end.at + 1;
  };
  while (i < text.length) {
    const c = text[i];
    const two = text.slice(i, i + 2);
    if (two === '//' || two === '/*') {
      const found = two === '//' ? text.indexOf('\n', i) : text.indexOf('*/', i + 2) + 2;
      const end = found < i ? text.length : found;
      blank(i, end);
      i = end;
    } else if (c === "'" || c === '"') {
      const end = stringEnd(text, i);
      blank(i + 1, end);
      last = c;
      i = end + 1;
    } else if (c === '`') i = template(i + 1);
    else if (c === '/' && startsRegex(out, i, last)) {
      const end = regexEnd(text, i);
      blank(i + 1, end);
      last = '/';
      i = end + 1;
    } else if (c === '}' && templates.length > 0 && templates.at(-1) === depth - 1) {
      depth = templates.pop();
      i = template(i + 1);
    } else {
      if (c === '{') depth++;
      if (c === '}') depth--;
      if (c.trim() !== '') last = c;
      i++;
    }
  }
  return out.join('');
}

function stringEnd(text, start) {
  let i = start + 1;
  while (i < text.length && text[i] !== text[start] && text[i] !== '\n') i += text[i] === '\\' ? 2 : 1;
  return i;
}

function templateEnd(text, start) {
  for (let i = start; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '`') return { at: i, opens: false };
    else if (text[i] === '$' && text[i + 1] === '{') return { at: i, opens: true };
  }
  return { at: text.length, opens: false };
}

function startsRegex(out, at, last) {
  if (BEFORE_REGEX.has(last)) return true;
  return WORD_BEFORE_REGEX.test(
    out
      .slice(Math.max(0, at - 12), at)
      .join('')
      .trimEnd(),
  );
}

function regexEnd(text, start) {
  let inClass = false;
  for (let i = start + 1; i < text.length && text[i] !== '\n'; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '[') inClass = true;
    else if (text[i] === ']') inClass = false;
    else if (text[i] === '/' && !inClass) return i;
  }
  return start;
}

const IMPORT =
  /\b(import|export)\b(\s+type\b)?[^;'"`()]*?\bfrom\s*(['"])|\bimport\s*(['"])|\bimport\s*\(\s*(['"])/g;

/** Every import and re-export: {specifier, offset, typeOnly, lazy, reexport}. */
export function findImports(text, masked = maskSource(text)) {
  return [...masked.matchAll(IMPORT)].map((match) => {
    const quote = match.index + match[0].length - 1;
    const end = masked.indexOf(text[quote], quote + 1);
    return {
      specifier: text.slice(quote + 1, end),
      offset: match.index,
      typeOnly: match[2] !== undefined,
      lazy: match[5] !== undefined,
      reexport: match[1] === 'export',
    };
  });
}

const CONTROL = new Set(['if', 'for', 'while', 'switch', 'catch', 'with']);

/** Every function body of a masked source: {name, offset, lines}. */
export function findFunctions(masked) {
  const found = [];
  const open = [];
  for (let i = 0; i < masked.length; i++) {
    if (masked[i] === '{') open.push({ at: i, name: functionNameBefore(masked, i) });
    else if (masked[i] === '}') {
      const { at, name } = open.pop() ?? {};
      if (name !== undefined && name !== null) {
        found.push({ name, offset: at, lines: masked.slice(at, i).split('\n').length });
      }
    }
  }
  return found;
}

/** The name of the function whose body opens at `at` ("=>" for an arrow), or null for any other brace. */
function functionNameBefore(masked, at) {
  const before = masked.slice(Math.max(0, at - 600), at).trimEnd();
  if (before.endsWith('=>')) return '=>';
  const header = /\)\s*(?::[^;{}()]*)?$/.exec(before);
  if (header === null) return null;
  let level = 0;
  for (let i = header.index; i >= 0; i--) {
    if (before[i] === ')') level++;
    else if (before[i] === '(' && --level === 0) {
      const name = /([\w$#]+)?\s*(?:<[^()]*>)?\s*$/.exec(before.slice(0, i))?.[1] ?? 'function';
      return CONTROL.has(name) ? null : name;
    }
  }
  return null;
}

/** 1-based line of an offset. */
export function lineAt(text, offset) {
  return text.slice(0, offset).split('\n').length;
}
