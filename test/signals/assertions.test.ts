import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { ASSERTION_FIELDS } from '../../src/wasm/abi-signals.ts';
import { loadAnalysis } from '../../src/wasm/analysis.ts';
import type { AnalysisKernel } from '../../src/wasm/analysis.ts';
import { mlmiTwin, nearestMean } from '../fixtures/mlmi-twin.ts';
import type { Neighbour } from '../fixtures/mlmi-twin.ts';

const F = ASSERTION_FIELDS;
type Field = keyof typeof F;
const golden = JSON.parse(readFileSync(new URL('../golden/signals.json', import.meta.url), 'utf8')) as {
  nwrqk: { value26: number };
};
const SEED = 4711;
let kernel: AnalysisKernel;

beforeAll(async () => {
  kernel = await loadAnalysis();
});

function generator(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

/** Prices of a multiplicative random walk. */
function walk(n: number, seed: number, step = 2e-3): number[] {
  const next = generator(seed);
  let price = 100;
  return Array.from({ length: n }, () => (price *= 1 + step * (next() + next() + next() + next() - 2)));
}

function fresh(): number {
  const at = kernel.alloc(kernel.raw.assertionsBytes());
  kernel.raw.assertionsInit(at);
  return at;
}

/**
 * Every field after every value; a bar whose four prices are equal has that price as its Heikin-Ashi close.
 */
function run(x: readonly number[], sigma = 0.002, at = fresh()): Record<Field, number>[] {
  return x.map((p) => {
    kernel.raw.assertionsPush(at, p, p, p, p, sigma);
    const view = kernel.f64(at, 13);
    const row = {} as Record<Field, number>;
    for (const name of Object.keys(F) as Field[]) row[name] = view[F[name]] as number;
    return row;
  });
}

describe('NW-RQK', () => {
  it('filters a ramp as the reference does, first value after 26 bars', () => {
    const rows = run(Array.from({ length: 40 }, (_, t) => 100 + 0.5 * t));
    expect(rows[39]?.nwrqkLine).toBeCloseTo(golden.nwrqk.value26, 11);
    expect(rows[24]?.nwrqkLine).toBeNaN();
    expect(rows[25]?.nwrqkLine).toBeCloseTo(golden.nwrqk.value26 - 7, 11);
    expect(rows[39]?.nwrqkSecond).toBeGreaterThan(golden.nwrqk.value26);
  });

  it('scales and shifts with the price: f(kP) = k f(P), f(P + c) = f(P) + c', () => {
    const x = walk(400, SEED);
    const lines = run(x).map((row) => row.nwrqkLine);
    const eight = run(x.map((p) => p * 8)).map((row) => row.nwrqkLine);
    const odd = run(x.map((p) => p * 3.7)).map((row) => row.nwrqkLine);
    const up = run(x.map((p) => p + 1000)).map((row) => row.nwrqkLine);
    for (let i = 25; i < x.length; i++) {
      const line = lines[i] as number;
      expect(eight[i]).toBe(8 * line);
      expect(Math.abs((odd[i] as number) / (3.7 * line) - 1)).toBeLessThan(1e-12);
      expect(Math.abs((up[i] as number) - 1000 - line)).toBeLessThan(1e-10);
    }
  });

  it('asserts the sign of the slope where its size ranks in the upper half of 250', () => {
    const rows = run(walk(1500, SEED + 1));
    const sizes: number[] = [];
    for (const row of rows) {
      const window = sizes.slice(-250);
      const size = Math.abs(row.nwrqkSlope);
      const known = window.filter((y) => !Number.isNaN(y));
      const below = known.reduce((sum, y) => sum + (y < size ? 2 : y === size ? 1 : 0), 0);
      const rank = known.length < 48 || Number.isNaN(size) ? NaN : below / (2 * known.length);
      expect(row.nwrqkStrength).toBe(rank);
      expect(row.nwrqkDirection).toBe(rank >= 0.5 ? Math.sign(row.nwrqkSlope) : 0);
      sizes.push(size);
    }
    expect(rows.filter((row) => row.nwrqkDirection !== 0).length).toBeGreaterThan(400);
  });
});

describe('MLMI', () => {
  it('equals the plain definition, also when the ring of 2,048 has wrapped', () => {
    const x = walk(30_000, SEED + 2);
    const rows = run(x);
    mlmiTwin(x, 100).forEach((twin, i) => {
      const row = rows[i] as Record<Field, number>;
      expect(row.mlmiSlow).toBe(twin.slow);
      expect(row.mlmiQuick).toBe(twin.quick);
      expect(row.mlmiCross).toBe(twin.cross);
      expect(row.mlmiLabelled).toBe(twin.labelled);
      if (!Number.isNaN(twin.value)) expect(row.mlmiValue, `row ${i}`).toBe(twin.value);
    });
    expect(rows.at(-1)?.mlmiLabelled).toBe(2048);
    expect(rows.reduce((n, row) => n + Math.abs(row.mlmiCross), 0)).toBeGreaterThan(2_300);
  });

  // Long rises drive both RSIs to exactly 100; a pause and a step then make a cross with the same features
  // each time, labelled by what ends it: another step up, or a fall.
  it.each([
    { name: 'few crosses', steps: 1, every: 1, episodes: 24 },
    { name: 'a ring that has wrapped', steps: 90, every: 97, episodes: 30 },
  ])('counts the older of equally distant crosses first: $name', ({ steps, every, episodes }) => {
    const next = generator(SEED + 3);
    const x: number[] = [1000];
    const add = (n: number, by: number): void => {
      for (let i = 0; i < n; i++) x.push((x.at(-1) as number) + by);
    };
    for (let episode = 0; episode < episodes; episode++) {
      add(900, 1);
      for (let step = 0; step < steps; step++) {
        add(21, 0);
        add(1, 1);
      }
      add(21, 0);
      add(1, next() < 0.5 ? 1 : -4);
    }
    const stored: Neighbour[] = [];
    const twin = mlmiTwin(x, every, stored);
    const tied = stored.filter((one) => one.slow === 100 && one.quick === 100);
    expect(new Set(tied.map((one) => one.label)).size).toBe(2);
    expect(tied.length).toBeGreaterThan(10);
    run(x).forEach((row, i) => {
      if (i % every === 0) expect(row.mlmiValue, `row ${i}`).toBe(twin[i]?.value);
    });
  });

  it('learns from its labels: shuffled labels leave a mean value within 3/√k of their mean', () => {
    const x = walk(12_000, SEED + 4);
    const stored: Neighbour[] = [];
    const twin = mlmiTwin(x, 10, stored);
    const next = generator(SEED + 5);
    const labels = stored.map((one) => one.label);
    for (let i = labels.length - 1; i > 0; i--) {
      const j = Math.floor(next() * (i + 1));
      [labels[i], labels[j]] = [labels[j] as number, labels[i] as number];
    }
    const shuffled = stored.map((one, i) => ({ ...one, label: labels[i] as number }));
    const mean = labels.reduce((sum, y) => sum + y, 0) / labels.length;
    const k = Math.floor(Math.sqrt(stored.length));
    let sum = 0;
    let count = 0;
    let spread = 0;
    let spreadTrue = 0;
    twin.forEach((row, i) => {
      if (i < 6_000 || i % 10) return;
      const value = nearestMean(shuffled, row.slow, row.quick);
      sum += value;
      count++;
      spread += (value - mean) * (value - mean);
      spreadTrue += (row.value - mean) * (row.value - mean);
    });
    expect(Math.abs(sum / count - mean)).toBeLessThan(3 / Math.sqrt(k));
    expect(spreadTrue).toBeGreaterThan(1.5 * spread);
  });

  it('attaches a label only at the next cross: prices after a query change nothing, a late label would show', () => {
    const x = walk(3_000, SEED + 6);
    const rows = run(x);
    const at = rows.findIndex((row, i) => i > 2_500 && row.mlmiCross !== 0);
    const until = rows.findIndex((row, i) => i > at && row.mlmiCross !== 0);
    expect(until - at).toBeGreaterThan(1);
    // The label of the cross at `at` is the move up to `until`: it is counted there and not one bar earlier.
    for (let i = at + 1; i < until; i++) expect(rows[i]?.mlmiLabelled).toBe(rows[at]?.mlmiLabelled);
    expect(rows[until]?.mlmiLabelled).toBe((rows[at]?.mlmiLabelled as number) + 1);
    const other = run([...x.slice(0, until), ...x.slice(until).map((p) => p * 0.5)]);
    for (let i = 0; i < until; i++) expect(other[i]).toEqual(rows[i]);
  });

  it('turns its sign when prices are mirrored', () => {
    const x = walk(4_000, SEED + 7, 5e-4).map((p) => Math.round(p * 1024) / 1024);
    const rows = run(x);
    const mirrored = run(x.map((p) => 400 - p));
    let same = 0;
    let known = 0;
    rows.forEach((row, i) => {
      if (Number.isNaN(row.mlmiValue)) return;
      known++;
      same += Number(
        mirrored[i]?.mlmiValue === -row.mlmiValue || (row.mlmiValue === 0 && mirrored[i]?.mlmiValue === 0),
      );
    });
    expect(known).toBeGreaterThan(3_500);
    expect(same / known).toBeGreaterThan(0.99);
  });
});

describe('the assertions state', () => {
  it('stays in warm-up as NaN and 0, with fewer than 4 labelled crosses and 48 ranked values', () => {
    const rows = run(walk(100, SEED + 8));
    expect(rows[38]?.mlmiSlow).toBeNaN();
    expect(rows[39]?.mlmiSlow).not.toBeNaN();
    for (const row of rows.slice(0, 48)) {
      expect(row.mlmiDirection).toBe(0);
      expect(row.mlmiStrength).toBeNaN();
      expect(row.nwrqkDirection).toBe(0);
      expect(row.nwrqkStrength).toBeNaN();
    }
    for (const row of rows) if (row.mlmiLabelled < 4) expect(row.mlmiValue).toBeNaN();
  });

  it('asserts nothing while sigma is not known or 0', () => {
    for (const sigma of [NaN, 0]) {
      const rows = run(walk(300, SEED + 9), sigma);
      expect(rows.every((row) => row.nwrqkDirection === 0 && Number.isNaN(row.nwrqkSlope))).toBe(true);
    }
  });

  it('stores one bit pattern for NaN, so that warm-up hashes alike on every host', () => {
    const at = fresh();
    const words = kernel.raw.assertionsBytes() >> 3;
    for (const p of walk(110, SEED + 11)) {
      kernel.raw.assertionsPush(at, p, p, p, p, NaN);
      const bits = new BigUint64Array(kernel.raw.memory.buffer, at, words);
      const numbers = kernel.f64(at, words);
      let odd = 0;
      numbers.forEach((x, i) => (odd += Number(Number.isNaN(x) && bits[i] !== 0x7ff8000000000000n)));
      expect(odd).toBe(0);
    }
  });

  it('is bytes without addresses: a copy elsewhere goes on to the same bytes', () => {
    const x = walk(1200, SEED + 10);
    const one = fresh();
    run(x.slice(0, 700), 0.002, one);
    const size = kernel.raw.assertionsBytes();
    const two = kernel.alloc(size + 8) + 8;
    kernel.u8(two, size).set(kernel.u8(one, size));
    run(x.slice(700), 0.002, one);
    run(x.slice(700), 0.002, two);
    expect(Buffer.compare(kernel.u8(one, size), kernel.u8(two, size))).toBe(0);
  });
});
