// gm train on a planted market: scores are fractions of a known optimum.

import { runTrial } from '../training/trial.ts';
import type { SeedResult, TrialResult } from '../training/trial.ts';
import { processorSeconds, TrainingSession } from './training-session.ts';
import type { TrainingCheckpoint } from './training-checkpoint.ts';
import type { TrainingPlan } from './training-plan.ts';
import { EXIT_FOUND_WRONG, EXIT_OK } from './verb.ts';
import type { Arguments, Output } from './verb.ts';

/** Trains, prints, and gives the exit code. */
export async function trainPlanted(
  args: Arguments,
  output: Output,
  plan: TrainingPlan,
  saved: TrainingCheckpoint<SeedResult> | null,
): Promise<number> {
  const session = new TrainingSession(args, output, plan, saved);
  const { market, agents, seeds, leak, updates, seconds, advantage, order } = plan;
  const judged = ({ fraction, score }: SeedResult) => ({
    rank: fraction,
    metrics: { fraction, turnover: score.turnover },
  });
  const { result, stopped } = await session.train((tools) =>
    runTrial({
      ...tools,
      ...{ market, agents, seeds, leak, config: { advantage, order } },
      budget: { clock: processorSeconds, ...(updates === null ? { seconds } : { updates }) },
      ...session.hooks(judged, saved?.run),
      ...(saved ? { from: saved.run } : {}),
    }),
  );
  if (stopped) return session.stop(stopped);
  const { written } = session;
  if (args.flag('json')) output.print(JSON.stringify({ ok: !result.leak, ...result, written }));
  else {
    describe(result).forEach((line) => output.print(line));
    for (const { path, parity } of written) output.print(`wrote ${path}, onnxruntime within ${parity}`);
  }
  return result.leak ? EXIT_FOUND_WRONG : EXIT_OK;
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
