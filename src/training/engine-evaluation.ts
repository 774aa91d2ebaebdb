// What exported actors are worth in the engine's own market: the files themselves play markets that no
// training met, or the part of a file that lies behind theirs, beside rules that need none. The interval is
// over fresh markets; where there is one market, over its stretches of ten days.

import { clusteredMean } from './clustered-mean.ts';
import type { Cluster, MeanInterval } from './clustered-mean.ts';
import { GrandModelError } from '../core/errors.ts';
import { STRATEGIC_ROWS } from '../signals/matrix.ts';
import type { Kernel } from '../wasm/kernel.ts';
import type { TrainingKernel } from '../wasm/training.ts';
import { openTeam } from './actor-team.ts';
import type { ActorTeam } from './actor-team.ts';
import { RISK_BUDGET } from './engine-market.ts';
import { engineExam, playRules, playTeam } from './engine-score.ts';
import type { EngineExam, PlayedExam } from './engine-score.ts';
import { cutTape } from './engine-tape.ts';
import type { EngineTape } from './engine-tape.ts';
import { trainingConfig } from './training-config.ts';

/** What a player earned per bar of 30 minutes; intervals are null with one market of one stretch. */
export interface PlayerScore {
  readonly name: string;
  /** Mean reward R, in risk budgets. */
  readonly reward: number;
  readonly rewardInterval: MeanInterval | null;
  /** Mean net profit in basis points of the equity. */
  readonly netBp: number;
  readonly netBpInterval: MeanInterval | null;
  /** |Δ position| per bar, and mean |position|. */
  readonly turnover: number;
  readonly exposure: number;
}

/** The agents less another player, on the same bars. */
export interface PlayerDifference {
  readonly name: string;
  readonly reward: MeanInterval | null;
  readonly netBp: MeanInterval | null;
}

/** What a team is worth. */
export interface EngineTeamScore {
  readonly market: 'engine';
  readonly version: number | null;
  readonly agents: number;
  readonly names: readonly string[];
  /** What the intervals are over, and how many of them. */
  readonly over: 'markets' | 'stretches';
  readonly clusters: number;
  /** Bars of 30 minutes that were played. */
  readonly bars: number;
  /** The agents first, then themselves at the wrong places, then the rules. */
  readonly players: readonly PlayerScore[];
  readonly beside: readonly PlayerDifference[];
  /** By agent, how often it took each action. */
  readonly shares: readonly (readonly number[])[];
}

/** One market's exam with everyone who sat it, always in the same order. */
interface Sitting {
  readonly exam: EngineExam;
  readonly played: readonly PlayedExam[];
  readonly shares: readonly (readonly number[])[];
}

const BP = 10_000;

/**
 * Plays every market.
 *
 * @param kernel    where the actors were opened
 * @param training  where markets and accounts live
 * @param tapes     fresh markets, at least one
 * @param seed      of the random players
 * @param progress  called after each market; false stops
 * @returns         null when it was stopped
 * @throws          GrandModelError BAD_INPUT when a tape is too short for one stretch
 */
export function evaluateEngineTeam(
  kernel: Kernel,
  training: TrainingKernel,
  team: ActorTeam,
  tapes: readonly EngineTape[],
  seed: number,
  progress: (markets: number) => boolean | void = () => {},
): EngineTeamScore | null {
  const sittings: Sitting[] = [];
  for (const tape of tapes) {
    const exam = engineExam(training, tape);
    const choose = openTeam(kernel, training, team, exam.paths);
    const player = (_step: number, features: number, positions: number) => choose(features, positions);
    const { agents, random, shares } = playTeam(training, exam, player, seed + sittings.length);
    sittings.push({ exam, played: [agents, random, ...playRules(training, exam)], shares });
    if (progress(sittings.length) === false) return null;
  }
  const [first] = sittings;
  if (!first) throw new GrandModelError('BAD_INPUT', 'Cannot evaluate actors: there is no market', {});
  const players = first.played.map((_, player) => scoreOf(sittings, player));
  return {
    market: 'engine',
    version: team.version,
    agents: team.actors.length,
    names: team.actors.map(({ card }) => card.name),
    over: sittings.length > 1 ? 'markets' : 'stretches',
    clusters: sittings.length > 1 ? sittings.length : first.exam.paths,
    bars: sittings.reduce((sum, sitting) => sum + barsOf(sitting), 0),
    players,
    beside: players.slice(1).map(({ name }, i) => differenceOf(sittings, name, i + 1)),
    shares: first.shares.map((row, agent) =>
      row.map((_, action) => meanOf(sittings, ({ shares }) => shares[agent]![action]!)),
    ),
  };
}

function scoreOf(sittings: readonly Sitting[], player: number): PlayerScore {
  const mean = (part: (one: PlayedExam) => number): number =>
    meanOf(sittings, ({ played }) => part(played[player]!));
  return {
    name: sittings[0]!.played[player]!.score.name,
    reward: mean(({ score }) => score.reward),
    rewardInterval: over(sittings, ({ played }) => played[player]!.rewards),
    netBp: mean(({ score }) => score.netBp),
    netBpInterval: over(sittings, ({ played }) => inBp(played[player]!.earned)),
    turnover: mean(({ score }) => score.turnover),
    exposure: mean(({ score }) => score.exposure),
  };
}

function differenceOf(sittings: readonly Sitting[], name: string, player: number): PlayerDifference {
  const less = (part: (one: PlayedExam) => Float64Array) =>
    over(sittings, ({ played }) => {
      const other = part(played[player]!);
      return part(played[0]!).map((own, path) => own - other[path]!);
    });
  return { name, reward: less(({ rewards }) => rewards), netBp: less(({ earned }) => inBp(earned)) };
}

/** Mean per bar with its interval, from what each path of each market brought in all its bars. */
function over(sittings: readonly Sitting[], paths: (one: Sitting) => Float64Array): MeanInterval | null {
  const clusters = sittings.flatMap((sitting): Cluster[] => {
    const brought = [...paths(sitting)];
    const { steps } = sitting.exam;
    if (sittings.length === 1) return brought.map((sum) => ({ sum, count: steps }));
    return [{ sum: brought.reduce((sum, value) => sum + value, 0), count: barsOf(sitting) }];
  });
  return clusteredMean(clusters);
}

function meanOf(sittings: readonly Sitting[], part: (one: Sitting) => number): number {
  const bars = sittings.reduce((sum, sitting) => sum + barsOf(sitting), 0);
  return sittings.reduce((sum, sitting) => sum + part(sitting) * barsOf(sitting), 0) / bars;
}

function barsOf({ exam }: Sitting): number {
  return exam.paths * exam.steps;
}

function inBp(earned: Float64Array): Float64Array {
  return earned.map((value) => RISK_BUDGET * BP * value);
}

/**
 * The decisions of a file that an actor may be judged on: all of them when it was trained on simulated bars,
 * otherwise those behind its last, less the ones that its training looked ahead to and a matrix looks back
 * to.
 *
 * @throws GrandModelError BAD_INPUT when none is left
 */
export function unseenPart(tape: EngineTape, { actors }: ActorTeam): EngineTape {
  const trained = actors.filter(({ card }) => card.data.seeds.length === 0);
  if (trained.length === 0) return tape;
  const through = Math.max(...trained.map(({ card }) => card.trained_through_ms));
  const purge = trainingConfig(actors.length === 1 ? 1 : 3).steps + STRATEGIC_ROWS;
  const behind = tape.knownAtMs.findIndex((knownAtMs) => knownAtMs > through);
  const cut = cutTape(tape, behind < 0 ? tape.decisions.length : behind + purge, tape.decisions.length);
  if (cut.segments.length > 0) return cut;
  const until = new Date(through).toISOString();
  throw new GrandModelError(
    'BAD_INPUT',
    `Cannot evaluate ${actors[0]?.card.name}: it was trained on bars until ${until}, and the file has no ` +
      `decision more than ${purge} behind them`,
    { through },
  );
}
