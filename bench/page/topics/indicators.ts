// Nine indicators over columns and the streaming bundle, beside the JavaScript libraries where they were
// built in.

import { scriptContenders } from '../../contenders/script.ts';
import type { Arrays, ScriptContender } from '../../contenders/script.ts';
import { streamContenders } from '../../contenders/streams.ts';
import { tasksOf } from '../../contenders/tasks.ts';
import type { Task } from '../../contenders/tasks.ts';
import { race } from '../../lib/race.ts';
import type { Lap } from '../../lib/race.ts';
import { fillRandom } from '../../lib/random-columns.ts';
import type { BarColumns } from '../../lib/random-columns.ts';
import { loadIndicators } from '../../../src/indicators/memory.ts';
import type { Indicators } from '../../../src/indicators/memory.ts';
import { rsi } from '../../../src/indicators/oscillators.ts';
import { Rsi } from '../../../src/indicators/series.ts';
import type { Bench, PeerResult } from '../protocol.ts';

const PRICES = 100;
const MEMORY_BYTES = 1 << 26;

/** One row for each of the nine. */
export async function benchIndicators({ sizes, peerOf, add }: Bench): Promise<void> {
  const { bars: n, rounds } = sizes;
  const { indicators, bars } = await columns(n);
  const arrays: Arrays = { high: [], low: [], close: [], volume: [] };
  const scripts = peerOf === null ? [] : scriptContenders(arrays, peerOf);
  const renew = (): void => {
    fillRandom(bars);
    for (const name of ['high', 'low', 'close', 'volume'] as const) arrays[name] = Array.from(bars[name]);
  };
  for (const [index, task] of tasksOf(indicators, bars).entries()) {
    const present = scripts.filter(({ calls }) => calls[index] !== null);
    const results = new Map<ScriptContender, unknown>();
    const contenders = present.map((script) => ({
      name: script.name,
      run: () => void results.set(script, script.calls[index]?.()),
    }));
    const [ours, ...peers] = race([{ name: 'ours', run: task.run }, ...contenders], rounds, renew);
    task.run();
    for (const { run } of contenders) run();
    const same = present.map((script) => near(script.newest(index, results.get(script)), newestOf(task)));
    add({
      topic: 'indicators',
      id: task.name,
      n,
      ns: (ours?.ns ?? NaN) / n,
      peers: peersOf(
        peers.map((lap, i) => (same[i] ? lap : { ...lap, name: `${lap.name} (defines it otherwise)` })),
        n,
      ),
      checked: streamedSame(task),
    });
  }
}

/** The bundle, and one RSI over 100 prices. */
export async function benchStreaming({ sizes, peerOf, add }: Bench): Promise<void> {
  const { bars: n, rounds } = sizes;
  const { indicators, bars } = await columns(n);
  const contenders = streamContenders(indicators, bars, peerOf);
  const [ours, ...peers] = race(contenders, rounds, () => fillRandom(bars));
  for (const { run } of contenders) run();
  const [mine = NaN, ...others] = contenders.map((contender) => contender.rsi());
  add({
    topic: 'streaming',
    id: 'bundle',
    n,
    ns: (ours?.ns ?? NaN) / n,
    peers: peersOf(peers, n),
    checked: [rsiOf(indicators, bars.close), ...others].every((value) => near(value, mine, 1e-6)),
  });
  const prices = indicators.column(PRICES);
  const out = indicators.column(PRICES);
  prices.set(bars.close.subarray(0, PRICES));
  const [call] = race([{ name: 'ours', run: () => void rsi(indicators, prices, 14, out) }], rounds);
  add({
    topic: 'streaming',
    id: 'rsi-call',
    n: PRICES,
    ns: call?.ns ?? NaN,
    peers: [],
    checked: near(rsiOf(indicators, prices), out.at(-1) ?? NaN, 1e-9),
  });
}

/** The newest RSI 14, streamed. */
function rsiOf(indicators: Indicators, close: Float64Array): number {
  const state = new Rsi(indicators, 14);
  let newest = NaN;
  for (const price of close) newest = state.push(price);
  return newest;
}

async function columns(n: number): Promise<{ indicators: Indicators; bars: BarColumns }> {
  const indicators = await loadIndicators({ memoryBytes: MEMORY_BYTES });
  const column = (): Float64Array => indicators.column(n);
  const bars = { open: column(), high: column(), low: column(), close: column(), volume: column() };
  return { indicators, bars };
}

function peersOf(laps: readonly Lap[], n: number): PeerResult[] {
  return laps.map(({ name, ns, ratio }) => ({ name, ns: ns / n, ratio }));
}

function newestOf({ output }: Task): number {
  return output.at(-1) ?? NaN;
}

function streamedSame(task: Task): boolean {
  const streamed = task.stream();
  return task.output.every((value, i) => near(value, streamed[i] ?? NaN, 1e-9));
}

/** Relative to the size of the prices, 100. */
function near(x: number, y: number, tolerance = 1e-3): boolean {
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) && Number.isNaN(y);
  return Math.abs(x - y) <= tolerance * Math.max(Math.abs(x), Math.abs(y), 100);
}
