import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SYNERGY_TYPES } from '../../src/signals/synergy.ts';
import type { Synergy } from '../../src/signals/synergy.ts';
import { loadAnalysis } from '../../src/wasm/analysis.ts';
import { readBars, scaled, SignalFeed, synergies } from '../fixtures/signal-feed.ts';
import type { Columns } from '../fixtures/signal-feed.ts';
import { sharedData } from '../fixtures/shared-data.ts';

interface Golden {
  tick: Record<string, number>;
  every: Record<string, number[]>;
  sessionEnd: Record<string, number[]>;
  firstOfNq: [string, string, number, number][];
}
const golden = JSON.parse(readFileSync(new URL('../golden/synergy.json', import.meta.url), 'utf8')) as Golden;
const files = new Map<string, Columns>();

const pathOf = (name: string): string | null => sharedData(`${name}.csv.gz`);

function barsOf(name: string): Columns {
  const known = files.get(name);
  if (known) return known;
  const bars = readBars(pathOf(name) as string);
  files.set(name, bars);
  return bars;
}

function counts(found: readonly Synergy[]): number[] {
  return SYNERGY_TYPES.map((type) => found.filter((one) => one.type === type).length);
}

describe('synergy on real bars', () => {
  for (const [name, expected] of Object.entries(golden.every)) {
    it.skipIf(pathOf(name) === null)(
      `counts ${expected.join(' ')} of the four types on ${name}`,
      async () => {
        const found = synergies(await loadAnalysis(), barsOf(name), golden.tick[name] as number, 'every');
        expect(counts(found)).toEqual(expected);
        if (name !== 'NQ_5m') return;
        const first = found.slice(0, golden.firstOfNq.length);
        expect(
          first.map((s) => [
            new Date(s.tsMs).toISOString().replace('.000', ''),
            s.type,
            s.direction,
            s.barsToComplete,
          ]),
        ).toEqual(golden.firstOfNq);
      },
    );
  }

  for (const [name, expected] of Object.entries(golden.sessionEnd)) {
    const title = `counts ${expected.join(' ')} on ${name} with partial rows only before a missing slot`;
    it.skipIf(pathOf(name) === null)(title, async () => {
      const found = synergies(await loadAnalysis(), barsOf(name), golden.tick[name] as number, 'session-end');
      expect(counts(found)).toEqual(expected);
    });
  }

  it.skipIf(pathOf('NQ_5m') === null)(
    'scaling prices by a power of two changes no synergy by one bit',
    async () => {
      const kernel = await loadAnalysis();
      const bars = barsOf('NQ_5m');
      const found = synergies(kernel, bars, 0.25, 'every', 12_000);
      expect(found.length).toBeGreaterThan(50);
      expect(synergies(kernel, scaled(bars, 8), 2, 'every', 12_000)).toEqual(found);
    },
  );

  it.skipIf(pathOf('NQ_5m') === null)('what follows a bar never changes what was known at it', async () => {
    const kernel = await loadAnalysis();
    const bars = barsOf('NQ_5m');
    const seed = 20_261_120;
    let random = seed;
    const next = (): number => (random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
    const full = synergies(kernel, bars, 0.25, 'session-end', 10_000);
    for (let round = 0; round < 8; round++) {
      const cut = 2_000 + Math.floor(next() * 8_000);
      const feed = new SignalFeed(kernel, 0.25, 'session-end');
      for (let i = 0; i <= cut; i++) feed.push(bars, i);
      const known = full.filter((s) => s.tsMs <= (bars.ts[cut] as number));
      expect(feed.emitted, `seed ${seed}, cut ${cut}`).toEqual(known);
    }
  });
});
