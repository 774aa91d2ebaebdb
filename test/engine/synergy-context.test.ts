// What a synergy carries of its market: the nearest low-volume node, against a plain recount of the bars.

import { expect, it } from 'vitest';
import type { BarTable } from '../../src/data/bar-table.ts';
import { barEvents } from '../../src/data/events.ts';
import type { SynergyDetected } from '../../src/engine/effects.ts';
import { effectsOf, market, record, simulatedEngine } from '../fixtures/engine-run.ts';

const WINDOW = 240;
const BINS = 24;

/** Steidlmayer's profile by volume, bar by bar, with no ring and no kernel. */
function lowNodeAt(table: BarTable, last: number): number | null {
  const prices: number[] = [];
  for (let i = last - WINDOW + 1; i <= last; i++) {
    prices.push((table.high[i]! + table.low[i]! + table.close[i]!) / 3);
  }
  const bottom = Math.min(...prices);
  const width = (Math.max(...prices) - bottom) / BINS;
  const held = new Float64Array(BINS);
  prices.forEach((price, i) => {
    held[Math.min(BINS - 1, Math.floor((price - bottom) / width))]! += table.volume[last - WINDOW + 1 + i]!;
  });
  const mean = held.reduce((sum, volume) => sum + volume, 0) / BINS;
  const low = [...held.keys()].slice(1, -1).filter((i) => {
    const least = Math.min(held[i - 1]!, held[i + 1]!, mean / 2);
    return held[i]! <= least && held[i]! < mean / 2;
  });
  const nodes = low.map((i) => bottom + (i + 0.5) * width);
  const away = (node: number): number => Math.abs(node - table.close[last]!);
  return nodes.length === 0 ? null : nodes.reduce((best, node) => (away(node) < away(best) ? node : best));
}

async function synergiesOf(table: BarTable): Promise<SynergyDetected[]> {
  return effectsOf(await record(await simulatedEngine([table]), barEvents(table)), 'synergy');
}

it('names the low-volume node nearest to the price among the last 240 bars', async () => {
  const table = await market(3, 6000);
  const synergies = await synergiesOf(table);
  expect(synergies.length).toBeGreaterThan(20);
  for (const { synergy, nearestLvn } of synergies) {
    const own = lowNodeAt(table, table.tsMs.indexOf(synergy.tsMs));
    if (own === null) expect(nearestLvn).toBeNull();
    else expect(nearestLvn).toBeCloseTo(own, 9);
  }
  expect(synergies.some(({ nearestLvn }) => nearestLvn !== null)).toBe(true);
});

it('names none without volume', async () => {
  const table = await market(3, 3000);
  const silent = { ...table, volume: new Float64Array(table.rows), noVolume: true };
  const synergies = await synergiesOf(silent);
  expect(synergies.length).toBeGreaterThan(0);
  expect(new Set(synergies.map(({ nearestLvn }) => nearestLvn))).toEqual(new Set([null]));
});
