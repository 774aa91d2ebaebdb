// The 30-minute side on a simulated market, state by state and as a whole. Every round starts the states anew
// and takes the same rows.

import { simulatedBars } from '../../../src/data/market-generator.ts';
import type { ClosedBar } from '../../../src/market/aggregate.ts';
import { SignalArena } from '../../../src/signals/arena.ts';
import { loadAnalysis } from '../../../src/wasm/analysis.ts';
import type { AnalysisKernel } from '../../../src/wasm/analysis.ts';
import { median } from '../../rounds.ts';
import type { Bench } from '../protocol.ts';

const SEED = 3;
const ROW_MS = 1_800_000;
const PATTERNS = 4_096;
const PARAMETER_BYTES = 80;
const MATRIX_BYTES = 4 * 48 * 13;

/** Matrix, uncertainty, regime, and a whole close. */
export async function benchSignals({ sizes, add }: Bench): Promise<void> {
  const kernel = await loadAnalysis();
  const rows = await halfHours(sizes.closes);
  const n = rows.length;
  const timed = (
    id: string,
    start: () => (row: ClosedBar, i: number) => void,
    finite: () => boolean,
  ): void => {
    const times: number[] = [];
    for (let round = 0; round <= sizes.rounds; round++) {
      const take = start();
      const started = performance.now();
      for (let i = 0; i < n; i++) take(rows[i]!, i);
      if (round > 0) times.push(((performance.now() - started) * 1e6) / n);
    }
    add({ topic: 'signals', id, n, ns: median(times), peers: [], checked: finite() });
  };
  const { raw } = kernel;
  const scale = kernel.alloc(raw.scaleBytes());
  const strategic = kernel.alloc(raw.strategicBytes());
  const matrix = kernel.alloc(MATRIX_BYTES);
  timed(
    'matrix',
    () => {
      raw.scaleInit(scale);
      raw.strategicInit(strategic);
      return ({ tsMs, open, high, low, close, volume }) => {
        raw.scalePush(scale, tsMs, close);
        raw.strategicPush(strategic, scale, tsMs, open, high, low, close, volume, 0, NaN, 0);
        raw.strategicMatrix(strategic, matrix);
      };
    },
    () => kernel.f32(matrix, MATRIX_BYTES / 4).every(Number.isFinite),
  );
  const uncertainty = kernel.alloc(raw.uncertaintyBytes());
  timed(
    'uncertainty',
    () => {
      raw.scaleInit(scale);
      raw.uncertaintyInit(uncertainty);
      return ({ tsMs, close }) => {
        raw.scalePush(scale, tsMs, close);
        raw.uncertaintyPush(uncertainty, scale, tsMs, 0);
      };
    },
    () => kernel.f64(uncertainty + 8, 1).every(Number.isFinite),
  );
  benchRegime(kernel, rows, timed);
  const own = await loadAnalysis();
  let arena = new SignalArena(own, PATTERNS);
  timed(
    'close',
    () => {
      arena = new SignalArena(own, PATTERNS);
      return (row) => arena.push30(row, NaN, false, 0);
    },
    () => arena.usedBytes > 0,
  );
}

function benchRegime(
  kernel: AnalysisKernel,
  rows: readonly ClosedBar[],
  timed: (id: string, start: () => (row: ClosedBar, i: number) => void, finite: () => boolean) => void,
): void {
  const { raw } = kernel;
  const inputs = Float64Array.from(rows, ({ close }, i) => close / (rows[i - 1]?.close ?? close) - 1);
  const column = kernel.alloc(8 * rows.length);
  kernel.f64(column, rows.length).set(inputs);
  const parameters = kernel.alloc(PARAMETER_BYTES);
  raw.regimeDefault(column, rows.length, parameters);
  const regime = kernel.alloc(raw.regimeBytes());
  timed(
    'regime',
    () => {
      raw.regimeInitFixed(regime, parameters);
      return (_, i) => raw.regimePushInput(regime, inputs[i]!);
    },
    () => Math.abs(kernel.f64(regime, 4).reduce((sum, p) => sum + p, 0) - 1) < 1e-9,
  );
}

/** Simulated bars as rows of six; stamps go on without gaps. */
async function halfHours(count: number): Promise<ClosedBar[]> {
  const { rows, tsMs, open, high, low, close, volume } = simulatedBars(await loadAnalysis(), SEED, 6 * count);
  const closed: ClosedBar[] = [];
  for (let from = 0; from + 6 <= rows; from += 6) {
    const to = from + 6;
    const start = tsMs[0]! + ROW_MS * closed.length;
    closed.push({
      tsMs: start,
      open: open[from]!,
      high: Math.max(...high.subarray(from, to)),
      low: Math.min(...low.subarray(from, to)),
      close: close[to - 1]!,
      volume: volume.subarray(from, to).reduce((sum, x) => sum + x, 0),
      children: 6,
      partial: false,
      makesRow: true,
      gapSlots: 0,
      knownAtMs: start + ROW_MS,
    });
  }
  return closed;
}
