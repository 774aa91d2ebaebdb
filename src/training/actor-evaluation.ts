// What exported actors are worth in a planted market: the files themselves play it and are held to its
// optimum.

import type { Kernel } from '../wasm/kernel.ts';
import type { TrainingKernel } from '../wasm/training.ts';
import { openTeam } from './actor-team.ts';
import type { ActorTeam } from './actor-team.ts';
import { plantedMarket, plantedTargets } from './planted-market.ts';
import { benchmarkOf, SCORED_PATHS, scorePlayer } from './score.ts';
import type { Score } from './score.ts';
import { FULL_OPTIMUM } from './trial.ts';

/** What a team is worth. */
export interface TeamScore {
  readonly market: string;
  readonly version: number | null;
  readonly agents: number;
  readonly names: readonly string[];
  /** Expected reward as a fraction of the optimum's; of full's optimum where nothing can be earned. */
  readonly fraction: number;
  /** (J − J_myopic)/(J* − J_myopic), null where there is no room between them. */
  readonly beyondMyopic: number | null;
  readonly score: Score;
  readonly optimum: number;
  readonly myopic: number;
}

/**
 * Plays fresh paths, the same ones on which `gm train` scores, and sets the reward beside the optimum's.
 *
 * @param kernel    where the actors were opened
 * @param training  where the market and its accounts live
 * @param progress  called after each bar; false stops
 * @returns         null when it was stopped
 */
export function evaluateTeam(
  kernel: Kernel,
  training: TrainingKernel,
  team: ActorTeam,
  progress: (bars: number) => boolean | void = () => {},
): TeamScore | null {
  const spec = plantedMarket(team.market);
  let bars = 0;
  let stopped = false;
  const choose = openTeam(kernel, training, team, SCORED_PATHS);
  const score = scorePlayer(training, spec, ({ features, positions, targets }) => {
    stopped ||= progress(++bars) === false;
    if (stopped) return;
    plantedTargets(training, choose(features, positions), positions, targets, SCORED_PATHS);
  });
  if (stopped) return null;
  const { optimum, myopic } = benchmarkOf(training, spec);
  const room = optimum.expected - myopic.expected;
  return {
    market: team.market,
    version: team.version,
    agents: team.actors.length,
    names: team.actors.map(({ card }) => card.name),
    fraction: score.expected / (optimum.expected > 0 ? optimum.expected : FULL_OPTIMUM),
    beyondMyopic: room > 0 ? (score.expected - myopic.expected) / room : null,
    score,
    optimum: optimum.expected,
    myopic: myopic.expected,
  };
}
