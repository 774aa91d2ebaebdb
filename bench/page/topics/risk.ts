// Value at risk by simulation, and a moving-average backtest, each beside the same thing written by hand in
// JavaScript.

import { MonteCarlo } from '../../../src/risk/monte-carlo.ts';
import { loadAnalysis } from '../../../src/wasm/analysis.ts';
import { FAST, FEE, plainCross, SLOW, walkOf } from '../../contenders/plain-cross.ts';
import { ALPHA, ASSETS, bookOf, plainTail } from '../../contenders/plain-tail.ts';
import { race } from '../../lib/race.ts';
import type { Bench } from '../protocol.ts';

/** Two simulations of as many paths agree that well. */
const TOLERANCE = 0.15;

/** Two rows. */
export async function benchRisk(bench: Bench): Promise<void> {
  await benchTail(bench);
  await benchCross(bench);
}

async function benchTail({ sizes, add }: Bench): Promise<void> {
  const { paths, rounds } = sizes;
  const book = bookOf();
  const simulation = new MonteCarlo(await loadAnalysis(), ASSETS, paths);
  let seed = 1;
  let [found, plain] = [0, 0];
  const [ours, other] = race(
    [
      { name: 'ours', run: () => (found = simulation.tail(book, paths, ALPHA, seed++).var) },
      { name: 'plain JavaScript', run: () => (plain = plainTail(book, paths).var) },
    ],
    rounds,
  );
  add({
    topic: 'risk',
    id: 'monte-carlo',
    n: paths,
    ns: ours?.ns ?? NaN,
    peers: [{ name: 'plain JavaScript', ns: other?.ns ?? NaN, ratio: other?.ratio ?? NaN }],
    checked: Math.abs(found / plain - 1) < TOLERANCE,
  });
}

async function benchCross({ sizes, add }: Bench): Promise<void> {
  const { crossBars: n, rounds } = sizes;
  const kernel = await loadAnalysis();
  const close = walkOf(kernel, n);
  const [column, equity, out] = [kernel.alloc(8 * n), kernel.alloc(8 * n), kernel.alloc(24)];
  kernel.f64(column, n).set(close);
  const curve = new Float64Array(n);
  let plain = { value: NaN, drawdown: NaN, changes: NaN };
  const [ours, other] = race(
    [
      { name: 'ours', run: () => kernel.raw.smaCross(column, n, FAST, SLOW, FEE, equity, out) },
      { name: 'plain JavaScript', run: () => (plain = plainCross(close, curve)) },
    ],
    rounds,
  );
  const [value = NaN, drawdown = NaN, changes = NaN] = kernel.f64(out, 3);
  const near = (x: number, y: number): boolean => Math.abs(x / y - 1) < 1e-9;
  add({
    topic: 'risk',
    id: 'sma-cross',
    n,
    ns: (ours?.ns ?? NaN) / n,
    peers: [{ name: 'plain JavaScript', ns: (other?.ns ?? NaN) / n, ratio: other?.ratio ?? NaN }],
    checked: near(value, plain.value) && near(drawdown, plain.drawdown) && changes === plain.changes,
  });
}
