// The engine's own market as a trainer sees it: many paths at seeded random places of one tape, one step a
// 30m bar. A step of 30 minutes and not of five because both matrices, the regime and the spread are new at
// its close, and an order's six bars of life end within it, so that position and features are the whole
// state.

import { GrandModelError } from '../core/errors.ts';
import { DEFAULT_LIMITS } from '../risk/limits.ts';
import type { TrainingKernel } from '../wasm/training.ts';
import { ENGINE_FEATURES } from './engine-tape.ts';
import type { EngineTape } from './engine-tape.ts';
import type { JointActions, Market, WorthsRequest } from './market.ts';

/**
 * The account that trades: starting cash in quote units, the share of it that a position of 1 is worth where
 * a path begins, and the bound of the utility in risk budgets. On the simulated market a position of 1 takes
 * about three bars to fill.
 */
export const ENGINE_ACCOUNT = { equity: 100_000, exposure: 0.25, bound: 3 } as const;

/** Risk budget as a share of equity: the per-trade loss limit. */
export const RISK_BUDGET = DEFAULT_LIMITS.perTradeLossPpm / 1_000_000;

const FLOAT = 4;
const DOUBLE = 8;
const MICRO = 1_000_000;

/** Paths over one tape. */
export class EngineMarket implements Market {
  readonly paths: number;
  readonly width = ENGINE_FEATURES.length;
  readonly stepsMax: number;
  readonly features: number;
  readonly returns: number;
  /** F64[paths]: net profit of the last `play` in risk budgets. */
  readonly net: number;
  readonly tape: EngineTape;
  readonly kernel: TrainingKernel;
  private readonly header: number;
  private readonly places: number;
  private readonly decisions: Int32Array;
  private readonly seeds: Uint32Array;
  private readonly rng: number;
  /** Decisions at which a stretch of stepsMax may begin, by segment: how many up to and with it. */
  private readonly room: readonly number[];

  /** @throws GrandModelError BAD_INPUT when no segment of the tape holds a stretch */
  constructor(
    kernel: TrainingKernel,
    tape: EngineTape,
    options: {
      readonly paths: number;
      readonly stepsMax: number;
      readonly seed: number;
    },
  ) {
    const { paths, stepsMax, seed } = options;
    this.kernel = kernel;
    this.tape = tape;
    this.paths = paths;
    this.stepsMax = stepsMax;
    this.features = kernel.alloc((stepsMax + 1) * paths * this.width * FLOAT);
    this.returns = kernel.alloc(stepsMax * paths * FLOAT);
    this.net = kernel.alloc(paths * DOUBLE);
    this.header = placedTape(kernel, tape);
    this.places = kernel.alloc(kernel.raw.enginePathBytes(paths));
    this.decisions = new Int32Array(paths);
    this.seeds = new Uint32Array(paths);
    this.rng = kernel.alloc(FLOAT);
    kernel.raw.rngInit(this.rng, seed);
    let sum = 0;
    this.room = tape.segments.map(({ from, to }) => (sum += Math.max(0, to - from - stepsMax)));
    if (sum > 0) return;
    const decisions = tape.decisions.length;
    const found = `${decisions} decisions on the tape, no run of ${stepsMax + 1} without a hole`;
    throw new GrandModelError('BAD_INPUT', `Cannot train: ${found}`, { decisions, steps: stepsMax });
  }

  /** Puts every path on a place drawn anew and shows the next `steps` bars from there. */
  advance(steps: number): void {
    const { raw } = this.kernel;
    for (let path = 0; path < this.paths; path++) {
      const draw = Math.floor(raw.rngUniform(this.rng) * this.room.at(-1)!);
      const segment = this.room.findIndex((end) => draw < end);
      const before = segment === 0 ? 0 : this.room[segment - 1]!;
      this.place(path, this.tape.segments[segment]!.from + draw - before, raw.rngNext(this.rng));
    }
    this.show(steps);
  }

  /**
   * Puts a path on a decision; 1 is worth `exposure` of the equity there until it is put elsewhere.
   *
   * @param seed  of the latencies of its orders: step k draws from seed + k
   */
  place(path: number, decision: number, seed: number): void {
    const lots = lotsOf(this.tape, decision);
    this.decisions[path] = decision;
    this.seeds[path] = seed;
    this.kernel.raw.enginePlace(this.places, path, decision, lots, seed);
  }

  /** Where a path was put. */
  decisionOf(path: number): number {
    return this.decisions[path]!;
  }

  /** Seed of a path's latencies. */
  seedOf(path: number): number {
    return this.seeds[path]!;
  }

  /** Features and returns of `steps` steps from where the paths are. */
  show(steps: number): void {
    const { paths, width } = this;
    for (let step = 0; step <= steps; step++) {
      const at = step * paths * FLOAT;
      const returns = step < steps ? this.returns + at : 0;
      const features = this.features + at * width;
      this.kernel.raw.engineScene(this.header, this.places, paths, step, features, returns);
    }
  }

  /** Sends the orders of the joint actions through the pessimistic fills of the step's bars. */
  play(step: number, joint: JointActions, positions: number, after: number, rewards: number): void {
    const { agents, first, second, third } = joint;
    this.kernel.raw.enginePlay(
      ...[this.header, this.places, this.paths, step, agents, first, second, third],
      ...([positions, after, rewards, this.net] as const),
    );
  }

  /** Plays every action of the last agent on the same bars with the same latencies. */
  worths(request: WorthsRequest): void {
    const { step, joint, positions, returns, next, nodes, repeat, rows, gamma, out } = request;
    this.kernel.raw.engineWorths(
      ...[this.header, this.places, step, joint.agents, joint.first, joint.second],
      ...([positions, returns, next, nodes, repeat, rows, gamma, out] as const),
    );
  }

  /** The generator; the tape is made again from its source. */
  save(): Uint8Array {
    return new Uint8Array(this.kernel.raw.memory.buffer, this.rng, FLOAT).slice();
  }

  /** Takes back what `save` gave. */
  restore(saved: Uint8Array): void {
    new Uint8Array(this.kernel.raw.memory.buffer, this.rng, FLOAT).set(saved);
  }
}

/** Lots of position 1 at a decision: `exposure` of the equity at its close, at least one. */
export function lotsOf(tape: EngineTape, decision: number): number {
  const close = tape.prices[4 * tape.decisions[decision]! + 3]!;
  const money = ENGINE_ACCOUNT.exposure * ENGINE_ACCOUNT.equity * MICRO;
  return Math.max(1, Math.floor(money / (close * tape.tickMicro)));
}

/** Root mean square gain of position 1 over a step, in risk budgets, on the tape's segments. */
function typicalReturn(tape: EngineTape): number {
  let [sum, count] = [0, 0];
  for (const { from, to } of tape.segments) {
    for (let k = from; k + 1 < to; k++) {
      const close = tape.prices[4 * tape.decisions[k]! + 3]!;
      const next = tape.prices[4 * tape.decisions[k + 1]! + 3]!;
      const gain = (ENGINE_ACCOUNT.exposure * (next / close - 1)) / RISK_BUDGET;
      sum += gain * gain;
      count++;
    }
  }
  return sum > 0 ? Math.sqrt(sum / count) : 1;
}

/** Headers of the tapes that lie in a kernel already. */
const placed = new WeakMap<TrainingKernel, WeakMap<EngineTape, number>>();

function placedTape(kernel: TrainingKernel, tape: EngineTape): number {
  const here = placed.get(kernel) ?? new WeakMap<EngineTape, number>();
  placed.set(kernel, here);
  const header = here.get(tape) ?? placeTape(kernel, tape);
  here.set(tape, header);
  return header;
}

function placeTape(kernel: TrainingKernel, tape: EngineTape): number {
  const { raw } = kernel;
  const { equity, exposure, bound } = ENGINE_ACCOUNT;
  const ints = (values: Int32Array): number => {
    const at = kernel.alloc(values.length * FLOAT);
    kernel.i32(at, values.length).set(values);
    return at;
  };
  const doubles = (values: Float64Array): number => {
    const at = kernel.alloc(values.length * DOUBLE);
    kernel.f64(at, values.length).set(values);
    return at;
  };
  const features = kernel.alloc(tape.features.length * FLOAT);
  kernel.f32(features, tape.features.length).set(tape.features);
  const header = kernel.alloc(raw.engineTapeBytes());
  raw.engineTapeInit(
    ...[header, ints(tape.prices), doubles(tape.volumes), doubles(tape.conditions)],
    ...[ints(tape.decisions), ints(tape.leans), features, ENGINE_FEATURES.length],
    ...[tape.noVolume ? 1 : 0, tape.tickMicro, tape.feePpm, RISK_BUDGET * equity * MICRO],
    ...([bound, exposure, typicalReturn(tape)] as const),
  );
  return header;
}
