// Value at risk by simulation beside the same thing written by hand in JavaScript.

import { MonteCarlo } from '../../../src/risk/monte-carlo.ts';
import { loadAnalysis } from '../../../src/wasm/analysis.ts';
import { ALPHA, ASSETS, bookOf, plainTail } from '../../contenders/plain-tail.ts';
import { race } from '../../lib/race.ts';
import type { Bench } from '../protocol.ts';

/** Two simulations of as many paths agree that well. */
const TOLERANCE = 0.15;

/** One row. */
export async function benchRisk({ sizes, add }: Bench): Promise<void> {
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
