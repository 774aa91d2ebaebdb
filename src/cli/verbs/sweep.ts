// gm sweep: many runs of the engine over a grid of settings, on several threads, as NDJSON.

import { runPooledSweep } from '../../backtest/pooled-sweep.ts';
import { configOf, SWEEP_SETTINGS, sweepGrid } from '../../backtest/sweep.ts';
import type { SweepData } from '../../backtest/sweep.ts';
import { WORKERS_MAX, WorkerPool } from '../../core/worker-pool.ts';
import { toHex } from '../../core/bytes.ts';
import { GrandModelError } from '../../core/errors.ts';
import { listingOf } from '../../data/listing.ts';
import { ENGINE_VERSION } from '../../engine/version.ts';
import { shippedModels } from '../../runtime/shipped-models.ts';
import { loadKernel } from '../../wasm/kernel.ts';
import { readBytes, readMarket, symbolOf } from '../files.ts';
import { startThread } from '../node-pool.ts';
import { Progress } from '../progress.ts';
import { openSweepFile, printedSweep } from '../sweep-file.ts';
import { TRIAL_OPTIONS, trialLogger } from '../trial-log.ts';
import { EXIT_FOUND_WRONG, EXIT_OK } from '../verb.ts';
import type { Arguments, Verb } from '../verb.ts';

export const sweepVerb: Verb = {
  name: 'sweep',
  summary: 'many runs over a grid of settings, on several threads, one line of JSON each',
  usage: '',
  options: {
    vary: {
      metavar: 'NAME=V1,V2',
      many: true,
      help: `values of a setting, or FROM..TO: ${SWEEP_SETTINGS.join(' ')}`,
    },
    data: { metavar: 'FILE', many: true, help: 'run on these bars instead of a simulated market' },
    workers: { metavar: 'N', fallback: '1', help: 'threads; the lines are the same whatever their number' },
    out: { metavar: 'FILE', help: 'write the lines here; a file of the same sweep is gone on with' },
    ...TRIAL_OPTIONS,
  },
  examples: [
    'sweep --vary market-seed=1..20 --vary fill-model=pessimistic,neutral --workers 2 --out out/seeds.ndjson',
    'sweep --vary bars=5000 --vary MAX_DRAWDOWN=0.02,0.05 --json',
  ],
  async run(args, output) {
    const vary = args.texts('vary').map(variation);
    const runs = sweepGrid(vary);
    for (const settings of runs) configOf(settings);
    const { data, hashes } = await dataOf(args);
    const logTrial = trialLogger(args, 'sweep');
    const kernel = await loadKernel();
    const models = await shippedModels();
    // What was asked is part of the file: results of another build, other models or other bars do not join
    // it.
    const head = JSON.stringify({
      sweep: Object.fromEntries(vary),
      data: hashes,
      kernel: toHex(kernel.hash),
      models: Object.values(models).map(({ onnx }) => toHex(kernel.sha256(onnx))),
      engineVersion: ENGINE_VERSION,
    });
    const path = args.text('out');
    const json = args.flag('json');
    const file =
      path === null ? printedSweep(head, json ? () => {} : output.print) : await openSweepFile(path, head);
    if (file.done > 0) output.note(`going on after ${file.done} of ${runs.length} runs`);
    const pool = new WorkerPool(startThread, args.number('workers', 1, WORKERS_MAX) ?? 1, output.signal);
    const progress = new Progress(output, 'runs');
    const startedMs = performance.now();
    let done = file.done;
    let stopped = false;
    try {
      await runPooledSweep(
        pool,
        runs,
        { models, data },
        async ({ result, trial }) => {
          await logTrial(trial);
          await file.append(JSON.stringify(result));
          progress.report(++done, runs.length);
        },
        file.done,
      );
    } catch (cause) {
      if (!(cause instanceof GrandModelError && cause.code === 'STOPPED')) throw cause;
      stopped = true;
    } finally {
      pool.close();
    }
    const resultHash = await file.close();
    const wallMs = Math.round(performance.now() - startedMs);
    const result = { runs: runs.length, done, workers: pool.size, stopped, resultHash, wallMs };
    if (json) output.print(JSON.stringify(result));
    else output.note(`${done} of ${runs.length} runs, result ${resultHash}`);
    return stopped ? EXIT_FOUND_WRONG : EXIT_OK;
  },
};

/** `name=1,2,3` or `name=1..20`. */
function variation(text: string): readonly [string, readonly string[]] {
  const at = text.indexOf('=');
  const values = at < 0 ? '' : text.slice(at + 1);
  if (values === '') {
    throw new GrandModelError('BAD_INPUT', `gm sweep: --vary "${text}" is not NAME=V1,V2`, { value: text });
  }
  const range = /^(\d{1,9})\.\.(\d{1,9})$/.exec(values);
  if (!range) return [text.slice(0, at), values.split(',')];
  const [from, to] = [Number(range[1]), Number(range[2])];
  const count = Math.max(0, Math.min(to - from + 1, 1_000_000));
  return [text.slice(0, at), Array.from({ length: count }, (_, i) => String(from + i))];
}

async function dataOf(args: Arguments): Promise<{ data: SweepData | null; hashes: readonly string[] }> {
  const paths = args.texts('data');
  if (paths.length === 0) return { data: null, hashes: [] };
  const kernel = await loadKernel();
  const tables = [];
  const hashes: string[] = [];
  for (const path of paths) {
    tables.push(await readMarket(path));
    hashes.push(toHex(kernel.sha256(await readBytes(path))));
  }
  const listings = tables.map((table, i) => listingOf(symbolOf(paths[i]!), table));
  return { data: { listings, tables }, hashes };
}
