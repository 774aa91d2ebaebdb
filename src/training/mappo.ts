// MAPPO: every agent has its own actor, one critic sees the whole market. Collect, value, update; the order
// of the file is the order of the paper (Yu et al. 2022), with HAPPO's sequential update as an option.

import type { TrainingKernel } from '../wasm/training.ts';
import { counterfactualCollector } from './counterfactual.ts';
import type { Network } from './network.ts';
import { rolloutCollector } from './rollout.ts';
import { createBatch } from './batch.ts';
import type { Batch } from './batch.ts';
import { ACTIONS } from './market.ts';
import type { Market } from './market.ts';
import { perceptron, Team } from './team.ts';
import type { AgentSpec } from './team.ts';

/** Settings of a trainer. */
export interface MappoConfig {
  readonly agents: readonly AgentSpec[];
  readonly criticHidden: readonly number[];
  /** Positions at which the critic answers, from −1 to 1; linear between. */
  readonly nodes: number;
  readonly gamma: number;
  readonly lambda: number;
  /**
   * Bound of a step: on |ratio − 1| for 'gae', on |Δ ln π| for 'counterfactual', where a tight bound counts
   * votes instead of worths and trades too much.
   */
  readonly clip: number;
  /**
   * Weight of the entropy bonus for 'gae'; share of ln π forgotten in each update for 'counterfactual'. Falls
   * to 0 with the square of what is left.
   */
  readonly entropy: number;
  /** 'counterfactual' only: step in ln π per standard deviation of the advantages, before it is bounded. */
  readonly gain: number;
  readonly epochs: number;
  readonly minibatch: number;
  /** Bars per update on each path. */
  readonly steps: number;
  /** Adam's step at the start; falls with progress. */
  readonly rate: number;
  readonly criticRate: number;
  readonly normMax: number;
  /**
   * 'gae': the actions taken, on the paths they led to. 'counterfactual': every action and every position on
   * the same bars, right only where prices do not react to positions.
   */
  readonly advantage: 'gae' | 'counterfactual';
  /**
   * Whether counterfactual worths use the return drawn or the critic's forecast of it, learnt from earlier
   * bars alone: a biased critic against the noise of one draw.
   */
  readonly returns: 'drawn' | 'forecast';
  /**
   * 'sequential': an agent's update reckons with what the agents before it just learnt (Kuba et al. 2022).
   */
  readonly order: 'simultaneous' | 'sequential';
}

/** What one update did, per agent in roster order. */
export interface UpdateReport {
  readonly entropy: readonly number[];
  readonly divergence: readonly number[];
  readonly clipped: readonly number[];
  readonly valueLoss: number;
  readonly bars: number;
}

const FLOAT = 4;
const FORECAST_HIDDEN = [32] as const;
/** How much of the running scale of values an update keeps. */
const VALUE_MEMORY = 0.95;
/** Share of the rate that is left at the end. */
const RATE_FLOOR = 0.05;

/** A team in training on one market. Same kernel, seed and progress: same bits, on every host. */
export class Mappo {
  readonly config: MappoConfig;
  readonly kernel: TrainingKernel;
  readonly market: Market;
  readonly team: Team;
  readonly critic: Network;
  /** The critic's forecast of a bar's return from what was seen before it. */
  readonly forecaster: Network;
  readonly batch: Batch;
  readonly rng: number;
  /**
   * Running mean, mean square, mean square of the differences between positions, and weight of the targets.
   */
  readonly valueScale = { mean: 0, square: 0, apart: 0, weight: 0 };
  private readonly collect: () => void;

  constructor(kernel: TrainingKernel, market: Market, config: MappoConfig, seed: number) {
    this.config = config;
    this.kernel = kernel;
    this.market = market;
    this.rng = kernel.alloc(FLOAT);
    kernel.raw.rngInit(this.rng, seed);
    const rowsMax = Math.max(market.paths * Math.max(config.nodes, ACTIONS), config.minibatch, 1024);
    this.team = new Team(kernel, config.agents, market.width, rowsMax, this.rng);
    const widths = { input: market.width, hidden: config.criticHidden, output: config.nodes };
    this.critic = perceptron(kernel, widths, 0.1, rowsMax, this.rng);
    const reading = { input: market.width, hidden: FORECAST_HIDDEN, output: 1 };
    this.forecaster = perceptron(kernel, reading, 0.01, rowsMax, this.rng);
    this.batch = createBatch(kernel, this.team, market.paths, config);
    const counterfactual = config.advantage === 'counterfactual';
    this.collect = counterfactual ? counterfactualCollector(this) : rolloutCollector(this);
  }

  /** One update. @param progress share of the training that is behind, 0..1: anneals rate and entropy */
  update(progress: number): UpdateReport {
    this.market.advance(this.config.steps);
    this.collect();
    this.normaliseTargets();
    const left = 1 - progress;
    const anneal = Math.max(RATE_FLOOR, left);
    const agents = this.team.seats.map((_, i) => i);
    const statistics =
      this.config.order === 'sequential'
        ? this.updateInTurn(agents, anneal, left)
        : agents.map((agent) => this.updateActor(agent, anneal, left));
    const valueLoss = this.updateCritic(anneal);
    if (this.config.returns === 'forecast') this.updateForecaster(anneal);
    return {
      entropy: statistics.map((row) => row[1] ?? 0),
      divergence: statistics.map((row) => row[2] ?? 0),
      clipped: statistics.map((row) => row[3] ?? 0),
      valueLoss,
      bars: this.batch.rows,
    };
  }

  /**
   * The critic's scale so far: what all positions of a bar share, and what sets them apart, which is far
   * smaller and decides every trade, are each predicted in units of their own deviation.
   */
  valueMoments(): { readonly mean: number; readonly deviation: number; readonly apart: number } {
    const { mean, square, apart, weight } = this.valueScale;
    if (weight === 0) return { mean: 0, deviation: 1, apart: 1 };
    const centre = mean / weight;
    const deviation = Math.sqrt(Math.max(square / weight - centre * centre, 1e-8));
    const whole = this.config.advantage === 'counterfactual';
    const own = whole ? Math.sqrt(Math.max(apart / weight, 1e-8)) : deviation;
    return { mean: centre, deviation, apart: own };
  }

  /** Value tables f32[rows, nodes] in units of reward. */
  valueTables(features: number, rows: number, out: number): void {
    const { mean, deviation, apart } = this.valueMoments();
    const tables = this.critic.forward(features, rows);
    const shift = -mean / deviation;
    this.kernel.raw.rescaleTables(tables, out, rows, this.config.nodes, shift, deviation, apart);
  }

  /** Value normalisation (Yu et al. 2022, section 5.1): moves the running scale, then puts targets on it. */
  private normaliseTargets(): void {
    const { batch, valueScale, kernel, config } = this;
    const { targets, targetCount, scratch, rows } = batch;
    const { raw } = kernel;
    raw.momentsOf(targets, targetCount, scratch);
    const [mean = 0, deviation = 0] = kernel.f64(scratch, 2);
    const whole = config.advantage === 'counterfactual';
    let apart = 0;
    if (whole) {
      raw.rescaleTables(targets, batch.apart, rows, config.nodes, 0, 0, 1);
      raw.momentsOf(batch.apart, targetCount, scratch);
      apart = kernel.f64(scratch, 2)[1] ?? 0;
    }
    const fresh = 1 - VALUE_MEMORY;
    valueScale.mean = VALUE_MEMORY * valueScale.mean + fresh * mean;
    valueScale.square = VALUE_MEMORY * valueScale.square + fresh * (mean * mean + deviation * deviation);
    valueScale.apart = VALUE_MEMORY * valueScale.apart + fresh * apart * apart;
    valueScale.weight = VALUE_MEMORY * valueScale.weight + fresh;
    const now = this.valueMoments();
    const scale = 1 / now.deviation;
    if (whole) raw.rescaleTables(targets, targets, rows, config.nodes, now.mean, scale, 1 / now.apart);
    else raw.rescale(targets, targets, targetCount, now.mean, scale);
  }

  /** HAPPO: a drawn order; each agent's advantage is weighted by how the earlier ones' policies moved. */
  private updateInTurn(agents: number[], anneal: number, left: number): (readonly number[])[] {
    const { kernel, batch } = this;
    kernel.raw.shuffle(batch.order, agents.length, this.rng);
    const statistics: (readonly number[])[] = [];
    const turns = [...kernel.i32(batch.order, agents.length)];
    turns.forEach((agent, turn) => {
      statistics[agent] = this.updateActor(agent, anneal, left);
      const next = turns[turn + 1];
      if (next !== undefined && this.config.advantage === 'gae') this.handOn(agent, next);
    });
    return statistics;
  }

  /** Gives the next agent the advantages weighted by π_new/π_old of this one's actions. */
  private handOn(agent: number, next: number): void {
    const { kernel, batch, team } = this;
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

  /**
   * PPO on one actor (Schulman et al. 2017), or mirror descent where every action's advantage is known;
   * advantages are normalised in each minibatch.
   */
  private updateActor(agent: number, anneal: number, left: number): readonly number[] {
    const { kernel, batch, config } = this;
    const { raw } = kernel;
    const [seat, data] = [this.team.seats[agent], batch.agents[agent]];
    if (!seat || !data) return [];
    const wide = config.advantage === 'counterfactual' ? ACTIONS : 1;
    this.minibatches((index, size) => {
      raw.gatherRows(data.rows, index, batch.input, size, seat.width);
      raw.gatherRows(data.oldLogP, index, batch.oldLogP, size, wide);
      raw.gatherRows(data.advantages, index, batch.advantages, size, wide);
      raw.momentsOf(batch.advantages, size * wide, batch.scratch);
      const [mean = 0, deviation = 0] = kernel.f64(batch.scratch, 2);
      const scale = (wide === 1 ? 1 : config.gain) / (deviation + 1e-8);
      raw.rescale(batch.advantages, batch.advantages, size * wide, wide === 1 ? mean : 0, scale);
      raw.logSoftmax(seat.actor.forward(batch.input, size), seat.logP, size, ACTIONS);
      const bonus = config.entropy * left * left;
      const out = [seat.actor.outputGradient, batch.scratch] as const;
      const old = [batch.oldLogP, batch.advantages, config.clip, bonus] as const;
      if (wide === 1) {
        raw.gatherRows(data.actions, index, batch.actions, size, 1);
        raw.ppoCategorical(seat.logP, size, ACTIONS, batch.actions, ...old, ...out);
      } else raw.mirrorStep(seat.logP, size, ACTIONS, ...old, ...out);
      seat.actor.backward(size);
      seat.actor.step({ rate: config.rate * anneal, normMax: config.normMax });
    });
    return [...kernel.f64(batch.scratch, 4)];
  }

  /** The critic's regression on the λ-returns. */
  private updateCritic(anneal: number): number {
    const { batch, config, critic } = this;
    const { raw } = this.kernel;
    const wide = config.advantage === 'counterfactual' ? config.nodes : 1;
    let loss = 0;
    this.minibatches((index, size) => {
      raw.gatherRows(this.market.features, index, batch.input, size, this.market.width);
      raw.gatherRows(batch.targets, index, batch.values, size, wide);
      const tables = critic.forward(batch.input, size);
      if (wide === 1) {
        raw.gatherRows(batch.positions, index, batch.oldLogP, size, 1);
        loss = raw.nodeLoss(tables, config.nodes, batch.oldLogP, batch.values, size, critic.outputGradient);
      } else loss = raw.valueLoss(tables, batch.values, size * wide, 1, critic.outputGradient);
      critic.backward(size);
      critic.step({ rate: config.criticRate * anneal, normMax: config.normMax });
    });
    return loss;
  }

  /** Regression of the return on what was seen before it; one pass, because the noise dwarfs the signal. */
  private updateForecaster(anneal: number): void {
    const { batch, config, forecaster, market } = this;
    const { raw } = this.kernel;
    this.minibatches((index, size) => {
      raw.gatherRows(market.features, index, batch.input, size, market.width);
      raw.gatherRows(market.returns, index, batch.values, size, 1);
      const forecasts = forecaster.forward(batch.input, size);
      raw.valueLoss(forecasts, batch.values, size, 1, forecaster.outputGradient);
      forecaster.backward(size);
      forecaster.step({ rate: config.criticRate * anneal, normMax: config.normMax });
    }, 1);
  }

  private minibatches(work: (index: number, size: number) => void, epochs = this.config.epochs): void {
    const { batch, config } = this;
    const size = Math.min(config.minibatch, batch.rows);
    for (let epoch = 0; epoch < epochs; epoch++) {
      this.kernel.raw.shuffle(batch.order, batch.rows, this.rng);
      for (let start = 0; start + size <= batch.rows; start += size) work(batch.order + start * FLOAT, size);
    }
  }
}
