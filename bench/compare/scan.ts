// The market scan on two workers beside one: the same symbols, the same rows. Only on two free cores does the
// ratio say what the pool can do.

import { createHash } from 'node:crypto';
import { availableParallelism, loadavg } from 'node:os';
import { WARMUP_BARS } from '../../src/backtest/market-scan.ts';
import { openPooledScan } from '../../src/backtest/pooled-scan.ts';
import { WorkerPool } from '../../src/core/worker-pool.ts';
import { startThread } from '../../src/cli/node-pool.ts';
import { shippedModels } from '../../src/runtime/shipped-models.ts';
import type { CompareRow } from '../lib/rounds.ts';

const SYMBOLS = Number(process.env['SCAN_SYMBOLS'] ?? 10_000);

/** One row; the time is that of the whole scan. */
export async function rows(): Promise<CompareRow[]> {
  const one = await scan(1);
  const two = await scan(2);
  const busy = loadavg()[0]!.toFixed(1);
  return [
    {
      name: `scan of ${SYMBOLS} symbols, two workers (load ${busy} on ${availableParallelism()} cores)`,
      n: SYMBOLS,
      ours: two.ns,
      peer: one.ns,
      peerName: 'one worker',
      ratio: one.ns / two.ns,
      checked: one.hash === two.hash,
    },
  ];
}

async function scan(workers: number): Promise<{ ns: number; hash: string }> {
  const source = { kind: 'simulated', from: 0, to: SYMBOLS, seed: 1, warmup: WARMUP_BARS } as const;
  const pool = new WorkerPool(startThread, workers);
  try {
    const opened = await openPooledScan(pool, source, await shippedModels(), undefined);
    const started = performance.now();
    const { values } = await opened.step();
    const ns = (performance.now() - started) * 1e6;
    return { ns, hash: createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex') };
  } finally {
    pool.close();
  }
}
