// strategic48x13 for each new 30-minute bar beside JavaScript that keeps the same state (typed arrays, sorted
// windows) and beside numpy, which rebuilds it; and the whole row: matrix, uncertainty, regime, pattern
// memory. Matrices are compared value by value in the same run. Nanoseconds of a bar.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { loadAnalysis } from '../../src/wasm/analysis.ts';
import type { AnalysisKernel } from '../../src/wasm/analysis.ts';
import { StrategicTwin } from '../contenders/strategic-twin.ts';
import { race } from '../lib/race.ts';
import { fillRandom } from '../lib/random-columns.ts';
import type { BarColumns } from '../lib/random-columns.ts';
import type { CompareRow } from '../lib/rounds.ts';
import type { SkippedRow } from '../rounds.ts';

const N = 20_000;
/** Bars behind numpy's matrix: every window is full. */
const HISTORY = 900;
const HALF_HOUR_MS = 1_800_000;
const MATRIX = 48 * 13;
/** The matrices are f32. */
const TOLERANCE = 1e-5;
const CHILDREN = 6;
const PATTERNS = 256;
const PARAMETER_BYTES = 80;
const ASKED_PER_SECOND = 1_200_000;
const MODULE = new URL('../contenders/strategic.py', import.meta.url);

/** All rows of this topic. */
export async function compare(): Promise<(CompareRow | SkippedRow)[]> {
  const kernel = await loadAnalysis();
  const column = (): Float64Array => new Float64Array(N);
  const bars = { open: column(), high: column(), low: column(), close: column(), volume: column() };
  const strategic = strategicContender(kernel, bars);
  let twin = new StrategicTwin();
  const script = {
    name: 'incremental JavaScript, typed arrays, windows kept sorted',
    run(count = N) {
      const { open, high, low, close, volume } = bars;
      twin = new StrategicTwin();
      for (let i = 0; i < count; i++)
        twin.push(stampOf(i), open[i]!, high[i]!, low[i]!, close[i]!, volume[i]!);
    },
  };
  const chain = chainContender(kernel, bars);
  const fives = fivesContender(kernel, bars);
  const laps = race(
    [strategic, script, chain, fives].map(({ name, run }) => ({ name, run: () => run() })),
    11,
    () => fillRandom(bars),
  );
  const [ours = NaN, theirs = NaN, whole = NaN, five = NaN] = laps.map(({ ns }) => ns / N);
  strategic.run();
  script.run();
  return [
    {
      name: 'strategic 48x13, one bar',
      n: N,
      ours,
      peer: theirs,
      peerName: script.name,
      ratio: laps[1]?.ratio ?? NaN,
      checked: isNear(strategic.matrix(), twin.matrix),
    },
    ...numpyRows(strategic, bars, ours),
    rateRow('one 30-minute row: matrix, uncertainty, regime, pattern row', whole, chain),
    rateRow('five-minute bars into tactical60x7, each sixth closes a row', five, fives),
  ];
}

interface Chain {
  readonly name: string;
  run(): void;
  /** Rows in the pattern memory. */
  rows(): number;
}

function rateRow(what: string, ours: number, chain: Chain): CompareRow {
  const peer = 1e9 / ASKED_PER_SECOND;
  return {
    name: `bar to pattern store, ${what}`,
    n: N,
    ours,
    peer,
    peerName: 'the rate asked for, 1.2 million a second',
    ratio: peer / ours,
    checked: chain.rows() > 0,
  };
}

interface Strategic {
  readonly name: string;
  run(count?: number): void;
  matrix(): Float32Array;
}

/** Scale and matrix as the engine pushes them, two calls a bar. */
function strategicContender(kernel: AnalysisKernel, bars: BarColumns): Strategic {
  const { raw } = kernel;
  const scale = kernel.alloc(raw.scaleBytes());
  const state = kernel.alloc(raw.strategicBytes());
  const out = kernel.alloc(4 * MATRIX);
  return {
    name: 'ours',
    run(count = N) {
      const { open, high, low, close, volume } = bars;
      raw.scaleInit(scale);
      raw.strategicInit(state);
      for (let i = 0; i < count; i++) {
        const c = close[i]!;
        raw.scalePush(scale, stampOf(i), c);
        raw.strategicPush(
          state,
          scale,
          stampOf(i),
          open[i]!,
          high[i]!,
          low[i]!,
          c,
          volume[i]!,
          0,
          Number.NaN,
          0,
        );
      }
    },
    matrix() {
      raw.strategicMatrix(state, out);
      return kernel.f32(out, MATRIX).slice();
    },
  };
}

/** A scan arena with the shipped regime scaled to the first bars; no refits. */
function openArena(kernel: AnalysisKernel, { close }: BarColumns) {
  const { raw } = kernel;
  const parameters = kernel.alloc(PARAMETER_BYTES);
  const inputs = kernel.alloc(8 * HISTORY);
  const arena = kernel.alloc(raw.scanArenaBytes(PATTERNS));
  return {
    arena,
    restart() {
      kernel.f64(inputs, HISTORY).forEach((_, i, at) => (at[i] = Math.log(close[i + 1]! / close[i]!)));
      raw.regimeDefault(inputs, HISTORY, parameters);
      raw.scanArenaInit(arena, PATTERNS, parameters);
    },
    rows: () => raw.patternsInserted(arena + raw.scanArenaPart(5)),
  };
}

/** All that a 30-minute row goes through in a scan arena, one call a bar. */
function chainContender(kernel: AnalysisKernel, bars: BarColumns): Chain {
  const { raw } = kernel;
  const { arena, restart, rows } = openArena(kernel, bars);
  return {
    name: 'whole row',
    run() {
      const { open, high, low, close, volume } = bars;
      restart();
      for (let i = 0; i < N; i++)
        raw.scanPush30(arena, stampOf(i), open[i]!, high[i]!, low[i]!, close[i]!, volume[i]!, 0, 0);
    },
    rows,
  };
}

/** The same arena fed five-minute bars; every sixth closes the row of the six. */
function fivesContender(kernel: AnalysisKernel, bars: BarColumns): Chain {
  const { raw } = kernel;
  const { arena, restart, rows } = openArena(kernel, bars);
  return {
    name: 'five-minute bars',
    run() {
      const { open, high, low, close, volume } = bars;
      restart();
      let [o, h, l, v] = [0, -Infinity, Infinity, 0];
      for (let i = 0; i < N; i++) {
        const child = i % CHILDREN;
        const tsMs = stampOf(0) + (i * HALF_HOUR_MS) / CHILDREN;
        if (child === 0) [o, h, l, v] = [open[i]!, -Infinity, Infinity, 0];
        h = Math.max(h, high[i]!);
        l = Math.min(l, low[i]!);
        v += volume[i]!;
        raw.scanPush5(arena, tsMs, high[i]!, low[i]!, close[i]!, volume[i]!, 0.01, 0);
        if (child < CHILDREN - 1) continue;
        raw.scanPush30(arena, tsMs - 5 * (HALF_HOUR_MS / CHILDREN), o, h, l, close[i]!, v, 0, 0);
      }
    },
    rows,
  };
}

/** Another process, some seconds apart: its ratios are rougher than the others. */
function numpyRows(strategic: Strategic, bars: BarColumns, ours: number): (CompareRow | SkippedRow)[] {
  const name = 'strategic 48x13, one bar';
  const { open, high, low, close, volume } = bars;
  const rows = Array.from({ length: HISTORY }, (_, i) =>
    [stampOf(i), open[i], high[i], low[i], close[i], volume[i]].map(Number),
  );
  const { status, stdout } = spawnSync('/usr/bin/python3', ['-c', readFileSync(MODULE, 'utf8')], {
    input: JSON.stringify({ bars: rows }),
    encoding: 'utf8',
    timeout: 120_000,
  });
  if (status !== 0) return [{ name: `${name}, numpy`, skipped: 'apt-get install python3-numpy gives it' }];
  const found = JSON.parse(stdout) as { matrix: number[]; ns: number; scoresNs: number };
  strategic.run(HISTORY);
  const checked = isNear(strategic.matrix(), found.matrix);
  const row = (peerName: string, peer: number): CompareRow => {
    return { name, n: HISTORY, ours, peer, peerName, ratio: peer / ours, checked };
  };
  return [
    row('numpy, rebuilt, other process', found.ns),
    row('z-scores alone of a ready window in numpy, other process', found.scoresNs),
  ];
}

const stampOf = (i: number): number => 1_600_000_200_000 + i * HALF_HOUR_MS;

function isNear(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  let worst = 0;
  for (let i = 0; i < MATRIX; i++) {
    const gap = Math.abs((a[i] ?? NaN) - (b[i] ?? NaN));
    worst = gap <= worst ? worst : gap;
  }
  return worst <= TOLERANCE;
}
