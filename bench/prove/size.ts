// Issue B's size: what `npm run size` calls core, the kernel and the engine's JavaScript, gzip.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { resultOf, within } from './figure.ts';
import type { Step, StepResult } from './figure.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CORE_BYTES_MAX = 60_000;

/** Step of issue B about bytes. */
export const sizeSteps: readonly Step[] = [{ name: 'size', run: async () => prove() }];

function prove(): StepResult {
  const { stdout } = spawnSync(process.execPath, ['scripts/size.mjs'], { cwd: ROOT, encoding: 'utf8' });
  const core = /^core .*?(\d+) gz/m.exec(stdout);
  return resultOf([within('core, bytes gzip', Number(core?.[1] ?? Number.NaN), 0, CORE_BYTES_MAX)]);
}
