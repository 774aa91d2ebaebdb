import { expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../../src/core/bytes.ts';
import { BAR_30M_MS, BAR_5M_MS } from '../../src/core/units.ts';
import { aggregatorCodec, closeBefore, createAggregator, pushChild } from '../../src/market/aggregate.ts';
import type { Aggregator, ClosedBar } from '../../src/market/aggregate.ts';
import { barKnownAtMs } from '../../src/market/bar.ts';
import type { Bar } from '../../src/market/bar.ts';
import { SESSIONS } from '../../src/market/session.ts';

const SEED = Number(process.env['SEED'] ?? 20_261_120);
const T0 = Date.parse('2025-03-05T00:00:00Z');

function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function randomBars(random: () => number): Bar[] {
  const bars: Bar[] = [];
  let price = 100;
  for (let slot = 0; slot < 3000; slot++) {
    if (random() < 0.003) slot += Math.floor(random() * 400);
    if (random() < 0.1) continue;
    const open = price;
    price = Math.max(1, price + random() - 0.5);
    const [high, low] = [Math.max(open, price) + random(), Math.min(open, price) - random() / 2];
    bars.push({
      symbol: 'X',
      tsMs: T0 + slot * BAR_5M_MS,
      open,
      high,
      low,
      close: price,
      volume: random() * 10,
    });
  }
  return bars;
}

function fold(
  bars: readonly Bar[],
  session: (typeof SESSIONS)[number],
  start = createAggregator(),
): [ClosedBar[], Aggregator] {
  const closed: ClosedBar[] = [];
  for (const bar of bars) {
    const late = closeBefore(start, bar.tsMs);
    const full = pushChild(start, session, bar);
    for (const one of [late, full]) if (one) closed.push(one);
  }
  return [closed, start];
}

it(`aggregates random bars with missing children causally and without loss (seed ${SEED})`, () => {
  console.log(`seed ${SEED}`);
  const random = mulberry32(SEED);
  for (let round = 0; round < 8; round++) {
    const session = SESSIONS[round % SESSIONS.length] as (typeof SESSIONS)[number];
    const bars = randomBars(random);
    const [closed] = fold(bars, session);
    let previous = Number.NEGATIVE_INFINITY;
    for (const bar of closed) {
      const children = bars.filter((b) => b.tsMs >= bar.tsMs && b.tsMs < bar.tsMs + BAR_30M_MS);
      expect(bar.children).toBe(children.length);
      expect(bar.open).toBe(children[0]?.open);
      expect(bar.close).toBe(children.at(-1)?.close);
      expect(bar.high).toBe(Math.max(...children.map((b) => b.high)));
      expect(bar.low).toBe(Math.min(...children.map((b) => b.low)));
      expect(bar.volume).toBe(children.reduce((sum, b) => sum + b.volume, 0));
      expect(bar.partial).toBe(children.length < 6);
      expect(bar.knownAtMs).toBeGreaterThanOrEqual(bar.tsMs + BAR_30M_MS);
      expect(bar.tsMs).toBeGreaterThan(previous);
      previous = bar.tsMs;
    }
    for (let cut = 0; cut < 25; cut++) {
      const at = Math.floor(random() * bars.length);
      const [head, state] = fold(bars.slice(0, at), session);
      expect(head).toEqual(closed.slice(0, head.length));
      const lastKnown = at === 0 ? 0 : barKnownAtMs((bars[at - 1] as Bar).tsMs);
      expect(closed.filter((bar) => bar.knownAtMs <= lastKnown)).toHaveLength(head.length);
      const writer = new ByteWriter();
      aggregatorCodec.write(writer, state);
      const restored = aggregatorCodec.read(new ByteReader(writer.copy()));
      expect(aggregatorCodec.difference(state, restored, '')).toBeNull();
      const [tail] = fold(bars.slice(at), session, restored);
      expect([...head, ...tail]).toEqual(closed);
    }
  }
});
