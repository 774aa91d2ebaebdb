// Past rows as a market to train in: paths walk through a stretch of a file from different places, and a
// position earns the row's return less what its change cost.

import { GrandModelError } from '../core/errors.ts';
import type { Range } from '../backtest/splits.ts';
import { nextUniform } from '../execution/paper-broker.ts';
import type { JointActions, Market } from '../training/market.ts';
import { plantedTargets } from '../training/planted-market.ts';
import type { TrainingKernel } from '../wasm/training.ts';

/** Rows to walk through. */
export interface Tape {
  /** f64[rows] logarithms of closes. */
  readonly logs: Float64Array;
  /** f64[rows][width] known at each row's close. */
  readonly features: Float64Array;
  /**
   * Rows that may be seen; a position taken at row t earns the return to t + 1, which must lie inside too.
   */
  readonly range: Range;
}

const FLOAT = 4;
/** Standard deviations at which a feature and a return are cut. */
const CUT = 5;

/** A market of past rows; features and returns are in units of their deviation over the range. */
export class TapeMarket implements Market {
  readonly paths: number;
  readonly width: number;
  readonly features: number;
  readonly returns: number;
  private readonly kernel: TrainingKernel;
  private readonly tape: Tape;
  private readonly mean: Float64Array;
  private readonly scale: Float64Array;
  private readonly deviation: number;
  private readonly cost: number;
  private readonly row: Int32Array;
  private readonly stream: { random: number };

  /** @param cost share of the value paid per unit of change, as the returns' logarithms */
  constructor(
    kernel: TrainingKernel,
    tape: Tape,
    width: number,
    cost: number,
    paths: number,
    stepsMax: number,
    seed: number,
  ) {
    this.kernel = kernel;
    this.tape = tape;
    this.width = width;
    this.paths = paths;
    this.features = kernel.alloc((stepsMax + 1) * paths * width * FLOAT);
    this.returns = kernel.alloc(stepsMax * paths * FLOAT);
    const { from, to } = tape.range;
    const columns = Array.from({ length: width }, (_, k) =>
      momentsAt(from, to, (row) => tape.features[row * width + k] as number),
    );
    this.mean = Float64Array.from(columns, ({ mean }) => mean);
    this.scale = Float64Array.from(columns, ({ deviation }) => deviation);
    this.deviation = momentsAt(from, to - 1, (row) => this.move(row)).deviation;
    this.cost = cost / this.deviation;
    this.stream = { random: seed >>> 0 };
    this.row = Int32Array.from({ length: paths }, () => this.start(stepsMax));
  }

  /** A row's features as the agent sees them. */
  standardised(values: Float64Array): Float64Array {
    return values.map((value, k) => cut((value - (this.mean[k] as number)) / (this.scale[k] as number)));
  }

  advance(steps: number): void {
    const { paths, width, tape, kernel } = this;
    const seen = kernel.f32(this.features, (steps + 1) * paths * width);
    const earned = kernel.f32(this.returns, steps * paths);
    for (let path = 0; path < paths; path++) {
      // a path at the end of the range goes on somewhere else; it keeps its position
      if ((this.row[path] as number) + steps + 1 >= tape.range.to) this.row[path] = this.start(steps);
      for (let step = 0; step <= steps; step++) {
        const row = (this.row[path] as number) + step;
        const values = tape.features.subarray(row * width, (row + 1) * width);
        seen.set(this.standardised(values), (step * paths + path) * width);
        if (step < steps) earned[step * paths + path] = cut(this.move(row) / this.deviation);
      }
      this.row[path] = (this.row[path] as number) + steps;
    }
  }

  play(step: number, joint: JointActions, positions: number, after: number, rewards: number): void {
    const { kernel, paths, returns, cost } = this;
    plantedTargets(kernel, joint, positions, after, paths);
    kernel.raw.settle(positions, after, returns + step * paths * FLOAT, paths, cost, 0, rewards);
  }

  worths(): void {
    throw new GrandModelError('UNSUPPORTED', 'A tape values only what was done: train with gae', {});
  }

  /** Where every path stands, and the generator. */
  save(): Uint8Array {
    return new Uint8Array(Uint32Array.of(...this.row, this.stream.random).buffer);
  }

  restore(saved: Uint8Array): void {
    const words = new Uint32Array(saved.slice().buffer);
    this.row.set(words.subarray(0, this.paths));
    this.stream.random = words[this.paths] as number;
  }

  /** Log return from a row's close to the next. */
  private move(row: number): number {
    return (this.tape.logs[row + 1] as number) - (this.tape.logs[row] as number);
  }

  private start(steps: number): number {
    const { from, to } = this.tape.range;
    return from + Math.floor(nextUniform(this.stream) * Math.max(1, to - from - steps - 1));
  }
}

function cut(value: number): number {
  return Math.max(-CUT, Math.min(CUT, value));
}

function momentsAt(
  from: number,
  to: number,
  at: (row: number) => number,
): { mean: number; deviation: number } {
  let [sum, square] = [0, 0];
  for (let row = from; row < to; row++) {
    const value = at(row);
    sum += value;
    square += value * value;
  }
  const mean = sum / (to - from);
  return { mean, deviation: Math.sqrt(Math.max(1e-30, square / (to - from) - mean * mean)) };
}
