// SHA-256 of a journal record beside Node's OpenSSL, interleaved in one process, digests checked in the same
// run.

import { createRequire } from 'node:module';
import { simulatedBars } from '../../src/data/market-generator.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import { median, ROUNDS } from '../rounds.ts';
import type { CompareRow } from '../lib/rounds.ts';

const MESSAGES = 20_000;
const MESSAGE_BYTES = 128;

/** Times in microseconds of one record. */
export async function compare(): Promise<CompareRow[]> {
  return [await sha256Beside()];
}

/** SHA-256 of a journal record beside Node's OpenSSL, on fresh bytes. */
async function sha256Beside(): Promise<CompareRow> {
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
  const [ours, theirs, ratios]: number[][] = [[], [], []];
  for (let round = 0; round <= ROUNDS; round++) {
    const mine = clock((one) => kernel.sha256(one));
    const other = clock(openssl);
    if (round === 0) continue;
    ours?.push(mine / MESSAGES);
    theirs?.push(other / MESSAGES);
    ratios?.push(other / mine);
  }
  return {
    name: 'sha256 of 128 bytes',
    n: MESSAGES,
    ours: median(ours ?? []) * 1_000,
    peer: median(theirs ?? []) * 1_000,
    peerName: 'node:crypto',
    ratio: median(ratios ?? []),
    checked: true,
  };
}
