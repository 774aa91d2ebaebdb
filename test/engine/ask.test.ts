// Asking the voters changes nothing, and says what a round on the same bar says.

import { expect, test } from 'vitest';
import { toHex } from '../../src/core/bytes.ts';
import { barEvents } from '../../src/data/events.ts';
import { listingOf } from '../../src/data/listing.ts';
import { simulatedBars } from '../../src/data/market-generator.ts';
import { askVoters } from '../../src/engine/ask.ts';
import { openEngine } from '../../src/engine/open.ts';
import { shippedModels } from '../../src/runtime/shipped-models.ts';
import type { Synergy } from '../../src/signals/synergy.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';

test('gives the votes of the round that the bar opened, and leaves the state as it was', async () => {
  const table = simulatedBars(await loadKernel(), 3, 4_000);
  const engine = await openEngine({ models: await shippedModels(), listings: [listingOf('SIM', table)] });
  let compared = 0;
  for (const event of barEvents(table)) {
    let synergy: Synergy | null = null;
    for (const effect of engine.step(event)) {
      if (effect.kind === 'synergy') synergy = effect.synergy;
      if (effect.kind !== 'decision') continue;
      const before = toHex(engine.stateHash());
      const opinion = askVoters(engine, event, synergy);
      expect(toHex(engine.stateHash())).toBe(before);
      expect(opinion.votes.map((vote) => vote.probabilities)).toEqual(
        effect.votes.map((vote) => vote.probabilities),
      );
      expect(opinion.weightsPpm).toEqual(effect.weightsPpm);
      expect(opinion.verdict).toEqual(effect.verdict);
      expect(opinion.risk === null).toBe(!effect.verdict.execute);
      compared++;
    }
  }
  expect(compared).toBeGreaterThan(10);
  const old = { kind: 'bar', symbol: 0, tsMs: 0, open: 1, high: 1, low: 1, close: 1, volume: 0 } as const;
  expect(() => askVoters(engine, old, null)).toThrow('tsMs 0 is not the newest bar');
});
