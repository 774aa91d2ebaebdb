// Bars for requests, made by the simulated market.

import { simulatedBars } from '../../src/data/market-generator.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';

/** One bar as a request carries it. */
export interface WireBar {
  timestamp: number | string;
  open: number;
  high: number;
  low: number;
  close: number;
  volume?: number;
}

/** The first bars of the simulated market with seed 1. */
export async function wireBars(count: number): Promise<WireBar[]> {
  const table = simulatedBars(await loadKernel(), 1, count);
  return Array.from({ length: count }, (_, i) => ({
    timestamp: table.tsMs[i]!,
    open: table.open[i]!,
    high: table.high[i]!,
    low: table.low[i]!,
    close: table.close[i]!,
    volume: table.volume[i]!,
  }));
}

/** Posts JSON and gives status and body. */
export async function post(url: string, body: unknown): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}
