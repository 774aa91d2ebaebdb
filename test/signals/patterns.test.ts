// The pattern memory against a brute-force search in the same f32 arithmetic.

import { beforeEach, describe, expect, it } from 'vitest';
import {
  exportPatterns,
  importPatterns,
  openPatterns,
  PATTERN_DIMENSIONS,
  retrievePatterns,
} from '../../src/signals/patterns.ts';
import type { PatternMemory } from '../../src/signals/patterns.ts';
import { loadAnalysis } from '../../src/wasm/analysis.ts';
import type { AnalysisKernel } from '../../src/wasm/analysis.ts';

const HALF_HOUR_MS = 1_800_000;
const SEED = 20261120;
const { fround } = Math;

let kernel: AnalysisKernel;
let row = 0;

beforeEach(async () => {
  kernel = await loadAnalysis();
  row = kernel.alloc(64);
});

function uniforms(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (Math.imul(a, 1664525) + 1013904223) >>> 0;
    return a / 4294967296;
  };
}

/** Rows on a coarse grid, so that equal distances are frequent. */
function randomRows(count: number, random: () => number): Float32Array[] {
  return Array.from({ length: count }, () =>
    Float32Array.from({ length: PATTERN_DIMENSIONS }, () => Math.floor(random() * 5) / 2 - 1),
  );
}

function ask(values: Float32Array): number {
  kernel.f32(row, PATTERN_DIMENSIONS).set(values);
  return row;
}

/** One bar: its return first, then its row. */
function pushBar(
  memory: PatternMemory,
  bar: number,
  values: Float32Array,
  logReturn = 0,
  sigma = 0.01,
): number {
  kernel.raw.patternsAdvance(memory.address, logReturn);
  return kernel.raw.patternsInsert(memory.address, ask(values), bar * HALF_HOUR_MS, sigma);
}

function inverseNorm(x: Float32Array): number {
  let sum = 0;
  for (const v of x) sum = fround(sum + fround(v * v));
  return sum > 0 ? fround(1 / fround(Math.sqrt(sum))) : 0;
}

function l2(x: Float32Array, q: Float32Array): number {
  let sum = 0;
  x.forEach((v, d) => {
    const t = fround(v - (q[d] ?? 0));
    sum = fround(sum + fround(t * t));
  });
  return fround(Math.sqrt(sum));
}

function cosine(x: Float32Array, q: Float32Array): number {
  let sum = 0;
  x.forEach((v, d) => (sum = fround(sum + fround(v * (q[d] ?? 0)))));
  return Math.max(0, fround(1 - fround(fround(sum * inverseNorm(x)) * inverseNorm(q))));
}

function bruteForce(
  rows: Float32Array[],
  from: number,
  before: number,
  q: Float32Array,
  k: number,
  metric: string,
) {
  return rows
    .slice(0, before)
    .map((x, sequence) => ({ sequence, distance: metric === 'l2' ? l2(x, q) : cosine(x, q) }))
    .slice(from)
    .sort((a, b) => a.distance - b.distance || a.sequence - b.sequence)
    .slice(0, k);
}

describe('retrieval', () => {
  it(`finds exactly the nearest rows, the older first when equal, before and after the ring wraps (seed ${SEED})`, () => {
    const random = uniforms(SEED);
    const rows = randomRows(700, random);
    rows[5]?.fill(0);
    const memory = openPatterns(kernel, 256);
    rows.forEach((values, bar) => {
      expect(pushBar(memory, bar, values)).toBe(bar);
      if (bar % 23 !== 0 && bar !== 255 && bar !== 256) return;
      for (const metric of ['l2', 'cosine'] as const) {
        for (const k of [1, 7, 256]) {
          const [query = rows[0]] = randomRows(1, random);
          const before = bar + 1 - (bar % 3);
          const { neighbours } = retrievePatterns(kernel, memory, ask(query as Float32Array), {
            k,
            metric,
            before,
          });
          const oldest = Math.max(0, bar + 1 - 256);
          const expected = bruteForce(rows, oldest, before, query as Float32Array, k, metric);
          expect(neighbours.map(({ sequence, distance }) => ({ sequence, distance }))).toEqual(expected);
        }
      }
    });
  });

  it('tells mean, spread and hit rate of what followed, over known outcomes only', () => {
    const memory = openPatterns(kernel, 64);
    const moves = [0.01, -0.02, 0.03, 0.01, 0.02, -0.01];
    const values = new Float32Array(PATTERN_DIMENSIONS).fill(1);
    for (let bar = 0; bar < 16; bar++) pushBar(memory, bar, values, moves[bar] ?? 0, 0.01);
    const unit = 0.01 * Math.sqrt(12);
    const outcomes = [0, 1, 2, 3].map(
      (bar) => moves.slice(bar + 1).reduce((sum, move) => sum + move, 0) / unit,
    );
    const mean = outcomes.reduce((sum, y) => sum + y, 0) / 4;
    const spread = Math.sqrt(outcomes.reduce((sum, y) => sum + (y - mean) ** 2, 0) / 3);
    const retrieval = retrievePatterns(kernel, memory, ask(values), { k: 10, metric: 'l2', before: 16 });
    expect(retrieval.neighbours).toHaveLength(10);
    expect(retrieval.neighbours[3]).toMatchObject({ sequence: 3, tsMs: 3 * HALF_HOUR_MS, distance: 0 });
    expect(retrieval.neighbours[3]?.outcome).toBeCloseTo(outcomes[3] ?? NaN, 6);
    expect(retrieval.neighbours[4]?.outcome).toBeNull();
    expect(retrieval.count).toBe(4);
    expect(retrieval.outcomeMean).toBeCloseTo(mean, 6);
    expect(retrieval.outcomeSpread).toBeCloseTo(spread, 6);
    expect(retrieval.hitRate).toBe(outcomes.filter((y) => y * mean > 0).length / 4);
    expect(retrievePatterns(kernel, memory, row, { k: 10, metric: 'l2' }).neighbours).toHaveLength(4);
  });

  it('answers with nothing when the memory is empty, the query is not finite or k is out of range', () => {
    const memory = openPatterns(kernel, 64);
    const values = new Float32Array(PATTERN_DIMENSIONS).fill(1);
    const nothing = { neighbours: [], count: 0, outcomeMean: null, outcomeSpread: null, hitRate: null };
    expect(retrievePatterns(kernel, memory, ask(values), { k: 5, metric: 'l2', before: 9 })).toEqual(nothing);
    pushBar(memory, 0, values);
    for (const k of [0, 257]) {
      expect(retrievePatterns(kernel, memory, row, { k, metric: 'l2', before: 1 })).toEqual(nothing);
    }
    values[12] = NaN;
    expect(retrievePatterns(kernel, memory, ask(values), { k: 5, metric: 'l2', before: 1 })).toEqual(nothing);
  });
});

describe('outcomes', () => {
  it('are attached at the twelfth later bar, not before, and count bars that gave no row', () => {
    const memory = openPatterns(kernel, 64);
    const { raw } = kernel;
    pushBar(memory, 0, new Float32Array(PATTERN_DIMENSIONS));
    for (let bar = 1; bar <= 12; bar++) {
      expect(raw.patternsOutcome(memory.address, 0)).toBeNaN();
      expect(raw.patternsLabelled(memory.address)).toBe(0);
      raw.patternsAdvance(memory.address, bar === 4 ? NaN : 0.001);
    }
    expect(raw.patternsLabelled(memory.address)).toBe(1);
    expect(raw.patternsOutcome(memory.address, 0)).toBeCloseTo(0.011 / (0.01 * Math.sqrt(12)), 6);
    raw.patternsAdvance(memory.address, 5);
    expect(raw.patternsOutcome(memory.address, 0)).toBeLessThan(1);
  });

  it('do not depend on later bars', () => {
    const rows = randomRows(120, uniforms(SEED + 1));
    const used = [0.001, -0.5].map((later) => {
      const memory = openPatterns(kernel, 128);
      rows.forEach((values, bar) => pushBar(memory, bar, values, bar < 80 ? ((bar * 7) % 11) / 1000 : later));
      return rows.map((_, i) => kernel.raw.patternsOutcome(memory.address, i)).slice(0, 68);
    });
    expect(used[0]).toEqual(used[1]);
    expect(used[0]?.some(Number.isNaN)).toBe(false);
  });
});

describe('rows', () => {
  it('that are not usable change nothing', () => {
    const memory = openPatterns(kernel, 64);
    const good = new Float32Array(PATTERN_DIMENSIONS).fill(0.5);
    pushBar(memory, 0, good);
    kernel.raw.patternsAdvance(memory.address, 0.01);
    const before = exportPatterns(kernel, memory);
    const insert = (values: Float32Array, sigma: number) =>
      kernel.raw.patternsInsert(memory.address, ask(values), HALF_HOUR_MS, sigma);
    for (const value of [NaN, Infinity, 2e6]) expect(insert(good.with(12, value), 0.01)).toBe(-1);
    for (const sigma of [0, -1, NaN, Infinity]) expect(insert(good, sigma)).toBe(-1);
    expect(exportPatterns(kernel, memory)).toEqual(before);
    expect(insert(good, 0.01)).toBe(1);
    expect(insert(good, 0.01)).toBe(-1);
  });
});

describe('export', () => {
  it('moves a memory to another kernel, which goes on with the same bytes', async () => {
    const rows = randomRows(200, uniforms(SEED + 2));
    const memory = openPatterns(kernel, 128);
    rows.slice(0, 90).forEach((values, bar) => pushBar(memory, bar, values, 0.002));
    const file = exportPatterns(kernel, memory);
    expect(file.length).toBeLessThan(kernel.raw.patternsBytes(128));
    const [first, firstRow] = [kernel, row];
    const other = await loadAnalysis();
    const moved = openPatterns(other, 128);
    importPatterns(other, moved, file);
    rows.slice(90).forEach((values, i) => {
      [kernel, row] = [first, firstRow];
      pushBar(memory, 90 + i, values, -0.001);
      [kernel, row] = [other, moved.answer];
      pushBar(moved, 90 + i, values, -0.001);
    });
    expect(exportPatterns(other, moved)).toEqual(exportPatterns(first, memory));
  });

  it('is refused when cut, altered or of another capacity, and the memory stays as it was', () => {
    const memory = openPatterns(kernel, 64);
    const wider = openPatterns(kernel, 128);
    randomRows(20, uniforms(SEED + 3)).forEach((values, bar) => pushBar(memory, bar, values, 0.01));
    const file = exportPatterns(kernel, memory);
    const altered = (at: number, byte: number) => file.with(at, byte);
    const nan = file.slice();
    new DataView(nan.buffer).setFloat32(9 + 448 + 40, NaN, true);
    const sigma = file.slice();
    new DataView(sigma.buffer).setFloat64(9 + 32 + 24 * 10 + 16, 0, true);
    const files = [
      [file.slice(0, 100), 'LIMIT'],
      [file.slice(0, 3), 'BAD_INPUT'],
      [Uint8Array.of(...file, 0), 'BAD_INPUT'],
      [altered(0, 9), 'BAD_INPUT'],
      [altered(9 + 4, 60), 'BAD_INPUT'],
      [altered(9 + 11, 255), 'BAD_INPUT'],
      [altered(9 + 19, 127), 'BAD_INPUT'],
      [nan, 'BAD_INPUT'],
      [sigma, 'BAD_INPUT'],
    ] as const;
    for (const [bad, code] of files) {
      expect(() => importPatterns(kernel, memory, bad)).toThrowError(expect.objectContaining({ code }));
    }
    expect(() => importPatterns(kernel, wider, file)).toThrowError('capacity 64 is not 128');
    expect(exportPatterns(kernel, memory)).toEqual(file);
  });

  it('refuses a capacity outside its range', () => {
    for (const capacity of [0, 63, 65_537, 100.5, NaN]) {
      expect(() => openPatterns(kernel, capacity)).toThrowError(
        expect.objectContaining({ code: 'BAD_ARGUMENT' }),
      );
    }
  });
});
