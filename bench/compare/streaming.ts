// One bar a call: our bundle of eleven outputs beside five indicators of the two streaming libraries;
// nanoseconds of a bar. And RSI 14 of 100 prices by one call beside numba where Python has it, nanoseconds of
// a call, like beside like: the first value (the seed's own function: means of the first 14 changes, one
// number), the newest value, and all 86.

import { spawnSync } from 'node:child_process';
import { requirePeer } from '../../scripts/lib/peers.mjs';
import { loadIndicators } from '../../src/indicators/memory.ts';
import type { Indicators } from '../../src/indicators/memory.ts';
import { rsi, rsiAt } from '../../src/indicators/oscillators.ts';
import { streamContenders } from '../contenders/streams.ts';
import { race } from '../lib/race.ts';
import { fillRandom } from '../lib/random-columns.ts';
import type { CompareRow } from '../lib/rounds.ts';
import type { SkippedRow } from '../rounds.ts';

const N = 100_000;
const PRICES = 100;
const CALLS = 10_000;

/** All rows of this topic. */
export async function compare(): Promise<(CompareRow | SkippedRow)[]> {
  const indicators = await loadIndicators({ memoryBytes: 1 << 26 });
  const column = (n: number): Float64Array => indicators.column(n);
  const bars = { open: column(N), high: column(N), low: column(N), close: column(N), volume: column(N) };
  const contenders = streamContenders(indicators, bars, requirePeer);
  const [ours, ...peers] = race(contenders, 21, () => fillRandom(bars));
  for (const { run } of contenders) run();
  const [mine = NaN, ...others] = contenders.map((contender) => contender.rsi());
  const rows: (CompareRow | SkippedRow)[] = peers.map(({ name, ns, ratio }, i) => ({
    name: 'streaming bundle, 11 outputs',
    n: N,
    ours: (ours?.ns ?? NaN) / N,
    peer: ns / N,
    peerName: name,
    ratio,
    checked: Math.abs((others[i] ?? NaN) - mine) < 1e-6,
  }));
  const prices = column(PRICES);
  const out = column(PRICES);
  prices.set(bars.close.subarray(0, PRICES));
  return [...rows, ...rsiRows(indicators, prices, out)];
}

/** What is asked of 100 prices: our call, numba's function, and what ours gave. */
interface Question {
  readonly name: string;
  readonly peer: 'first' | 'newest' | 'every';
  readonly ns: number;
  readonly value: number;
}

/** Ours in a loop of its own, so that the clock is read once in many calls. */
function rsiRows(
  indicators: Indicators,
  prices: Float64Array,
  out: Float64Array,
): (CompareRow | SkippedRow)[] {
  const name = 'RSI 14 of 100 prices, one call';
  let value = 0;
  const ns = (run: () => void): number => (race([{ name: 'ours', run }], 15)[0]?.ns ?? NaN) / CALLS;
  const first = ns(() => {
    for (let i = 0; i < CALLS; i++) value = rsiAt(indicators, prices, 14, 14);
  });
  const questions: Question[] = [{ name: `${name}: first value`, peer: 'first', ns: first, value }];
  const newest = ns(() => {
    for (let i = 0; i < CALLS; i++) value = rsiAt(indicators, prices);
  });
  questions.push({ name: `${name}: newest value`, peer: 'newest', ns: newest, value });
  const every = ns(() => {
    for (let i = 0; i < CALLS; i++) rsi(indicators, prices, 14, out);
  });
  questions.push({ name: `${name}: every value`, peer: 'every', ns: every, value: out[PRICES - 1] ?? NaN });
  return numbaRows(questions, prices);
}

/** Another process, some seconds apart: its ratios are rougher than the others. */
function numbaRows(questions: readonly Question[], prices: Float64Array): (CompareRow | SkippedRow)[] {
  // Debian's python3 has numba where the package is installed, whatever stands before it on the path
  const [{ status, stdout } = { status: 1, stdout: '' }] = ['/usr/bin/python3', 'python3']
    .map((python) =>
      spawnSync(python, ['-c', NUMBA], {
        input: JSON.stringify([...prices]),
        encoding: 'utf8',
        timeout: 120_000,
      }),
    )
    .filter((run) => run.status === 0);
  return questions.map(({ name, peer, ns, value }) => {
    if (status !== 0) return { name, skipped: `python3 with numba is not here; ours ${ns.toFixed(0)} ns` };
    const found = JSON.parse(stdout) as Record<Question['peer'], [ns: number, value: number]>;
    const [theirs, said] = found[peer];
    return {
      name,
      n: PRICES,
      ours: ns,
      peer: theirs,
      peerName: 'numba, other process',
      ratio: theirs / ns,
      checked: Math.abs(said - value) < 1e-9,
    };
  });
}

const NUMBA = `
import json, sys, time
import numpy as np
from numba import njit
p = np.array(json.load(sys.stdin))

@njit
def first(x, n):
    d = np.diff(x)
    g = np.where(d > 0, d, 0.0)
    l = np.where(d < 0, -d, 0.0)
    a = np.mean(g[:n]); b = np.mean(l[:n])
    return 100.0 if b == 0 else 100.0 - 100.0 / (1.0 + a / b)

@njit
def every(x, n):
    y = np.full(x.size, np.nan)
    g = 0.0; l = 0.0
    for i in range(1, x.size):
        d = x[i] - x[i - 1]
        u = d if d > 0 else 0.0; v = -d if d < 0 else 0.0
        if i <= n:
            g += u / n; l += v / n
        else:
            g = (g * (n - 1) + u) / n; l = (l * (n - 1) + v) / n
        if i >= n: y[i] = 100.0 * g / (g + l)
    return y

@njit
def newest(x, n):
    g = 0.0; t = 0.0
    for i in range(1, x.size):
        d = x[i] - x[i - 1]
        if i <= n:
            g += max(d, 0.0); t += abs(d)
        else:
            g = g * ((n - 1) / n) + max(d, 0.0); t = t * ((n - 1) / n) + abs(d)
    return 100.0 * g / t if t > 0 else 50.0

def clock(f):
    f(p, 14); best = 1e9
    for _ in range(15):
        t = time.perf_counter()
        for _ in range(20000): f(p, 14)
        best = min(best, (time.perf_counter() - t) / 20000)
    return best * 1e9

print(json.dumps({
    "first": [clock(first), first(p, 14)],
    "newest": [clock(newest), newest(p, 14)],
    "every": [clock(every), every(p, 14)[-1]],
}))
`;
