// The log of trials: one line for every run, sweep point, backtest and evaluation, written by the runner, so
// that the number of trials is counted and not typed. A trial is a configuration on data; the same one twice
// is one trial.

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
  /** Daily returns from `firstDay` on; none where the run had none or they were not kept. */
  readonly returns: readonly number[];
  /** Why the result was not kept; the run still counts as a trial. */
  readonly offRecord?: string;
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

/** The same trial with nothing of its result: what `--off-record` leaves. */
export function withoutResult(trial: Trial, reason: string): Trial {
  return { ...trial, netPnl: 0, sharpe: null, returns: [], offRecord: reason };
}

/**
 * A look at data that leaves no account's returns, as an evaluation and a training do: it counts as a trial
 * on them by its configuration.
 *
 * @param reason why it has no returns
 */
export function lookedAt(
  look: Pick<Trial, 'verb' | 'symbol' | 'configHash' | 'dataHash' | 'bars'>,
  reason: string,
): Trial {
  return { format: 1, ...look, firstDay: 0, netPnl: 0, sharpe: null, returns: [], offRecord: reason };
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
  const offRecord = fields.get('offRecord');
  return (
    fields.get('format') === 1 &&
    texts.every((name) => typeof fields.get(name) === 'string') &&
    numbers.every((name) => Number.isFinite(fields.get(name))) &&
    (sharpe === null || Number.isFinite(sharpe)) &&
    (offRecord === undefined || typeof offRecord === 'string') &&
    Array.isArray(returns) &&
    returns.every(Number.isFinite)
  );
}

/** What the log says of one file of data. */
export interface TrialCount {
  /** Lines about this data. */
  readonly runs: number;
  /** Different trials among them, at least 1; those without a kept result are among them. */
  readonly trials: number;
  /** Trials whose result was not kept, and the reasons that were given for it. */
  readonly unkept: number;
  readonly reasons: readonly string[];
  /** Variance of their Sharpe ratios per day; 0 for one. */
  readonly variance: number;
  /** Daily returns of each different trial over the same days as the judged one, which comes first. */
  readonly comparable: readonly (readonly number[])[];
}

/**
 * Counts the trials on the data of `judged`, which must be in the log. Two lines with one configuration, or
 * with the same returns, are one trial. A trial whose result was not kept counts by its configuration: to
 * look and not to tell is no way to have tried less.
 */
export function countTrials(log: readonly Trial[], judged: Trial): TrialCount {
  const here = log.filter((trial) => trial.dataHash === judged.dataHash);
  const different = new Map<string, Trial>();
  const results = new Set<string>();
  // a kept result stands for its configuration, also where another line of it kept none
  const kept = here.filter(({ returns }) => returns.length > 0);
  const unkept = here.filter(({ returns }) => returns.length === 0);
  for (const trial of [judged, ...kept]) {
    const result = `${trial.firstDay}:${logged(trial.returns).join(' ')}`;
    if (different.has(trial.configHash) || results.has(result)) continue;
    different.set(trial.configHash, trial);
    results.add(result);
  }
  const known = new Set([judged, ...kept].map(({ configHash }) => configHash));
  const unknown = new Set(unkept.map(({ configHash }) => configHash).filter((hash) => !known.has(hash)));
  const trials = [...different.values()];
  const sharpes = trials.flatMap(({ sharpe }) => (sharpe === null ? [] : [sharpe]));
  const { deviation } = momentsOf(sharpes);
  return {
    runs: here.length,
    trials: trials.length + unknown.size,
    unkept: unknown.size,
    reasons: [...new Set(unkept.flatMap(({ offRecord }) => (offRecord === undefined ? [] : [offRecord])))],
    variance: sharpes.length > 1 ? deviation * deviation : 0,
    comparable: trials
      .filter(
        ({ firstDay, returns }) => firstDay === judged.firstDay && returns.length === judged.returns.length,
      )
      .map(({ returns }) => returns),
  };
}
