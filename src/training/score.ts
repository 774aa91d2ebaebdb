// Scores a rule on fresh paths of a planted market: by expected reward, which has no noise of returns, and by
// the reward that was really earned, which a leaked feature can lift past every honest player.

import type { TrainingKernel } from '../wasm/training.ts';
import { myopicRule, optimalRule } from './optimum.ts';
import type { Rule } from './optimum.ts';
import { PlantedMarket, plantedTargets } from './planted-market.ts';
import type { PlantedSpec } from './planted-market.ts';
import type { Team } from './team.ts';

/** Mean per bar. */
export interface Score {
  /** Expected reward q·x − costs. */
  readonly expected: number;
  /** Reward earned, q·r − costs, with the standard error of its mean over paths. */
  readonly earned: number;
  readonly earnedError: number;
  /** |Δq| per bar. */
  readonly turnover: number;
}

/**
 * Chooses positions f32[paths] for features f32[paths, width]; `forecast` belongs to oracles alone.
 */
export type Player = (scene: {
  readonly features: number;
  readonly positions: number;
  readonly targets: number;
  readonly forecast: () => number;
}) => void;

/**
 * What a market offers: the optimum's score and the myopic rule's, on the paths that agents are scored on.
 */
export interface Benchmark {
  readonly optimum: Score;
  readonly myopic: Score;
}

const PATHS = 1024;
const STEPS = 450;
/** Bars played before counting starts: positions begin at 0. */
const BURN_IN = 50;
/** Seed of the scored paths; training seeds are mixed differently, so no trainer meets them. */
export const SCORE_SEED = 0x5c07e;
const FLOAT = 4;

/** Plays 1,024 fresh paths of 450 bars and counts the last 400. */
export function scorePlayer(kernel: TrainingKernel, spec: PlantedSpec, player: Player, leak = false): Score {
  const market = new PlantedMarket(kernel, spec, PATHS, 1, SCORE_SEED, leak);
  const [positions, targets, rewards, forecast] = [0, 0, 0, 0].map(() => kernel.alloc(PATHS * FLOAT));
  if (!positions || !targets || !rewards || !forecast) throw new RangeError('no memory');
  const earned = new Float64Array(PATHS);
  let [expected, turnover] = [0, 0];
  for (let step = 0; step < STEPS; step++) {
    market.forecast(forecast);
    market.advance(1);
    player({ features: market.features, positions, targets, forecast: () => forecast });
    if (step >= BURN_IN) {
      expected += settled(kernel, market, positions, targets, market.expected, rewards).total;
      const real = settled(kernel, market, positions, targets, market.returns, rewards);
      real.each.forEach((reward, i) => (earned[i] = (earned[i] as number) + reward));
      const [from, to] = [kernel.f32(positions, PATHS), kernel.f32(targets, PATHS)];
      for (let i = 0; i < PATHS; i++) turnover += Math.abs((to[i] as number) - (from[i] as number));
    }
    kernel.f32(positions, PATHS).set(kernel.f32(targets, PATHS));
  }
  const bars = STEPS - BURN_IN;
  const mean = earned.reduce((sum, value) => sum + value, 0) / PATHS;
  const variance = earned.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / (PATHS - 1);
  return {
    expected: expected / (bars * PATHS),
    earned: mean / bars,
    earnedError: Math.sqrt(variance / PATHS) / bars,
    turnover: turnover / (bars * PATHS),
  };
}

/** Plays a rule of forecast and position. */
export function playerOf(kernel: TrainingKernel, rule: Rule): Player {
  return ({ positions, targets, forecast }) => {
    const [known, from, to] = [forecast(), positions, targets].map((at) => kernel.f32(at, PATHS));
    if (!known || !from || !to) return;
    for (let i = 0; i < PATHS; i++) to[i] = rule(known[i] as number, from[i] as number);
  };
}

/** Plays the likeliest action of every agent of a team. */
export function teamPlayer(kernel: TrainingKernel, team: Team): Player {
  return ({ features, positions, targets }) => {
    team.choose(features, positions, 1, PATHS, { greedy: true });
    plantedTargets(kernel, team.joint(), positions, targets, PATHS);
  };
}

/** Scores of the optimum and of the myopic rule. */
export function benchmarkOf(kernel: TrainingKernel, spec: PlantedSpec): Benchmark {
  const score = (rule: Rule): Score => scorePlayer(kernel, spec, playerOf(kernel, rule));
  return { optimum: score(optimalRule(kernel, spec)), myopic: score(myopicRule(spec)) };
}

/** Number of paths a player is asked about at once, and how many bars it plays. */
export const SCORED_PATHS = PATHS;
export const SCORED_BARS = STEPS;

function settled(
  kernel: TrainingKernel,
  market: PlantedMarket,
  positions: number,
  targets: number,
  returns: number,
  rewards: number,
): { total: number; each: Float32Array } {
  kernel.raw.settle(positions, targets, returns, PATHS, market.spec.cost, market.spec.risk, rewards);
  const each = kernel.f32(rewards, PATHS);
  return { total: each.reduce((sum, reward) => sum + reward, 0), each };
}
