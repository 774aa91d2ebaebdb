// The myopic rule of a ridge regression, refitted as it walks forward: what one gets from past returns alone,
// without any agent. Reported beside a run, never a gate.

import type { Session } from '../market/session.ts';
import type { MathAbi } from '../wasm/abi.ts';
import type { Bars } from './experiment.ts';
import { rowsOf } from './rows.ts';
import { walkForward } from './splits.ts';
import type { Range } from './splits.ts';

/** Rows ahead that are forecast, and for how long a forecast is held. */
export const HORIZON = 12;
/** Rows that the longest feature looks back. */
export const LOOK_BACK = 48;
const TRAIN_ROWS = 2_000;
const TEST_ROWS = 240;
/** Rows after a test whose features still look into it. */
const EMBARGO = LOOK_BACK;
/** Features of a row. */
export const FEATURES = 7;
/** Penalty in units of the number of rows, on standardised features. */
const PENALTY = 0.1;

/** How the rule was fitted. */
export interface RidgeWalk {
  /** Fits on rows that end before their tests, 12 rows of labels and 48 of features left out between them. */
  readonly fits: number;
  /** f64[bars] wanted after each bar: −1, 0 or 1 times equity. */
  readonly exposure: Float64Array;
}

/**
 * Walks forward over the 30m rows: fit on 2,000, leave out what overlaps, forecast 240, step on.
 *
 * @param math  pass `kernel.raw`
 * @param cost  share of the value paid at each change: a forecast below two of them is not traded
 */
export function ridgeWalk(math: Pick<MathAbi, 'log'>, bars: Bars, session: Session, cost: number): RidgeWalk {
  const rows = rowsOf(bars, session);
  const logs = Float64Array.from(rows.close, (close) => math.log(close));
  const features = featuresOf(logs);
  const exposure = new Float64Array(bars.rows);
  const splits = walkForward(logs.length, {
    train: TRAIN_ROWS,
    test: TEST_ROWS,
    purge: HORIZON,
    embargo: EMBARGO,
    anchored: false,
  });
  for (const { train, test } of splits) {
    const model = fit(features, logs, train[0]!);
    let held = 0;
    let until = 0;
    for (let row = test[0]!.from; row < test[0]!.to; row++) {
      const forecast = predict(model, features, row);
      const wanted = Math.abs(forecast) > 2 * cost ? Math.sign(forecast) : 0;
      if (wanted !== 0 && wanted !== held) [held, until] = [wanted, row + HORIZON];
      else if (wanted === held && held !== 0) until = row + HORIZON;
      else if (row >= until) held = 0;
      const end = row + 1 < rows.bar.length ? (rows.bar[row + 1] as number) : bars.rows;
      exposure.fill(held, rows.bar[row], end);
    }
  }
  return { fits: splits.length, exposure };
}

/**
 * Returns over 1, 2, 4, 12 and 48 rows, distance from the 48-row mean, size of the last move.
 *
 * @param logs  f64[rows] logarithms of closes
 * @returns     f64[rows][7], zeros in the first 48 rows
 */
export function featuresOf(logs: Float64Array): Float64Array {
  const features = new Float64Array(logs.length * FEATURES);
  let sum = 0;
  for (let row = 0; row < logs.length; row++) {
    const now = logs[row] as number;
    sum += now - (row >= LOOK_BACK ? (logs[row - LOOK_BACK] as number) : 0);
    if (row < LOOK_BACK) continue;
    const since = (lag: number): number => now - (logs[row - lag] as number);
    const values = [since(1), since(2), since(4), since(12), since(48), now - sum / LOOK_BACK];
    features.set([...values, Math.abs(since(1))], row * FEATURES);
  }
  return features;
}

interface Ridge {
  readonly mean: Float64Array;
  readonly scale: Float64Array;
  readonly weight: Float64Array;
  readonly offset: number;
}

/** Normal equations on standardised features, solved by Cholesky. */
function fit(features: Float64Array, logs: Float64Array, range: Range): Ridge {
  const from = Math.max(range.from, LOOK_BACK);
  const count = range.to - from;
  const mean = new Float64Array(FEATURES);
  const scale = new Float64Array(FEATURES);
  for (let k = 0; k < FEATURES; k++) {
    let [sum, square] = [0, 0];
    for (let row = from; row < range.to; row++) {
      const value = features[row * FEATURES + k] as number;
      sum += value;
      square += value * value;
    }
    mean[k] = sum / count;
    scale[k] = Math.sqrt(Math.max(1e-30, square / count - (mean[k] as number) * (mean[k] as number)));
  }
  const gram = new Float64Array(FEATURES * FEATURES);
  const right = new Float64Array(FEATURES);
  const x = new Float64Array(FEATURES);
  let offset = 0;
  for (let row = from; row < range.to; row++) {
    const label = (logs[row + HORIZON] as number) - (logs[row] as number);
    offset += label / count;
    standardise(x, features, row, mean, scale);
    for (let i = 0; i < FEATURES; i++) {
      right[i] = (right[i] as number) + (x[i] as number) * label;
      for (let j = 0; j <= i; j++) {
        gram[i * FEATURES + j] = (gram[i * FEATURES + j] as number) + (x[i] as number) * (x[j] as number);
      }
    }
  }
  for (let i = 0; i < FEATURES; i++) {
    gram[i * FEATURES + i] = (gram[i * FEATURES + i] as number) + PENALTY * count;
  }
  return { mean, scale, weight: solve(gram, right), offset };
}

function predict({ mean, scale, weight, offset }: Ridge, features: Float64Array, row: number): number {
  const x = standardise(new Float64Array(FEATURES), features, row, mean, scale);
  return x.reduce((sum, value, k) => sum + value * (weight[k] as number), offset);
}

function standardise(
  into: Float64Array,
  features: Float64Array,
  row: number,
  mean: Float64Array,
  scale: Float64Array,
): Float64Array {
  for (let k = 0; k < FEATURES; k++) {
    into[k] = ((features[row * FEATURES + k] as number) - (mean[k] as number)) / (scale[k] as number);
  }
  return into;
}

/**
 * Solves a symmetric positive definite system given by its lower triangle; both arguments are overwritten.
 */
function solve(lower: Float64Array, right: Float64Array): Float64Array {
  const n = right.length;
  const at = (i: number, j: number): number => lower[i * n + j] as number;
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = at(i, j);
      for (let k = 0; k < j; k++) sum -= at(i, k) * at(j, k);
      lower[i * n + j] = i === j ? Math.sqrt(sum) : sum / at(j, j);
    }
  }
  for (let i = 0; i < n; i++) {
    let sum = right[i] as number;
    for (let k = 0; k < i; k++) sum -= at(i, k) * (right[k] as number);
    right[i] = sum / at(i, i);
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = right[i] as number;
    for (let k = i + 1; k < n; k++) sum -= at(k, i) * (right[k] as number);
    right[i] = sum / at(i, i);
  }
  return right;
}
