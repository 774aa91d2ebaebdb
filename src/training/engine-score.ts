// Scores players on bars of the engine's market that no training has met: reward and net profit, costs
// inside. No optimum is known here, so there is no fraction of one; what stands beside an agent is what
// anyone could have done.

import { ORDER_STYLES } from '../agents/policies.ts';
import { nextUniform } from '../execution/paper-broker.ts';
import type { TrainingKernel } from '../wasm/training.ts';
import { EngineMarket, RISK_BUDGET } from './engine-market.ts';
import type { EngineTape } from './engine-tape.ts';
import { ACTIONS } from './market.ts';
import type { JointActions } from './market.ts';
import type { Team } from './team.ts';

/** What a player earned, per bar of 30 minutes. */
export interface EngineScore {
  readonly name: string;
  /** Mean reward R, in risk budgets. */
  readonly reward: number;
  /** Mean net profit in basis points of the equity, with the standard error of the mean over paths. */
  readonly netBp: number;
  readonly netBpError: number | null;
  /** Sum of net profits over all bars as a share of the equity, not compounded. */
  readonly netReturn: number;
  /** |Δ position| per bar. */
  readonly turnover: number;
  /** Mean |position|. */
  readonly exposure: number;
}

/** A player's exam with what each path brought, for comparisons on the same paths. */
export interface PlayedExam {
  readonly score: EngineScore;
  /** F64[paths] net profit, and reward R, each in risk budgets. */
  readonly earned: Float64Array;
  readonly rewards: Float64Array;
}

/** How much more a player earned than another on the same paths, basis points a bar. */
export interface PairedDifference {
  readonly name: string;
  readonly netBp: number;
  /** Standard error over paths; null with one path. */
  readonly error: number | null;
}

/** Held-out bars, cut into paths that begin flat. */
export interface EngineExam {
  readonly market: EngineMarket;
  readonly paths: number;
  readonly steps: number;
}

/** What a player does at a step: actions of a joint, given features and positions. */
export type EnginePlayer = (step: number, features: number, positions: number) => JointActions;

/** Steps of a path: ten days. A shorter tape is one path of what it has. */
const PATH_STEPS = 480;
const PATHS_MAX = 1024;
const FLOAT = 4;
const BP = 10_000;
/** Random players whose mean is shown. */
const RANDOM_PLAYERS = 20;
/**
 * Days that momentum looks back: one, and the twenty of gm backtest; 48 rows each, where it always trades.
 */
const MOMENTUM_DAYS = [1, 20] as const;
const ROWS_PER_DAY = 48;
const SHORT_ACTION = 0;
const FLAT_ACTION = 2;
const LONG_ACTION = ACTIONS - 1;
const FULL_SIZE = ACTIONS - 1;
/** A limit at the close that was decided on. */
const LIMIT_MID = ORDER_STYLES.indexOf('LIMIT_MID');

/**
 * Lays out the exam.
 *
 * @throws      GrandModelError BAD_INPUT when the tape holds no path
 */
export function engineExam(kernel: TrainingKernel, tape: EngineTape): EngineExam {
  const longest = Math.max(...tape.segments.map(({ from, to }) => to - from - 1), 1);
  const steps = Math.min(PATH_STEPS, longest);
  const starts = tape.segments.flatMap(({ from, to }) =>
    Array.from({ length: Math.floor((to - from - 1) / steps) }, (_, i) => from + i * steps),
  );
  const paths = Math.max(1, Math.min(PATHS_MAX, starts.length));
  const market = new EngineMarket(kernel, tape, { paths, stepsMax: steps, seed: 1 });
  for (let path = 0; path < paths; path++) market.place(path, starts[path]!, path * 0x10001);
  market.show(steps);
  return { market, paths, steps };
}

/** Plays one player over the exam. */
export function playExam(
  kernel: TrainingKernel,
  { market, paths, steps }: EngineExam,
  name: string,
  player: EnginePlayer,
): PlayedExam {
  const [positions, after, rewards] = [0, 0, 0].map(() => kernel.alloc(paths * FLOAT)) as [
    number,
    number,
    number,
  ];
  let [reward, turnover, exposure] = [0, 0, 0];
  const [earned, perPath] = [new Float64Array(paths), new Float64Array(paths)];
  for (let step = 0; step < steps; step++) {
    const features = market.features + step * paths * market.width * FLOAT;
    market.play(step, player(step, features, positions), positions, after, rewards);
    const [from, to] = [kernel.f32(positions, paths), kernel.f32(after, paths)];
    const [paid, net] = [kernel.f32(rewards, paths), kernel.f64(market.net, paths)];
    for (let path = 0; path < paths; path++) {
      reward += paid[path]!;
      perPath[path] = perPath[path]! + paid[path]!;
      earned[path] = earned[path]! + net[path]!;
      turnover += Math.abs(to[path]! - from[path]!);
      exposure += Math.abs(to[path]!);
    }
    from.set(to);
  }
  const bars = paths * steps;
  const { netBp, error } = perBar(earned, steps);
  const score = {
    name,
    reward: reward / bars,
    netBp,
    netBpError: error,
    netReturn: RISK_BUDGET * earned.reduce((sum, value) => sum + value, 0),
    turnover: turnover / bars,
    exposure: exposure / bars,
  };
  return { score, earned, rewards: perPath };
}

/** Mean per bar in basis points of equity, with its standard error over paths. */
function perBar(earned: Float64Array, steps: number): { netBp: number; error: number | null } {
  const paths = earned.length;
  const mean = earned.reduce((sum, value) => sum + value, 0) / paths;
  const square = earned.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  const scale = (RISK_BUDGET * BP) / steps;
  return { netBp: scale * mean, error: paths > 1 ? scale * Math.sqrt(square / (paths - 1) / paths) : null };
}

/** The likeliest action of every agent of a team. */
export function teamExaminee(team: Team, paths: number): EnginePlayer {
  return (_step, features, positions) => {
    team.choose(features, positions, 1, paths, { greedy: true });
    return team.joint();
  };
}

/** A team's exam. */
export interface TeamScore {
  readonly agents: EngineScore;
  /** What the team did, at the wrong places: its turnover without its knowledge. */
  readonly random: EngineScore;
  /** The agents less each rule, path by path. */
  readonly beside: readonly PairedDifference[];
  /** By agent, how often it took each action. */
  readonly shares: readonly (readonly number[])[];
}

/** A team's play beside its own actions at the wrong places. */
export interface PlayedTeam {
  readonly agents: PlayedExam;
  readonly random: PlayedExam;
  readonly shares: TeamScore['shares'];
}

/** Plays a team, and then its actions on other paths. */
export function playTeam(
  kernel: TrainingKernel,
  exam: EngineExam,
  player: EnginePlayer,
  seed: number,
): PlayedTeam {
  const kept: Int32Array[][] = [];
  const { paths, steps } = exam;
  const agents = playExam(kernel, exam, 'agents', (step, features, positions) => {
    const joint = player(step, features, positions);
    const parts = [joint.first, joint.second, joint.third];
    kept.push(parts.slice(0, joint.agents).map((at) => kernel.i32(at, paths).slice()));
    return joint;
  });
  const shares = kept[0]!.map((_, agent) => {
    const counts = Array.from({ length: ACTIONS }, () => 0);
    for (const said of kept) for (const action of said[agent]!) counts[action]!++;
    return counts.map((count) => count / (paths * steps));
  });
  return { agents, random: playRandom(kernel, exam, kept, seed), shares };
}

/** Plays a team and compares it with rules that were played on the same exam. */
export function examineTeam(
  kernel: TrainingKernel,
  exam: EngineExam,
  team: Team,
  rules: readonly PlayedExam[],
  seed: number,
): TeamScore {
  const { agents, random, shares } = playTeam(kernel, exam, teamExaminee(team, exam.paths), seed);
  const beside = rules.map(({ score: { name }, earned }): PairedDifference => {
    const more = agents.earned.map((own, path) => own - earned[path]!);
    return { name, ...perBar(more, exam.steps) };
  });
  return { agents: agents.score, random: random.score, beside, shares };
}

/** Rules that need no training, with market orders; momentum once more with limits at the close. */
export function playRules(kernel: TrainingKernel, exam: EngineExam): PlayedExam[] {
  const { market, paths } = exam;
  const [direction, size, style] = [0, 0, 0].map(() => kernel.alloc(paths * FLOAT)) as [
    number,
    number,
    number,
  ];
  kernel.i32(size, paths).fill(FULL_SIZE);
  kernel.i32(style, paths).fill(LIMIT_MID);
  const market1 = { agents: 1, first: direction, second: direction, third: direction };
  const limit = { agents: 3, first: direction, second: size, third: style };
  const play = (name: string, choose: (decision: number) => number, joint = market1): PlayedExam =>
    playExam(kernel, exam, name, (step) => {
      const actions = kernel.i32(direction, paths);
      for (let path = 0; path < paths; path++) actions[path] = choose(market.decisionOf(path) + step);
      return joint;
    });
  const trend = (rows: number) => (decision: number) => trendOf(market.tape, decision, rows);
  return [
    play('buy and hold', () => LONG_ACTION),
    play('flat', () => FLAT_ACTION),
    ...MOMENTUM_DAYS.map((days) => play(`momentum, ${days} d`, trend(days * ROWS_PER_DAY))),
    play('momentum, 1 d, limits at the close', trend(ROWS_PER_DAY), limit),
  ];
}

function trendOf(tape: EngineTape, decision: number, rows: number): number {
  const segment = tape.segments.find(({ from, to }) => decision >= from && decision < to);
  const before = decision - rows;
  if (!segment || before < segment.from) return FLAT_ACTION;
  const close = (index: number): number => tape.prices[4 * tape.decisions[index]! + 3]!;
  const move = close(decision) - close(before);
  return move > 0 ? LONG_ACTION : move < 0 ? SHORT_ACTION : FLAT_ACTION;
}

/**
 * Mean of players who do what the team did on another path, in the same or the opposite direction: its
 * turnover without its knowledge. With one path the place is moved in time.
 */
function playRandom(
  kernel: TrainingKernel,
  exam: EngineExam,
  kept: readonly (readonly Int32Array[])[],
  seed: number,
): PlayedExam {
  const { paths, steps } = exam;
  const agents = kept[0]?.length ?? 1;
  const at = [0, 1, 2].map(() => kernel.alloc(paths * FLOAT));
  const joint = { agents, first: at[0]!, second: at[agents > 1 ? 1 : 0]!, third: at[agents > 2 ? 2 : 0]! };
  const stream = { random: seed >>> 0 };
  const played = Array.from({ length: RANDOM_PLAYERS }, () => {
    const shift = 1 + Math.floor(nextUniform(stream) * Math.max(1, paths - 1));
    const later = paths > 1 ? 0 : Math.floor(nextUniform(stream) * steps);
    const flips = Array.from({ length: paths }, () => nextUniform(stream) < 0.5);
    return playExam(kernel, exam, 'random', (step) => {
      const said = kept[(step + later) % steps]!;
      said.forEach((actions, agent) => {
        const own = kernel.i32(at[agent]!, paths);
        for (let path = 0; path < paths; path++) {
          const action = actions[(path + shift) % paths]!;
          own[path] = agent === 0 && flips[path] ? ACTIONS - 1 - action : action;
        }
      });
      return joint;
    });
  });
  const mean = (part: (one: PlayedExam) => number): number =>
    played.reduce((sum, one) => sum + part(one), 0) / played.length;
  const onPaths = (part: (one: PlayedExam) => Float64Array): Float64Array =>
    Float64Array.from({ length: paths }, (_, path) => mean((one) => part(one)[path]!));
  const score = {
    name: `random, turnover matched, mean of ${RANDOM_PLAYERS}`,
    reward: mean((one) => one.score.reward),
    netBp: mean((one) => one.score.netBp),
    netBpError: paths > 1 ? mean((one) => one.score.netBpError ?? 0) : null,
    netReturn: mean((one) => one.score.netReturn),
    turnover: mean((one) => one.score.turnover),
    exposure: mean((one) => one.score.exposure),
  };
  return { score, earned: onPaths((one) => one.earned), rewards: onPaths((one) => one.rewards) };
}
