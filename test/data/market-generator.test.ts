import { beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../src/core/bytes.ts';
import { barAt, createColumns } from '../../src/data/bar-table.ts';
import type { BarTable } from '../../src/data/bar-table.ts';
import { CSV_HEADER, barsToCsv } from '../../src/data/csv-text.ts';
import { readCsv } from '../../src/data/csv.ts';
import { createMarket, simulatedBars } from '../../src/data/market-generator.ts';
import { rejectionOf } from '../../src/market/bar.ts';
import { isOpen } from '../../src/market/session.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import type { Kernel } from '../../src/wasm/kernel.ts';
import golden from '../golden/market.json' with { type: 'json' };

let kernel: Kernel;
beforeAll(async () => {
  kernel = await loadKernel();
});

const hashOf = (table: BarTable): string =>
  toHex(kernel.sha256(new TextEncoder().encode(barsToCsv(table, table.rows))));

/** Mean over its standard error of log returns over `span` bars that start where `pick` says. */
function tStatistic(table: BarTable, span: number, pick: (i: number) => number): number {
  let [n, sum, square] = [0, 0, 0];
  for (let i = 0; i + span < table.rows; i++) {
    const side = pick(i);
    if (side === 0) continue;
    const move = side * Math.log((table.close[i + span] as number) / (table.close[i] as number));
    [n, sum, square] = [n + 1, sum + move, square + move * move];
  }
  return sum / Math.sqrt(square);
}

/** +1 or -1 at the first touch of a gap that holds, written independently of the generator. */
function heldTouches(table: BarTable): Int8Array {
  const events = new Int8Array(table.rows);
  const { high, low, close } = table;
  let live: { side: number; near: number; far: number; born: number }[] = [];
  for (let i = 2; i < table.rows; i++) {
    const [h, l, c] = [high[i] as number, low[i] as number, close[i] as number];
    const sides = new Set<number>();
    live = live.filter((gap) => {
      const touched = gap.side > 0 ? l <= gap.near : h >= gap.near;
      if (touched && (c - gap.far) * gap.side > 0) sides.add(gap.side);
      return !touched && i - gap.born < 50;
    });
    if (sides.size === 1) events[i] = [...sides][0] as number;
    const [h2, l2] = [high[i - 2] as number, low[i - 2] as number];
    if (l - h2 >= 0.02) live.push({ side: 1, near: l, far: h2, born: i });
    if (l2 - h >= 0.02) live.push({ side: -1, near: l2, far: h, born: i });
  }
  return events;
}

describe('market generator', () => {
  it('gives the bars that this build has always given for a seed', () => {
    for (const { seed, count, sha256 } of golden.markets) {
      expect(hashOf(simulatedBars(kernel, seed, count))).toBe(sha256);
    }
  });

  it('gives the same bars in chunks of any size, and others for another seed', () => {
    const whole = simulatedBars(kernel, 9, 1000);
    const market = createMarket(kernel, 9);
    const columns = createColumns(400);
    let at = 0;
    for (const count of [1, 399, 7, 400, 193]) {
      market.next(columns, count);
      for (let i = 0; i < count; i++) expect(barAt(columns, i, 'SIM')).toEqual(barAt(whole, at++, 'SIM'));
    }
    expect(at).toBe(1000);
    expect(hashOf(simulatedBars(kernel, 10, 1000))).not.toBe(hashOf(whole));
  });

  it('makes only bars that the engine takes, on the tick, also with sessions and holes', () => {
    for (const changes of [
      {},
      { session: 'cme', missing: 0.05 },
      { session: 'us-cash' },
      { session: 'fx' },
    ] as const) {
      const table = simulatedBars(kernel, 4, 20_000, changes);
      let previous: number | null = null;
      for (let i = 0; i < table.rows; i++) {
        const bar = barAt(table, i, 'SIM');
        if (rejectionOf(bar, previous, 300_000)) expect.fail(JSON.stringify(bar));
        if (!isOpen('session' in changes ? changes.session : 'always', bar.tsMs)) expect.fail('closed');
        if (Math.round(bar.close * 100) / 100 !== bar.close) expect.fail(`off tick ${bar.close}`);
        previous = bar.tsMs;
      }
    }
  });

  it('shows fat tails, clustering, season and volume that follows volatility', () => {
    const table = simulatedBars(kernel, 5, 60_000);
    const moves = Float64Array.from({ length: table.rows - 1 }, (_, i) =>
      Math.log((table.close[i + 1] as number) / (table.close[i] as number)),
    );
    let [m2, m4, lag, open, night] = [0, 0, 0, 0, 0];
    for (let i = 0; i < moves.length; i++) {
      const square = (moves[i] as number) ** 2;
      const hour = Math.floor(((table.tsMs[i + 1] as number) % 86_400_000) / 3_600_000);
      [m2, m4] = [m2 + square, m4 + square * square];
      if (i >= 288) lag += Math.abs((moves[i] as number) * (moves[i - 288] as number));
      if (hour === 14) open += square;
      if (hour === 4) night += square;
    }
    expect((m4 * moves.length) / m2 ** 2).toBeGreaterThan(6);
    expect(open / night).toBeGreaterThan(4);
    expect(lag).toBeGreaterThan(0);
    let [both, ranges, volumes] = [0, 0, 0];
    for (let i = 0; i < table.rows; i++) {
      const range = Math.log((table.high[i] as number) / (table.low[i] as number));
      both += range * (table.volume[i] as number);
      [ranges, volumes] = [ranges + range, volumes + (table.volume[i] as number)];
    }
    expect((both * table.rows) / (ranges * volumes)).toBeGreaterThan(1.3);
  });

  it('plants both edges, and neither when the edge is off', () => {
    const found = { on: [0, 0], off: [0, 0] };
    for (const name of ['on', 'off'] as const) {
      const columns = createColumns(200_000);
      const regimes = new Uint8Array(200_000);
      createMarket(kernel, 21, { edge: name === 'on' ? 1 : 0 }).next(columns, 200_000, regimes);
      const table = { ...columns, rows: 200_000, noVolume: false, intervalMs: 300_000 };
      const touches = heldTouches(table);
      found[name] = [
        tStatistic(table, 6, (i) => (i % 6 ? 0 : regimes[i] === 0 ? 1 : regimes[i] === 1 ? -1 : 0)),
        // Only outside BULL and BEAR, so that the drift of the regime cannot pass for follow-through.
        tStatistic(table, 6, (i) => ((regimes[i] as number) > 1 ? (touches[i] as number) : 0)),
      ];
    }
    console.log(
      `t of drift ${found.on[0]?.toFixed(1)} (off ${found.off[0]?.toFixed(1)}), ` +
        `of follow-through ${found.on[1]?.toFixed(1)} (off ${found.off[1]?.toFixed(1)})`,
    );
    expect(found.on[0]).toBeGreaterThan(10);
    expect(found.on[1]).toBeGreaterThan(6);
    expect(Math.abs(found.off[0] as number)).toBeLessThan(3);
    expect(Math.abs(found.off[1] as number)).toBeLessThan(3);
  });

  it('writes CSV that reads back to the same numbers', async () => {
    const table = simulatedBars(kernel, 6, 500);
    const read = await readCsv(new TextEncoder().encode(CSV_HEADER + barsToCsv(table, table.rows)));
    for (const name of ['tsMs', 'open', 'high', 'low', 'close', 'volume'] as const) {
      expect([...read[name]]).toEqual([...table[name]]);
    }
    expect(simulatedBars(kernel, 6, 500, { volume: 0 }).noVolume).toBe(true);
  });

  it('refuses options out of range and names them', () => {
    expect(() => createMarket(kernel, 1, { stay: 2 })).toThrow(
      'Cannot make a market: stay 2 is not a number from 0 to 1',
    );
    expect(() => createMarket(kernel, 1, { startMs: 7 })).toThrow('startMs 7 is not a multiple of 300000');
    expect(() => createMarket(kernel, 1, { degrees: 3.5 })).toThrow('degrees 3.5');
    expect(() => createMarket(kernel, 1, { sigma30m: Number.NaN })).toThrow('sigma30m NaN');
  });
});
