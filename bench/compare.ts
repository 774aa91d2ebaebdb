// `npm run bench:compare`: ours beside the peers of bench/peers, interleaved in one process, results checked
// against each other in the same run. Only what this machine has installed is compared; the rest is said to
// be skipped.

import { createRequire } from 'node:module';
import { simulatedBars } from '../src/data/market-generator.ts';
import { loadKernel } from '../src/wasm/kernel.ts';
import { compareVar } from './compare/var.ts';
import type { ComparedRow, MissingRow } from './compare/var.ts';
import { median, ROUNDS } from './rounds.ts';
import type { BenchRow, SkippedRow } from './rounds.ts';

const MESSAGES = 20_000;
const MESSAGE_BYTES = 128;

/** Ratios peer/ours: above 1 ours is faster. */
export async function compare(): Promise<(BenchRow | SkippedRow)[]> {
  return [await sha256Beside(), ...(await compareVar()).map(ratioOf)];
}

/** A topic's comparison as a row: peer over ours, with the times it comes from. */
function ratioOf(row: ComparedRow | MissingRow): BenchRow | SkippedRow {
  if ('skipped' in row) return row;
  const { name, peerName, ratio, n, ours, peer, checked } = row;
  const note = `ours ${ours.toPrecision(3)} ms, ${peerName} ${peer.toPrecision(3)} ms; ${checked}`;
  return {
    name: `${name}, ${peerName} over ours`,
    unit: 'ratio',
    value: Number(ratio.toPrecision(3)),
    n,
    note,
  };
}

/** SHA-256 of a journal record beside Node's OpenSSL, on fresh bytes. */
async function sha256Beside(): Promise<BenchRow> {
  const kernel = await loadKernel();
  const { createHash } = createRequire(import.meta.url)('node:crypto') as typeof import('node:crypto');
  const bytes = new Uint8Array(simulatedBars(kernel, 5, 40_000).close.buffer);
  const message = (i: number): Uint8Array =>
    bytes.subarray((i * 16) % (bytes.length - MESSAGE_BYTES)).subarray(0, MESSAGE_BYTES);
  const openssl = (one: Uint8Array): Uint8Array => createHash('sha256').update(one).digest();
  for (let i = 0; i < 100; i++) {
    if (Buffer.compare(kernel.sha256(message(i)), openssl(message(i))) !== 0) {
      throw new Error(`SHA-256 of message ${i} differs from OpenSSL's`);
    }
  }
  const clock = (run: (one: Uint8Array) => unknown): number => {
    const started = performance.now();
    for (let i = 0; i < MESSAGES; i++) run(message(i));
    return performance.now() - started;
  };
  const ratios: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const ours = clock((one) => kernel.sha256(one));
    const theirs = clock(openssl);
    if (round > 0) ratios.push(theirs / ours);
  }
  return {
    name: 'sha256 of 128 bytes, node:crypto over ours',
    unit: 'ratio',
    value: Number(median(ratios).toFixed(2)),
    range: [Number(Math.min(...ratios).toFixed(2)), Number(Math.max(...ratios).toFixed(2))],
    rounds: ratios.length,
    n: MESSAGES,
  };
}
