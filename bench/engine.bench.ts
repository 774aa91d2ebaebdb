// The whole engine on one core: bars to votes to orders, reference evaluator, journal in a file made durable
// every 10,000 events. Rounds alternate between the markets; every round must end in the same state and
// journal.

import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { shippedModels } from '../src/runtime/shipped-models.ts';
import { journalPath, runMarkets, sharedMarket, simulatedMarket } from './market-run.ts';
import type { Market, MarketRun } from './market-run.ts';
import { ROUNDS, rowOf } from './rounds.ts';
import type { BenchRow, SkippedRow } from './rounds.ts';

const SIMULATED_BARS = 100_000;
const MARKET_SEED = 7;

/** Bars per second on NQ and on a simulated market. */
export async function bench(): Promise<(BenchRow | SkippedRow)[]> {
  const models = await shippedModels();
  const nq = await sharedMarket('NQ_5m', 'NQ');
  const markets = [
    ...(nq ? [{ name: 'NQ', market: nq }] : []),
    { name: 'simulated', market: await simulatedMarket(SIMULATED_BARS, MARKET_SEED) },
  ];
  const rounds = markets.map((): MarketRun[] => []);
  const ends = new Map<string, string>();
  const path = journalPath('engine');
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [place, { name, market }] of markets.entries()) {
      const run = await runMarkets([market], models, { journal: path });
      expectSame(ends, name, `${run.stateHash} ${run.journalHash} ${run.report.decisions}`);
      rounds[place]!.push(run);
    }
  }
  rmSync(dirname(path), { recursive: true, force: true });
  const rows: (BenchRow | SkippedRow)[] = markets.flatMap(({ name, market }, place) => {
    const row = (unit: string, speed: (run: MarketRun) => number): BenchRow =>
      rowOf(`${name} ${unit}`, unit, market.table.rows, rounds[place]!.map(speed), noteOf(market));
    return [
      row('bars/s', ({ barsPerSecond }) => barsPerSecond),
      row('bars/CPU s', ({ barsPerCpuSecond }) => barsPerCpuSecond),
    ];
  });
  if (!nq) rows.unshift({ name: 'NQ bars/s', skipped: '../shared/data/NQ_5m.csv.gz is not on this machine' });
  return rows;
}

function noteOf({ symbol, table }: Market): string {
  const last = new Date(table.tsMs[table.rows - 1]!).toISOString().slice(0, 10);
  return `${symbol} to ${last}, journal on, attestation none`;
}

/** A bench that does not do the same work twice measures nothing. */
function expectSame(ends: Map<string, string>, name: string, end: string): void {
  const before = ends.get(name);
  if (before !== undefined && before !== end)
    throw new Error(`${name} ended in ${end}, the round before in ${before}`);
  ends.set(name, end);
}
