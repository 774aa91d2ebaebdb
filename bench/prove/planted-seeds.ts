// Verdicts on planted markets, seed by seed on several threads; every seed is written down when it is known,
// so that a proof that was stopped goes on with the next one.

import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { PlantedVerdictOptions } from '../../src/lab/planted-verdict.ts';

/** What a seed gave. */
export interface SeedVerdict {
  readonly seed: number;
  readonly evidence: boolean;
  /** Gate that ended it, or null. */
  readonly failed: string | null;
  /** Processor seconds that all threads took since the answer before this one; they add up to the whole. */
  readonly cpuSeconds: number;
}

type Answer = Omit<SeedVerdict, 'cpuSeconds'>;

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** One thread: takes seeds, answers verdicts. */
const PROGRAM = `
import { parentPort, workerData } from 'node:worker_threads';
const { plantedVerdict } = await import(workerData.module);
parentPort.on('message', async (seed) => {
  const { evidence, failed } = await plantedVerdict({ ...workerData.options, seed });
  parentPort.postMessage({ seed, evidence, failed });
});`;

/**
 * Judges seeds 1 … count, on `threads` threads.
 *
 * @returns in order of the seeds
 */
export async function plantedSeeds(
  options: Omit<PlantedVerdictOptions, 'seed'>,
  count: number,
  threads = 2,
): Promise<SeedVerdict[]> {
  const path = join(ROOT, 'out/prove', `planted-${keyOf(options)}.ndjson`);
  mkdirSync(join(ROOT, 'out/prove'), { recursive: true });
  const known = existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as SeedVerdict)
    : [];
  const seen = new Set(known.map(({ seed }) => seed));
  let used = cpuSeconds();
  const left = Array.from({ length: count }, (_, i) => i + 1).filter((seed) => !seen.has(seed));
  await Promise.all(
    Array.from({ length: Math.min(threads, left.length) }, () =>
      serve(options, left, (answer) => {
        const now = cpuSeconds();
        const found = { ...answer, cpuSeconds: now - used };
        used = now;
        known.push(found);
        appendFileSync(path, `${JSON.stringify(found)}\n`);
      }),
    ),
  );
  return known.filter(({ seed }) => seed <= count).sort((a, b) => a.seed - b.seed);
}

/** A thread that works until no seed is left. */
function serve(options: object, left: number[], take: (found: Answer) => void): Promise<void> {
  const module = pathToFileURL(join(ROOT, 'dist/lab/planted-verdict.js')).href;
  const program = new URL(`data:text/javascript,${encodeURIComponent(PROGRAM)}`);
  const worker = new Worker(program, { workerData: { module, options } });
  return new Promise((resolve, reject) => {
    const next = (): void => {
      const seed = left.shift();
      if (seed !== undefined) worker.postMessage(seed);
      else void worker.terminate().then(() => resolve());
    };
    worker.on('error', reject);
    worker.on('message', (found: Answer) => {
      take(found);
      next();
    });
    next();
  });
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** What was asked, of which build. */
function keyOf(options: object): string {
  const hash = createHash('sha256').update(JSON.stringify(options));
  for (const folder of ['backtest', 'core', 'execution', 'lab', 'training', 'wasm']) {
    for (const file of readdirSync(join(ROOT, 'dist', folder)).sort()) {
      if (file.endsWith('.js')) hash.update(readFileSync(join(ROOT, 'dist', folder, file)));
    }
  }
  return hash.digest('hex').slice(0, 16);
}
