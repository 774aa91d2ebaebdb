// MAPPO: every agent has its own actor, one critic sees the whole market. Collect, value, update; the order
// of the file is the order of the paper (Yu et al. 2022), with HAPPO's sequential update as an option.

import type { TrainingKernel } from '../wasm/training.ts';
import { counterfactualExperience } from './counterfactual.ts';
import { createBatch } from './batch.ts';
import type { Batch } from './batch.ts';
import { Learner } from './learner.ts';
import type { Lesson, LessonSettings } from './learner.ts';
import type { LessonPool, Task } from './lesson-pool.ts';
import type { Network } from './network.ts';
import { rolloutExperience } from './rollout.ts';
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

/** Where an update's rows and advantages come from. */
export interface Experience {
  /** Fills the batch from the stretch that the market has prepared. */
  collect(): void;
  /** Sequential updates: corrects the advantages of `next` by what `agent` just learnt. */
  handOn(agent: number, next: number): void;
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
  /** Draws the start, the experience and the order of turns; what a network shuffles is its learner's own. */
  readonly rng: number;
  /** Actors in roster order, then the critic and its forecaster. */
  readonly learners: readonly Learner[];
  /**
   * Running mean, mean square, mean square of the differences between positions, and weight of the targets.
   */
  readonly valueScale = { mean: 0, square: 0, apart: 0, weight: 0 };
  private readonly experience: Experience;

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
    this.learners = [...this.team.seats.map((seat) => seat.actor), this.critic, this.forecaster].map(
      (network) =>
        new Learner(kernel, network, this.batch.rows, config.minibatch, kernel.raw.rngNext(this.rng)),
    );
    const counterfactual = config.advantage === 'counterfactual';
    this.experience = counterfactual ? counterfactualExperience(this) : rolloutExperience(this);
  }

  /** One update. @param progress share of the training that is behind, 0..1: anneals rate and entropy */
  update(progress: number): UpdateReport {
    const turns = this.turns(progress);
    for (let turn = turns.next(); ;) {
      if (turn.done) return turn.value;
      turn = turns.next(turn.value.map(({ learner, lesson }) => learner.learn(lesson)));
    }
  }

  /** The same update, bit for bit, with the networks spread over workers. */
  async updateIn(pool: LessonPool, progress: number): Promise<UpdateReport> {
    const turns = this.turns(progress);
    for (let turn = turns.next(); ;) {
      if (turn.done) return turn.value;
      turn = turns.next(await pool.learn(turn.value));
    }
  }

  /**
   * An update as turns of tasks that do not depend on each other; takes the statistics of each turn. Once
   * advantages and targets are known every network learns by itself, in one turn; 'sequential' agents wait
   * for each other, whoever works on them.
   */
  private *turns(progress: number): Generator<Task[], UpdateReport, readonly (readonly number[])[]> {
    this.market.advance(this.config.steps);
    this.experience.collect();
    this.normaliseTargets();
    const left = 1 - progress;
    const anneal = Math.max(RATE_FLOOR, left);
    const agents = this.team.seats.map((_, i) => i);
    const actors: (readonly number[])[] = [];
    let values = this.valueTasks(anneal);
    let valueLoss = 0;
    const rounds = this.config.order === 'sequential' ? this.drawTurns(agents) : [agents];
    for (const [turn, learning] of rounds.entries()) {
      const tasks = learning.map((agent) => this.actorTask(agent, anneal, left));
      const found = yield [...tasks, ...values];
      learning.forEach((agent, i) => (actors[agent] = found[i] ?? []));
      if (values.length > 0) valueLoss = found[learning.length]?.[0] ?? 0;
      values = [];
      const [agent, next] = [learning[0], rounds[turn + 1]?.[0]];
      if (agent !== undefined && next !== undefined) this.experience.handOn(agent, next);
    }
    return {
      entropy: actors.map((row) => row[1] ?? 0),
      divergence: actors.map((row) => row[2] ?? 0),
      clipped: actors.map((row) => row[3] ?? 0),
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

  /**
   * HAPPO: a drawn order; each agent's advantage reckons with how the policies before it in the order moved.
   */
  private drawTurns(agents: readonly number[]): number[][] {
    const { kernel, batch } = this;
    kernel.raw.shuffle(batch.scratch, agents.length, this.rng);
    return [...kernel.i32(batch.scratch, agents.length)].map((agent) => [agent]);
  }

  /** PPO on one actor, or mirror descent where every action's advantage is known. */
  private actorTask(agent: number, anneal: number, left: number): Task {
    const { config, batch } = this;
    const data = batch.agents[agent];
    return this.task(agent, {
      ...{ kind: config.advantage === 'counterfactual' ? 'mirror' : 'ppo', rate: config.rate * anneal },
      ...{ inputs: data?.rows, choices: data?.actions, before: data?.oldLogP, targets: data?.advantages },
      entropy: config.entropy * left * left,
    });
  }

  /**
   * The critic's regression on the λ-returns; and, where it is used, the return's on what was seen before it,
   * in one pass, because the noise dwarfs the signal.
   */
  private valueTasks(anneal: number): Task[] {
    const { config, batch, market } = this;
    const rate = config.criticRate * anneal;
    const critic = this.team.seats.length;
    const value = this.task(critic, {
      ...{ kind: config.advantage === 'counterfactual' ? 'tables' : 'nodes', rate },
      ...{ inputs: market.features, choices: batch.positions, targets: batch.targets },
    });
    if (config.returns !== 'forecast') return [value];
    const forecast = { kind: 'tables', rate, epochs: 1 } as const;
    const columns = { inputs: market.features, targets: market.returns };
    return [value, this.task(critic + 1, { ...forecast, ...columns })];
  }

  private task(
    learner: number,
    given: Pick<LessonSettings, 'kind' | 'rate'> &
      Partial<LessonSettings> & { [Column in keyof Lesson['columns']]?: number | undefined },
  ): Task {
    const { minibatch, normMax, clip, gain, epochs } = this.config;
    const { inputs = 0, choices = 0, before = 0, targets = 0, ...settings } = given;
    const found = this.learners[learner] as Learner;
    return {
      learner: found,
      lesson: {
        settings: { minibatch, normMax, clip, gain, epochs, entropy: 0, ...settings },
        rows: this.batch.rows,
        columns: { inputs, choices, before, targets },
      },
    };
  }
}
