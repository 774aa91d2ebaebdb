// A market scan over a pool: every worker takes a part of the symbols, the rows are joined in the symbols'
// order, so the result is the same whatever the number of workers.

import { GrandModelError } from '../core/errors.ts';
import type { ModelFiles } from '../engine/open.ts';
import { SCAN_ROW } from './scan-row.ts';
import type { ScanSource } from './market-scan.ts';
import type { BacktestPool } from './worker-service.ts';

/** What a scan over a pool gives. */
export interface PooledScan {
  readonly symbols: number;
  /** f64[symbols × SCAN_ROW], see scan-row.ts. */
  readonly values: Float64Array;
}

/** An opened scan whose symbols have taken their past, waiting for its step. */
export interface OpenedScan {
  readonly symbols: number;
  /** Takes the new bar of every symbol, on all workers at once. */
  step(): Promise<PooledScan>;
}

/**
 * Cuts a source into parts of nearly the same number of symbols.
 *
 * @example partsOf({ kind: 'simulated', from: 0, to: 3, seed: 1, warmup: 0 }, 2).length // 2
 */
export function partsOf(source: ScanSource, parts: number): ScanSource[] {
  const from = source.kind === 'simulated' ? source.from : 0;
  const to = source.kind === 'simulated' ? source.to : source.tables.length;
  const cut = (part: number): number => from + Math.floor(((to - from) * part) / parts);
  const cuts = Array.from({ length: parts }, (_, part) => [cut(part), cut(part + 1)] as const);
  return cuts
    .filter(([first, end]) => end > first)
    .map(([first, end]) =>
      source.kind === 'simulated'
        ? { ...source, from: first, to: end }
        : { kind: 'tables', tables: source.tables.slice(first, end) },
    );
}

/**
 * Opens a scan on the workers of a pool.
 *
 * @param progress  called with the symbols opened so far, over all workers
 * @throws          GrandModelError BAD_ARGUMENT without symbols, BAD_MODEL, LIMIT, STOPPED
 */
export async function openPooledScan(
  pool: BacktestPool,
  source: ScanSource,
  models: ModelFiles,
  module: WebAssembly.Module | undefined,
  progress: (symbols: number) => void = () => {},
): Promise<OpenedScan> {
  const parts = partsOf(source, pool.size);
  if (parts.length === 0) throw new GrandModelError('BAD_ARGUMENT', 'Cannot scan: there is no symbol', {});
  const done = parts.map(() => 0);
  const report = (worker: number, symbols: number): void => {
    done[worker] = symbols;
    progress(done.reduce((sum, count) => sum + count, 0));
  };
  const counts = await Promise.all(
    parts.map(async (part, worker) => {
      const request = { kind: 'openScan', source: part, models, ...(module ? { module } : {}) } as const;
      const answer = await pool.ask(worker, request, (symbols) => report(worker, symbols));
      return answer.kind === 'opened' ? answer.symbols : 0;
    }),
  );
  const symbols = counts.reduce((sum, count) => sum + count, 0);
  return {
    symbols,
    async step() {
      const answers = await Promise.all(parts.map((_, worker) => pool.ask(worker, { kind: 'stepScan' })));
      const values = new Float64Array(symbols * SCAN_ROW);
      let at = 0;
      for (const answer of answers) {
        if (answer.kind !== 'rows') throw new GrandModelError('WORKER', 'A worker gave no rows', {});
        values.set(answer.values, at);
        at += answer.values.length;
      }
      return { symbols, values };
    },
  };
}
