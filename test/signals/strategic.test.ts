// strategic48x13 on simulated half-hours: every column against a second implementation, warm-up, scale,
// copies, holes.

import { beforeAll, describe, expect, test } from 'vitest';
import {
  readStrategic,
  strategicComplete,
  strategicMatrixView,
  strategicRowView,
  STRATEGIC_COLUMN_NAMES,
} from '../../src/signals/matrix.ts';
import { loadAnalysis } from '../../src/wasm/analysis.ts';
import type { AnalysisKernel } from '../../src/wasm/analysis.ts';
import { scaled } from '../fixtures/signal-feed.ts';
import type { Columns } from '../fixtures/signal-feed.ts';
import { pushStrategic, restartStrategic, startStrategic } from '../fixtures/strategic-feed.ts';
import type { StrategicSide } from '../fixtures/strategic-feed.ts';
import { strategicReference } from '../fixtures/strategic-reference.ts';

const MONDAY = Date.UTC(2025, 0, 6);
const BARS = 1100;
let kernel: AnalysisKernel;
let side: StrategicSide;

beforeAll(async () => {
  kernel = await loadAnalysis();
  side = startStrategic(kernel);
});

/** Half-hours with a daily shape in volatility and volume, prices on a tick of .25. */
function market(seed: number, bars = BARS): Columns {
  const rng = kernel.alloc(16);
  kernel.raw.rngInit(rng, seed);
  const normal = (): number => kernel.raw.rngNormal(rng);
  const tick = (x: number): number => Math.round(x * 4) / 4;
  const out = emptyColumns(bars);
  let price = 20_000;
  for (let i = 0; i < bars; i++) {
    const busy = 1 + Math.cos((2 * Math.PI * (i % 48)) / 48) ** 2;
    const size = 0.0012 * busy * price;
    const open = tick(price + 0.1 * size * normal());
    price = tick(open + size * normal());
    out.ts[i] = MONDAY + i * 1_800_000;
    out.open[i] = open;
    out.close[i] = price;
    out.high[i] = Math.max(open, price) + Math.abs(tick(0.4 * size * normal()));
    out.low[i] = Math.min(open, price) - Math.abs(tick(0.4 * size * normal()));
    out.volume[i] = i % 97 === 50 ? 0 : Math.round(1000 * busy * Math.exp(0.3 * normal()));
  }
  return out;
}

function emptyColumns(n: number): Columns {
  const column = (): Float64Array => new Float64Array(n);
  return { ts: column(), open: column(), high: column(), low: column(), close: column(), volume: column() };
}

/** Every row of a run, from a fresh state. */
function rowsOf(bars: Columns, reference?: Float64Array): Float32Array[] {
  restartStrategic(kernel, side);
  return Array.from(bars.ts, (_, i) => {
    pushStrategic(kernel, side, bars, i, reference?.[i] ?? NaN, 0);
    return strategicRowView(kernel, side.strategic).slice();
  });
}

describe('strategic matrix', () => {
  test('every column equals a second implementation over whole arrays', () => {
    const bars = market(1);
    const want = strategicReference(bars);
    const have = rowsOf(bars);
    for (let i = 0; i < BARS; i++) {
      for (let k = 0; k < 13; k++) {
        const [a, b] = [have[i]![k]!, want[i]![k]!];
        const same = Number.isNaN(a) ? Number.isNaN(b) : Math.abs(a - b) <= 2e-6;
        if (!same) throw new Error(`bar ${i}, ${STRATEGIC_COLUMN_NAMES[k]}: ${a}, expected ${b}`);
      }
    }
  });

  test('the first finite row is bar 164 and the matrix is complete at bar 211', () => {
    const bars = market(2, 240);
    restartStrategic(kernel, side);
    let first = -1;
    let complete = -1;
    for (let i = 0; i < 240; i++) {
      pushStrategic(kernel, side, bars, i, NaN, 0);
      const row = strategicRowView(kernel, side.strategic);
      if (first < 0 && row.every(Number.isFinite)) first = i;
      if (complete < 0 && strategicComplete(kernel, side.strategic)) complete = i;
    }
    expect([first, complete]).toEqual([164, 211]);
    expect(readStrategic(kernel, side.strategic).completeRows).toBe(240 - 164);
  });

  test('the copy is the last 48 rows, oldest first', () => {
    const bars = market(3, 300);
    const rows = rowsOf(bars);
    const out = kernel.alloc(48 * 13 * 4);
    expect(kernel.raw.strategicMatrix(side.strategic, out)).toBe(1);
    const matrix = kernel.f32(out, 48 * 13);
    expect([...matrix]).toEqual(rows.slice(-48).flatMap((row) => [...row]));
    expect([...strategicMatrixView(kernel, side.strategic)]).toEqual([...matrix]);
  });

  test.each([-3, 1, 10])('price × 2^%d leaves every row equal bit for bit', (power) => {
    const bars = market(4, 600);
    const plain = rowsOf(bars);
    const large = rowsOf(scaled(bars, 2 ** power));
    expect(large).toEqual(plain);
  });

  test('twice the volume leaves every row equal bit for bit', () => {
    const bars = market(5, 600);
    const plain = rowsOf(bars);
    expect(rowsOf({ ...bars, volume: bars.volume.map((v) => 2 * v) })).toEqual(plain);
  });

  test('a whole number of days later leaves every row equal; other hours change the volume column', () => {
    const bars = market(6, 1100);
    const plain = rowsOf(bars);
    expect(rowsOf({ ...bars, ts: bars.ts.map((t) => t + 5 * 86_400_000) })).toEqual(plain);
    // all hours moved alike keep the slots apart: the same rows again
    expect(rowsOf({ ...bars, ts: bars.ts.map((t) => t + 7 * 1_800_000) })).toEqual(plain);
    const oneSlot = rowsOf({ ...bars, ts: bars.ts.map((_, i) => MONDAY + i * 86_400_000) });
    expect(oneSlot[1000]![1]).not.toBe(plain[1000]![1]);
  });

  test('a copy of the bytes at another address goes on with the same rows', () => {
    const bars = market(7, 420);
    const all = rowsOf(bars);
    restartStrategic(kernel, side);
    for (let i = 0; i < 333; i++) pushStrategic(kernel, side, bars, i, NaN, 0);
    const other = startStrategic(kernel);
    const copy = (from: number, to: number, bytes: number): void =>
      kernel.u8(to, bytes).set(kernel.u8(from, bytes));
    copy(side.scale, other.scale, kernel.raw.scaleBytes());
    copy(side.strategic, other.strategic, kernel.raw.strategicBytes());
    copy(side.uncertainty, other.uncertainty, kernel.raw.uncertaintyBytes());
    for (let i = 333; i < 420; i++) {
      const level = pushStrategic(kernel, other, bars, i, NaN, 0);
      expect(pushStrategic(kernel, side, bars, i, NaN, 0)).toBe(level);
      expect([...strategicRowView(kernel, other.strategic)]).toEqual([...all[i]!]);
    }
    expect(kernel.sha256At(other.strategic, kernel.raw.strategicBytes())).toEqual(
      kernel.sha256At(side.strategic, kernel.raw.strategicBytes()),
    );
  });
});

describe('inputs that are missing or frozen', () => {
  test('without volume volume columns are 0, liquidity is the spread alone, rows are finite', () => {
    const bars = market(8, 400);
    restartStrategic(kernel, side);
    for (let i = 0; i < 400; i++)
      pushStrategic(kernel, side, { ...bars, volume: bars.volume.fill(0) }, i, NaN, 1);
    const row = strategicRowView(kernel, side.strategic);
    expect(row[1]).toBe(0);
    expect(row[8]).toBe(0);
    expect(row.every(Number.isFinite)).toBe(true);
  });

  test('two days without a trade keep the last liquidity and every row finite', () => {
    const bars = market(12, 400);
    bars.volume.fill(0, 250, 346);
    const rows = rowsOf(bars);
    for (let i = 164; i < 400; i++) expect(rows[i]!.every(Number.isFinite), `bar ${i}`).toBe(true);
    expect(rows[300]![1]).toBe(-4);
  });

  test('a reference that is the symbol itself correlates fully, and its missing bars are passed over', () => {
    const bars = market(9, 300);
    const reference = bars.close.map((c, i) =>
      i === 0 || i % 5 === 0 ? NaN : Math.log(c / bars.close[i - 1]!),
    );
    expect(rowsOf(bars, reference)[299]![8]).toBeCloseTo(1, 6);
  });

  test('a market that stops moving gives no infinity and no NaN, also when it moves again', () => {
    const bars = market(10, 700);
    for (let i = 300; i < 500; i++) {
      for (const c of [bars.open, bars.high, bars.low, bars.close]) c[i] = bars.close[299]!;
    }
    bars.open[500] = bars.close[299]!;
    bars.high[500] = Math.max(bars.high[500]!, bars.open[500]);
    bars.low[500] = Math.min(bars.low[500]!, bars.open[500]);
    const rows = rowsOf(bars);
    for (let i = 164; i < 700; i++) expect(rows[i]!.every(Number.isFinite), `bar ${i}`).toBe(true);
  });
});

describe('tail risk of the next half-hour', () => {
  test('is exceeded about as often as it says, and lies near the parametric values on normal returns', () => {
    const bars = market(11, 6000);
    restartStrategic(kernel, side);
    let [over95, over99, over, judged] = [0, 0, 0, 0];
    for (let i = 0; i < 5999; i++) {
      pushStrategic(kernel, side, bars, i, NaN, 0);
      const s = readStrategic(kernel, side.strategic);
      if (s.fhsCount < 250) continue;
      const loss = -Math.log(bars.close[i + 1]! / bars.close[i]!);
      judged++;
      over95 += Number(loss > s.fhsVar95);
      over99 += Number(loss > s.fhsVar99);
      over += Number(s.fhsEs95 > s.fhsVar95);
    }
    expect(over95 / judged).toBeGreaterThan(0.04);
    expect(over95 / judged).toBeLessThan(0.06);
    expect(over99 / judged).toBeGreaterThan(0.005);
    expect(over99 / judged).toBeLessThan(0.018);
    expect(over).toBe(judged);
    const s = readStrategic(kernel, side.strategic);
    expect(s.fhsCount).toBe(500);
    expect(s.parametricVar99 / s.parametricVar95).toBeCloseTo(2.326348 / 1.644854, 5);
    expect(s.parametricEs95 / s.sigmaVar).toBeCloseTo(2.062713, 5);
  });
});
