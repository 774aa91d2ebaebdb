// Exported actors as a team: which files belong together, and what they do, row by row through the reference
// evaluator.

import type { OpenModel } from '../agents/model-file.ts';
import { readOnnx } from '../agents/onnx-reader.ts';
import { compileReference } from '../agents/reference-evaluator.ts';
import { GrandModelError } from '../core/errors.ts';
import type { Kernel } from '../wasm/kernel.ts';
import type { TrainingKernel } from '../wasm/training.ts';
import { ENGINE_FEATURES } from './engine-tape.ts';
import { ACTIONS } from './market.ts';
import type { JointActions } from './market.ts';
import { MARKET_WIDTH, PLANTED_MARKETS } from './planted-market.ts';
import { ROSTERS } from './team.ts';

/** The market that is not planted. */
export const ENGINE_MARKET = 'engine';

/** An opened actor with its file, to be compiled for many paths at once. */
export interface ActorFile extends OpenModel {
  readonly onnx: Uint8Array;
}

/** Actors of one training in one market, in roster order. */
export interface ActorTeam {
  readonly market: string;
  /** Episodes, as the files are numbered; null for the best seed's files, which have no number. */
  readonly version: number | null;
  readonly actors: readonly ActorFile[];
}

/** What an actor's name says. */
export interface ActorName {
  readonly market: string;
  readonly agent: string;
  readonly version: number | null;
}

/**
 * Reads a name as `gm train --out` gives them: MARKET-AGENT, or MARKET-AGENT.vNNNN.
 *
 * @returns null for any other name
 * @example actorName('engine-risk.v0040')?.version // 40
 */
export function actorName(name: string): ActorName | null {
  const [, market = '', agent = '', number] = /^([a-z0-9]+)-([a-z]+)(?:\.v(\d{4,9}))?$/.exec(name) ?? [];
  if (market !== ENGINE_MARKET && !Object.hasOwn(PLANTED_MARKETS, market)) return null;
  return { market, agent, version: number === undefined ? null : Number(number) };
}

/**
 * The teams that some models make: one for each market and version that a card names, complete or not at all.
 *
 * @throws GrandModelError BAD_MODEL when an actor is missing, or its input is not the market's
 */
export function teamsOf(models: readonly ActorFile[]): ActorTeam[] {
  const groups = new Map<string, { market: string; version: number | null; own: ActorFile[] }>();
  for (const model of models) {
    const name = actorName(model.card.name);
    if (!name || name.agent !== model.card.agent) continue;
    const { market, version } = name;
    const key = `${market} ${version}`;
    const group = groups.get(key) ?? { market, version, own: [] };
    group.own.push(model);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ market, version, own }) => ({
    market,
    version,
    actors: rosterOf(market, version, own),
  }));
}

function rosterOf(market: string, version: number | null, own: readonly ActorFile[]): ActorFile[] {
  const roster = own.some(({ card }) => card.agent === 'tactical') ? ROSTERS[1] : ROSTERS[3];
  return roster.map(({ id, sees }) => {
    const found = own.find(({ card }) => card.agent === id);
    if (!found) {
      const which = version === null ? market : `${market} version ${version}`;
      throw new GrandModelError('BAD_MODEL', `Cannot play ${which}: its actor "${id}" is missing`, { id });
    }
    const shape = `1x${marketWidth(market) + 1 + ACTIONS * sees}`;
    const theirs = found.reference.inputShape.join('x');
    if (theirs !== shape || found.reference.outputCount !== ACTIONS) {
      throw new GrandModelError(
        'BAD_MODEL',
        `Cannot play ${market}: input ${theirs} of ${found.card.name} is not ${shape}, or it has no ` +
          `${ACTIONS} actions`,
        { theirs },
      );
    }
    return found;
  });
}

/** Floats of one bar's features. */
function marketWidth(market: string): number {
  return market === ENGINE_MARKET ? ENGINE_FEATURES.length : MARKET_WIDTH;
}

/**
 * A team of files ready to play `paths` paths at once: the likeliest action of every file, the later ones
 * seeing what the earlier ones chose.
 *
 * @param kernel    where the files are compiled
 * @param training  where features, positions and actions live
 */
export function openTeam(
  kernel: Kernel,
  training: TrainingKernel,
  { market, actors }: ActorTeam,
  paths: number,
): (features: number, positions: number) => JointActions {
  const width = marketWidth(market);
  const chosen = actors.map(() => training.alloc(paths * FLOAT));
  const [first = 0, second = first, third = first] = chosen;
  const batches = actors.map(({ onnx }) => compileReference(kernel, readOnnx(onnx), paths));
  const rows = training.alloc(paths * (width + 1 + ACTIONS * actors.length) * FLOAT);
  const joint = { agents: actors.length, first, second, third };
  return (features, positions) => {
    batches.forEach((batch, i) => {
      training.raw.agentRows(features, width, positions, 1, paths, i, first, second, rows);
      kernel.f32(batch.inputAddress, batch.inputCount).set(training.f32(rows, batch.inputCount));
      const probabilities = batch.run(batch.inputAddress);
      const actions = training.i32(chosen[i] ?? 0, paths);
      for (let path = 0; path < paths; path++) actions[path] = likeliest(probabilities, path * ACTIONS);
    });
    return joint;
  };
}

const FLOAT = 4;

function likeliest(probabilities: Float32Array, from: number): number {
  let best = 0;
  for (let i = 1; i < ACTIONS; i++) {
    if ((probabilities[from + i] as number) > (probabilities[from + best] as number)) best = i;
  }
  return best;
}
