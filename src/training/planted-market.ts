// Planted markets: worlds whose optimum is known, so that an agent's score is a fraction of the possible.

import { GrandModelError } from '../core/errors.ts';
import type { TrainingKernel } from '../wasm/training.ts';
import type { JointActions, Market, WorthsRequest } from './market.ts';

/** A planted market: x' = φx + s√(1 − φ²)ε, r' = x + η, reward q·r' − cost·|Δq| − ½·risk·q². */
export interface PlantedSpec {
  readonly phi: number;
  /** Standard deviation of x; the return's noise has 1. */
  readonly spread: number;
  readonly cost: number;
  /** Price λ of a position's square. */
  readonly risk: number;
  /** Whether the agents see x. */
  readonly shown: boolean;
}

const FULL: PlantedSpec = { phi: 0.95, spread: 0.3, cost: 0.2, risk: 0, shown: true };
const HARD: PlantedSpec = { phi: 0.98, spread: 0.1, cost: 0.1, risk: 0, shown: false };

/** The markets by name. */
export const PLANTED_MARKETS = {
  full: FULL,
  part: { ...FULL, shown: false },
  hard: HARD,
  full3: { ...FULL, cost: 0.1, risk: 0.5 },
  part3: { ...FULL, cost: 0.1, risk: 0.3, shown: false },
  hard3: { ...HARD, cost: 0.05, risk: 0.05 },
  null: { ...FULL, spread: 0 },
} as const satisfies Readonly<Record<string, PlantedSpec>>;

/** Name of a planted market. */
export type PlantedName = keyof typeof PLANTED_MARKETS;

/** Floats of one bar's features. */
export const MARKET_WIDTH = 6;

const FLOAT = 4;
const WARM_UP = 100;

/**
 * The market of a name.
 *
 * @throws GrandModelError BAD_ARGUMENT for a name that is none of them
 */
export function plantedMarket(name: string): PlantedSpec {
  const found = Object.entries(PLANTED_MARKETS).find(([known]) => known === name);
  if (!found) {
    const names = Object.keys(PLANTED_MARKETS).join(' ');
    throw new GrandModelError('BAD_ARGUMENT', `No planted market "${name}"; there are ${names}`, { name });
  }
  return found[1];
}

/** Steady Kalman gain of the forecast from returns alone (noise variance 1). */
export function steadyGain(spec: PlantedSpec): number {
  const square = spec.phi * spec.phi;
  let variance = spec.spread * spec.spread;
  for (let i = 0; i < 10_000; i++) {
    const kept = (1 - variance / (variance + 1)) * variance;
    variance = square * kept + (1 - square) * spec.spread * spec.spread;
  }
  return variance / (variance + 1);
}

/** targets f32[rows]: where joint actions move positions in a planted market. */
export function plantedTargets(
  kernel: TrainingKernel,
  joint: JointActions,
  positions: number,
  targets: number,
  rows: number,
): void {
  const { agents, first, second, third } = joint;
  kernel.raw.targetsOf(positions, agents, first, second, third, targets, rows);
}

/** n paths of one market, a stretch of bars at a time. */
export class PlantedMarket implements Market {
  readonly spec: PlantedSpec;
  readonly paths: number;
  readonly width = MARKET_WIDTH;
  readonly stepsMax: number;
  /** f32[steps + 1, paths, MARKET_WIDTH]: what is seen before each bar, and after the last. */
  readonly features: number;
  /** f32[steps, paths]: the return of each bar, and its expectation. */
  readonly returns: number;
  readonly expected: number;
  private readonly kernel: TrainingKernel;
  private readonly state: number;
  private readonly rng: number;
  private readonly gain: number;
  private readonly shown: number;

  /** @param leak show the next return instead of x: the canary that a harness must notice */
  constructor(
    kernel: TrainingKernel,
    spec: PlantedSpec,
    paths: number,
    stepsMax: number,
    seed: number,
    leak = false,
  ) {
    const { raw } = kernel;
    this.kernel = kernel;
    this.spec = spec;
    this.paths = paths;
    this.stepsMax = stepsMax;
    this.features = kernel.alloc((stepsMax + 1) * paths * MARKET_WIDTH * FLOAT);
    this.returns = kernel.alloc(stepsMax * paths * FLOAT);
    this.expected = kernel.alloc(stepsMax * paths * FLOAT);
    this.state = kernel.alloc(raw.marketBytes(paths));
    this.rng = kernel.alloc(FLOAT);
    this.gain = steadyGain(spec);
    this.shown = leak ? 2 : spec.shown ? 1 : 0;
    raw.rngInit(this.rng, seed);
    raw.marketInit(this.state, paths, spec.spread, this.rng);
    for (let i = 0; i < WARM_UP; i++) this.step(0);
  }

  /** Makes the next stretch; its first features are the last ones of the stretch before. */
  advance(steps: number): void {
    for (let step = 0; step <= steps; step++) {
      const at = this.features + step * this.paths * MARKET_WIDTH * FLOAT;
      this.kernel.raw.marketFeatures(this.state, this.paths, this.shown, at);
      if (step < steps) this.step(step);
    }
  }

  /** Moves to where the joint actions point; costs by distance and by the square of the position. */
  play(step: number, joint: JointActions, positions: number, after: number, rewards: number): void {
    const { kernel, paths, spec } = this;
    plantedTargets(kernel, joint, positions, after, paths);
    const returns = this.returns + step * paths * FLOAT;
    kernel.raw.settle(positions, after, returns, paths, spec.cost, spec.risk, rewards);
  }

  /** Reward and what follows of every action of the last agent. */
  worths(request: WorthsRequest): void {
    const { joint, positions, returns, next, nodes, repeat, rows, gamma, out } = request;
    this.kernel.raw.actionWorths(
      ...[positions, joint.agents, joint.first, joint.second, returns, next, nodes, repeat, rows],
      ...([this.spec.cost, this.spec.risk, gamma, out] as const),
    );
  }

  /** f32[paths]: the forecast that the best player has. */
  forecast(out: number): void {
    this.kernel.raw.marketForecast(this.state, this.paths, this.spec.shown ? 1 : 0, out);
  }

  /** Paths and generator, for a checkpoint. */
  save(): Uint8Array {
    return new Uint8Array(this.bytes()).slice();
  }

  /** Takes back what `save` gave. */
  restore(saved: Uint8Array): void {
    this.bytes().set(saved);
  }

  private bytes(): Uint8Array {
    const end = this.rng + FLOAT;
    return new Uint8Array(this.kernel.raw.memory.buffer, this.state, end - this.state);
  }

  private step(row: number): void {
    const at = row * this.paths * FLOAT;
    const { spec, state, paths, gain, rng } = this;
    this.kernel.raw.marketStep(
      ...[state, paths, spec.phi, spec.spread, gain, rng, this.returns + at, this.expected + at],
    );
  }
}
