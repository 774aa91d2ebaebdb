// What a verb of the command line is, and how its arguments are read: one table gives parsing, checks and
// --help.

import { parseArgs } from 'node:util';
import { GrandModelError } from '../core/errors.ts';

/** Exit codes of every verb. */
export const EXIT_OK = 0;
export const EXIT_FOUND_WRONG = 1;
export const EXIT_BAD_INPUT = 2;

/** One option. `metavar` makes it take a value; `many` lets it repeat. */
export interface OptionSpec {
  readonly help: string;
  readonly metavar?: string;
  readonly many?: boolean;
  readonly fallback?: string;
}

/** Parsed arguments, by option name. */
export interface Arguments {
  readonly positionals: readonly string[];
  flag(name: string): boolean;
  text(name: string): string | null;
  texts(name: string): readonly string[];
  /** A finite number within [min, max], or null when not given. */
  number(name: string, min: number, max: number): number | null;
}

/** Where a verb writes; tests capture it. */
export interface Output {
  /** Results, standard output. */
  print(line: string): void;
  /** Progress and remarks, standard error. */
  note(line: string): void;
  /** Raised by Ctrl-C; a verb that writes finishes its batch and stops. */
  readonly signal: AbortSignal;
}

/** One verb of `gm`. */
export interface Verb {
  readonly name: string;
  readonly summary: string;
  /** Positional arguments, such as "JOURNAL". */
  readonly usage: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly examples: readonly string[];
  run(args: Arguments, output: Output): Promise<number>;
}

const COMMON: Readonly<Record<string, OptionSpec>> = {
  json: { help: 'print one JSON object and nothing else' },
  help: { help: 'show this' },
};

/**
 * Parses the arguments of a verb.
 *
 * @throws GrandModelError BAD_INPUT for an unknown option or a missing value
 */
export function parseArguments(verb: Verb, argv: readonly string[]): Arguments {
  const specs = { ...verb.options, ...COMMON };
  const options: Record<string, { type: 'string' | 'boolean'; multiple: boolean }> = {};
  for (const [name, spec] of Object.entries(specs)) {
    options[name] = { type: spec.metavar ? 'string' : 'boolean', multiple: spec.many ?? false };
  }
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (cause) {
    // Node adds advice after the first sentence that does not hold here.
    const reason = (cause instanceof Error ? cause.message : String(cause)).split(/\. |\.?\n/, 1)[0];
    throw new GrandModelError(
      'BAD_INPUT',
      `gm ${verb.name}: ${reason}. See gm ${verb.name} --help`,
      {},
      cause,
    );
  }
  return argumentsOf(verb, specs, parsed.values, parsed.positionals);
}

function argumentsOf(
  verb: Verb,
  specs: Readonly<Record<string, OptionSpec>>,
  values: Record<string, unknown>,
  positionals: readonly string[],
): Arguments {
  const texts = (name: string): readonly string[] => {
    const value = values[name];
    if (Array.isArray(value)) return value.map(String);
    if (typeof value === 'string') return [value];
    const fallback = specs[name]?.fallback;
    return fallback === undefined ? [] : [fallback];
  };
  return {
    positionals,
    flag: (name) => values[name] === true,
    text: (name) => texts(name)[0] ?? null,
    texts,
    number(name, min, max) {
      const raw = texts(name)[0];
      if (raw === undefined) return null;
      const value = raw.trim() === '' ? Number.NaN : Number(raw);
      if (!(value >= min && value <= max)) {
        throw new GrandModelError(
          'BAD_INPUT',
          `gm ${verb.name}: --${name} "${raw}" is not a number from ${min} to ${max}`,
          { name, value: raw },
        );
      }
      return value;
    },
  };
}

/** The text of `gm VERB --help`. */
export function helpOf(verb: Verb): string {
  const rows = Object.entries({ ...verb.options, ...COMMON }).map(([name, spec]) => {
    const left = `  --${name}${spec.metavar ? ` ${spec.metavar}` : ''}`;
    const notes = [
      spec.many ? 'may repeat' : '',
      spec.fallback === undefined ? '' : `default ${spec.fallback}`,
    ];
    const tail = notes.filter((note) => note !== '').join(', ');
    return `${left.padEnd(28)}${spec.help}${tail ? ` (${tail})` : ''}`;
  });
  return [
    `gm ${verb.name}${verb.usage ? ` ${verb.usage}` : ''}: ${verb.summary}`,
    '',
    ...rows,
    '',
    ...verb.examples.map((example) => `  npm run -s gm -- ${example}`),
  ].join('\n');
}
