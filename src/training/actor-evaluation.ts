// What exported actors are worth: the files themselves play the planted market they were trained on, row by
// row through the reference evaluator, and are held to its optimum.

import type { OpenModel } from '../agents/model-file.ts';
import { readOnnx } from '../agents/onnx-reader.ts';
import { compileReference } from '../agents/reference-evaluator.ts';
import { GrandModelError } from '../core/errors.ts';
import type { Kernel } from '../wasm/kernel.ts';
import type { TrainingKernel } from '../wasm/training.ts';
import { ACTIONS } from './market.ts';
import { MARKET_WIDTH, PLANTED_MARKETS, plantedMarket, plantedTargets } from './planted-market.ts';
import { benchmarkOf, SCORED_PATHS, scorePlayer } from './score.ts';
import type { Player, Score } from './score.ts';
import { ROSTERS } from './team.ts';
import { FULL_OPTIMUM } from './trial.ts';

/** An opened actor with its file, to be compiled for many paths at once. */
export interface ActorFile extends OpenModel {
  readonly onnx: Uint8Array;
}

/** Actors of one market, in roster order. */
export interface ActorTeam {
  readonly market: string;
  readonly actors: readonly ActorFile[];
}

/** What a team is worth. */
export interface TeamScore {
  readonly market: string;
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

const FLOAT = 4;

/**
 * The teams that some models make: one of every market that a model names, complete or not at all.
 *
 * @throws GrandModelError BAD_MODEL when an actor of a market is missing, or its input is not the market's
 */
export function teamsOf(models: readonly ActorFile[]): ActorTeam[] {
  return Object.keys(PLANTED_MARKETS).flatMap((market) => {
    const own = models.filter(({ card }) => card.name === `${market}-${card.agent}`);
    if (own.length === 0) return [];
    const roster = own.some(({ card }) => card.agent === 'tactical') ? ROSTERS[1] : ROSTERS[3];
    const actors = roster.map(({ id, sees }) => {
      const found = own.find(({ card }) => card.agent === id);
      if (!found) {
        throw new GrandModelError('BAD_MODEL', `Cannot play ${market}: its actor "${id}" is missing`, { id });
      }
      const shape = `1x${MARKET_WIDTH + 1 + ACTIONS * sees}`;
      const theirs = found.reference.inputShape.join('x');
      if (theirs !== shape || found.reference.outputCount !== ACTIONS) {
        throw new GrandModelError(
          'BAD_MODEL',
          `Cannot play ${market}: input ${theirs} of ${found.card.name} is not ${shape}`,
          { theirs },
        );
      }
      return found;
    });
    return [{ market, actors }];
  });
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
  const play = filePlayer(kernel, training, team);
  const score = scorePlayer(training, spec, (scene) => {
    stopped ||= progress(++bars) === false;
    if (!stopped) play(scene);
  });
  if (stopped) return null;
  const { optimum, myopic } = benchmarkOf(training, spec);
  const room = optimum.expected - myopic.expected;
  return {
    market: team.market,
    agents: team.actors.length,
    names: team.actors.map(({ card }) => card.name),
    fraction: score.expected / (optimum.expected > 0 ? optimum.expected : FULL_OPTIMUM),
    beyondMyopic: room > 0 ? (score.expected - myopic.expected) / room : null,
    score,
    optimum: optimum.expected,
    myopic: myopic.expected,
  };
}

/** The likeliest action of every file; the later ones see what the earlier ones chose. */
function filePlayer(kernel: Kernel, training: TrainingKernel, { actors }: ActorTeam): Player {
  const { raw } = training;
  const actions = actors.map(() => training.alloc(SCORED_PATHS * FLOAT));
  const [first = 0, second = first, third = first] = actions;
  const batches = actors.map(({ onnx }) => compileReference(kernel, readOnnx(onnx), SCORED_PATHS));
  const rows = training.alloc(SCORED_PATHS * (MARKET_WIDTH + 1 + ACTIONS * actors.length) * FLOAT);
  return ({ features, positions, targets }) => {
    batches.forEach((batch, i) => {
      raw.agentRows(features, MARKET_WIDTH, positions, 1, SCORED_PATHS, i, first, second, rows);
      kernel.f32(batch.inputAddress, batch.inputCount).set(training.f32(rows, batch.inputCount));
      const probabilities = batch.run(batch.inputAddress);
      const chosen = training.i32(actions[i] ?? 0, SCORED_PATHS);
      for (let path = 0; path < SCORED_PATHS; path++) chosen[path] = likeliest(probabilities, path * ACTIONS);
    });
    plantedTargets(
      training,
      { agents: actors.length, first, second, third },
      positions,
      targets,
      SCORED_PATHS,
    );
  };
}

function likeliest(probabilities: Float32Array, from: number): number {
  let best = 0;
  for (let i = 1; i < ACTIONS; i++) {
    if ((probabilities[from + i] as number) > (probabilities[from + best] as number)) best = i;
  }
  return best;
}
