// One bar a call: our bundle of eleven outputs beside five indicators of the two streaming libraries;
// nanoseconds of a bar. And RSI 14 of 100 prices by one call beside numba where Python has it: nanoseconds of
// a call, of the seed's own function (means of the first 14 changes, one number) and of all 86 values.

import { spawnSync } from 'node:child_process';
import { loadIndicators } from '../../src/indicators/memory.ts';
import { rsi } from '../../src/indicators/oscillators.ts';
import { streamContenders } from '../contenders/streams.ts';
import { race } from '../lib/race.ts';
import { fillRandom } from '../lib/random-columns.ts';
import type { CompareRow } from '../lib/rounds.ts';
import type { SkippedRow } from '../rounds.ts';

const N = 100_000;
const PRICES = 100;

/** All rows of this topic. */
export async function compare(): Promise<(CompareRow | SkippedRow)[]> {
  const indicators = await loadIndicators({ memoryBytes: 1 << 26 });
  const column = (n: number): Float64Array => indicators.column(n);
  const bars = { open: column(N), high: column(N), low: column(N), close: column(N), volume: column(N) };
  const contenders = streamContenders(indicators, bars);
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
  const call = { name: 'ours', run: () => void rsi(indicators, prices, 14, out) };
  const [lap] = race([call], 15);
  return [...rows, ...numbaRows(lap?.ns ?? NaN, prices, out)];
}

/** Another process, some seconds apart: its ratios are rougher than the others. */
function numbaRows(ours: number, prices: Float64Array, out: Float64Array): (CompareRow | SkippedRow)[] {
  const name = 'RSI 14 of 100 prices, one call';
  // Debian's python3 has numba where the package is installed, whatever stands before it on the path
  const [{ status, stdout } = { status: 1, stdout: '' }] = ['python3', '/usr/bin/python3']
    .map((python) =>
      spawnSync(python, ['-c', NUMBA], {
        input: JSON.stringify([...prices]),
        encoding: 'utf8',
        timeout: 120_000,
      }),
    )
    .filter((run) => run.status === 0);
  if (status !== 0) return [{ name, skipped: `python3 with numba is not here; ours ${ours.toFixed(0)} ns` }];
  const { first, all, newest } = JSON.parse(stdout) as { first: number; all: number; newest: number };
  const checked = Math.abs(newest - (out[PRICES - 1] ?? NaN)) < 1e-9;
  const row = (peerName: string, peer: number): CompareRow => {
    return { name, n: PRICES, ours, peer, peerName, ratio: peer / ours, checked };
  };
  return [
    row('numba, the first value only, other process', first),
    row('numba, every value, other process', all),
  ];
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

def clock(f):
    f(p, 14); best = 1e9
    for _ in range(15):
        t = time.perf_counter()
        for _ in range(20000): f(p, 14)
        best = min(best, (time.perf_counter() - t) / 20000)
    return best * 1e9

print(json.dumps({"first": clock(first), "all": clock(every), "newest": every(p, 14)[-1]}))
`;
