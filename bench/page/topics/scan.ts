// A market scan on this thread: one new bar of every symbol, which closes its 30-minute row.

import { MarketScan, WARMUP_BARS } from '../../../src/backtest/market-scan.ts';
import { SCAN_ROW } from '../../../src/backtest/scan-row.ts';
import { fetchModels } from '../../../src/runtime/page-models.ts';
import { median } from '../../rounds.ts';
import type { Bench } from '../protocol.ts';

const ROUNDS = 3;

/** One row. Every round is another scan, because a bar is taken once; the first warms up. */
export async function benchScan({ sizes, add }: Bench): Promise<void> {
  const models = await fetchModels();
  const n = sizes.scanSymbols;
  const open = (from: number, to: number): Promise<MarketScan> =>
    MarketScan.open({ kind: 'simulated', from, to, seed: 1, warmup: WARMUP_BARS }, models);
  const times: number[] = [];
  let newest: Float64Array = new Float64Array();
  for (let round = 0; round <= ROUNDS; round++) {
    const scan = await open(round * n, (round + 1) * n);
    const started = performance.now();
    newest = scan.step();
    if (round > 0) times.push(((performance.now() - started) * 1e6) / n);
  }
  const alone = (await open((ROUNDS + 1) * n - 1, (ROUNDS + 1) * n)).step();
  const checked = newest.subarray(-SCAN_ROW).every((value, i) => Object.is(value, alone[i]));
  add({ topic: 'scan', id: 'scan', n, ns: median(times), peers: [], checked });
}
