// The contract every indicator keeps, streaming and over columns. A new indicator is one more entry of
// indicator-cases.ts.

import { beforeAll, describe, expect, it } from 'vitest';
import { loadIndicators } from '../../src/indicators/memory.ts';
import type { Indicators } from '../../src/indicators/memory.ts';
import { randomBars, type TestBar } from '../fixtures/random-bars.ts';
import { MORE_INDICATORS } from './more-indicator-cases.ts';
import { CORE_INDICATORS, type Columns, type IndicatorCase, type Places } from './indicator-cases.ts';

const INDICATORS: readonly IndicatorCase[] = [...CORE_INDICATORS, ...MORE_INDICATORS];
const COUNT = 400;
const GUARD = 12_345.678;
const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
let kernel: Indicators;

beforeAll(async () => {
  kernel = await loadIndicators();
  console.log(`indicator contract: SEED=${seed}`);
});

describe.each(INDICATORS)('$name', (indicator) => {
  const start = (): number => {
    const p = kernel.alloc(indicator.bytes(kernel.raw));
    indicator.init(kernel.raw, p);
    return p;
  };
  const run = (bars: readonly TestBar[], p = start()): number[] =>
    bars.map((b) => indicator.push(kernel.raw, p, b));

  it('returns NaN in warm-up and a finite value from then on', () => {
    if (indicator.warmUp < 0) return;
    const out = run(randomBars(seed, COUNT));
    expect(out.slice(0, indicator.warmUp).every(Number.isNaN)).toBe(true);
    expect(out.slice(indicator.warmUp).every(Number.isFinite)).toBe(true);
  });

  it('shows its outputs at the start of its state, the pushed value first', () => {
    const p = start();
    const last = run(randomBars(seed, COUNT), p).at(-1);
    const outputs = kernel.f64(p, indicator.outputs);
    expect(outputs[0]).toBe(last);
    expect([...outputs].every(Number.isFinite)).toBe(true);
  });

  it('gives the same bits again, also in memory that held something else', () => {
    const bars = randomBars(seed, COUNT);
    const clean = start();
    const first = run(bars, clean);
    const size = indicator.bytes(kernel.raw);
    const dirty = kernel.alloc(size);
    kernel.u8(dirty, size).fill(0xa5);
    indicator.init(kernel.raw, dirty);
    expect(run(bars, dirty)).toEqual(first);
    expect(kernel.u8(dirty, size)).toEqual(kernel.u8(clean, size));
  });

  it('never changes an earlier value when the future differs', () => {
    const bars = randomBars(seed, COUNT);
    const cut = 1 + (seed % (COUNT - 2));
    const other = bars.slice(0, cut).concat(randomBars(seed + 1, COUNT - cut));
    expect(run(other).slice(0, cut)).toEqual(run(bars).slice(0, cut));
  });

  it('goes on from a copy of its bytes at another address', () => {
    const bars = randomBars(seed, COUNT);
    const cut = COUNT >> 1;
    const size = indicator.bytes(kernel.raw);
    const p = start();
    run(bars.slice(0, cut), p);
    const copy = kernel.alloc(size);
    kernel.u8(copy, size).set(kernel.u8(p, size));
    expect(run(bars.slice(cut), copy)).toEqual(run(bars.slice(cut), p));
  });

  it('follows the unit of price', () => {
    const bars = randomBars(seed, COUNT);
    const factor = 300;
    const scaled = bars.map((b) => ({
      ...b,
      open: b.open * factor,
      high: b.high * factor,
      low: b.low * factor,
      close: b.close * factor,
    }));
    const power = factor ** indicator.degree;
    const plain = run(bars);
    // near zero (MACD, CCI) the digits that cancel are those of the price or of 100 percent
    const floor = indicator.degree === 1 ? (bars[0]?.close ?? 1) : 100;
    run(scaled).forEach((y, i) => {
      const x = plain[i] ?? NaN;
      if (!Number.isNaN(x))
        expect(Math.abs(y / power - x)).toBeLessThan(1e-11 * Math.max(Math.abs(x), floor));
    });
  });
});

describe.each(INDICATORS)('$name over a column', (indicator) => {
  /** Streaming outputs, one row per output, one entry per bar. */
  const streamed = (bars: readonly TestBar[]): number[][] => {
    const p = kernel.alloc(indicator.bytes(kernel.raw));
    indicator.init(kernel.raw, p);
    const rows = indicator.batch.outputs.map((): number[] => []);
    for (const bar of bars) {
      indicator.push(kernel.raw, p, bar);
      const state = kernel.f64(p, indicator.outputs);
      indicator.batch.outputs.forEach((output, i) => rows[i]?.push(state[output] ?? NaN));
    }
    return rows;
  };
  const batched = (bars: readonly TestBar[]): number[][] => {
    const n = bars.length;
    const column = (read: (b: TestBar) => number): number => {
      const p = kernel.alloc(n * 8);
      kernel.f64(p, n).set(bars.map(read));
      return p;
    };
    const x: Columns = {
      open: column((b) => b.open),
      high: column((b) => b.high),
      low: column((b) => b.low),
      close: column((b) => b.close),
      volume: column((b) => b.volume),
    };
    // one guard value before and after each output
    const guarded = [0, 1, 2, 3, 4].map(() => kernel.alloc((n + 2) * 8));
    for (const p of guarded) kernel.f64(p, n + 2).fill(GUARD);
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = guarded.map((p) => p + 8);
    indicator.batch.run(kernel.raw, x, [a, b, c, d, e] satisfies Places, n);
    return guarded.slice(0, indicator.batch.outputs.length).map((p) => {
      const all = [...kernel.f64(p, n + 2)];
      expect([all[0], all[n + 1]]).toEqual([GUARD, GUARD]);
      return all.slice(1, n + 1);
    });
  };
  const expectClose = (bars: readonly TestBar[]): void => {
    const streaming = streamed(bars);
    // near zero (MACD, CCI) the digits that cancel are those of the price or of 100 percent
    const floor = indicator.degree === 1 ? (bars[0]?.close ?? 1) : 100;
    batched(bars).forEach((row, output) => {
      row.forEach((y, i) => {
        const x = streaming[output]?.[i] ?? NaN;
        const same = Number.isNaN(x)
          ? Number.isNaN(y)
          : Math.abs(y - x) <= 1e-10 * Math.max(Math.abs(x), floor);
        if (!same) expect.fail(`output ${output} at ${i} of ${row.length}: ${y} is not ${x}`);
      });
    });
  };

  it('agrees with the streaming form', () => {
    expectClose(randomBars(seed, 5_000));
  });

  // long enough for columns that are cut in quarters; the indicators of many exponentials a bar are not cut
  const long = CORE_INDICATORS.includes(indicator) ? it : null;
  long?.('agrees over a long column', () => {
    expectClose(randomBars(seed, 40_000));
  });

  it('agrees at every length, also inside the warm-up', () => {
    for (let n = 1; n <= 150; n++) expectClose(randomBars(seed + n, n));
  });

  it('agrees where the price stands still, before, within and after a move', () => {
    const bars = randomBars(seed, 900);
    const flat = (from: TestBar | undefined, count: number): TestBar[] =>
      Array.from({ length: count }, (_, index) => {
        const price = from?.close ?? 100;
        return { index, open: price, high: price, low: price, close: price, volume: 10 };
      });
    const joined = [
      ...flat(bars[0], 120),
      ...bars.slice(0, 300),
      ...flat(bars[299], 200),
      ...bars.slice(300),
    ];
    expectClose(joined.map((bar, index) => ({ ...bar, index })));
  });

  it('never changes an earlier value when the future differs', () => {
    const bars = randomBars(seed, 1_500);
    const cut = 200 + (seed % 1_200);
    const other = bars.slice(0, cut).concat(randomBars(seed + 1, 1_500 - cut));
    const first = batched(bars);
    batched(other).forEach((row, i) => {
      const whole = cut & ~7;
      expect(row.slice(0, whole)).toEqual(first[i]?.slice(0, whole));
    });
  });
});

it('keeps the digits of Bollinger bands over a column and in the bundle, price 60,000, steps of 1e-6', async () => {
  // an instance of its own: columns outlive no growth of the memory
  const kernel = await loadIndicators();
  const { raw } = kernel;
  const n = 5_000;
  const bars = randomBars(seed, n);
  const steps = bars.map((b) => Math.round((b.close - b.open) * 1_000));
  // a jump that the sums must forget: bars 1,000 to 1,009 stand one percent higher
  const unit = 2 ** -20;
  const whole = steps.map((step, i) => step + (i >= 1_000 && i < 1_010 ? Math.round(600 / unit) : 0));
  const x = kernel.column(n);
  x.set(whole.map((step) => 60_000 + step * unit));
  const [middle, upper, lower] = [kernel.column(n), kernel.column(n), kernel.column(n)];
  raw.batchBollinger(x.byteOffset, middle.byteOffset, upper.byteOffset, lower.byteOffset, n, 20, 2);
  const p = kernel.alloc(raw.bundleBytes());
  raw.bundleInit(p);
  whole.forEach((_, i) => {
    const close = x[i] ?? NaN;
    raw.bundlePush(p, close, close, close, 1, 0);
    if (i < 19) return;
    const window = whole.slice(i - 19, i + 1);
    const base = window[0] ?? 0;
    const sum = window.reduce((a, step) => a + (step - base), 0);
    const squares = window.reduce((a, step) => a + (step - base) ** 2, 0);
    const half = (2 * Math.sqrt(20 * squares - sum * sum) * unit) / 20;
    // the bands themselves are rounded to the price's last digit, 7e-12
    const bound = 1e-9 * half + 2.2e-11;
    const state = kernel.f64(p, 7);
    expect(Math.abs((upper[i] ?? NaN) - (lower[i] ?? NaN) - 2 * half)).toBeLessThan(2 * bound);
    expect(Math.abs((state[5] ?? NaN) - (state[6] ?? NaN) - 2 * half)).toBeLessThan(2 * bound);
  });
});

it('keeps the digits of a Bollinger band at price 60,000 with steps of 1e-6', () => {
  const { raw } = kernel;
  const p = kernel.alloc(raw.bollingerBytes(20));
  raw.bollingerInit(p, 20, 2);
  const bars = randomBars(seed, 2_000);
  const steps = bars.map((b) => Math.round((b.close - b.open) * 1_000));
  // 2^-20 is close to 1e-6 and makes every price exact, so the reference can be computed in whole steps
  const unit = 2 ** -20;
  steps.forEach((step, i) => {
    raw.bollingerPush(p, 60_000 + step * unit);
    if (i < 19) return;
    const window = steps.slice(i - 19, i + 1);
    const sum = window.reduce((a, x) => a + x, 0);
    const squares = window.reduce((a, x) => a + x * x, 0);
    const deviation = (Math.sqrt(20 * squares - sum * sum) / 20) * unit;
    expect(Math.abs((kernel.f64(p, 4)[3] ?? NaN) / deviation - 1)).toBeLessThan(1e-9);
  });
});
