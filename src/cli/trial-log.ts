// Where trials are counted: a file that every run, sweep, backtest and evaluation appends to.

import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readTrials, trialLine, withoutResult } from '../backtest/trials.ts';
import type { Trial } from '../backtest/trials.ts';
import { GrandModelError } from '../core/errors.ts';
import type { Arguments, OptionSpec } from './verb.ts';

/** The log unless `--trials` names another. */
export const TRIALS_PATH = 'out/trials.ndjson';

/** Options of every verb that tries a configuration on data. */
export const TRIAL_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  trials: { metavar: 'FILE', fallback: TRIALS_PATH, help: 'log of trials that this run is added to' },
  'off-record': {
    metavar: 'REASON',
    help: 'keep no result in the log, only the run and this reason; it still counts as a trial',
  },
};

const REASON_LENGTH_MAX = 200;

/**
 * Adds trials to the log that the options name.
 *
 * @returns takes one trial
 * @throws  GrandModelError BAD_INPUT for an empty or overlong reason
 */
export function trialLogger(args: Arguments, verb: string): (trial: Trial) => Promise<void> {
  const path = args.text('trials') ?? TRIALS_PATH;
  const reason = args.text('off-record')?.trim();
  if (reason !== undefined && (reason === '' || reason.length > REASON_LENGTH_MAX)) {
    throw new GrandModelError(
      'BAD_INPUT',
      `gm ${verb}: --off-record needs a reason of 1 to ${REASON_LENGTH_MAX} characters`,
      { length: reason.length },
    );
  }
  return (trial) => appendTrial(path, reason === undefined ? trial : withoutResult(trial, reason));
}

/**
 * Trials of a log; none when the file does not exist.
 *
 * @throws GrandModelError BAD_INPUT for a line that is no trial
 */
export async function readTrialLog(path: string): Promise<Trial[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw cause;
  }
  return readTrials(text);
}

/** Adds a trial as one line in one write, so that two programs that log at once do not mix their lines. */
export async function appendTrial(path: string, trial: Trial): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await appendFile(path, `${trialLine(trial)}\n`);
}
