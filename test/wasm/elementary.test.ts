// The kernel's elementary functions beside 40-digit values, the host's functions and each other.

import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadAnalysis } from '../../src/wasm/analysis.ts';
import type { AnalysisKernel } from '../../src/wasm/analysis.ts';
import { uniforms } from '../fixtures/random-bars.ts';

type Points = readonly (readonly [number, number])[];
type Name =
  'exp' | 'log' | 'log1p' | 'tanh' | 'atanh' | 'normalCdf' | 'normalQuantile' | 'cosTurns' | 'sinTurns';

const golden = JSON.parse(
  readFileSync(new URL('../golden/elementary.json', import.meta.url), 'utf8'),
) as Record<Name, Points>;
const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const u = uniforms(seed);
let kernel: AnalysisKernel;

beforeAll(async () => {
  kernel = await loadAnalysis();
  console.log(`elementary functions: SEED=${seed}`);
});

const view = new DataView(new ArrayBuffer(8));
/** Size of one unit in the last place of x. */
function ulp(x: number): number {
  view.setFloat64(0, Math.abs(x));
  view.setBigInt64(0, view.getBigInt64(0) + 1n);
  return view.getFloat64(0) - Math.abs(x);
}

describe('against 40-digit values', () => {
  // [function, units in the last place]; the normal law's bound is 1e-15 relative, about 9 units
  const bounds: readonly (readonly [Name, number])[] = [
    ['exp', 1],
    ['log', 1],
    ['tanh', 1],
    ['cosTurns', 1],
    ['sinTurns', 1],
    ['log1p', 2],
    ['atanh', 3],
    ['normalCdf', 9],
    ['normalQuantile', 9],
  ];
  it.each(bounds)('%s is at most %i ulp off', (name, bound) => {
    for (const [x, y] of golden[name]) {
      expect(Math.abs(kernel.raw[name](x) - y), `${name}(${x})`).toBeLessThanOrEqual(bound * ulp(y));
    }
  });
});

it('stays within two units of the host on random arguments', () => {
  const { raw } = kernel;
  for (let i = 0; i < 20_000; i++) {
    const x = (u() - 0.5) * 1_400;
    expect(Math.abs(raw.exp(x) - Math.exp(x))).toBeLessThanOrEqual(2 * ulp(Math.exp(x)));
    const y = Math.exp(x);
    expect(Math.abs(raw.log(y) - Math.log(y))).toBeLessThanOrEqual(2 * ulp(Math.log(y)));
    const z = (u() - 0.5) * 8;
    expect(Math.abs(raw.tanh(z) - Math.tanh(z))).toBeLessThanOrEqual(3 * ulp(Math.tanh(z)));
    expect(Math.abs(raw.pow(y, z / 8) / Math.pow(y, z / 8) - 1)).toBeLessThan((3 + Math.abs(x)) * 2 ** -52);
  }
});

it('gives the limits at the ends of the range', () => {
  const { raw } = kernel;
  expect([raw.exp(-Infinity), raw.exp(-746), raw.exp(0), raw.exp(710), raw.exp(Infinity)]).toEqual([
    0,
    0,
    1,
    Infinity,
    Infinity,
  ]);
  expect([raw.log(0), raw.log(1), raw.log(Infinity)]).toEqual([-Infinity, 0, Infinity]);
  expect(
    [raw.log(-1), raw.log(NaN), raw.exp(NaN), raw.tanh(NaN), raw.normalCdf(NaN)].every(Number.isNaN),
  ).toBe(true);
  expect([raw.tanh(-Infinity), raw.tanh(-0), raw.tanh(Infinity)]).toEqual([-1, -0, 1]);
  expect([raw.atanh(-1), raw.atanh(1)]).toEqual([-Infinity, Infinity]);
  expect([raw.normalCdf(-Infinity), raw.normalCdf(Infinity)]).toEqual([0, 1]);
  expect([raw.normalQuantile(0), raw.normalQuantile(1)]).toEqual([-Infinity, Infinity]);
  expect(
    [raw.normalQuantile(-0.1), raw.normalQuantile(1.1), raw.normalQuantile(NaN)].every(Number.isNaN),
  ).toBe(true);
});

it('inverts the normal distribution in both tails', () => {
  const { raw } = kernel;
  for (let i = 0; i < 5_000; i++) {
    const p = Math.exp(-600 * u() ** 2);
    expect(Math.abs(raw.normalCdf(raw.normalQuantile(p)) / p - 1)).toBeLessThan(2e-12);
  }
});

it('gives every lane the bits of the scalar function', () => {
  const { raw } = kernel;
  const count = 4_001;
  const at = kernel.alloc(count * 8);
  const to = kernel.alloc(count * 8);
  const x64 = kernel.f64(at, count).map(() => (u() - 0.5) * 1_520);
  x64.set([NaN, Infinity, -Infinity, -0, 0, 710, -746]);
  kernel.f64(at, count).set(x64);
  raw.expMany(at, to, count);
  expect([...kernel.f64(to, count)]).toEqual([...x64].map((x) => raw.exp(x)));
  for (const [many, one] of [
    [raw.expfMany, raw.expf],
    [raw.tanhfMany, raw.tanhf],
  ] as const) {
    const x32 = kernel.f32(at, count).map((_, i) => (u() - 0.5) * (i % 2 === 0 ? 220 : 4));
    x32.set([NaN, Infinity, -Infinity, -0, 0, 89, -104]);
    kernel.f32(at, count).set(x32);
    many(at, to, count);
    expect([...kernel.f32(to, count)]).toEqual([...x32].map((x) => one(x)));
  }
});

it('keeps f32 exp and tanh within two units', () => {
  const { raw } = kernel;
  for (let i = 0; i < 20_000; i++) {
    const x = Math.fround((u() - 0.5) * 170);
    expect(Math.abs(raw.expf(x) / Math.exp(x) - 1)).toBeLessThan(2 ** -22);
    const y = Math.fround(x / 20);
    expect(Math.abs(raw.tanhf(y) - Math.tanh(y))).toBeLessThanOrEqual(2 ** -22 * Math.abs(Math.tanh(y)));
  }
});
