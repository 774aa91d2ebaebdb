// Wraps comments that run past the last column; code and strings are prettier's and the author's business.
import { maskSource } from './scan.mjs';

const COLUMNS = 110;

/** The text with every too long comment wrapped; a comment behind code moves to the line above it. */
export function wrapComments(text) {
  const masked = maskSource(text).split('\n');
  const lines = text.split('\n');
  const out = [];
  lines.forEach((line, i) => {
    if (line.length <= COLUMNS) {
      out.push(line);
      return;
    }
    const parts = wrapLine(line, masked[i] ?? '');
    const next = lines[i + 1];
    // What ran over joins the paragraph's next line instead of standing alone.
    const prefix = /^\s*(?:\/\/|\*)\s/.exec(parts.at(-1))?.[0];
    if (
      parts.length > 1 &&
      prefix &&
      next?.startsWith(prefix) &&
      /^[^\s@*|`-]/.test(next.slice(prefix.length))
    ) {
      lines[i + 1] = `${parts.pop()} ${next.slice(prefix.length)}`;
    }
    out.push(...parts);
  });
  return out.join('\n');
}

function wrapLine(line, masked) {
  const whole = /^(\s*)(\/\/|\*|\/\*\*)(\s+)(.*)$/.exec(line);
  if (whole !== null && masked.trim() === '') {
    const [, indent, mark, space, words] = whole;
    if (mark === '/**' && words.endsWith('*/')) {
      const body = fill(`${indent} * `, `${indent} * `, words.slice(0, -2).trim());
      return [`${indent}/**`, ...body, `${indent} */`];
    }
    if (mark === '/**') return [line];
    // A tag's later lines line up with its text: "@param x   text".
    const tag = /^(@\w+(?:\s+[\w.]+)?\s{2,})(.*)$/.exec(words);
    const first = `${indent}${mark}${space}`;
    if (tag !== null) return fill(first + tag[1], first + ' '.repeat(tag[1].length), tag[2]);
    return fill(first, first, words);
  }
  const code = masked.trimEnd();
  const behind = /^\s*\/\/\s*(.*)$/.exec(line.slice(code.length));
  if (behind === null || code.trim() === '') return [line];
  const indent = /^\s*/.exec(line)[0];
  return [...fill(`${indent}// `, `${indent}// `, behind[1]), line.slice(0, code.length).trimEnd()];
}

function fill(first, next, words) {
  const lines = [];
  let line = first;
  let empty = true;
  for (const word of words.split(/\s+/)) {
    if (!empty && line.length + 1 + word.length > COLUMNS) {
      lines.push(line);
      line = next;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}
