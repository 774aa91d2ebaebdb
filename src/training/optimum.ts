// What is possible in a planted market: value iteration over forecast × position, and the myopic rule.

import type { TrainingKernel } from '../wasm/training.ts';
import { steadyGain } from './planted-market.ts';
import type { PlantedSpec } from './planted-market.ts';

/** Discount, positions and forecast grid of the reference optimum. */
export const GAMMA = 0.99;
const POSITIONS = 21;
const FORECASTS = 81;
const SWEEPS_MAX = 3000;
const TOLERANCE = 1e-9;

/** A rule from forecast and position to the next position, both in −1..1. */
export type Rule = (forecast: number, position: number) => number;

/**
 * The best rule for a market, by value iteration.
 *
 * @returns a rule that rounds forecast and position to the grid
 * @source  Bellman 1957; the belief of the hidden markets follows an AR(1) with the Kalman innovations
 */
export function optimalRule(kernel: TrainingKernel, spec: PlantedSpec): Rule {
  if (spec.spread === 0) return () => 0;
  const gain = steadyGain(spec);
  const square = spec.phi * spec.phi;
  const shock = spec.shown
    ? spec.spread * Math.sqrt(1 - square)
    : spec.phi * gain * Math.sqrt(1 / (1 - gain));
  const reach = 4 * (shock / Math.sqrt(1 - square));
  const width = (2 * reach) / (FORECASTS - 1);
  const forecasts = Float64Array.from({ length: FORECASTS }, (_, i) => i * width - reach);
  const moves = transitions(kernel, forecasts, width, spec.phi, shock);
  const policy = iterate(spec, forecasts, moves);
  return (forecast, position) => {
    const row = clamp(Math.round((forecast + reach) / width), FORECASTS - 1);
    const column = clamp(Math.round((position + 1) * 0.5 * (POSITIONS - 1)), POSITIONS - 1);
    return positionOf(policy[row * POSITIONS + column] ?? 0);
  };
}

/** The rule that looks one bar ahead and ignores costs: sign of the forecast, or forecast/λ within ±1. */
export function myopicRule(spec: PlantedSpec): Rule {
  if (spec.spread === 0) return () => 0;
  if (spec.risk === 0) return (forecast) => (forecast > 0 ? 1 : -1);
  return (forecast) => Math.max(-1, Math.min(1, forecast / spec.risk));
}

function positionOf(index: number): number {
  return (2 * index) / (POSITIONS - 1) - 1;
}

function clamp(index: number, last: number): number {
  return Math.max(0, Math.min(last, index));
}

interface Moves {
  readonly first: number;
  readonly weights: Float64Array;
}

/** Probability of each next forecast cell, without the cells below 1e-9. */
function transitions(
  kernel: TrainingKernel,
  forecasts: Float64Array,
  width: number,
  phi: number,
  shock: number,
): Moves[] {
  return [...forecasts].map((from) => {
    const below = (edge: number): number => kernel.raw.normalCdf((edge - phi * from) / shock);
    const masses = [...forecasts].map((to, j) => {
      const high = j === FORECASTS - 1 ? 1 : below(to + width / 2);
      return high - (j === 0 ? 0 : below(to - width / 2));
    });
    const first = masses.findIndex((mass) => mass > 1e-9);
    const last = masses.findLastIndex((mass) => mass > 1e-9);
    return { first, weights: Float64Array.from(masses.slice(first, last + 1)) };
  });
}

function iterate(spec: PlantedSpec, forecasts: Float64Array, moves: readonly Moves[]): Int32Array {
  const cells = FORECASTS * POSITIONS;
  const policy = new Int32Array(cells);
  let values = new Float64Array(cells);
  let next = new Float64Array(cells);
  const ahead = new Float64Array(POSITIONS);
  for (let sweep = 0; sweep < SWEEPS_MAX; sweep++) {
    let change = 0;
    for (let i = 0; i < FORECASTS; i++) {
      expectAhead(moves[i] as Moves, values, ahead);
      for (let q = 0; q < POSITIONS; q++) {
        const held = positionOf(q);
        ahead[q] =
          GAMMA * (ahead[q] as number) + held * (forecasts[i] as number) - 0.5 * spec.risk * held * held;
      }
      for (let p = 0; p < POSITIONS; p++) {
        let best = -Infinity;
        for (let q = 0; q < POSITIONS; q++) {
          const worth = (ahead[q] as number) - (spec.cost * 2 * Math.abs(q - p)) / (POSITIONS - 1);
          if (worth > best) {
            best = worth;
            policy[i * POSITIONS + p] = q;
          }
        }
        change = Math.max(change, Math.abs(best - (values[i * POSITIONS + p] as number)));
        next[i * POSITIONS + p] = best;
      }
    }
    [values, next] = [next, values];
    if (change < TOLERANCE) break;
  }
  return policy;
}

function expectAhead(moves: Moves, values: Float64Array, out: Float64Array): void {
  out.fill(0);
  for (let j = 0; j < moves.weights.length; j++) {
    const weight = moves.weights[j] as number;
    const row = (moves.first + j) * POSITIONS;
    for (let q = 0; q < POSITIONS; q++) out[q] = (out[q] as number) + weight * (values[row + q] as number);
  }
}
