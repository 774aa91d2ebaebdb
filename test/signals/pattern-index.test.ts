// The pattern index: exact whatever the data, whatever was built when, for every k.

import { beforeAll, expect, it } from 'vitest';
import { PatternIndex } from '../../src/signals/pattern-index.ts';
import { loadAnalysis } from '../../src/wasm/analysis.ts';
import type { AnalysisKernel } from '../../src/wasm/analysis.ts';
import { patternRows, scanNearest } from '../fixtures/pattern-rows.ts';

const SEED = 20_240_601;
let kernel: AnalysisKernel;

beforeAll(async () => {
  kernel = await loadAnalysis();
});

function expectExact(index: PatternIndex, rows: Float32Array, queries: Float32Array, k: number): void {
  for (let at = 0; at < queries.length; at += 13) {
    const row = queries.subarray(at, at + 13);
    const expected = scanNearest(rows, row, k);
    const { sequences, distances } = index.nearest(row, k);
    expect([...sequences], `seed ${SEED}, query ${at / 13}`).toEqual(expected.map(({ i }) => i));
    expect([...distances]).toEqual(expected.map(({ d }) => d));
  }
}

it.each([1, 10, 256])('finds the %i nearest of market-like rows by leaving out most of them', (k) => {
  const next = patternRows(kernel, SEED, 'market');
  const rows = next(6_000);
  const index = new PatternIndex(kernel, 6_000);
  index.add(rows);
  expect(index.build()).toBe(true);
  expectExact(index, rows, next(12), k);
  index.nearest(next(1), 1);
  expect(index.scanned).toBeLessThan(3_000);
});

it('falls back to a flat scan on rows without structure', () => {
  const next = patternRows(kernel, SEED + 1, 'isotropic');
  const rows = next(5_000);
  const index = new PatternIndex(kernel, 5_000);
  index.add(rows);
  expect(index.build()).toBe(false);
  expectExact(index, rows, next(5), 10);
  expect(index.scanned).toBe(5_000);
});

it.each([0, 40, 3_000, 900_000])(
  'stays exact %i away from the origin, where products lose the digits',
  (far) => {
    const next = patternRows(kernel, SEED + 9, 'isotropic');
    const away = (count: number): Float32Array => next(count).map((x) => x + far);
    const rows = away(2_000);
    const index = new PatternIndex(kernel, 2_000);
    index.add(rows);
    expectExact(index, rows, away(12), 10);
    expectExact(index, rows, next(2), 3);
  },
);

it('finds rows that came after the build, and builds again by itself', () => {
  const next = patternRows(kernel, SEED + 2, 'market');
  const rows = next(9_001);
  const index = new PatternIndex(kernel, 20_000);
  index.add(rows.subarray(0, 13 * 3_003));
  index.build();
  index.add(rows.subarray(13 * 3_003, 13 * 4_000));
  expectExact(index, rows.subarray(0, 13 * 4_000), next(8), 10);
  expect(index.covered).toBe(3_003);
  index.add(rows.subarray(13 * 4_000));
  expectExact(index, rows, next(8), 10);
  expect(index.covered).toBe(9_001);
});

it('keeps equal rows in the order in which they came', () => {
  const next = patternRows(kernel, SEED + 3, 'market');
  const some = next(40);
  const rows = new Float32Array(13 * 4_000);
  for (let i = 0; i < 4_000; i++) rows.set(some.subarray(13 * (i % 40), 13 * (i % 40) + 13), 13 * i);
  const index = new PatternIndex(kernel, 4_000);
  index.add(rows);
  index.build();
  expectExact(index, rows, some.subarray(0, 13 * 6), 150);
});

it('is exact for coordinates far from zero, where little of a float is left', () => {
  const next = patternRows(kernel, SEED + 4, 'market');
  const far = (rows: Float32Array): Float32Array => rows.map((x, i) => x + (i % 13 === 3 ? 9e5 : 1e4));
  const rows = far(next(4_000));
  const index = new PatternIndex(kernel, 4_000);
  index.add(rows);
  index.build();
  expectExact(index, rows, far(next(10)), 20);
});

it('is exact on rows that are all the same and on rows of one column', () => {
  const same = new Float32Array(13 * 1_000).fill(2);
  const index = new PatternIndex(kernel, 1_000);
  index.add(same);
  index.build();
  expectExact(index, same, same.subarray(0, 13), 5);
  const line = Float32Array.from({ length: 13 * 1_000 }, (_, i) => (i % 13 === 0 ? i : 0));
  const other = new PatternIndex(kernel, 1_000);
  other.add(line);
  expect(other.build()).toBe(true);
  expectExact(other, line, line.subarray(13 * 500, 13 * 502), 5);
});

it('refuses bad rows and queries and says which', () => {
  const index = new PatternIndex(kernel, 64);
  expect(() => index.add(new Float32Array(14))).toThrow('14 values are not whole rows of 13');
  const bad = new Float32Array(26);
  bad[20] = NaN;
  expect(() => index.add(bad)).toThrow('Cannot add row 1: value NaN is not within 1e6');
  expect(index.count).toBe(1);
  expect(() => index.add(new Float32Array(13 * 64))).toThrow('Cannot add row 63: the index is full');
  expect(() => index.nearest([1], 1)).toThrow('1 values, k 1 are not 13, 1..256');
  expect(() => index.nearest(new Float32Array(13).fill(Infinity), 1)).toThrow('a value is not within 1e6');
});
