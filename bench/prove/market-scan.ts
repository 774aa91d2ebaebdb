// Issue B's scan: 10,000 symbols, all four voters, no synergy asked for; the same hash for one, two and three
// workers.

import { spawnSync } from 'node:child_process';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { equal, resultOf, within } from './figure.ts';
import type { Step, StepResult } from './figure.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SYMBOLS = '10000';

interface Scanned {
  readonly wallMs: number;
  readonly resultHash: string;
  readonly rowsClosed: number;
}

function scan(workers: number): Scanned {
  const args = ['dist/cli/gm.js', 'scan', '--symbols', SYMBOLS, '--workers', String(workers), '--json'];
  const { stdout } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  return JSON.parse(stdout) as Scanned;
}

async function prove(): Promise<StepResult> {
  const [one, two, three] = [scan(1), scan(2), scan(3)];
  const load = loadavg()[0]!.toFixed(1);
  return resultOf([
    equal('symbols whose bar closed a row', one.rowsClosed, Number(SYMBOLS)),
    equal('hash, two workers as one', two.resultHash, one.resultHash),
    equal('hash, three workers as one', three.resultHash, one.resultHash),
    within(`one worker, ms (load ${load})`, one.wallMs, 0, 500),
    within(
      `two workers over one (load ${load}; two free cores are asked for)`,
      one.wallMs / two.wallMs,
      1.8,
      99,
    ),
  ]);
}

/** Steps of issue B that belong to the scan. */
export const scanSteps: readonly Step[] = [{ name: 'market scan', run: prove }];
