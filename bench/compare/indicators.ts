// Nine indicators in place on columns of 100,000 fresh random bars, beside TA-Lib and Tulip in C (no copies,
// bench/peers/native/addon.c) and the JavaScript libraries as their users call them. Times in nanoseconds of
// a bar. Ours is checked bar by bar against our streaming form and TA-Lib in the same run; a peer whose
// newest value is another (its definition differs) is named so. pandas takes part in the first, in a process
// of its own.

import { nativePeers, requirePeer } from '../../scripts/lib/peers.mjs';
import { loadIndicators } from '../../src/indicators/memory.ts';
import { nativeContenders } from '../contenders/native.ts';
import { openPandas } from '../contenders/pandas.ts';
import type { NativeContenders } from '../contenders/native.ts';
import { scriptContenders } from '../contenders/script.ts';
import type { Arrays, ScriptContender } from '../contenders/script.ts';
import { tasksOf } from '../contenders/tasks.ts';
import type { Task } from '../contenders/tasks.ts';
import { geometricMean, race } from '../lib/race.ts';
import { pythonMissing } from '../lib/python.ts';
import { timeRounds } from '../lib/rounds.ts';
import type { CompareRow } from '../lib/rounds.ts';
import type { SkippedRow } from '../rounds.ts';
import { fillRandom } from '../lib/random-columns.ts';

const N = 100_000;
const ROUNDS = 7;
const PANDAS_ROUNDS = 21;
const TALIB = 'TA-Lib C';
const TULIP = 'Tulip C';

/** All rows of this topic. */
export async function compare(): Promise<(CompareRow | SkippedRow)[]> {
  const indicators = await loadIndicators({ memoryBytes: 1 << 26 });
  const column = (): Float64Array => indicators.column(N);
  const bars = { open: column(), high: column(), low: column(), close: column(), volume: column() };
  const native = nativeContenders(nativePeers(), N);
  const arrays: Arrays = { high: [], low: [], close: [], volume: [] };
  const scripts = scriptContenders(arrays, requirePeer);
  const renew = (): void => {
    fillRandom(bars);
    native?.load(bars);
    for (const name of ['high', 'low', 'close', 'volume'] as const) arrays[name] = Array.from(bars[name]);
  };
  const rows: CompareRow[] = [];
  const tasks = tasksOf(indicators, bars);
  tasks.forEach((task, index) => rows.push(...taskRows(task, index, native, scripts, renew)));
  const [average] = tasks;
  const skipped =
    native === null ? [{ name: `nine indicators beside ${TALIB}`, skipped: 'no gcc or headers' }] : [];
  const pandas = average ? [await pandasRow(average, bars.close)] : [];
  return [...rows, ...summaries(rows), ...pandas, ...skipped];
}

/** The moving average of 20 on the same prices. */
async function pandasRow(task: Task, prices: Float64Array): Promise<CompareRow | SkippedRow> {
  const missing = pythonMissing('pandas');
  if (missing !== null) return { name: `${task.name}, pandas`, skipped: missing };
  const pandas = openPandas(prices);
  const ours = {
    name: 'ours',
    run(count: number) {
      for (let i = 0; i < count; i++) task.run();
    },
  };
  const theirs = { name: 'pandas rolling mean, other process', run: async () => await pandas.run('mean') };
  try {
    const [mine, other] = await timeRounds([ours, theirs], [50, 1], PANDAS_ROUNDS);
    return {
      name: task.name,
      n: N,
      ours: (mine?.ns ?? NaN) / N,
      peer: (other?.ns ?? NaN) / N,
      peerName: theirs.name,
      ratio: other?.ratio ?? NaN,
      checked: agrees(task.output, pandas.output()),
    };
  } finally {
    pandas.close();
  }
}

function taskRows(
  task: Task,
  index: number,
  native: NativeContenders | null,
  scripts: readonly ScriptContender[],
  renew: () => void,
): CompareRow[] {
  const results = new Map<ScriptContender, unknown>();
  const contenders = [{ name: 'ours', run: task.run }];
  for (const library of native?.libraries ?? []) {
    contenders.push({ name: library.name, run: () => library.run(index) });
  }
  const present = scripts.filter(({ calls }) => calls[index] !== null);
  for (const script of present) {
    const call = script.calls[index] ?? (() => null);
    contenders.push({ name: script.name, run: () => results.set(script, call()) });
  }
  const [ours, ...peers] = race(contenders, ROUNDS, renew);
  for (const { run } of contenders) run();
  const streamed = task.stream();
  let checked = agrees(task.output, streamed);
  const newest = streamed.at(-1) ?? NaN;
  const others = new Map<string, number>();
  for (const library of native?.libraries ?? []) {
    library.run(index);
    const output = library.output(index);
    if (library.name.startsWith(TALIB)) checked &&= agrees(task.output.subarray(N - output.length), output);
    others.set(library.name, output.at(-1) ?? NaN);
  }
  for (const script of present) others.set(script.name, script.newest(index, results.get(script)));
  return peers.map(({ name, ns, ratio }) => {
    const same = close(others.get(name) ?? NaN, newest, 1e-3);
    return {
      name: task.name,
      n: N,
      ours: (ours?.ns ?? NaN) / N,
      peer: ns / N,
      peerName: same ? name : `${name} (defines it otherwise)`,
      ratio,
      checked,
    };
  });
}

/**
 * Within 1e-9 relative bar by bar, NaN in the same places; near zero the digits are those of the price, 100.
 */
function agrees(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((x, i) => close(x, b[i] ?? NaN, 1e-9));
}

function close(x: number, y: number, tolerance: number): boolean {
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) && Number.isNaN(y);
  return Math.abs(x - y) <= tolerance * Math.max(Math.abs(x), Math.abs(y), 100);
}

/** Geometric means over the indicators, beside each C library and the fastest JavaScript one. */
function summaries(rows: readonly CompareRow[]): CompareRow[] {
  const names = [...new Set(rows.map((row) => row.name))];
  const fastestScript = names.map((name) =>
    rows
      .filter(
        (row) => row.name === name && !row.peerName.startsWith(TALIB) && !row.peerName.startsWith(TULIP),
      )
      .reduce((best, row) => (row.ratio < best.ratio ? row : best)),
  );
  const groups: [string, CompareRow[]][] = [
    [TALIB, rows.filter((row) => row.peerName.startsWith(TALIB))],
    [TULIP, rows.filter((row) => row.peerName.startsWith(TULIP))],
    ['fastest JavaScript library of each', fastestScript],
  ];
  return groups
    .filter(([, group]) => group.length > 0)
    .map(([peerName, group]) => ({
      name: `nine indicators, geometric mean; least ${Math.min(...group.map((row) => row.ratio)).toFixed(2)}`,
      n: N,
      ours: geometricMean(group.map((row) => row.ours)),
      peer: geometricMean(group.map((row) => row.peer)),
      peerName,
      ratio: geometricMean(group.map((row) => row.ratio)),
      checked: group.every((row) => row.checked),
    }));
}
