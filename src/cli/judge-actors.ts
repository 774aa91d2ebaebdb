// What exported actors are worth: those of planted markets against the optimum, those of the engine's own
// market beside rules that need no training.

import { shippedModels } from '../runtime/shipped-models.ts';
import { evaluateTeam } from '../training/actor-evaluation.ts';
import type { TeamScore } from '../training/actor-evaluation.ts';
import { ENGINE_MARKET } from '../training/actor-team.ts';
import type { ActorTeam } from '../training/actor-team.ts';
import { evaluateEngineTeam, unseenPart } from '../training/engine-evaluation.ts';
import type { EngineTeamScore, PlayerScore } from '../training/engine-evaluation.ts';
import { recordEngineTape } from '../training/engine-tape.ts';
import type { EngineTape } from '../training/engine-tape.ts';
import { SCORED_BARS } from '../training/score.ts';
import type { Kernel } from '../wasm/kernel.ts';
import { loadTraining } from '../wasm/training.ts';
import { heldOutData, marketOf } from './held-out.ts';
import type { HeldOut, Judged } from './held-out.ts';
import { intervalText } from './interval-text.ts';
import { Progress } from './progress.ts';
import type { Arguments, Output } from './verb.ts';

/** Behind the seeds that `gm train` trains and judges on. */
const FRESH_SEEDS = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => 2_000_000 + seed);
const FRESH_BARS = 30_000;

/** Judges teams of actors; null when it was stopped. */
export async function judgeActors(
  kernel: Kernel,
  teams: readonly ActorTeam[],
  args: Arguments,
  output: Output,
): Promise<Judged | null> {
  const traders = teams.filter(({ market }) => market === ENGINE_MARKET);
  const cards = traders.flatMap(({ actors }) => actors.map(({ card }) => card));
  const defaults = { seeds: FRESH_SEEDS, bars: FRESH_BARS };
  const on = traders.length === 0 ? null : await heldOutData(kernel, args, defaults, cards);
  const tapes = on && (await recorded(on, output));
  if (on && !tapes) return null;
  const scores: (TeamScore | EngineTeamScore)[] = [];
  for (const team of teams) {
    const score =
      team.market === ENGINE_MARKET
        ? await trade(kernel, team, tapes ?? [], args, output)
        : await play(kernel, team, output);
    if (!score) return null;
    scores.push(score);
  }
  const market = on && marketOf(on);
  const actors = scores.map((score) => ('players' in score ? { ...score, on: market } : score));
  return { on, cards, lines: linesOf(on, scores), json: { market, actors } };
}

async function recorded({ markets, symbol }: HeldOut, output: Output): Promise<EngineTape[] | null> {
  const models = await shippedModels();
  const progress = new Progress(output, `${symbol} markets recorded`);
  const tapes: EngineTape[] = [];
  for (const { table, listing } of markets) {
    if (output.signal.aborted) return null;
    tapes.push(await recordEngineTape(models, listing, table));
    progress.report(tapes.length, markets.length);
  }
  return tapes;
}

async function trade(
  kernel: Kernel,
  team: ActorTeam,
  tapes: readonly EngineTape[],
  args: Arguments,
  output: Output,
): Promise<EngineTeamScore | null> {
  const unseen = args.text('data') === null ? tapes : tapes.map((tape) => unseenPart(tape, team));
  const progress = new Progress(output, 'markets played');
  const seed = args.number('seed', 0, 0xffffffff) ?? 1;
  return evaluateEngineTeam(kernel, await loadTraining(), team, unseen, seed, (markets) => {
    progress.report(markets, tapes.length);
    return !output.signal.aborted;
  });
}

async function play(kernel: Kernel, team: ActorTeam, output: Output): Promise<TeamScore | null> {
  const progress = new Progress(output, team.market);
  return evaluateTeam(kernel, await loadTraining(), team, (bars) => {
    progress.report(bars, SCORED_BARS);
    return !output.signal.aborted;
  });
}

function linesOf(on: HeldOut | null, scores: readonly (TeamScore | EngineTeamScore)[]): string[] {
  return scores.flatMap((score) => ('players' in score ? traderLines(score, on) : [plantedLine(score)]));
}

function titleOf({ market, version, agents }: TeamScore | EngineTeamScore): string {
  const number = version === null ? '' : `, version ${version}`;
  return `${market}${number}, ${agents} agent${agents === 1 ? '' : 's'}`;
}

function plantedLine(score: TeamScore): string {
  const { fraction, myopic, optimum } = score;
  const other = (optimum > 0 ? myopic / optimum : 0).toFixed(3);
  return (
    `${titleOf(score)}: ${fraction.toFixed(3)} of the optimum on fresh paths; ` +
    `the myopic rule gets ${other}; turnover ${score.score.turnover.toFixed(3)}`
  );
}

function traderLines(score: EngineTeamScore, on: HeldOut | null): string[] {
  const { over, clusters, bars, players, beside } = score;
  const agents = players[0];
  const rules = players.slice(2);
  const best = rules.reduce((a, b) => (b.reward > a.reward ? b : a));
  const difference = beside.find(({ name }) => name === best.name);
  return [
    `${titleOf(score)}: ${on?.symbol ?? ''}${on?.simulated ? ' (simulated)' : ''}, ` +
      `${bars.toLocaleString('en')} bars of 30 minutes, costs inside; 95 % over ${clusters} ${over}`,
    `  ${'player'.padEnd(37)}${'reward a bar'.padStart(33)}${'net bp a bar'.padStart(27)}` +
      '   turnover  |position|',
    ...players.map((player) => `  ${playerRow(player)}`),
    ...(agents && difference
      ? [
          `  less "${best.name}", on the same bars: reward ${intervalText(difference.reward, 5)}, ` +
            `net ${intervalText(difference.netBp, 3)} bp`,
        ]
      : []),
  ];
}

function playerRow(player: PlayerScore): string {
  const { name, reward, rewardInterval, netBp, netBpInterval, turnover, exposure } = player;
  return [
    name.padEnd(36),
    (rewardInterval ? intervalText(rewardInterval, 5) : reward.toFixed(5)).padStart(33),
    (netBpInterval ? intervalText(netBpInterval, 3) : netBp.toFixed(3)).padStart(26),
    turnover.toFixed(4).padStart(10),
    exposure.toFixed(2).padStart(11),
  ].join(' ');
}
