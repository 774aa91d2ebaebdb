// The log of trials: one line for every backtest and evaluation, written by the runner, so that the number of
// trials is counted and not typed. A trial is a configuration on data; the same one twice is one trial.

import { GrandModelError } from '../core/errors.ts';
import { momentsOf } from './statistics.ts';

/** One line of the log. */
export interface Trial {
  readonly format: 1;
  /** What was run: backtest, report, evaluate … */
  readonly verb: string;
  readonly symbol: string;
  /** SHA-256 of kernel, configuration, models and instrument. */
  readonly configHash: string;
  /** SHA-256 of the bars. */
  readonly dataHash: string;
  readonly bars: number;
  /** First UTC day that counts, days since 1970. */
  readonly firstDay: number;
  readonly netPnl: number;
  /** Sharpe ratio per day; null when it has none. */
  readonly sharpe: number | null;
  /** Daily returns from `firstDay` on. */
  readonly returns: readonly number[];
}

/** Longest log that is read, lines. */
const TRIALS_MAX = 100_000;
const RETURNS_MAX = 20_000;
/** Digits of a logged return: 1e-9 of it is far below its noise. */
const DIGITS = 9;

/** A trial as its line, without the line's end. */
export function trialLine(trial: Trial): string {
  return JSON.stringify({ ...trial, returns: logged(trial.returns) });
}

/** Returns as the log keeps them. */
function logged(returns: readonly number[]): number[] {
  return returns.slice(0, RETURNS_MAX).map((value) => Number(value.toPrecision(DIGITS)));
}

/**
 * Reads a log.
 *
 * @param text  lines of JSON; empty lines are skipped
 * @throws      GrandModelError BAD_INPUT naming the line that is no trial, LIMIT for more than 100,000 lines
 */
export function readTrials(text: string): Trial[] {
  const lines = text.split('\n');
  if (lines.length > TRIALS_MAX) {
    throw new GrandModelError('LIMIT', `Cannot read trials: ${lines.length} lines are above ${TRIALS_MAX}`, {
      lines: lines.length,
    });
  }
  return lines.flatMap((line, i) => (line.trim() === '' ? [] : [parseTrial(line, i + 1)]));
}

function parseTrial(line: string, number: number): Trial {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw refusal(number, 'it is not JSON');
  }
  if (!isTrial(value)) throw refusal(number, 'it is no trial of format 1');
  return value;
}

function refusal(line: number, reason: string): GrandModelError {
  return new GrandModelError('BAD_INPUT', `Cannot read trials: line ${line}: ${reason}`, { line });
}

function isTrial(value: unknown): value is Trial {
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  const texts = ['verb', 'symbol', 'configHash', 'dataHash'];
  const numbers = ['bars', 'firstDay', 'netPnl'];
  const sharpe = fields.get('sharpe');
  const returns = fields.get('returns');
  return (
    fields.get('format') === 1 &&
    texts.every((name) => typeof fields.get(name) === 'string') &&
    numbers.every((name) => Number.isFinite(fields.get(name))) &&
    (sharpe === null || Number.isFinite(sharpe)) &&
    Array.isArray(returns) &&
    returns.every(Number.isFinite)
  );
}

/** What the log says of one file of data. */
export interface TrialCount {
  /** Lines about this data. */
  readonly runs: number;
  /** Different trials among them, at least 1. */
  readonly trials: number;
  /** Variance of their Sharpe ratios per day; 0 for one. */
  readonly variance: number;
  /** Daily returns of each different trial over the same days as the judged one, which comes first. */
  readonly comparable: readonly (readonly number[])[];
}

/**
 * Counts the trials on the data of `judged`, which must be in the log. Two lines with one configuration, or
 * with the same returns, are one trial.
 */
export function countTrials(log: readonly Trial[], judged: Trial): TrialCount {
  const here = log.filter((trial) => trial.dataHash === judged.dataHash);
  const different = new Map<string, Trial>();
  const results = new Set<string>();
  for (const trial of [judged, ...here]) {
    const result = `${trial.firstDay}:${logged(trial.returns).join(' ')}`;
    if (different.has(trial.configHash) || results.has(result)) continue;
    different.set(trial.configHash, trial);
    results.add(result);
  }
  const trials = [...different.values()];
  const sharpes = trials.flatMap(({ sharpe }) => (sharpe === null ? [] : [sharpe]));
  const { deviation } = momentsOf(sharpes);
  return {
    runs: here.length,
    trials: trials.length,
    variance: sharpes.length > 1 ? deviation * deviation : 0,
    comparable: trials
      .filter(
        ({ firstDay, returns }) => firstDay === judged.firstDay && returns.length === judged.returns.length,
      )
      .map(({ returns }) => returns),
  };
}
