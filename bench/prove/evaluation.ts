// Steps of issue C about honest evaluation: no skill where there is none, skill where it is planted.

import { readFile } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nullTrial } from '../../src/backtest/null-trial.ts';
import { fixedModels } from '../../src/backtest/pipeline.ts';
import { readCsv } from '../../src/data/csv.ts';
import { listingOf } from '../../src/data/listing.ts';
import { shippedModels } from '../../src/runtime/shipped-models.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import { equal, resultOf, skipped, within } from './figure.ts';
import type { Step, StepResult } from './figure.ts';
import { plantedSeeds } from './planted-seeds.ts';

const COUNT = 100;
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const NQ = join(ROOT, '../shared/data/NQ_5m.csv.gz');
const REPORT_SECONDS = 120;
/** Null worlds of each planted market; every one is a training of its own. */
const WORLDS = 50;

/** Verdicts on null worlds and on planted skill, 100 seeds each. */
export const evaluationSteps: readonly Step[] = [
  { name: 'report of NQ', run: async () => proveReport() },
  {
    name: 'no evidence on sign-flipped NQ',
    async run() {
      if (!existsSync(NQ)) return skipped(`${NQ} is not here`);
      const kernel = await loadKernel();
      const bars = await readCsv(new Uint8Array(await readFile(NQ)));
      const listing = listingOf('NQ', bars);
      const pipeline = fixedModels(await shippedModels(), listing);
      const found = await nullTrial({ kernel, pipeline, listing, bars }, COUNT);
      return resultOf([
        within(`"no evidence of skill", of ${COUNT} seeds`, found.seeds - found.evidence, 95, COUNT),
        within('seeds with a deflated Sharpe ratio above .95', found.deflated, 0, 10),
      ]);
    },
  },
  {
    name: 'evidence on planted full',
    async run() {
      const found = await plantedSeeds({ market: 'full', updates: 8, worlds: WORLDS }, COUNT);
      const evidence = found.filter((seed) => seed.evidence).length;
      const seconds = found.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
      return resultOf([
        within(`"evidence", of ${COUNT} seeds with 51,200 fresh bars each`, evidence, 80, COUNT),
        within('processor seconds of a training and its play', seconds / (COUNT * (WORLDS + 1)), 0, 1),
      ]);
    },
  },
  {
    name: 'no evidence on planted full with coins for signs',
    async run() {
      const found = await plantedSeeds({ market: 'full', updates: 8, worlds: WORLDS, flipped: true }, COUNT);
      const none = found.filter((seed) => !seed.evidence).length;
      return resultOf([within(`"no evidence of skill", of ${COUNT} seeds`, none, 95, COUNT)]);
    },
  },
];

/** The report as a user asks for it: seconds, and that the page carries its verdict. */
function proveReport(): StepResult {
  if (!existsSync(NQ)) return skipped(`${NQ} is not here`);
  const folder = mkdtempSync(join(tmpdir(), 'prove-report-'));
  try {
    const page = join(folder, 'nq.html');
    const files = ['--out', page, '--trials', join(folder, 'trials.ndjson')];
    const started = performance.now();
    const run = spawnSync(
      process.execPath,
      ['dist/cli/gm.js', 'report', '--data', NQ, '--symbol', 'NQ', ...files],
      {
        cwd: ROOT,
        encoding: 'utf8',
      },
    );
    const seconds = (performance.now() - started) / 1000;
    const text = run.status === 0 ? readFileSync(page, 'utf8') : '';
    return resultOf([
      equal('exit code', run.status ?? -1, 0),
      within('seconds for the report of NQ_5m', seconds, 0, REPORT_SECONDS),
      within('the page names its verdict', text.includes('no evidence of skill') ? 1 : 0, 1, 1),
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
