// The market scan on two workers beside one: the same symbols, the same rows. Beside it what the machine
// gives: the halves one after the other, each alone on the machine, over both at once. Where that is less
// than 2, the cores slow each other down (shared caches, memory, a neighbour), and no pool can do better.

import { createHash } from 'node:crypto';
import { availableParallelism, loadavg } from 'node:os';
import { WARMUP_BARS } from '../../src/backtest/market-scan.ts';
import { openPooledScan, partsOf } from '../../src/backtest/pooled-scan.ts';
import type { ScanSource } from '../../src/backtest/market-scan.ts';
import { WorkerPool } from '../../src/core/worker-pool.ts';
import { startThread } from '../../src/cli/node-pool.ts';
import { shippedModels } from '../../src/runtime/shipped-models.ts';
import type { CompareRow } from '../lib/rounds.ts';

const SYMBOLS = Number(process.env['SCAN_SYMBOLS'] ?? 10_000);
const SOURCE: ScanSource = { kind: 'simulated', from: 0, to: SYMBOLS, seed: 1, warmup: WARMUP_BARS };

interface Stepped {
  readonly ns: number;
  readonly hash: string;
}

/** Two rows; the time is that of the whole scan. */
export async function rows(): Promise<CompareRow[]> {
  const one = await scan(1);
  const two = await scan(2);
  const halves = await inTurn(partsOf(SOURCE, 2));
  const where = `(load ${loadavg()[0]!.toFixed(1)} on ${availableParallelism()} cores)`;
  const shared = { n: SYMBOLS, ours: two.ns };
  return [
    {
      ...shared,
      name: `scan of ${SYMBOLS} symbols, two workers ${where}`,
      peer: one.ns,
      peerName: 'one worker',
      ratio: one.ns / two.ns,
      checked: one.hash === two.hash,
    },
    {
      ...shared,
      name: `scan of ${SYMBOLS} symbols, what the cores give ${where}`,
      peer: halves.ns,
      peerName: 'each half alone on the machine, added',
      ratio: halves.ns / two.ns,
      checked: one.hash === halves.hash,
    },
  ];
}

async function scan(workers: number): Promise<Stepped> {
  const pool = new WorkerPool(startThread, workers);
  try {
    const opened = await openPooledScan(pool, SOURCE, await shippedModels(), undefined);
    const started = performance.now();
    const { values } = await opened.step();
    const ns = (performance.now() - started) * 1e6;
    return { ns, hash: hashOf([values]) };
  } finally {
    pool.close();
  }
}

/** Every part opened on a worker of its own, then stepped while the others wait. */
async function inTurn(parts: readonly ScanSource[]): Promise<Stepped> {
  const pools = parts.map(() => new WorkerPool(startThread, 1));
  try {
    const models = await shippedModels();
    const opened = await Promise.all(
      parts.map((part, i) => openPooledScan(pools[i]!, part, models, undefined)),
    );
    const found: Float64Array[] = [];
    const started = performance.now();
    for (const one of opened) found.push((await one.step()).values);
    return { ns: (performance.now() - started) * 1e6, hash: hashOf(found) };
  } finally {
    for (const pool of pools) pool.close();
  }
}

function hashOf(parts: readonly Float64Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(new Uint8Array(part.buffer));
  return hash.digest('hex');
}
