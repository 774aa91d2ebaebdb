// Simulated tails beside closed forms, and the moving-average cross beside its plain form.

import { beforeAll, expect, it } from 'vitest';
import { MonteCarlo } from '../../src/risk/monte-carlo.ts';
import { loadAnalysis } from '../../src/wasm/analysis.ts';
import type { AnalysisKernel } from '../../src/wasm/analysis.ts';

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
let kernel: AnalysisKernel;

beforeAll(async () => {
  kernel = await loadAnalysis();
  console.log(`monte carlo: SEED=${seed}`);
});

/** Assets of daily volatility .8 to 2 % with one common correlation. */
function covariance(assets: number, rho: number): Float64Array {
  const sigma = Array.from({ length: assets }, (_, i) => 0.008 + (0.012 * i) / assets);
  return Float64Array.from({ length: assets * assets }, (_, cell) => {
    const [i, j] = [Math.floor(cell / assets), cell % assets];
    return sigma[i]! * sigma[j]! * (i === j ? 1 : rho);
  });
}

it('meets the closed form of a normal book within the error of its paths', () => {
  const assets = 10;
  const matrix = covariance(assets, 0.4);
  const exposure = Array.from({ length: assets }, (_, i) => (i % 3 === 0 ? -1 : 2) * 1_000);
  let variance = 0;
  for (let i = 0; i < assets; i++)
    for (let j = 0; j < assets; j++) variance += exposure[i]! * exposure[j]! * matrix[i * assets + j]!;
  const paths = 1_000_000;
  const simulation = new MonteCarlo(kernel, assets, paths);
  for (const alpha of [0.05, 0.01]) {
    const found = simulation.tail({ covariance: matrix, exposure }, paths, alpha, seed, 'normal');
    const deviation = Math.sqrt(variance);
    // standard error of a quantile: √(α(1 − α)/n) over the density
    const z = kernel.raw.normalQuantile(alpha);
    const error = (deviation * Math.sqrt((alpha * (1 - alpha)) / paths)) / kernel.raw.normalPdf(z);
    expect(Math.abs(found.var - deviation * kernel.raw.normalVar(alpha))).toBeLessThan(5 * error);
    expect(found.es / (deviation * kernel.raw.normalEs(alpha))).toBeCloseTo(1, 2);
    expect(found.es).toBeGreaterThan(found.var);
  }
});

it('meets the log-normal quantile of one asset, drift included, whether it moves far or very far', () => {
  const simulation = new MonteCarlo(kernel, 1, 400_000);
  for (const sigma of [0.2, 1]) {
    const book = { covariance: [sigma * sigma], exposure: [100], drift: [0.01] };
    const { var: loss } = simulation.tail(book, 400_000, 0.05, seed);
    const exact = 100 * (1 - kernel.raw.exp(0.01 + sigma * kernel.raw.normalQuantile(0.05)));
    // the quantile's standard error is at most .25 % of it
    expect(Math.abs(loss / exact - 1), `sigma ${sigma}`).toBeLessThan(0.0125);
  }
});

it('draws normals with the right moments, symmetric, without a bad tail and free of their neighbours', () => {
  const paths = 400_000;
  const work = kernel.alloc(kernel.raw.monteCarloBytes(1, paths));
  const numbers = kernel.alloc(32);
  kernel.f64(numbers, 3).set([1, 0, 1]);
  kernel.raw.monteCarloTail(
    seed | 0,
    numbers,
    numbers + 8,
    numbers + 16,
    1,
    paths,
    1e-6,
    0,
    work,
    kernel.alloc(16),
  );
  const profits = kernel.f32(work + kernel.raw.monteCarloBytes(1, paths) - 4 * paths, paths);
  const power = (k: number): number => profits.reduce((sum, x) => sum + x ** k, 0) / paths;
  expect(Math.abs(power(1))).toBeLessThan(5 / Math.sqrt(paths));
  expect(Math.abs(power(2) - 1)).toBeLessThan((5 * Math.sqrt(2)) / Math.sqrt(paths));
  expect(Math.abs(power(3))).toBeLessThan((5 * Math.sqrt(15)) / Math.sqrt(paths));
  expect(Math.abs(power(4) - 3)).toBeLessThan((5 * Math.sqrt(96)) / Math.sqrt(paths));
  expect(profits.every(Number.isFinite)).toBe(true);
  const beyond = profits.reduce((count, x) => count + (Math.abs(x) > 3 ? 1 : 0), 0) / paths;
  expect(Math.abs(beyond - 0.0027)).toBeLessThan(0.0006);
  // the lowest profits stand in front and a few others in their places; behind, pairs are as they were drawn
  const late = profits.subarray(paths / 2);
  for (const gap of [1, 4, 8, 16]) {
    const product = late.reduce((sum, x, i) => sum + x * (late[i + gap] ?? 0), 0) / late.length;
    expect(Math.abs(product), `gap ${gap}`).toBeLessThan(0.03);
  }
});

it('values small moves as it values large ones', () => {
  const simulation = new MonteCarlo(kernel, 2, 10_000);
  const book = { covariance: [0.003, 0, 0, 0.003], exposure: [1, 0] };
  const small = simulation.tail(book, 10_000, 0.05, seed);
  // an asset that is not held and moves far takes every block by the whole exponential
  const large = simulation.tail({ ...book, drift: [0, 1] }, 10_000, 0.05, seed);
  expect(Math.abs(small.var / large.var - 1)).toBeLessThan(2e-6);
  expect(Math.abs(small.es / large.es - 1)).toBeLessThan(2e-6);
});

it('gives one seed one answer and refuses a matrix that is none', () => {
  const simulation = new MonteCarlo(kernel, 3, 1_000);
  const book = { covariance: covariance(3, 0.2), exposure: [1, 1, 1] };
  const first = simulation.tail(book, 999, 0.05, 5);
  expect(simulation.tail(book, 999, 0.05, 5)).toEqual(first);
  expect(simulation.tail(book, 999, 0.05, 6)).not.toEqual(first);
  const broken = { covariance: covariance(3, 1.2), exposure: [1, 1, 1] };
  expect(() => simulation.tail(broken, 999, 0.05, 5)).toThrow('not that of a positive definite matrix');
  expect(() => simulation.tail(book, 1_001, 0.05, 5)).toThrow('paths 1001 is not 1 to 1000');
});

it('finds the tail of long columns as a sort does, whatever their order', () => {
  const n = 5_000;
  const at = kernel.alloc(16);
  kernel.raw.rngInit(at, seed);
  const normal = Float64Array.from({ length: n }, () => kernel.raw.rngNormal(at));
  const columns = {
    random: normal,
    ascending: normal.slice().sort(),
    descending: normal.slice().sort().reverse(),
    repeated: normal.map((x) => Math.round(2 * x)),
    constant: new Float64Array(n).fill(-1),
    spiked: normal.map((x, i) => (i % 19 === 0 ? -50 : x)),
  };
  const [z, one, profit, out] = [kernel.alloc(8 * n), kernel.alloc(8), kernel.alloc(8 * n), kernel.alloc(16)];
  kernel.f64(one, 1)[0] = 1;
  for (const [name, column] of Object.entries(columns)) {
    for (const alpha of [0.001, 0.01, 0.05, 0.3]) {
      kernel.f64(z, n).set(column);
      kernel.raw.fhsPortfolio(z, n, 1, one, alpha, profit, out);
      const sorted = column.slice().sort();
      const h = alpha * (n - 1);
      const i = Math.floor(h);
      const limit = sorted[i]! + (h - i) * (sorted[i + 1]! - sorted[i]!);
      const mean = sorted.slice(0, i + 1).reduce((sum, x) => sum + x, 0) / (i + 1);
      const [loss, shortfall] = kernel.f64(out, 2);
      expect(loss, `${name} ${alpha}`).toBeCloseTo(Math.max(0, -limit), 11);
      expect(shortfall, `${name} ${alpha}`).toBeCloseTo(Math.max(0, -mean), 11);
    }
  }
});

it('crosses moving averages as the plain loop does', () => {
  const n = 5_000;
  const at = kernel.alloc(16);
  kernel.raw.rngInit(at, seed);
  let price = 100;
  const close = Float64Array.from({ length: n }, () => (price *= 1 + 0.002 * kernel.raw.rngNormal(at)));
  const [column, equity, out] = [kernel.alloc(8 * n), kernel.alloc(8 * n), kernel.alloc(24)];
  kernel.f64(column, n).set(close);
  kernel.raw.smaCross(column, n, 20, 50, 0.0005, equity, out);
  let [value, held, changes, peak, drawdown] = [1, false, 0, 1, 0];
  const mean = (i: number, size: number): number => {
    let sum = 0;
    for (let k = i - size + 1; k <= i; k++) sum += close[k]!;
    return sum / size;
  };
  for (let i = 49; i < n; i++) {
    if (held) value *= close[i]! / close[i - 1]!;
    const wanted = mean(i, 20) > mean(i, 50);
    if (wanted !== held) {
      held = wanted;
      changes++;
      value *= 1 - 0.0005;
    }
    peak = Math.max(peak, value);
    drawdown = Math.max(drawdown, 1 - value / peak);
    expect(Math.abs(kernel.f64(equity, n)[i]! / value - 1)).toBeLessThan(1e-9);
  }
  const [end, worst, turns] = kernel.f64(out, 3);
  expect(end).toBeCloseTo(value, 9);
  expect(worst).toBeCloseTo(drawdown, 9);
  expect(turns).toBe(changes);
});
