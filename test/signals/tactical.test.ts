import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { TACTICAL_COLUMNS, TACTICAL_FIELDS, TACTICAL_ROWS } from '../../src/wasm/abi-signals.ts';
import { loadAnalysis } from '../../src/wasm/analysis.ts';
import type { AnalysisKernel } from '../../src/wasm/analysis.ts';

const F = TACTICAL_FIELDS;
type Row = Record<keyof typeof F, number>;
/**
 * high, low, close; a tuple's place in the list is its five-minute slot unless a fourth number says
 * otherwise.
 */
type Candle = readonly [number, number, number, number?];
const golden = JSON.parse(readFileSync(new URL('../golden/signals.json', import.meta.url), 'utf8')) as {
  fvg: { high: number[]; low: number[]; events: [number, 'bull' | 'bear', number][] };
};
const TICK = 0.01;
const SEED = 90210;
let kernel: AnalysisKernel;

beforeAll(async () => {
  kernel = await loadAnalysis();
});

function fresh(): number {
  const at = kernel.alloc(kernel.raw.tacticalBytes());
  kernel.raw.tacticalInit(at);
  return at;
}

function run(candles: readonly Candle[], at = fresh(), volumes?: readonly number[]): Row[] {
  return candles.map(([high, low, close, slot], i) => {
    const ts = (slot ?? i) * 300_000;
    const none = volumes === undefined ? 1 : 0;
    kernel.raw.tacticalPush(at, ts, close, high, low, close, volumes?.[i] ?? 0, TICK, none);
    const view = kernel.f64(at, 12);
    const row = {} as Row;
    for (const name of Object.keys(F) as (keyof Row)[]) row[name] = view[F[name]] as number;
    return row;
  });
}

function matrix(at: number): Float32Array[] {
  const out = kernel.alloc(TACTICAL_ROWS * 28);
  const rows = kernel.raw.tacticalMatrix(at, out);
  return Array.from({ length: rows }, (_, i) => kernel.f32(out + 28 * i, 7).slice());
}

function candlesOfWalk(n: number, seed: number): { candles: Candle[]; volumes: number[] } {
  let state = seed;
  const next = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  let price = 100;
  let slot = 0;
  const volumes: number[] = [];
  const candles = Array.from({ length: n }, (): Candle => {
    const path = [price];
    for (let i = 0; i < 4; i++) path.push((path.at(-1) as number) * (1 + 4e-3 * (next() + next() - 1)));
    price = path.at(-1) as number;
    volumes.push(Math.floor(1000 * next()));
    slot += next() < 0.01 ? 7 : 1;
    return [Math.max(...path), Math.min(...path), price, slot];
  });
  return { candles, volumes };
}

/** Twenty bars from 9 to 10, so that ATR14 is 1 and no gap is alive. */
const quiet: Candle[] = Array.from({ length: 20 }, () => [10, 9, 9.5]);

describe('fair value gaps', () => {
  it('finds the gaps of the reference', () => {
    const { high, low, events } = golden.fvg;
    const close = high.map((h, i) => (h + (low[i] as number)) / 2);
    const rows = run([...quiet, ...high.map((h, i): Candle => [h, low[i] as number, close[i] as number])]);
    const born = rows.slice(20).flatMap((row, i) => {
      const side = row.fvgBornDirection === 1 ? 'bull' : 'bear';
      return row.fvgBornDirection === 0 || i < 2 ? [] : [[i, side, Number(row.fvgBornSize.toFixed(9))]];
    });
    expect(born).toEqual(events);
  });

  const gap: Candle[] = [...quiet, [11, 9.5, 10.9], [12, 10.5, 11.5]];

  it('signals the first touch that holds, once', () => {
    const rows = run([...gap, [12, 11, 11.5], [12, 10.4, 11.2], [12, 10.3, 11], [12, 10.2, 11]]);
    expect(rows[21]?.fvgBornDirection).toBe(1);
    expect(rows.slice(21).map((row) => row.fvgDirection)).toEqual([0, 0, 1, 0, 0]);
    expect(rows.at(-1)?.fvgBullCount).toBe(1);
  });

  it('gives a touch that closes beyond the far edge no signal, then or later', () => {
    const rows = run([...gap, [11.5, 9.8, 9.9], [12, 10.2, 11]]);
    expect(rows.slice(21).map((row) => row.fvgDirection)).toEqual([0, 0, 0]);
    expect(rows[22]?.fvgBullCount).toBe(0);
  });

  it('signals a bear touch as −1 and forgets the gap when its far side is crossed', () => {
    const down: Candle[] = [...quiet, [9.5, 8, 8.1], [8.6, 7.5, 8]];
    const rows = run([...down, [8.7, 8, 8.3], [9.2, 8, 8.5], [8.8, 8, 8.5]]);
    expect(rows[21]?.fvgBornDirection).toBe(-1);
    expect(rows.slice(22).map((row) => [row.fvgDirection, row.fvgBearCount])).toEqual([
      [-1, 1],
      [0, 0],
      [0, 0],
    ]);
  });

  it('lets a gap die after 50 bars', () => {
    const above: Candle[] = Array.from({ length: 60 }, () => [12, 11, 11.5]);
    const rows = run([...gap, ...above]);
    expect(rows[21 + 50]?.fvgNearestAge).toBe(50);
    expect(rows[21 + 51]?.fvgBullCount).toBe(0);
    expect(rows[21 + 51]?.fvgNearestAge).toBe(-1);
  });

  it('asks for three bars in a row in time, and for max(2 ticks, 0.05 ATR14)', () => {
    const late = gap.map(([h, l, c], i): Candle => [h, l, c, i < 21 ? i : i + 3]);
    expect(run(late).at(-1)?.fvgBornDirection).toBe(0);
    const sized = (by: number): Row => run([...quiet, [11, 9.5, 10.5], [12, 10 + by, 11.5]]).at(-1) as Row;
    const least = 0.05 * sized(0.5).atr;
    expect(sized(least * 1.05).fvgBornDirection).toBe(1);
    expect(sized(least * 0.9).fvgBornDirection).toBe(0);
  });

  it('says nothing when a bull and a bear gap are touched in one bar', () => {
    const rows = run([...gap, [12.4, 11.5, 12.3], [11.2, 10.9, 11], [11.4, 10.95, 11.2], [12, 10.4, 11.2]]);
    expect(rows.at(-2)?.fvgBullCount).toBe(1);
    expect(rows.at(-2)?.fvgBearCount).toBe(1);
    expect(rows.at(-1)?.fvgDirection).toBe(0);
    expect(rows.at(-1)?.fvgStrength).toBeNaN();
  });
});

/** The seven columns by their definitions, over arrays. */
function twin(candles: readonly Candle[], volumes: readonly number[]): number[][] {
  interface Live {
    up: boolean;
    top: number;
    bottom: number;
    born: number;
    touched: boolean;
  }
  let live: Live[] = [];
  let atr = NaN;
  let mean = NaN;
  const ranges: number[] = [];
  const rows: number[][] = [];
  const clip = (x: number): number => Math.max(-1, Math.min(1, x));
  candles.forEach(([high, low, close, slot], i) => {
    const before = candles[i - 1];
    if (before) ranges.push(Math.max(high - low, Math.abs(high - before[2]), Math.abs(low - before[2])));
    if (ranges.length === 14) atr = ranges.reduce((a, b) => a + b, 0) / 14;
    else if (ranges.length > 14) atr = (atr * 13 + (ranges.at(-1) as number)) / 14;
    const volume = volumes[i] as number;
    mean = Number.isNaN(mean) ? volume : mean + 0.02 * (volume - mean);
    const signals = new Set<number>();
    live = live.filter((gap) => {
      if (i - gap.born > 50) return false;
      const reached = gap.up ? low <= gap.top : high >= gap.bottom;
      if (reached && !gap.touched && (gap.up ? close > gap.bottom : close < gap.top))
        signals.add(gap.up ? 1 : -1);
      gap.touched ||= reached;
      return gap.up ? low > gap.bottom : high < gap.top;
    });
    const older = candles[i - 2];
    if (older && (slot as number) - (older[3] as number) === 2) {
      const least = Math.max(2 * TICK, 0.05 * atr);
      const one = { born: i, touched: false };
      if (low - older[0] >= least) live.push({ ...one, up: true, top: low, bottom: older[0] });
      else if (older[1] - high >= least) live.push({ ...one, up: false, top: older[1], bottom: high });
    }
    if (i < 14) return;
    const away = (gap: Live): number => (gap.up ? gap.top : gap.bottom) - close;
    const nearest = [...live].sort((a, b) => Math.abs(away(a)) - Math.abs(away(b)) || a.born - b.born)[0];
    rows.push([
      live.some((gap) => gap.up) ? 1 : 0,
      live.some((gap) => !gap.up) ? 1 : 0,
      nearest ? clip((100 * away(nearest)) / close / 2) : 0,
      nearest ? Math.exp(-0.1 * (i - nearest.born)) : 0,
      signals.size === 1 ? ([...signals][0] as number) : 0,
      clip((100 * (close / (candles[i - 5] as Candle)[2] - 1)) / 10),
      Math.tanh(Math.log(volume / mean)),
    ]);
  });
  return rows;
}

describe('tactical60x7', () => {
  it('has the seven columns of their definitions, oldest first', () => {
    const { candles, volumes } = candlesOfWalk(1200, SEED);
    const expected = twin(candles, volumes);
    const at = fresh();
    for (const count of [14, 15, 40, 73, 74, 500, 1200]) {
      kernel.raw.tacticalInit(at);
      const rows = run(candles.slice(0, count), at, volumes);
      const kept = matrix(at);
      expect(kept.length).toBe(Math.max(0, Math.min(TACTICAL_ROWS, count - 14)));
      expect(rows.at(-1)?.rows).toBe(kept.length);
      const want = expected.slice(0, Math.max(0, count - 14)).slice(-TACTICAL_ROWS);
      kept.forEach((row, i) =>
        row.forEach((x, c) => {
          expect(x, `row ${i} ${TACTICAL_COLUMNS[c]}`).toBeCloseTo(want[i]?.[c] as number, 6);
        }),
      );
    }
    const used = expected.map((row) => row[4]);
    expect(used.includes(1) && used.includes(-1)).toBe(true);
  });

  it('keeps the volume column at 0 without volume, finite with none traded or very much', () => {
    const { candles, volumes } = candlesOfWalk(90, SEED + 1);
    const silent = fresh();
    run(candles, silent);
    expect(matrix(silent).every((row) => row[6] === 0)).toBe(true);
    const wild = fresh();
    run(
      candles,
      wild,
      volumes.map((v, i) => (i % 3 === 0 ? 0 : i % 3 === 1 ? 1e300 : v)),
    );
    for (const row of matrix(wild)) expect(Math.abs(row[6] as number)).toBeLessThanOrEqual(1);
    const zero = fresh();
    run(
      candles,
      zero,
      volumes.map(() => 0),
    );
    expect(matrix(zero).every((row) => row[6] === 0)).toBe(true);
  });

  it('never rewrites a row: the matrix at t is the same whatever comes later', () => {
    const { candles, volumes } = candlesOfWalk(400, SEED + 2);
    const at = fresh();
    run(candles.slice(0, 300), at, volumes);
    const then = matrix(at);
    run(candles.slice(300, 310), at, volumes);
    expect(matrix(at).slice(0, 50)).toEqual(then.slice(10));
  });

  it('stores one bit pattern for NaN, so that warm-up hashes alike on every host', () => {
    const { candles } = candlesOfWalk(400, SEED + 4);
    const at = fresh();
    const words = kernel.raw.tacticalBytes() >> 3;
    for (const candle of candles) {
      run([candle], at);
      const bits = new BigUint64Array(kernel.raw.memory.buffer, at, words);
      let odd = 0;
      kernel
        .f64(at, words)
        .forEach((x, i) => (odd += Number(Number.isNaN(x) && bits[i] !== 0x7ff8000000000000n)));
      expect(odd).toBe(0);
    }
  });

  it('is bytes without addresses: a copy elsewhere goes on to the same bytes', () => {
    const { candles, volumes } = candlesOfWalk(600, SEED + 3);
    const size = kernel.raw.tacticalBytes();
    const one = fresh();
    run(candles.slice(0, 300), one, volumes);
    const two = kernel.alloc(size + 8) + 8;
    kernel.u8(two, size).set(kernel.u8(one, size));
    run(candles.slice(300), one, volumes.slice(300));
    run(candles.slice(300), two, volumes.slice(300));
    expect(Buffer.compare(kernel.u8(one, size), kernel.u8(two, size))).toBe(0);
  });
});
