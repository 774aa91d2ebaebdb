// Three small optimisers over action sequences: random search, finite differences, and separable CMA-ES.

import type { Uniform } from './attacks.ts';

/** Value of an action sequence, to be made large. */
export type Objective = (genes: Float64Array) => number;

/** A search from a first point; it improves `genes` in place and returns the best value. */
export type Search = (genes: Float64Array, objective: Objective, normal: Uniform) => number;

/** Random search: independent normal steps around the best point. */
export function randomSearch(genes: Float64Array, objective: Objective, normal: Uniform): number {
  const ROUNDS = 24;
  const STEP = 0.25;
  let best = objective(genes);
  const trial = new Float64Array(genes.length);
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < genes.length; i++) trial[i] = genes[i]! + STEP * normal();
    best = keepBetter(genes, trial, best, objective);
  }
  return best;
}

/** Steepest ascent on central-difference gradients, with the step halved where it does not help. */
export function finiteDifferences(genes: Float64Array, objective: Objective, _normal: Uniform): number {
  const ROUNDS = 2;
  const WIDTH = 0.05;
  let step = 0.3;
  let best = objective(genes);
  const slope = new Float64Array(genes.length);
  const trial = new Float64Array(genes.length);
  for (let round = 0; round < ROUNDS; round++) {
    let square = 0;
    for (let i = 0; i < genes.length; i++) {
      trial.set(genes);
      trial[i] = genes[i]! + WIDTH;
      const up = objective(trial);
      trial[i] = genes[i]! - WIDTH;
      slope[i] = up - objective(trial);
      square += slope[i]! * slope[i]!;
    }
    if (square === 0) return best;
    for (let i = 0; i < genes.length; i++) trial[i] = genes[i]! + (step * slope[i]!) / Math.sqrt(square);
    const before = best;
    best = keepBetter(genes, trial, best, objective);
    if (best === before) step /= 2;
  }
  return best;
}

/**
 * Separable CMA-ES: one variance per gene, cumulative step-size adaptation.
 *
 * @source Ros & Hansen 2008, with the default constants of Hansen 2016
 */
export function evolutionStrategy(genes: Float64Array, objective: Objective, normal: Uniform): number {
  const GENERATIONS = 8;
  const n = genes.length;
  const size = 4 + Math.floor(3 * Math.log(n));
  const parents = size >> 1;
  const weight = recombination(parents);
  const mass = 1 / weight.reduce((sum, w) => sum + w * w, 0);
  const cSigma = (mass + 2) / (n + mass + 5);
  const damping = 1 + cSigma + 2 * Math.max(0, Math.sqrt((mass - 1) / (n + 1)) - 1);
  const cPath = (4 + mass / n) / (n + 4 + (2 * mass) / n);
  const cRank = Math.min(1, ((n + 2) / 3) * Math.min(1, (2 * mass) / ((n + 2) ** 2 + mass)));
  const chi = Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));
  let sigma = 0.3;
  let best = objective(genes);
  const mean = genes.slice();
  const variance = new Float64Array(n).fill(1);
  const pathSigma = new Float64Array(n);
  const path = new Float64Array(n);
  for (let generation = 0; generation < GENERATIONS; generation++) {
    const brood = Array.from({ length: size }, () => {
      const z = Float64Array.from(mean, normal);
      const x = z.map((value, i) => mean[i]! + sigma * Math.sqrt(variance[i]!) * value);
      return { z, x, value: objective(x) };
    }).toSorted((a, b) => b.value - a.value);
    if (brood[0]!.value > best) {
      best = brood[0]!.value;
      genes.set(brood[0]!.x);
    }
    let length = 0;
    for (let i = 0; i < n; i++) {
      const z = weight.reduce((sum, w, k) => sum + w * brood[k]!.z[i]!, 0);
      const spread = weight.reduce((sum, w, k) => sum + w * brood[k]!.z[i]! ** 2, 0);
      const deviation = Math.sqrt(variance[i]!);
      mean[i] = mean[i]! + sigma * deviation * z;
      pathSigma[i] = (1 - cSigma) * pathSigma[i]! + Math.sqrt(cSigma * (2 - cSigma) * mass) * z;
      path[i] = (1 - cPath) * path[i]! + Math.sqrt(cPath * (2 - cPath) * mass) * deviation * z;
      variance[i] = Math.max(
        1e-8,
        variance[i]! * (1 - cRank) + cRank * (path[i]! ** 2 / mass + (1 - 1 / mass) * variance[i]! * spread),
      );
      length += pathSigma[i]! ** 2;
    }
    sigma = Math.min(2, sigma * Math.exp((cSigma / damping) * (Math.sqrt(length) / chi - 1)));
  }
  return best;
}

/** The searches by name. */
export const SEARCHES: readonly { readonly name: string; readonly search: Search }[] = [
  { name: 'random', search: randomSearch },
  { name: 'finite differences', search: finiteDifferences },
  { name: 'CMA-ES', search: evolutionStrategy },
];

function recombination(parents: number): number[] {
  const raw = Array.from({ length: parents }, (_, k) => Math.log(parents + 0.5) - Math.log(k + 1));
  const sum = raw.reduce((total, w) => total + w, 0);
  return raw.map((w) => w / sum);
}

function keepBetter(genes: Float64Array, trial: Float64Array, best: number, objective: Objective): number {
  const value = objective(trial);
  if (!(value > best)) return best;
  genes.set(trial);
  return value;
}
