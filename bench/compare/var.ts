// Value at risk and the moving-average backtest beside plain JavaScript, numpy, pandas and grademark: one
// round of each in turn, median of rounds, results checked against each other in the same run.

import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { loadAnalysis } from '../../src/wasm/analysis.ts';
import { openPandas } from '../contenders/pandas.ts';
import { FAST, FEE, plainCross, SLOW, walkOf } from '../contenders/plain-cross.ts';
import type { Cross } from '../contenders/plain-cross.ts';
import { ALPHA, ASSETS, bookOf, PATHS, plainTail } from '../contenders/plain-tail.ts';
import { pythonMissing } from '../lib/python.ts';
import { timeRounds } from '../lib/rounds.ts';
import type { CompareRow } from '../lib/rounds.ts';
import type { AnalysisKernel } from '../../src/wasm/analysis.ts';
import { MonteCarlo } from '../../src/risk/monte-carlo.ts';

/** A peer that this machine lacks. */
export interface MissingRow {
  readonly name: string;
  readonly skipped: string;
}

const ROUNDS = 15;
/** Runs of Python, each after as many calls of ours; the best of all counts on both sides. */
const PROCESSES = 3;
const NS = 1e6;
const BARS = 1_000_000;
/** grademark makes objects of every bar: a fiftieth of the bars, and its time per bar. */
const GRADEMARK_BARS = 20_000;

/** All rows of this topic. */
export async function compare(): Promise<(CompareRow | MissingRow)[]> {
  const kernel = await loadAnalysis();
  const rows = [...monteCarloRows(kernel), ...(await smaRows(kernel))];
  // rows carry nanoseconds, as those of every topic
  return rows.map((row) => ('skipped' in row ? row : { ...row, ours: row.ours * NS, peer: row.peer * NS }));
}

function monteCarloRows(kernel: AnalysisKernel): (CompareRow | MissingRow)[] {
  const book = bookOf();
  const simulation = new MonteCarlo(kernel, ASSETS, PATHS);
  let seed = 1;
  let found = { var: 0, es: 0 };
  let plain = { var: 0, es: 0 };
  const { ours, peer, ratio } = alternate(
    10,
    () => (found = simulation.tail(book, PATHS, ALPHA, seed++)),
    () => (plain = plainTail(book)),
  );
  near(found.var, plain.var, 0.08);
  near(found.es, plain.es, 0.08);
  const name = 'VaR and ES, Monte Carlo, 10 assets, log-normal';
  const rows: (CompareRow | MissingRow)[] = [
    { name, n: PATHS, ours, peer, peerName: 'plain JavaScript, typed arrays', ratio, checked: true },
  ];
  const history = historicalRun(kernel);
  const rounds = Array.from({ length: PROCESSES }, () => ({
    simulated: fastest(() => simulation.tail(book, PATHS, ALPHA, 1)),
    historical: fastest(history),
    numpy: runPython(NUMPY),
  }));
  const best = (timeOf: (round: (typeof rounds)[number]) => number | undefined): number =>
    Math.min(...rounds.map((round) => timeOf(round) ?? Number.POSITIVE_INFINITY));
  const numpy = rounds.find((round) => round.numpy !== null)?.numpy;
  if (!numpy) return [...rows, { name: `${name}, numpy`, skipped: 'python3 with numpy is not here' }];
  near(numpy['var']!, found.var, 0.08);
  const beside = (row: string, own: number, key: string, peerName: string): CompareRow => {
    const theirs = best((round) => round.numpy?.[key]);
    return { name: row, n: PATHS, ours: own, peer: theirs, peerName, ratio: theirs / own, checked: true };
  };
  const own = best((round) => round.simulated);
  return [
    ...rows,
    beside(name, own, 'ms', 'numpy, a separate process'),
    beside(
      `${name}, its fastest form`,
      own,
      'msFloat',
      'numpy float32 with SFC64 and partition, a separate process',
    ),
    beside(
      'VaR and ES, historical, 10,000 dates of 10 assets',
      best((round) => round.historical),
      'msHistorical',
      'numpy, a separate process',
    ),
  ];
}

/** Takes the tail of simulated history, checked once beside the closed form. */
function historicalRun(kernel: AnalysisKernel): () => void {
  const z = kernel.alloc(8 * PATHS * ASSETS);
  const [exposure, profit, out] = [kernel.alloc(8 * ASSETS), kernel.alloc(8 * PATHS), kernel.alloc(16)];
  const at = kernel.alloc(16);
  kernel.raw.rngInit(at, 3);
  const column = kernel.f64(z, PATHS * ASSETS);
  for (let i = 0; i < column.length; i++) column[i] = kernel.raw.rngNormal(at);
  kernel.f64(exposure, ASSETS).fill(0.01);
  const run = (): void => kernel.raw.fhsPortfolio(z, PATHS, ASSETS, exposure, ALPHA, profit, out);
  run();
  near(kernel.f64(out, 2)[0]!, 0.01 * Math.sqrt(ASSETS) * kernel.raw.normalVar(ALPHA), 0.08);
  return run;
}

async function smaRows(kernel: AnalysisKernel): Promise<(CompareRow | MissingRow)[]> {
  const [column, equity, out] = [kernel.alloc(8 * BARS), kernel.alloc(8 * BARS), kernel.alloc(24)];
  const close = walkOf(kernel, BARS);
  kernel.f64(column, BARS).set(close);
  const curve = new Float64Array(BARS);
  let plain = { value: 0, drawdown: 0, changes: 0 };
  const run = (): void => kernel.raw.smaCross(column, BARS, FAST, SLOW, FEE, equity, out);
  const { ours, peer, ratio } = alternate(1, run, () => (plain = plainCross(close, curve)));
  const [value = 0, drawdown = 0, changes = 0] = kernel.f64(out, 3);
  sameCross(plain, { value, drawdown, changes });
  const name = 'backtest of SMA 20/50 cross with fee, equity and drawdown';
  const rows: (CompareRow | MissingRow)[] = [
    {
      name,
      n: BARS,
      ours,
      peer,
      peerName: 'plain JavaScript, typed arrays',
      ratio,
      checked: true,
    },
    await pandasRow(name, run, close, plain),
  ];
  const theirs = grademark(close.subarray(0, GRADEMARK_BARS));
  if (theirs === null)
    return [...rows, { name: `${name}, grademark`, skipped: 'bench/peers is not installed' }];
  const perBar = ours / BARS;
  kernel.raw.smaCross(column, GRADEMARK_BARS, FAST, SLOW, 0, equity, out);
  const trades = Math.floor((kernel.f64(out, 3)[2] ?? 0) / 2);
  if (Math.abs(theirs.trades - trades) > 2)
    throw new Error(`${theirs.trades} trades are not about ${trades}`);
  rows.push({
    name,
    n: BARS,
    ours,
    peer: (theirs.ms / GRADEMARK_BARS) * BARS,
    peerName: `grademark, ${GRADEMARK_BARS} object bars, no fee, scaled`,
    ratio: theirs.ms / GRADEMARK_BARS / perBar,
    checked: true,
  });
  return rows;
}

/** Ours and theirs in turn, theirs by its own clock. */
async function pandasRow(
  name: string,
  run: () => void,
  close: Float64Array,
  found: Cross,
): Promise<CompareRow | MissingRow> {
  const missing = pythonMissing('pandas');
  if (missing !== null) return { name: `${name}, pandas`, skipped: missing };
  const pandas = openPandas(close);
  const theirs = { name: 'pandas, no loop, other process', run: async () => await pandas.run('cross') };
  try {
    const [mine, other] = await timeRounds([{ name: 'ours', run }, theirs], [1, 1], ROUNDS);
    const [value = 0, drawdown = 0, changes = 0] = pandas.output();
    sameCross({ value, drawdown, changes }, found);
    return {
      name,
      n: BARS,
      ours: (mine?.ns ?? NaN) / NS,
      peer: (other?.ns ?? NaN) / NS,
      peerName: theirs.name,
      ratio: other?.ratio ?? NaN,
      checked: true,
    };
  } finally {
    pandas.close();
  }
}

function sameCross(found: Cross, wanted: Cross): void {
  near(found.value, wanted.value, 1e-9);
  near(found.drawdown, wanted.drawdown, 1e-9);
  if (found.changes !== wanted.changes)
    throw new Error(`changes ${found.changes} differ from ${wanted.changes}`);
}

interface Grademark {
  backtest(strategy: object, bars: object): readonly unknown[];
}
interface DataForge {
  DataFrame: new (rows: readonly object[]) => object;
}

/** The same cross in grademark: entry and exit rules on bars that already carry both means. */
function grademark(close: Float64Array): { ms: number; trades: number } | null {
  let library: Grademark;
  let forge: DataForge;
  try {
    const require = createRequire(new URL('../peers/package.json', import.meta.url));
    library = require('grademark') as Grademark;
    forge = require('data-forge') as DataForge;
  } catch {
    return null;
  }
  const mean = (i: number, size: number): number => {
    let sum = 0;
    for (let k = i - size + 1; k <= i; k++) sum += close[k]!;
    return sum / size;
  };
  const bars = Array.from(close, (price, i) => ({
    time: new Date(i * 300_000),
    open: price,
    high: price,
    low: price,
    close: price,
    volume: 1,
    fast: i < 49 ? 0 : mean(i, 20),
    slow: i < 49 ? 0 : mean(i, 50),
  }));
  const series = new forge.DataFrame(bars);
  type Rule = (act: () => void, args: { bar: { fast: number; slow: number } }) => void;
  const entryRule: Rule = (enter, { bar }) => void (bar.fast > bar.slow && enter());
  const exitRule: Rule = (exit, { bar }) => void (bar.fast <= bar.slow && exit());
  let trades = 0;
  const times = Array.from({ length: 5 }, () =>
    clock(1, () => {
      trades = library.backtest({ entryRule, exitRule }, series).length;
    }),
  );
  return { ms: median(times), trades };
}

/** Ours and theirs in turn; ratio per round, so that a slow moment of the machine hits both. */
function alternate(
  calls: number,
  ours: () => unknown,
  theirs: () => unknown,
): { ours: number; peer: number; ratio: number } {
  const times: [number, number][] = [];
  for (let round = 0; round < ROUNDS + 2; round++) times.push([clock(calls, ours), clock(calls, theirs)]);
  const warm = times.slice(2);
  return {
    ours: median(warm.map(([a]) => a)),
    peer: median(warm.map(([, b]) => b)),
    ratio: median(warm.map(([a, b]) => b / a)),
  };
}

function clock(calls: number, run: () => unknown): number {
  const started = performance.now();
  for (let i = 0; i < calls; i++) run();
  return (performance.now() - started) / calls;
}

/** Least time of 60 calls: what numpy's own clock takes, because calls of two processes cannot take turns. */
function fastest(run: () => unknown): number {
  return Math.min(...Array.from({ length: 60 }, () => clock(1, run)));
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function near(value: number, wanted: number, share: number): void {
  if (!(Math.abs(value / wanted - 1) <= share))
    throw new Error(`${value} is not within ${share} of ${wanted}`);
}

/** Figures that a program prints as JSON, or null when this machine cannot run it. */
function runPython(program: string): Record<string, number> | null {
  const run = spawnSync('/usr/bin/python3', ['-c', program], { encoding: 'utf8', timeout: 60_000 });
  if (run.status !== 0) return null;
  return JSON.parse(run.stdout) as Record<string, number>;
}

const NUMPY = `
import json, time, numpy as np
A, P, Q = ${ASSETS}, ${PATHS}, ${ALPHA}
sd = 0.01 + 0.001 * np.arange(A)
C = np.outer(sd, sd) * (0.4 + 0.6 * np.eye(A))
w = np.full(A, 1 / A)
rng, fast = np.random.default_rng(1), np.random.Generator(np.random.SFC64(1))
def plain():
    L = np.linalg.cholesky(C)
    p = np.expm1(rng.standard_normal((P, A)) @ L.T) @ w
    v = np.quantile(p, Q)
    return -v, -p[p <= v].mean()
def single():
    L = np.linalg.cholesky(C).astype(np.float32)
    p = np.expm1(fast.standard_normal((P, A), dtype=np.float32) @ L.T) @ w.astype(np.float32)
    k = int(Q * P); p = np.partition(p, k)
    return -p[k], -p[:k + 1].mean()
H = rng.standard_normal((P, A)); e = np.full(A, 0.01)
def history():
    p = H @ e; v = np.quantile(p, Q)
    return -v, -p[p <= v].mean()
def clock(f, n=60):
    for _ in range(5): f()
    t = []
    for _ in range(n):
        s = time.perf_counter(); f(); t.append(time.perf_counter() - s)
    return 1e3 * float(min(t))
times = {'ms': clock(plain), 'msFloat': clock(single), 'msHistorical': clock(history)}
print(json.dumps({**times, 'var': float(plain()[0])}))
`;
