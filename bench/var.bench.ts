// Value at risk: microseconds per call of every method, and the moving-average backtest.

import { MonteCarlo } from '../src/risk/monte-carlo.ts';
import { createTailRisk, pushTailRisk, tailRisk } from '../src/risk/var.ts';
import { loadAnalysis } from '../src/wasm/analysis.ts';

const ROUNDS = 9;

interface Row {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly range: readonly [number, number];
  readonly rounds: number;
  readonly n: number;
}

/** Rows of this topic. */
export async function bench(): Promise<Row[]> {
  const kernel = await loadAnalysis();
  const assets = 10;
  const covariance = Float64Array.from({ length: assets * assets }, (_, cell) =>
    cell % (assets + 1) === 0 ? 1.44e-4 : 0.6e-4,
  );
  const exposure = new Float64Array(assets).fill(0.1);
  const simulation = new MonteCarlo(kernel, assets, 10_000);
  const rng = kernel.alloc(16);
  kernel.raw.rngInit(rng, 1);
  const series = createTailRisk(kernel);
  for (let i = 0; i < 700; i++) pushTailRisk(kernel, series, 0.01 * kernel.raw.rngNormal(rng));
  const n = 1_000_000;
  const [close, equity, out] = [kernel.alloc(8 * n), kernel.alloc(8 * n), kernel.alloc(24)];
  let price = 100;
  const column = kernel.f64(close, n);
  for (let i = 0; i < n; i++) column[i] = price *= 1 + 0.001 * kernel.raw.rngNormal(rng);
  let seed = 1;
  return [
    row('Monte Carlo VaR and ES, 10 assets x 10,000 paths', 20, 10_000, () =>
      simulation.tail({ covariance, exposure }, 10_000, 0.05, seed++),
    ),
    row('Monte Carlo VaR and ES, the same with a normal book', 20, 10_000, () =>
      simulation.tail({ covariance, exposure }, 10_000, 0.05, seed++, 'normal'),
    ),
    row('VaR and ES of one series by every method', 2_000, 500, () => tailRisk(kernel, series, 0.05)),
    row('filtered history, one return', 100_000, 500, () => pushTailRisk(kernel, series, 0.001)),
    row('backtest of SMA 20/50 cross, equity and drawdown, 1e6 bars', 1, n, () =>
      kernel.raw.smaCross(close, n, 20, 50, 0.0002, equity, out),
    ),
  ];
}

function row(name: string, calls: number, n: number, run: () => unknown): Row {
  const times: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const started = performance.now();
    for (let i = 0; i < calls; i++) run();
    if (round > 0) times.push(((performance.now() - started) * 1000) / calls);
  }
  times.sort((a, b) => a - b);
  const digits = (value: number): number => Number(value.toPrecision(4));
  return {
    name,
    unit: 'us',
    value: digits(times[times.length >> 1]!),
    range: [digits(times[0]!), digits(times[times.length - 1]!)],
    rounds: times.length,
    n,
  };
}
