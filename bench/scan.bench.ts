// A market scan on this thread: one new bar of every symbol, which closes its 30-minute row.

import { MarketScan, WARMUP_BARS } from '../src/backtest/market-scan.ts';
import { shippedModels } from '../src/runtime/shipped-models.ts';
import { rowOf } from './rounds.ts';
import type { BenchRow } from './rounds.ts';

const SYMBOLS = 256;
const ROUNDS = 5;

/** Microseconds a symbol; every round is another scan, because a bar is taken once. */
export async function bench(): Promise<BenchRow[]> {
  const models = await shippedModels();
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const from = round * SYMBOLS;
    const source = { kind: 'simulated', from, to: from + SYMBOLS, seed: 1, warmup: WARMUP_BARS } as const;
    const scan = await MarketScan.open(source, models);
    const started = performance.now();
    scan.step();
    rounds.push(((performance.now() - started) * 1000) / SYMBOLS);
  }
  return [rowOf('scan, one symbol', 'us', SYMBOLS, rounds)];
}
