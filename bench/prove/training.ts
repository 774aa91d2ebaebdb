// Steps of issue C about training: what is learnt as a fraction of the known optimum, the same bits
// everywhere, what is exported, and speed. PROVE_TINY=1 runs them on two seeds of one second each, to see
// that they run: their figures then mean nothing.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { exportActors, onnxParity, PARITY_TOLERANCE } from '../../src/training/actor-export.ts';
import { networkFile } from '../../src/training/network-file.ts';
import { countParameters } from '../../src/training/network.ts';
import { createTrainer } from '../../src/training/trial.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import { loadTraining } from '../../src/wasm/training.ts';
import {
  checkerComplaint,
  checkerMissing,
  distances,
  drawnNetwork,
  WRITTEN,
} from '../../test/fixtures/written-networks.ts';
import { gm, proveTests } from './commands.ts';
import { comparisonStep } from './comparisons.ts';
import { equal, resultOf, within } from './figure.ts';
import type { Figure, Step, StepResult } from './figure.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TINY = process.env['PROVE_TINY'] === '1';
const SEEDS = TINY ? 2 : 10;
const INPUTS = 1000;
const FIELDS = 'market agents iqm ci95 perSeed updates cpuSeconds';
/** Where training runs, and the runs of each: no, one and three workers, and after two resumes, two ways. */
const HOSTS = 'node20 node24 deno bun';
const RUNS = 10;
const UPDATE = 'update of 102,405 + 101,889 parameters, minibatch';

/** Steps of issue C about training. */
export const trainingSteps: readonly Step[] = [
  { name: 'train full', run: async () => proveOne('full', 15, 0.95, 0.9) },
  { name: 'train hard', run: async () => proveOne('hard', 25, 0.95) },
  { name: 'train null', run: async () => proveNull() },
  { name: 'leak canary', run: async () => proveLeak() },
  { name: 'three agents on full3', run: async () => proveThree('full3', 0.95) },
  { name: 'three agents on hard3', run: async () => proveThree('hard3', 0.8) },
  { name: 'onnx parity and checker', run: proveExports },
  { name: 'training hashes over hosts, workers and resumes', run: async () => proveHashes() },
  {
    name: 'training hashes in Chromium',
    run: async () => proveTests(['test/e2e/training.test.ts', 'test/training/workers.test.ts']),
  },
  comparisonStep({
    topic: 'training',
    asked: [
      { row: `${UPDATE} 256`, peer: 'torch', ratioMin: 0.55 },
      { row: `${UPDATE} 1024`, peer: 'torch', ratioMin: 0.35 },
      { row: `${UPDATE} 256`, peer: 'jax-js', ratioMin: 1.8 },
      { row: `${UPDATE} 1024`, peer: 'jax-js', ratioMin: 1.8 },
      { row: 'update of 4 networks of 102,405 parameters', peer: 'ours, one worker', ratioMin: 1.9 },
      { row: '10 episodes x 256 steps x 3 agents x 4 epochs:', peer: 'the 1.0 processor', ratioMin: 1 },
    ],
  }),
];

/** What `gm train --json` says, as far as it is read here. */
interface Trained {
  readonly iqm: number;
  readonly ci95: readonly [number, number];
  readonly perSeed: readonly number[];
  readonly cpuSeconds: number;
  readonly turnover: number;
  readonly leak: boolean;
  readonly earnedFraction: number;
}

function train(market: string, agents: 1 | 3, seconds: number, ...more: string[]) {
  const budget = ['--seconds', String(TINY ? 1 : seconds), '--seeds', String(SEEDS)];
  const { code, json } = gm('train', '--market', market, '--agents', String(agents), ...budget, ...more);
  return { code, json, found: json as unknown as Trained };
}

/** Processor seconds of training per seed, of all threads as process.cpuUsage counts them. */
function cpuFigure({ cpuSeconds }: Trained, seconds: number): Figure {
  const name = `CPU s per seed (process.cpuUsage of all threads around the updates), ${SEEDS} seeds`;
  return within(name, cpuSeconds / SEEDS, 0, 1.1 * (TINY ? 1 : seconds));
}

function proveOne(market: string, seconds: number, iqmMin: number, lowerMin?: number): StepResult {
  const { code, json, found } = train(market, 1, seconds);
  const missing = FIELDS.split(' ').filter((field) => json[field] === undefined);
  return resultOf([
    equal('exit code', Number(code), 0),
    equal('fields missing from the answer', missing.join(' '), ''),
    within(`${market}, one agent: interquartile mean`, found.iqm, iqmMin, Infinity),
    ...(lowerMin === undefined
      ? []
      : [within('lower end of the 95 % interval', found.ci95[0], lowerMin, Infinity)]),
    within('least of the seeds', Math.min(...found.perSeed), -Infinity, Infinity),
    cpuFigure(found, seconds),
  ]);
}

function proveNull(): StepResult {
  const { found } = train('null', 1, 10);
  return resultOf([
    within(
      "|J| as a share of full's optimum, largest of the seeds",
      Math.max(...found.perSeed.map(Math.abs)),
      0,
      0.01,
    ),
    within('turnover per bar', found.turnover, 0, 0.001),
  ]);
}

function proveLeak(): StepResult {
  const { code, found } = train('full', 1, 10, '--leak');
  return resultOf([
    equal('reported as a leak', String(found.leak), 'true'),
    equal('exit code', Number(code), 1),
    within('earned, as a fraction of the optimum', found.earnedFraction, 1, Infinity),
  ]);
}

function proveThree(market: string, iqmMin: number): StepResult {
  const seconds = 20;
  const team = train(market, 3, seconds);
  const alone = train(market, 1, seconds);
  return resultOf([
    within(`${market}, three agents: interquartile mean`, team.found.iqm, iqmMin, Infinity),
    within(
      `above one agent's ${alone.found.iqm.toFixed(4)} by`,
      team.found.iqm - alone.found.iqm,
      0,
      Infinity,
    ),
    within('least of the seeds', Math.min(...team.found.perSeed), -Infinity, Infinity),
    cpuFigure(team.found, seconds),
    cpuFigure(alone.found, seconds),
  ]);
}

/** Trained actors of three agents and one network of every kind of layer. */
async function proveExports(): Promise<StepResult> {
  const figures: Figure[] = [];
  const files: Uint8Array[] = [];
  const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
  const trainer = createTrainer(await loadTraining(), { market: 'full3', agents: 3 }, 1);
  for (let update = 0; update < 4; update++) trainer.update(update / 4);
  const facts = { market: 'full3', seed: 1, updates: 4, metrics: {}, sha256 };
  for (const [agent, exported] of exportActors(trainer, facts).entries()) {
    const parity = await onnxParity(trainer, agent, exported, INPUTS);
    figures.push(within(`${exported.card.name}: |Δ| on ${INPUTS} inputs`, parity, 0, PARITY_TOLERANCE));
    files.push(exported.file);
  }
  const kernel = await loadKernel();
  for (const [name, spec] of Object.entries(WRITTEN)) {
    const training = await loadTraining();
    const network = drawnNetwork(training, spec, 7);
    const [runtime, reference] = await distances(training, kernel, network, INPUTS);
    const parameters = `${countParameters(spec)} parameters`;
    figures.push(
      within(`${name} (${parameters}): |Δ| of onnxruntime on ${INPUTS} inputs`, runtime, 0, PARITY_TOLERANCE),
      within(`${name}: |Δ| of the reference evaluator`, reference, 0, PARITY_TOLERANCE),
    );
    files.push(networkFile(network, 'written', {}));
  }
  const missing = checkerMissing();
  if (missing !== null) return { ...resultOf(figures), skipped: `in part: ${missing}` };
  figures.push(equal(`onnx.checker on ${files.length} files`, checkerComplaint(files), ''));
  return resultOf(figures);
}

function proveHashes(): StepResult {
  const { status, stdout } = spawnSync(process.execPath, ['scripts/test-runtimes.mjs', '--json'], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 28,
  });
  const last = stdout.trim().split('\n').at(-1) ?? '';
  const { hosts } = (last.startsWith('{') ? JSON.parse(last) : { hosts: [] }) as {
    hosts: { host: string; training: Record<string, string> | null }[];
  };
  const trained = hosts.filter(({ training }) => training !== null);
  const runs = trained.flatMap(({ training }) => Object.entries(training ?? {}));
  const hashes = (way: string): string[] =>
    runs.filter(([run]) => run.startsWith(way)).map(([, hash]) => hash);
  return resultOf([
    equal('exit code', Number(status), 0),
    equal('hosts that train', trained.map(({ host }) => host).join(' '), HOSTS),
    equal('runs', runs.length, RUNS * HOSTS.split(' ').length),
    equal('different hashes of simultaneous updates', new Set(hashes('counterfactual')).size, 1),
    equal('different hashes of sequential updates', new Set(hashes('gae')).size, 1),
  ]);
}
