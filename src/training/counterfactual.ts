// Experience where prices do not react to positions: on the same bars every position and every action can be
// valued, so nobody has to be lucky to learn. Hindsight for training alone; a player never sees it.

import type { Experience, Mappo } from './mappo.ts';
import { ACTIONS } from './market.ts';

const FLOAT = 4;

/** Scratch of one trainer. */
interface Scratch {
  /** f32[paths, nodes]: V of the next bar and returns of the next bar. */
  readonly values: number;
  readonly returns: number;
  /** f32[steps, paths, nodes]: their blend. */
  readonly next: number;
  /** f32[paths · nodes]: the nodes for every path. */
  readonly nodePositions: number;
  /** f32[paths · ACTIONS]: a position for each alternative. */
  readonly positions: number;
  /** Actions kept while the seats hold alternatives: i32[agents][paths]. */
  readonly kept: readonly number[];
  readonly worths: number;
  /** f32[steps, paths]: the return that each bar's worths are made with. */
  readonly drawn: number;
}

/** Values the stretch that the market has prepared and fills the batch. */
export function counterfactualExperience(trainer: Mappo): Experience {
  const scratch = createScratch(trainer);
  return {
    collect: () => collectCounterfactual(trainer, scratch),
    handOn(_agent, next) {
      for (let step = 0; step < trainer.config.steps; step++) advantagesOf(trainer, scratch, step, [next]);
    },
  };
}

/**
 * Values the stretch that the market has prepared, last bar first: λ-returns of the present policy from every
 * node, and for one drawn position on each bar the advantage of every action of every agent, later agents
 * answering it.
 *
 * @source exogenous inputs: Dietterich et al. 2018, Mao et al. 2019; counterfactual credit: Foerster et al.
 *   2018
 */
function collectCounterfactual(trainer: Mappo, scratch: Scratch): void {
  const { market, batch, config, kernel, team } = trainer;
  const { raw } = kernel;
  const { paths } = market;
  const cells = paths * config.nodes;
  if (config.returns === 'forecast') forecastReturns(trainer, scratch.drawn);
  for (let step = config.steps - 1; step >= 0; step--) {
    const at = step * paths * FLOAT;
    const after = market.features + (step + 1) * paths * market.width * FLOAT;
    trainer.valueTables(after, paths, scratch.values);
    const first = step === config.steps - 1;
    const returns = first ? scratch.values : scratch.returns;
    raw.blend(scratch.values, returns, scratch.next + at * config.nodes, cells, config.lambda);
    returnsOfNodes(trainer, scratch, step);
    kernel.f32(batch.targets + at * config.nodes, cells).set(kernel.f32(scratch.returns, cells));
    drawPositions(trainer, batch.positions + at);
    advantagesOf(trainer, scratch, step, team.seats.keys());
  }
}

/** Forecasts of a forecaster that has not met these bars: it learns from them after the update. */
function forecastReturns(trainer: Mappo, out: number): void {
  const { market, config, kernel, forecaster } = trainer;
  for (let row = 0; row < config.steps * market.paths; row += market.paths) {
    const at = forecaster.forward(market.features + row * market.width * FLOAT, market.paths);
    kernel.f32(out + row * FLOAT, market.paths).set(kernel.f32(at, market.paths));
  }
}

/** returns[path, node] = what the present policy makes of this bar from that node. */
function returnsOfNodes(trainer: Mappo, scratch: Scratch, step: number): void {
  const { market, config, team, kernel } = trainer;
  const rows = market.paths * config.nodes;
  const features = market.features + step * market.paths * market.width * FLOAT;
  team.choose(features, scratch.nodePositions, config.nodes, rows);
  worthsOf(trainer, scratch, step, scratch.nodePositions, config.nodes, rows);
  const last = team.seats.at(-1);
  if (last) kernel.raw.meanWorths(scratch.worths, last.logP, rows, ACTIONS, scratch.returns);
}

/** A position for each path: one agent stands on one of its nodes, three anywhere. */
function drawPositions(trainer: Mappo, out: number): void {
  const { kernel, rng, config, market } = trainer;
  const positions = kernel.f32(out, market.paths);
  for (let i = 0; i < positions.length; i++) {
    const draw = kernel.raw.rngUniform(rng);
    positions[i] =
      config.agents.length === 1
        ? (2 * Math.floor(draw * config.nodes)) / (config.nodes - 1) - 1
        : 2 * draw - 1;
  }
}

/**
 * Lets all agents act on one bar as they are now, and values the alternatives of some: what the earlier ones
 * do and how the later ones answer is their present policy.
 */
function advantagesOf(trainer: Mappo, scratch: Scratch, step: number, learning: Iterable<number>): void {
  const { market, batch, team, kernel } = trainer;
  const { paths } = market;
  const at = step * paths * FLOAT;
  team.choose(market.features + at * market.width, batch.positions + at, 1, paths);
  const found = [...learning];
  team.seats.forEach((seat, i) =>
    kernel.i32(scratch.kept[i] ?? 0, paths).set(kernel.i32(seat.actions, paths)),
  );
  for (const agent of found) {
    const [seat, data] = [team.seats[agent], batch.agents[agent]];
    if (!seat || !data) continue;
    const { width } = seat;
    kernel.f32(data.rows + at * width, paths * width).set(kernel.f32(seat.rows, paths * width));
    kernel.f32(data.oldLogP + at * ACTIONS, paths * ACTIONS).set(kernel.f32(seat.logP, paths * ACTIONS));
  }
  for (const agent of found) alternativesOf(trainer, scratch, step, agent);
}

/** The advantage of every action of one agent, the others' actions of this bar being kept. */
function alternativesOf(trainer: Mappo, scratch: Scratch, step: number, agent: number): void {
  const { market, batch, team, kernel } = trainer;
  const { raw } = kernel;
  const { paths } = market;
  const at = step * paths * FLOAT;
  const data = batch.agents[agent];
  if (!data) return;
  const positions = batch.positions + at;
  const advantages = data.advantages + at * ACTIONS;
  const last = team.seats.length - 1;
  if (agent === last) {
    restoreActions(trainer, scratch, 1);
    worthsOf(trainer, scratch, step, positions, 1, paths);
    kernel.f32(advantages, paths * ACTIONS).set(kernel.f32(scratch.worths, paths * ACTIONS));
  } else {
    const rows = paths * ACTIONS;
    raw.repeatCells(positions, scratch.positions, paths, ACTIONS);
    restoreActions(trainer, scratch, ACTIONS);
    const own = team.seats[agent]?.actions ?? 0;
    kernel.i32(own, rows).forEach((_, row, all) => (all[row] = row % ACTIONS));
    const features = market.features + at * market.width;
    team.choose(features, scratch.positions, ACTIONS, rows, { from: agent + 1 });
    worthsOf(trainer, scratch, step, scratch.positions, ACTIONS, rows);
    raw.meanWorths(scratch.worths, team.seats[last]?.logP ?? 0, rows, ACTIONS, advantages);
  }
  raw.centreWorths(advantages, data.oldLogP + at * ACTIONS, paths, ACTIONS);
}

/** Puts the kept actions back into the seats, each `times` times. */
function restoreActions(trainer: Mappo, scratch: Scratch, times: number): void {
  const { team, kernel, market } = trainer;
  team.seats.forEach((seat, i) => {
    kernel.raw.repeatCells(scratch.kept[i] ?? 0, seat.actions, market.paths, times);
  });
}

/** worths[rows, ACTIONS] of the last agent, the earlier agents' actions being in their seats. */
function worthsOf(
  trainer: Mappo,
  scratch: Scratch,
  step: number,
  positions: number,
  repeat: number,
  rows: number,
): void {
  const { market, config, team } = trainer;
  market.worths({
    step,
    joint: team.joint(),
    positions,
    repeat,
    rows,
    returns: scratch.drawn + step * market.paths * FLOAT,
    next: scratch.next + step * market.paths * config.nodes * FLOAT,
    nodes: config.nodes,
    gamma: config.gamma,
    out: scratch.worths,
  });
}

function createScratch(trainer: Mappo): Scratch {
  const { kernel, market, config } = trainer;
  const cells = market.paths * config.nodes;
  const wide = market.paths * Math.max(config.nodes, ACTIONS);
  const floats = (count: number): number => kernel.alloc(count * FLOAT);
  const made: Scratch = {
    values: floats(cells),
    returns: floats(cells),
    next: floats(config.steps * cells),
    nodePositions: floats(cells),
    positions: floats(market.paths * ACTIONS),
    kept: config.agents.map(() => floats(market.paths)),
    worths: floats(wide * ACTIONS),
    drawn: config.returns === 'forecast' ? floats(config.steps * market.paths) : market.returns,
  };
  kernel
    .f32(made.nodePositions, cells)
    .forEach((_, i, all) => (all[i] = (2 * (i % config.nodes)) / (config.nodes - 1) - 1));
  return made;
}
