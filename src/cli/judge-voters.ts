// What voters are worth: how well they forecast their label, and the lines that say so.

import { HELD_OUT_SEEDS, MARKET_BARS, SAMPLE_EVERY } from '../training/core-models.ts';
import { createSampler } from '../training/market-features.ts';
import { evaluateVoters } from '../training/voter-evaluation.ts';
import type { Candidate, VoterScore } from '../training/voter-evaluation.ts';
import type { Kernel } from '../wasm/kernel.ts';
import { heldOutData, marketOf } from './held-out.ts';
import type { HeldOut, Judged } from './held-out.ts';
import { Progress } from './progress.ts';
import type { Arguments, Output } from './verb.ts';

/** Judges voters; null when it was stopped. */
export async function judgeVoters(
  kernel: Kernel,
  voters: readonly Candidate[],
  args: Arguments,
  output: Output,
): Promise<Judged | null> {
  const defaults = { seeds: HELD_OUT_SEEDS, bars: MARKET_BARS };
  const cards = voters.map(({ model }) => model.card);
  const on = await heldOutData(kernel, args, defaults, cards);
  const markets = on.markets.map(({ table, listing: { instrument } }) => ({
    table,
    tick: instrument.tick,
    session: instrument.session,
  }));
  const bars = markets.reduce((sum, { table }) => sum + table.rows, 0);
  const progress = new Progress(output, 'bars');
  const scores = evaluateVoters(kernel, createSampler(kernel), voters, markets, {
    every: Math.floor(args.number('every', 1, 10_000) ?? SAMPLE_EVERY),
    seed: args.number('seed', 0, 0xffffffff) ?? 1,
    progress(done) {
      progress.report(done, bars);
      return !output.signal.aborted;
    },
  });
  if (!scores) return null;
  return { on, cards, lines: linesOf(on, scores), json: { market: marketOf(on), voters: scores } };
}

function linesOf(on: HeldOut, scores: readonly VoterScore[]): string[] {
  const share = (value: number | null): string => (value === null ? '-' : `${(100 * value).toFixed(1)} %`);
  const plain = (value: number | null): string => (value === null ? '-' : value.toFixed(4));
  return [
    `${on.symbol}${on.simulated ? ' (simulated)' : ''}, ${on.bars} bars`,
    ...scores.flatMap((score) => {
      const { accuracy, skill, directionalAccuracy: right } = score;
      const knows =
        skill && skill.low > 0 ? 'better than the base rates' : 'not shown to beat the base rates';
      return [
        `${score.agent.padEnd(10)} ${score.samples} samples in ${score.blocks} days; ` +
          `${score.name} ${score.sha256.slice(0, 8)}`,
        `  accuracy ${share(accuracy?.value ?? null)} (${share(accuracy?.low ?? null)} to ` +
          `${share(accuracy?.high ?? null)}), commonest class ${share(score.accuracyOfCommonest)}`,
        `  log loss ${plain(score.logLoss)}, base rates ${plain(score.logLossOfBaseRates)}: ${knows}`,
        `  brier    ${plain(score.brier)}, base rates ${plain(score.brierOfBaseRates)}, calibration error ` +
          plain(score.calibrationError),
        `  direction ${share(right?.value ?? null)} right (${share(right?.low ?? null)} to ` +
          `${share(right?.high ?? null)}) of ${score.directionalCount} that were followed by a move`,
      ];
    }),
  ];
}
