// One training of the command line: progress, the learning curve as NDJSON, a version of every actor each few
// episodes, and the checkpoint that Ctrl-C leaves.

import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { GrandModelError } from '../core/errors.ts';
import { WORKERS_MAX } from '../core/worker-pool.ts';
import type { ActorText } from '../training/actor-export.ts';
import { LessonPool } from '../training/lesson-pool.ts';
import type { Mappo } from '../training/mappo.ts';
import type { RunHooks, SeedRun, StoppedRun } from '../training/training-run.ts';
import { fastTrainingModule } from '../wasm/training.ts';
import { writeActors } from './actor-files.ts';
import type { WrittenActor } from './actor-files.ts';
import { startTrainingThread } from './node-pool.ts';
import { Progress } from './progress.ts';
import { writeCheckpoint } from './training-checkpoint.ts';
import type { Lineages, TrainingCheckpoint } from './training-checkpoint.ts';
import type { TrainingPlan } from './training-plan.ts';
import { EXIT_FOUND_WRONG } from './verb.ts';
import type { Arguments, OptionSpec, Output } from './verb.ts';

export const FILE_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  out: {
    metavar: 'DIR',
    help:
      'write NAME.vNNNN.onnx with cards every few episodes and at the end, ' +
      'and the best seed without a number',
  },
  workers: { metavar: 'N', fallback: '0', help: 'threads for the updates: the same weights, sooner' },
  'export-every': { metavar: 'N', fallback: '5', help: 'episodes between two versions' },
  curve: { metavar: 'FILE', help: 'learning curve, one line of JSON an episode' },
  checkpoint: { metavar: 'FILE', fallback: 'out/train.checkpoint', help: 'what Ctrl-C leaves' },
  resume: { metavar: 'FILE', help: 'go on from a checkpoint; what is trained stands in it' },
};

/** What the judge made of a seed, as far as files are concerned. */
export interface Judged {
  readonly metrics: Readonly<Record<string, number>>;
  /** Larger is better; of training bars where held-out ones must not choose. */
  readonly rank: number;
}

/** Files and hooks of one training. */
export class TrainingSession {
  readonly plan: TrainingPlan;
  readonly written: WrittenActor[] = [];
  private readonly args: Arguments;
  private readonly output: Output;
  private readonly progress: Progress;
  private readonly every: number;
  private readonly dataHash: string;
  private readonly about: ActorText | undefined;
  private lineages: Record<string, readonly string[]>;
  private lineageSeed: number;
  private best = -Infinity;
  /** Episodes of the seeds before this one, and the newest version. */
  private before: number;
  private version = 0;

  constructor(
    args: Arguments,
    output: Output,
    plan: TrainingPlan,
    saved: TrainingCheckpoint<SeedRun> | null,
    data: { readonly hash: string; readonly about?: ActorText } = { hash: '' },
  ) {
    if (saved && saved.dataHash !== data.hash)
      throw new GrandModelError('BAD_INPUT', 'gm train: the bars are not those of the checkpoint', {
        dataHash: data.hash,
      });
    if (plan.fast && args.text('out') !== null)
      throw new GrandModelError(
        'BAD_INPUT',
        'gm train: --out refuses what --fast trains: its bits depend on the machine, so no model is written',
        { out: args.text('out') },
      );
    this.args = args;
    this.output = output;
    this.plan = plan;
    this.dataHash = data.hash;
    this.about = data.about;
    this.progress = new Progress(output, 'episodes');
    this.every = Math.floor(args.number('export-every', 1, 1_000_000) ?? 5);
    this.lineages = { ...saved?.lineages };
    this.lineageSeed = saved?.run.seed ?? 1;
    this.before = (saved?.run.finished ?? []).reduce((sum, { updates }) => sum + updates, 0);
    const curve = args.text('curve');
    if (curve === null || saved) return;
    mkdirSync(dirname(curve), { recursive: true });
    writeFileSync(curve, '');
  }

  /**
   * @param judged what a finished seed is ranked and described by
   * @param from   where the run was stopped before
   */
  hooks<R extends SeedRun>(judged: (result: R) => Judged, from?: StoppedRun<R>): RunHooks<R> {
    const curve = this.args.text('curve');
    for (const result of from?.finished ?? []) this.best = Math.max(this.best, judged(result).rank);
    return {
      signal: this.output.signal,
      pause: () => new Promise((resolve) => setImmediate(resolve)),
      curve: (point) => {
        const line = { ...point, ...point.report, report: undefined };
        if (curve !== null) appendFileSync(curve, `${JSON.stringify(line)}\n`);
        this.report(point.seed, point.update, point.progress);
      },
      episode: async (trainer, run) => {
        if (run.updates % this.every === 0) await this.export(trainer, run, { episodes: run.updates });
      },
      trained: async (trainer, result) => {
        const { rank, metrics } = judged(result);
        if (this.version !== this.before + result.updates) await this.export(trainer, result, metrics);
        if (rank > this.best) await this.exportBest(trainer, result, metrics);
        this.best = Math.max(this.best, rank);
        this.before += result.updates;
      },
    };
  }

  /** Runs a training with the module and the workers that were asked for. */
  async train<T>(
    work: (tools: { readonly module?: WebAssembly.Module; readonly pool?: LessonPool }) => Promise<T>,
  ): Promise<T> {
    const { fast } = this.plan;
    const workers = this.args.number('workers', 0, WORKERS_MAX) ?? 0;
    const module = fast ? await fastTrainingModule() : null;
    const pool = workers > 0 ? await LessonPool.open(startTrainingThread, workers, { fast }) : null;
    return work({ ...(module && { module }), ...(pool && { pool }) }).finally(() => pool?.close());
  }

  /** Keeps a stopped run, says how to go on, and gives the exit code. */
  async stop<R extends SeedRun>(run: StoppedRun<R>): Promise<number> {
    const path = this.args.text('checkpoint') ?? 'out/train.checkpoint';
    const { plan, dataHash } = this;
    const lineages: Lineages = this.lineageSeed === run.seed ? this.lineages : {};
    await writeCheckpoint(path, { plan, dataHash, lineages, run });
    const { seed, updates } = run;
    if (this.args.flag('json')) {
      this.output.print(JSON.stringify({ ok: false, stopped: true, seed, updates, checkpoint: path }));
    }
    this.output.note(`stopped after ${updates} episodes of seed ${seed}; go on: gm train --resume ${path}`);
    return EXIT_FOUND_WRONG;
  }

  private report(seed: number, update: number, progress: number): void {
    const { updates, seeds } = this.plan;
    const done = this.before + update;
    const known = updates === null ? null : updates * seeds;
    this.progress.report(done, known ?? Math.round((done * seeds) / (seed - 1 + Math.max(progress, 1e-3))));
  }

  private async export(trainer: Mappo, run: SeedRun, metrics: Judged['metrics']): Promise<void> {
    const folder = this.args.text('out');
    if (folder === null) return;
    if (run.seed !== this.lineageSeed) [this.lineageSeed, this.lineages] = [run.seed, {}];
    this.version = this.before + run.updates;
    const lineage = (agent: string): readonly string[] => this.lineages[agent] ?? [];
    const facts = { market: this.plan.market, seed: run.seed, updates: run.updates, metrics, lineage };
    const about = this.about ? { about: this.about } : {};
    for (const file of await writeActors(trainer, { ...facts, ...about, version: this.version }, folder)) {
      this.written.push(file);
      this.lineages[file.agent] = [...lineage(file.agent), file.sha256].slice(-LINEAGE_MAX);
    }
  }

  private async exportBest(trainer: Mappo, run: SeedRun, metrics: Judged['metrics']): Promise<void> {
    const folder = this.args.text('out');
    if (folder === null) return;
    const lineage = (agent: string): readonly string[] => (this.lineages[agent] ?? []).slice(0, -1);
    const facts = { market: this.plan.market, seed: run.seed, updates: run.updates, metrics, lineage };
    const about = this.about ? { about: this.about } : {};
    this.written.push(...(await writeActors(trainer, { ...facts, ...about }, folder, this.written)));
  }
}

/** Versions that a card names, the newest. */
const LINEAGE_MAX = 64;

/** Seconds of processor time of this process. */
export function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
