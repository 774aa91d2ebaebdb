// gm train: trains agents where the optimum is known and says what fraction of it they reach.

import { GrandModelError } from '../../core/errors.ts';
import { WORKERS_MAX } from '../../core/worker-pool.ts';
import { LessonPool } from '../../training/lesson-pool.ts';
import { PLANTED_MARKETS } from '../../training/planted-market.ts';
import { runTrial } from '../../training/trial.ts';
import type { TrialResult } from '../../training/trial.ts';
import { fastTrainingModule } from '../../wasm/training.ts';
import type { WrittenActor } from '../actor-files.ts';
import { writeActors } from '../actor-files.ts';
import { startTrainingThread } from '../node-pool.ts';
import { Progress } from '../progress.ts';
import { EXIT_FOUND_WRONG, EXIT_OK } from '../verb.ts';
import type { Verb } from '../verb.ts';

export const trainVerb: Verb = {
  name: 'train',
  summary: 'train agents on a planted market and score them against its optimum',
  usage: '',
  options: {
    market: { metavar: 'NAME', fallback: 'full', help: Object.keys(PLANTED_MARKETS).join(' ') },
    agents: { metavar: '1|3', fallback: '1', help: 'one agent, or direction, risk and execution' },
    seconds: { metavar: 'S', fallback: '15', help: 'processor seconds of training per seed, all threads' },
    updates: { metavar: 'N', help: 'updates per seed instead of seconds: the same weights everywhere' },
    seeds: { metavar: 'N', fallback: '1', help: 'trainings, from seed 1 on' },
    advantage: {
      metavar: 'KIND',
      fallback: 'counterfactual',
      help: 'counterfactual (prices do not react) or gae (actions taken)',
    },
    order: { metavar: 'KIND', fallback: 'simultaneous', help: 'simultaneous or sequential updates' },
    workers: { metavar: 'N', fallback: '0', help: 'threads for the updates: the same weights, sooner' },
    fast: { help: 'relaxed SIMD: other bits, for research; nothing can be exported' },
    out: { metavar: 'DIR', help: 'write the actors of the best seed as .onnx files with cards' },
    leak: { help: 'show agents the next return: the score must pass the optimum and be called a leak' },
  },
  examples: [
    'train --market full --agents 1 --seconds 15 --seeds 10 --json',
    'train --market null --updates 60',
    'train --market full3 --agents 3 --updates 60 --workers 2',
    'train --market full --leak --updates 40',
    'train --market full3 --agents 3 --updates 60 --out out/models',
  ],
  async run(args, output) {
    const agents = args.number('agents', 1, 3);
    if (agents !== 1 && agents !== 3)
      throw new GrandModelError('BAD_INPUT', `gm train: --agents ${agents} is neither 1 nor 3`, { agents });
    const updates = args.number('updates', 1, 1_000_000);
    const seconds = args.number('seconds', 0.1, 100_000) ?? 15;
    const seeds = Math.floor(args.number('seeds', 1, 1000) ?? 1);
    const workers = args.number('workers', 0, WORKERS_MAX) ?? 0;
    const fast = args.flag('fast');
    const progress = new Progress(output, 'updates');
    const perSeed = new Map<number, number>();
    const folder = args.text('out');
    if (fast && folder !== null)
      throw new GrandModelError(
        'BAD_INPUT',
        'gm train: --out refuses what --fast trains: its bits depend on the machine, so no model is written',
        { out: folder },
      );
    const module = fast ? await fastTrainingModule() : null;
    const pool = workers > 0 ? await LessonPool.open(startTrainingThread, workers, { fast }) : null;
    let best = -Infinity;
    let written: WrittenActor[] = [];
    const result = await runTrial({
      market: args.text('market') ?? 'full',
      agents,
      seeds,
      leak: args.flag('leak'),
      budget: {
        clock: processorSeconds,
        ...(updates === null ? { seconds } : { updates: Math.floor(updates) }),
      },
      config: {
        advantage: choice(args.text('advantage'), 'advantage', ['counterfactual', 'gae']),
        order: choice(args.text('order'), 'order', ['simultaneous', 'sequential']),
      },
      async trained(trainer, outcome) {
        if (folder === null || outcome.fraction <= best) return;
        best = outcome.fraction;
        written = await writeActors(trainer, args.text('market') ?? 'full', outcome, folder);
      },
      ...(module && { module }),
      ...(pool && { pool }),
      signal: output.signal,
      curve({ seed, update, progress: share }) {
        perSeed.set(seed, update);
        const done = [...perSeed.values()].reduce((sum, count) => sum + count, 0);
        const known = updates === null ? null : updates * seeds;
        progress.report(done, known ?? Math.round((done * seeds) / (seed - 1 + Math.max(share, 1e-3))));
      },
    }).finally(() => pool?.close());
    if (args.flag('json')) output.print(JSON.stringify({ ok: !result.leak, ...result, written }));
    else {
      describe(result).forEach((line) => output.print(line));
      for (const { path, parity } of written) output.print(`wrote ${path}, onnxruntime within ${parity}`);
    }
    return result.leak ? EXIT_FOUND_WRONG : EXIT_OK;
  },
};

function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function choice<T extends string>(value: string | null, name: string, known: readonly T[]): T {
  const found = known.find((candidate) => candidate === value);
  if (found === undefined)
    throw new GrandModelError('BAD_INPUT', `gm train: --${name} "${value}" is none of ${known.join(', ')}`, {
      name,
    });
  return found;
}

function describe(result: TrialResult): string[] {
  const share = (value: number): string => value.toFixed(3);
  const lines = [
    `${result.market}, ${result.agents} agent${result.agents === 1 ? '' : 's'}: ${share(result.iqm)} ` +
      `of the optimum (95 % interval ${share(result.ci95[0])} to ${share(result.ci95[1])}, ` +
      `${result.perSeed.length} seeds, ${result.cpuSeconds.toFixed(1)} CPU s)`,
    `per seed ${result.perSeed.map(share).join(' ')}; the myopic rule gets ` +
      `${share(result.optimum > 0 ? result.myopic / result.optimum : 0)}; turnover ${share(result.turnover)}`,
  ];
  if (result.leak)
    lines.push(
      `LEAK: it earned ${share(result.earnedFraction)} of the optimum, more than anyone could: ` +
        `a feature knows the future`,
    );
  return lines;
}
