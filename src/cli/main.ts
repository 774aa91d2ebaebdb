// `gm`: finds the verb, reads its arguments, turns errors into a message and an exit code.

import { GrandModelError } from '../core/errors.ts';
import { EXIT_BAD_INPUT, EXIT_FOUND_WRONG, EXIT_OK, helpOf, parseArguments } from './verb.ts';
import type { Output, Verb } from './verb.ts';
import { backtestVerb } from './verbs/backtest.ts';
import { doctorVerb } from './verbs/doctor.ts';
import { evaluateVerb } from './verbs/evaluate.ts';
import { inspectVerb } from './verbs/inspect.ts';
import { labVerb } from './verbs/lab.ts';
import { marketVerb } from './verbs/market.ts';
import { modelsVerb } from './verbs/models.ts';
import { reportVerb } from './verbs/report.ts';
import { runVerb } from './verbs/run.ts';
import { scanVerb } from './verbs/scan.ts';
import { sweepVerb } from './verbs/sweep.ts';
import { trainVerb } from './verbs/train.ts';
import { verifyVerb } from './verbs/verify.ts';

const VERBS: readonly Verb[] = [
  ...[runVerb, verifyVerb, inspectVerb, marketVerb, scanVerb, sweepVerb],
  ...[trainVerb, evaluateVerb, backtestVerb, reportVerb, doctorVerb, labVerb, modelsVerb],
];

/** Runs the command line and returns its exit code: 0 ok, 1 found something wrong, 2 bad input. */
export async function main(argv: readonly string[], output: Output): Promise<number> {
  const [name = '--help', ...rest] = argv;
  if (name === '--help' || name === '-h' || name === 'help') {
    output.print(overview());
    return EXIT_OK;
  }
  const verb = VERBS.find((candidate) => candidate.name === name);
  if (!verb) {
    output.note(`gm: no verb "${name}". Verbs: ${VERBS.map((candidate) => candidate.name).join(' ')}`);
    return EXIT_BAD_INPUT;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    output.print(helpOf(verb));
    return EXIT_OK;
  }
  const json = rest.includes('--json');
  try {
    return await verb.run(parseArguments(verb, rest), output);
  } catch (cause) {
    return reportError(cause, json, output);
  }
}

function overview(): string {
  const rows = VERBS.map((verb) => `  ${verb.name.padEnd(10)}${verb.summary}`);
  return ['gm VERB [options]', '', ...rows, '', 'gm VERB --help shows the options of a verb.'].join('\n');
}

function reportError(cause: unknown, json: boolean, output: Output): number {
  const known = cause instanceof GrandModelError;
  const message = cause instanceof Error ? cause.message : String(cause);
  if (json) {
    const error = known ? { code: cause.code, message, data: cause.data } : { code: 'INTERNAL', message };
    output.print(JSON.stringify({ ok: false, error }));
  }
  output.note(known ? message : (cause instanceof Error && cause.stack) || message);
  return known && cause.code !== 'KERNEL' && cause.code !== 'STORE' ? EXIT_BAD_INPUT : EXIT_FOUND_WRONG;
}
