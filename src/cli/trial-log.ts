// Where trials are counted: a file that every backtest and evaluation appends to.

import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readTrials, trialLine } from '../backtest/trials.ts';
import type { Trial } from '../backtest/trials.ts';

/** The log unless `--trials` names another. */
export const TRIALS_PATH = 'out/trials.ndjson';

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
