// Ratios that issues ask for: each topic of `npm run bench:compare` in a process of its own, its rows judged
// by what the issue asks of them. Issue B's topics are here.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { CompareRow } from '../lib/rounds.ts';
import type { SkippedRow } from '../rounds.ts';
import { resultOf, skipped, within } from './figure.ts';
import type { Figure, Step, StepResult } from './figure.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What an issue asks of the rows with this name, this size where it names one, and this peer. */
export interface Asked {
  readonly row: string;
  readonly peer: string;
  readonly n?: number;
  /** Least ratio of the peer's time to ours. */
  readonly ratioMin?: number;
  /** Least count a second of ours. */
  readonly perSecondMin?: number;
}

/** A topic and what is asked of it. */
export interface Topic {
  readonly topic: string;
  readonly asked: readonly Asked[];
}

const NINE = ['SMA 20', 'EMA 20', 'RSI 14', 'MACD', 'Bollinger', 'ATR 14', 'ADX 14', 'Stochastic', 'OBV'];
const NATIVE = ['TA-Lib C', 'Tulip C'];

const TOPICS: readonly Topic[] = [
  {
    topic: 'indicators',
    asked: [
      { row: 'nine indicators', peer: 'TA-Lib C', ratioMin: 4 },
      { row: 'nine indicators', peer: 'Tulip C', ratioMin: 2.5 },
      { row: 'nine indicators', peer: 'fastest JavaScript library', ratioMin: 14 },
      ...NINE.flatMap((row) => NATIVE.map((peer) => ({ row, peer, ratioMin: 1.1 }))),
    ],
  },
  {
    topic: 'streaming',
    asked: [
      { row: 'streaming bundle', peer: '@debut', ratioMin: 7 },
      { row: 'streaming bundle', peer: 'trading-signals', ratioMin: 40 },
      { row: 'RSI 14 of 100 prices, one call: first value', peer: 'numba', ratioMin: 30 },
    ],
  },
  {
    topic: 'signals',
    asked: [
      { row: 'strategic 48x13', peer: 'incremental JavaScript', ratioMin: 10 },
      { row: 'strategic 48x13', peer: 'numpy', ratioMin: 1000 },
      { row: 'bar to pattern store', peer: '', perSecondMin: 1_200_000 },
    ],
  },
  {
    topic: 'patterns',
    asked: [
      { row: 'nearest 10, market', peer: 'usearch', n: 10_000, ratioMin: 2 },
      { row: 'nearest 10, isotropic', peer: 'usearch', n: 10_000, ratioMin: 2 },
      { row: 'nearest 10, market', peer: 'sqlite-vec', n: 10_000, ratioMin: 10 },
      { row: 'nearest 10, isotropic', peer: 'sqlite-vec', n: 10_000, ratioMin: 10 },
      { row: 'nearest 10, market', peer: 'usearch', n: 100_000, ratioMin: 1.5 },
      { row: 'nearest 10, market', peer: 'usearch', n: 1_000_000, ratioMin: 1 },
      { row: 'rows to first query', peer: 'usearch', n: 1_000_000, ratioMin: 20 },
      { row: 'insert', peer: 'usearch', ratioMin: 150 },
    ],
  },
  {
    topic: 'policy',
    asked: [
      { row: 'policy 102405 batch 1', peer: 'onnxruntime-node', ratioMin: 2.5 },
      { row: 'policy 102405 batch 1', peer: 'onnxruntime-web', ratioMin: 3.5 },
      { row: 'policy 102405 batch 1 p99', peer: 'onnxruntime-node', ratioMin: 8 },
      { row: 'policy 102405 batch 1, 8-bit weights', peer: 'onnxruntime-node', ratioMin: 3 },
      { row: 'policy 102405 batch 64', peer: 'onnxruntime-web', ratioMin: 1.6 },
    ],
  },
  {
    topic: 'var',
    asked: [
      { row: 'VaR and ES, Monte Carlo, 10 assets, log-normal', peer: 'plain JavaScript', ratioMin: 10 },
      { row: 'VaR and ES, Monte Carlo, 10 assets, log-normal', peer: 'numpy, a', ratioMin: 5 },
      { row: 'backtest of SMA 20/50 cross', peer: 'grademark', ratioMin: 200 },
      { row: 'backtest of SMA 20/50 cross', peer: 'plain JavaScript', ratioMin: 2 },
    ],
  },
];

/** Steps of issue B that compare with peers. */
export const comparisonSteps: readonly Step[] = TOPICS.map(comparisonStep);

/** The step of a topic. */
export function comparisonStep(topic: Topic): Step {
  return { name: `beside peers: ${topic.topic}`, run: async () => prove(topic) };
}

type Row = CompareRow | SkippedRow;

function prove({ topic, asked }: Topic): StepResult {
  const { stdout } = spawnSync(process.execPath, ['scripts/bench.mjs', '--compare', topic, '--json'], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const rows = JSON.parse(stdout) as Row[];
  const figures = asked.flatMap((one) => judge(one, rows));
  const missing = rows.flatMap((row) => ('skipped' in row ? [`${row.name}: ${row.skipped}`] : []));
  if (figures.length === 0) return skipped(missing.join('; '));
  return missing.length === 0
    ? resultOf(figures)
    : { ...resultOf(figures), skipped: `in part: ${missing.join('; ')}` };
}

/** One figure of each row that is asked about; none where its peer is not on this machine. */
function judge(asked: Asked, rows: readonly Row[]): Figure[] {
  const named = rows.filter((row) => isNamed(row.name, asked.row));
  const found = named.flatMap((row) =>
    !('skipped' in row) && row.peerName.startsWith(asked.peer) && (asked.n ?? row.n) === row.n ? [row] : [],
  );
  const { row, peer, ratioMin = 0, perSecondMin } = asked;
  if (found.length === 0) {
    if (named.some((one) => 'skipped' in one)) return [];
    return [{ name: `${row} beside ${peer}`, asked: 'a row', measured: 'no such row', ok: false }];
  }
  return found.map((one) => {
    const name = `${one.name}, n ${one.n}${peer === '' ? '' : `, ${one.peerName}`}`;
    const figure =
      perSecondMin === undefined
        ? within(name, one.ratio, ratioMin, Infinity)
        : within(`${name}, a second`, 1e9 / one.ours, perSecondMin, Infinity);
    return one.checked ? figure : { ...figure, ok: false, measured: `${figure.measured}, results differ` };
  });
}

/** Whole names, or names that go on after a comma, a semicolon or a blank; "batch 1" is not "batch 1 p99". */
function isNamed(name: string, wanted: string): boolean {
  if (name === wanted) return true;
  const next = name.slice(wanted.length);
  return name.startsWith(wanted) && /^[ ,;/](?! ?(?:p99|8-bit))/.test(next);
}
