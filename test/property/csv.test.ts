import { gzipSync } from 'node:zlib';
import { beforeAll, expect, it } from 'vitest';
import { GrandModelError } from '../../src/core/errors.ts';
import { CSV_HEADER, barsToCsv } from '../../src/data/csv-text.ts';
import { readCsv } from '../../src/data/csv.ts';
import { simulatedBars } from '../../src/data/market-generator.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import type { Kernel } from '../../src/wasm/kernel.ts';

const SEED = Number(process.env['SEED'] ?? 20_261_120);
let kernel: Kernel;
beforeAll(async () => {
  kernel = await loadKernel();
  console.log(`seed ${SEED}`);
});

/** Uniform whole numbers below n from the kernel's seeded generator. */
function dice(seed: number): (n: number) => number {
  const state = kernel.alloc(16);
  kernel.raw.rngInit(state, seed);
  return (n) => Math.floor(kernel.raw.rngUniform(state) * n);
}

it(`survives any damage to a market file: columns of equal length or a GrandModelError (seed ${SEED})`, async () => {
  const table = simulatedBars(kernel, 3, 60);
  const text = new TextEncoder().encode(CSV_HEADER + barsToCsv(table, table.rows));
  const roll = dice(SEED);
  let [readable, refused] = [0, 0];
  for (let round = 0; round < 3000; round++) {
    let bytes: Uint8Array = text.slice();
    for (let hit = roll(6); hit >= 0; hit--) {
      const at = roll(bytes.length);
      const kind = roll(4);
      if (kind === 0) bytes[at] = roll(256);
      else if (kind === 1) bytes = bytes.subarray(0, Math.max(1, at));
      else if (kind === 2) bytes.copyWithin(roll(bytes.length), at, at + roll(200));
      else bytes[at] = ',;\t\n"-./:eE0 '.charCodeAt(roll(13));
    }
    const source = round % 5 === 0 ? new Uint8Array(gzipSync(bytes)) : bytes;
    if (round % 10 === 0) source[roll(source.length)] = roll(256);
    const before = source.slice();
    try {
      const found = await readCsv(source, { interval: round % 2 ? 'any' : 'run' });
      for (const name of ['tsMs', 'open', 'high', 'low', 'close', 'volume'] as const) {
        expect(found[name]).toHaveLength(found.rows);
      }
      readable += 1;
    } catch (error) {
      if (!(error instanceof GrandModelError)) throw error;
      refused += 1;
    }
    if (source.some((byte, i) => byte !== before[i])) expect.fail('the source was changed');
  }
  console.log(`${readable} read, ${refused} refused`);
  expect(Math.min(readable, refused)).toBeGreaterThan(50);
});

it(`reads any price back to the same bits (seed ${SEED})`, async () => {
  const roll = dice(SEED + 1);
  const prices: number[] = [];
  const lines: string[] = [];
  for (let i = 0; i < 20_000; i++) {
    const digits = `${1 + roll(9)}${roll(1e9)}${roll(1e9)}`.slice(0, 1 + roll(19));
    const point = roll(digits.length + 1);
    const written =
      i % 50 === 0 ? `${digits}e-${roll(12)}` : `${digits.slice(0, point)}.${digits.slice(point)}`;
    prices.push(Number(written));
    lines.push(`${1_700_000_100_000 + i * 300_000},${written},${written},${written},${written},1`);
  }
  const found = await readCsv(new TextEncoder().encode(CSV_HEADER + lines.join('\n')));
  for (let i = 0; i < prices.length; i++) {
    if (found.close[i] !== prices[i]) expect.fail(`line ${i + 2}: ${lines[i]} read as ${found.close[i]}`);
  }
  expect(found.rows).toBe(prices.length);
});
