// On-policy experience: every agent acts on every path, and generalised advantages judge what was done.

import type { Experience, Mappo } from './mappo.ts';
import { ACTIONS } from './market.ts';

const FLOAT = 4;

/** Scratch of one trainer. */
interface Scratch {
  /** f32[paths, nodes] */
  readonly tables: number;
  /** f32[steps + 1, paths] */
  readonly values: number;
  /** f32[steps, paths] */
  readonly rewards: number;
  readonly advantages: number;
}

/** Plays the stretch that the market has prepared and fills the batch. */
export function rolloutExperience(trainer: Mappo): Experience {
  const { kernel, batch, config } = trainer;
  const scratch = {
    tables: kernel.alloc(batch.paths * config.nodes * FLOAT),
    values: kernel.alloc((batch.rows + batch.paths) * FLOAT),
    rewards: kernel.alloc(batch.rows * FLOAT),
    advantages: kernel.alloc(batch.rows * FLOAT),
  };
  return {
    collect: () => collectRollout(trainer, scratch),
    handOn: (agent, next) => handOn(trainer, agent, next),
  };
}

/** Gives the next agent the advantages weighted by π_new/π_old of this one's actions (Kuba et al. 2022). */
function handOn({ kernel, batch, team }: Mappo, agent: number, next: number): void {
  const [seat, data, heir] = [team.seats[agent], batch.agents[agent], batch.agents[next]];
  if (!seat || !data || !heir) return;
  kernel.f32(heir.advantages, batch.rows).set(kernel.f32(data.advantages, batch.rows));
  for (let row = 0; row < batch.rows; row += batch.paths) {
    const at = row * FLOAT;
    const logits = seat.actor.forward(data.rows + at * seat.width, batch.paths);
    kernel.raw.logSoftmax(logits, seat.logP, batch.paths, ACTIONS);
    kernel.raw.pickColumns(seat.logP, data.actions + at, batch.scratch, batch.paths, ACTIONS);
    kernel.raw.scaleByRatio(heir.advantages + at, batch.scratch, data.oldLogP + at, batch.paths);
  }
}

/** Advantages as in Schulman et al. 2016; the same for all agents, who share the reward. */
function collectRollout(trainer: Mappo, held: Scratch): void {
  const { kernel, market, team, batch, config } = trainer;
  const { raw } = kernel;
  const { paths } = market;
  const last = batch.positions + batch.rows * FLOAT;
  kernel.f32(batch.positions, paths).set(kernel.f32(last, paths));
  for (let step = 0; step <= config.steps; step++) {
    const at = step * paths * FLOAT;
    const features = market.features + at * market.width;
    const positions = batch.positions + at;
    trainer.valueTables(features, paths, held.tables);
    raw.nodeValues(held.tables, config.nodes, positions, paths, held.values + at);
    if (step === config.steps) break;
    team.choose(features, positions, 1, paths);
    team.seats.forEach((seat, i) => {
      const data = batch.agents[i];
      if (!data) return;
      const { width } = seat;
      kernel.f32(data.rows + at * width, paths * width).set(kernel.f32(seat.rows, paths * width));
      kernel.i32(data.actions + at, paths).set(kernel.i32(seat.actions, paths));
      raw.pickColumns(seat.logP, seat.actions, data.oldLogP + at, paths, ACTIONS);
    });
    market.play(step, team.joint(), positions, positions + paths * FLOAT, held.rewards + at);
  }
  const { gamma, lambda, steps } = config;
  const out = [held.advantages, batch.targets] as const;
  raw.generalisedAdvantages(held.rewards, held.values, steps, paths, gamma, lambda, ...out);
  for (const data of batch.agents) {
    kernel.f32(data.advantages, batch.rows).set(kernel.f32(held.advantages, batch.rows));
  }
}
