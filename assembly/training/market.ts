// The planted market: an autoregressive forecast x hidden in noise, of which the optimum is known. Prices do
// not react to positions, so any position can be valued on the same path.

import { cosTurns, sinTurns } from '../math/circular';
import { log } from '../math/elementary';
import { expf } from '../math/single';
import { rngUniform } from '../random';

/** Features of one bar, f32 each: r, its averages over 4, 12 and 24 bars, |r|, and x where it is shown. */
export const MARKET_FEATURES: i32 = 6;

/** One path. */
@unmanaged
class MarketState {
  /** Forecast of the pending return. */
  x: f64;
  average4: f64;
  average12: f64;
  average24: f64;
  /** Last return seen. */
  last: f64;
  /** Kalman forecast of the pending return from returns alone. */
  belief: f64;
  /** The return that the next step reveals. */
  pending: f64;
}
const STATE_BYTES: usize = 56;

/** Bytes of n paths. */
export function marketBytes(n: i32): usize {
  return <usize>n * STATE_BYTES;
}

/** Starts n paths from the stationary law. */
export function marketInit(state: usize, n: i32, spread: f64, rng: usize): void {
  memory.fill(state, 0, marketBytes(n));
  for (let i = 0; i < n; i++) {
    const path = changetype<MarketState>(state);
    drawPair(rng);
    path.x = spread * normalA;
    path.pending = path.x + normalB;
    state += STATE_BYTES;
  }
}

/**
 * One bar for n paths: reveals the pending return, moves x' = φx + s√(1 − φ²)ε, r' = x' + η.
 *
 * @param gain      steady Kalman gain
 * @param returns   f32[n] the revealed return, earned by the position held into this bar
 * @param expected  f32[n] its expectation given x
 */
export function marketStep(
  state: usize,
  n: i32,
  phi: f64,
  spread: f64,
  gain: f64,
  rng: usize,
  returns: usize,
  expected: usize,
): void {
  const noise = spread * Math.sqrt(1.0 - phi * phi);
  for (let i = 0; i < n; i++) {
    const path = changetype<MarketState>(state);
    const r = path.pending;
    store<f32>(returns, <f32>r);
    store<f32>(expected, <f32>path.x);
    path.last = r;
    path.average4 += (r - path.average4) / 4.0;
    path.average12 += (r - path.average12) / 12.0;
    path.average24 += (r - path.average24) / 24.0;
    path.belief = phi * (path.belief + gain * (r - path.belief));
    drawPair(rng);
    path.x = phi * path.x + noise * normalA;
    path.pending = path.x + normalB;
    state += STATE_BYTES;
    returns += 4;
    expected += 4;
  }
}

/**
 * Rows of MARKET_FEATURES floats, scaled to about 1; shown: 0 hides x, 1 shows it, 2 leaks the next return.
 */
export function marketFeatures(state: usize, n: i32, shown: i32, out: usize): void {
  for (let i = 0; i < n; i++) {
    const path = changetype<MarketState>(state);
    store<f32>(out, <f32>(0.5 * path.last));
    store<f32>(out, <f32>(2.0 * path.average4), 4);
    store<f32>(out, <f32>(3.0 * path.average12), 8);
    store<f32>(out, <f32>(4.0 * path.average24), 12);
    store<f32>(out, <f32>(0.5 * abs(path.last)), 16);
    store<f32>(out, <f32>(shown == 1 ? 4.0 * path.x : shown == 2 ? path.pending : 0.0), 20);
    state += STATE_BYTES;
    out += <usize>MARKET_FEATURES << 2;
  }
}

/** out f32[n]: what the best forecast knows, x itself or the Kalman belief. */
export function marketForecast(state: usize, n: i32, shown: i32, out: usize): void {
  for (let i = 0; i < n; i++) {
    const path = changetype<MarketState>(state);
    store<f32>(out, <f32>(shown == 1 ? path.x : path.belief));
    state += STATE_BYTES;
    out += 4;
  }
}

/** Position after a joint action: one agent chooses it; three choose direction, size and share of the way. */
@inline
function positionAfter(position: f64, agents: i32, first: i32, second: i32, third: i32): f64 {
  const direction = <f64>(first - 2) * 0.5;
  if (agents == 1) return direction;
  return position + <f64>third * 0.25 * (direction * <f64>second * 0.25 - position);
}

/** targets f32[n] of the joint actions i32[n] each; unused agents pass any address. */
export function targetsOf(
  positions: usize,
  agents: i32,
  first: usize,
  second: usize,
  third: usize,
  targets: usize,
  n: i32,
): void {
  for (let i = <usize>0; i < <usize>n << 2; i += 4) {
    const position = <f64>load<f32>(positions + i);
    store<f32>(
      targets + i,
      <f32>positionAfter(position, agents, load<i32>(first + i), load<i32>(second + i), load<i32>(third + i)),
    );
  }
}

/** rewards f32[n] = q·r − cost·|q − p| − ½·risk·q² for moving from p to q; either may be overwritten. */
export function settle(
  positions: usize,
  targets: usize,
  returns: usize,
  n: i32,
  cost: f64,
  risk: f64,
  rewards: usize,
): void {
  for (let i = <usize>0; i < <usize>n << 2; i += 4) {
    const q = <f64>load<f32>(targets + i);
    const paid = cost * abs(q - <f64>load<f32>(positions + i)) + 0.5 * risk * q * q;
    store<f32>(rewards + i, <f32>(q * <f64>load<f32>(returns + i) - paid));
  }
}

/** Value at a position between nodes −1 … 1, linear. */
@inline
function between(table: usize, nodes: i32, position: f64): f64 {
  const at = (position + 1.0) * 0.5 * <f64>(nodes - 1);
  const low = max(0, min(nodes - 2, <i32>at));
  const weight = at - <f64>low;
  const cell = table + (<usize>low << 2);
  return (1.0 - weight) * <f64>load<f32>(cell) + weight * <f64>load<f32>(cell, 4);
}

/** values f32[rows] of tables f32[rows, nodes] at the positions f32[rows]. */
export function nodeValues(tables: usize, nodes: i32, positions: usize, rows: i32, values: usize): void {
  for (let i = 0; i < rows; i++) {
    store<f32>(values, <f32>between(tables, nodes, <f64>load<f32>(positions)));
    tables += <usize>nodes << 2;
    positions += 4;
    values += 4;
  }
}

/** Mean of ½(table at position − target)² over rows; dTables gets its gradient, on two nodes of each row. */
export function nodeLoss(
  tables: usize,
  nodes: i32,
  positions: usize,
  targets: usize,
  rows: i32,
  dTables: usize,
): f64 {
  let sum: f64 = 0;
  memory.fill(dTables, 0, <usize>(rows * nodes) << 2);
  for (let i = 0; i < rows; i++) {
    const position = <f64>load<f32>(positions);
    const d = between(tables, nodes, position) - <f64>load<f32>(targets);
    const at = (position + 1.0) * 0.5 * <f64>(nodes - 1);
    const low = max(0, min(nodes - 2, <i32>at));
    const weight = at - <f64>low;
    const cell = dTables + (<usize>low << 2);
    store<f32>(cell, <f32>((d * (1.0 - weight)) / <f64>rows));
    store<f32>(cell, <f32>((d * weight) / <f64>rows), 4);
    sum += 0.5 * d * d;
    tables += <usize>nodes << 2;
    dTables += <usize>nodes << 2;
    positions += 4;
    targets += 4;
  }
  return sum / <f64>rows;
}

/**
 * Worth of each of the last agent's five actions, the earlier agents' actions given: q[rows, 5] = reward +
 * γ·next(target). Row i belongs to bar i / repeat of returns f32[] and next f32[, nodes].
 */
export function actionWorths(
  positions: usize,
  agents: i32,
  first: usize,
  second: usize,
  returns: usize,
  next: usize,
  nodes: i32,
  repeat: i32,
  rows: i32,
  cost: f64,
  risk: f64,
  gamma: f64,
  worths: usize,
): void {
  for (let i = 0; i < rows; i++) {
    const bar = <usize>(i / repeat);
    const table = next + ((bar * <usize>nodes) << 2);
    const r = <f64>load<f32>(returns + (bar << 2));
    const p = <f64>load<f32>(positions);
    for (let action = 0; action < 5; action++) {
      const q =
        agents == 1
          ? positionAfter(p, 1, action, 0, 0)
          : positionAfter(p, agents, load<i32>(first), load<i32>(second), action);
      const paid = cost * abs(q - p) + 0.5 * risk * q * q;
      store<f32>(worths + (<usize>action << 2), <f32>(q * r - paid + gamma * between(table, nodes, q)));
    }
    positions += 4;
    first += 4;
    second += 4;
    worths += 20;
  }
}

/** means f32[rows] = Σ e^logP · worths over n actions. */
export function meanWorths(worths: usize, logP: usize, rows: i32, n: i32, means: usize): void {
  for (let i = 0; i < rows; i++) {
    store<f32>(means, <f32>meanOf(worths, logP, n));
    worths += <usize>n << 2;
    logP += <usize>n << 2;
    means += 4;
  }
}

/** worths −= their mean under logP, in place: advantages. */
export function centreWorths(worths: usize, logP: usize, rows: i32, n: i32): void {
  for (let i = 0; i < rows; i++) {
    const mean = meanOf(worths, logP, n);
    for (let j = 0; j < n; j++) {
      const at = worths + (<usize>j << 2);
      store<f32>(at, <f32>(<f64>load<f32>(at) - mean));
    }
    worths += <usize>n << 2;
    logP += <usize>n << 2;
  }
}

@inline
function meanOf(worths: usize, logP: usize, n: i32): f64 {
  let mean: f64 = 0;
  for (let j = 0; j < n; j++) {
    mean += <f64>expf(load<f32>(logP + (<usize>j << 2))) * <f64>load<f32>(worths + (<usize>j << 2));
  }
  return mean;
}

let normalA: f64 = 0;
let normalB: f64 = 0;

/** Two standard normals from two uniforms (Box & Muller 1958); handed over in globals, never kept. */
function drawPair(rng: usize): void {
  const radius = Math.sqrt(-2.0 * log(1.0 - rngUniform(rng)));
  const turn = rngUniform(rng);
  normalA = radius * cosTurns(turn);
  normalB = radius * sinTurns(turn);
}
