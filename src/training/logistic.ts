// Multinomial logistic regression with a ridge penalty, by Newton's method: a convex problem with one answer.

import { GrandModelError } from '../core/errors.ts';

/** Samples in columns of memory: `features` is count × width, row-major; `labels` are class codes. */
export interface Samples {
  readonly count: number;
  readonly width: number;
  readonly features: Float64Array;
  readonly labels: Uint8Array;
}

/** The elementary functions that a fit needs. */
export interface Elementary {
  exp(x: number): number;
  log(x: number): number;
}

/** A fitted model on the given features: scores are bias + weights · features, class by class. */
export interface Logistic {
  /** classes × width, row-major. */
  readonly weights: Float64Array;
  /** One per class. */
  readonly bias: Float64Array;
  readonly steps: number;
  /** Mean log loss with the penalty at the end. */
  readonly objective: number;
}

const CLASSES = 3;
const STEPS_MAX = 25;
const STEP_DONE = 1e-9;

/**
 * Fits p(class) ∝ exp(bias + w · x), minimising the mean log loss plus ridge/2 · |w|²; biases are free and
 * the classes' weights sum to zero at the minimum.
 *
 * @param samples  features should have similar scales: the penalty is the same for each
 * @param ridge    penalty, > 0
 * @param math     exponential and logarithm; pass the kernel's for the same bits on every host
 * @throws         GrandModelError BAD_ARGUMENT without samples or with ridge ≤ 0
 * @source         Newton-Raphson on the softmax likelihood (Böhning 1992), full step with halving
 */
export function fitLogistic(samples: Samples, ridge: number, math: Elementary): Logistic {
  if (!(samples.count > 0 && ridge > 0)) {
    throw new GrandModelError('BAD_ARGUMENT', `Cannot fit: ${samples.count} samples, ridge ${ridge}`, {
      ridge,
    });
  }
  const size = CLASSES * (samples.width + 1);
  let theta: Float64Array = new Float64Array(size);
  let { gradient, hessian, objective } = derivatives(samples, theta, ridge, math);
  let steps = 0;
  while (steps < STEPS_MAX) {
    steps++;
    const direction = solve(hessian, gradient, size);
    let scale = 1;
    let next = stepped(theta, direction, scale);
    let found = derivatives(samples, next, ridge, math);
    while (!(found.objective <= objective) && scale > 1e-4) {
      scale /= 2;
      next = stepped(theta, direction, scale);
      found = derivatives(samples, next, ridge, math);
    }
    const gain = objective - found.objective;
    theta = next;
    ({ gradient, hessian, objective } = found);
    if (!(gain > STEP_DONE)) break;
  }
  return { ...split(theta, samples.width), steps, objective };
}

interface Derivatives {
  readonly gradient: Float64Array;
  readonly hessian: Float64Array;
  readonly objective: number;
}

/**
 * Mean log loss with penalty, its gradient and its Hessian (size × size, all blocks). Layout per class:
 * weights, bias.
 */
function derivatives(samples: Samples, theta: Float64Array, ridge: number, math: Elementary): Derivatives {
  const { count, width, features, labels } = samples;
  const block = width + 1;
  const size = CLASSES * block;
  const gradient = new Float64Array(size);
  // Upper triangles of the six class-pair blocks; every pair shares the outer product of the sample.
  const pairs = new Float64Array(6 * block * block);
  const p = new Float64Array(CLASSES);
  const x = new Float64Array(block);
  x[width] = 1;
  let loss = 0;
  for (let n = 0; n < count; n++) {
    for (let i = 0; i < width; i++) x[i] = features[n * width + i] as number;
    for (let c = 0; c < CLASSES; c++) {
      let score = 0;
      for (let i = 0; i < block; i++) score += (theta[c * block + i] as number) * (x[i] as number);
      p[c] = score;
    }
    loss += lossOf(p, labels[n] as number, math);
    for (let c = 0; c < CLASSES; c++) {
      const error = (p[c] as number) - (labels[n] === c ? 1 : 0);
      for (let i = 0; i < block; i++)
        gradient[c * block + i] = (gradient[c * block + i] as number) + error * (x[i] as number);
    }
    addOuter(pairs, p, x, block);
  }
  return assemble(pairs, gradient, theta, { count, block, ridge, loss });
}

/** −ln p(label), and the scores turned into probabilities. */
function lossOf(scores: Float64Array, label: number, math: Elementary): number {
  let top = scores[0] as number;
  for (let c = 1; c < CLASSES; c++) top = Math.max(top, scores[c] as number);
  const own = (scores[label] as number) - top;
  let sum = 0;
  for (let c = 0; c < CLASSES; c++) sum += scores[c] = math.exp((scores[c] as number) - top);
  for (let c = 0; c < CLASSES; c++) scores[c] = (scores[c] as number) / sum;
  return math.log(sum) - own;
}

function addOuter(pairs: Float64Array, p: Float64Array, x: Float64Array, block: number): void {
  const p0 = p[0] as number;
  const p1 = p[1] as number;
  const p2 = p[2] as number;
  const area = block * block;
  const [w00, w01, w02, w11, w12, w22] = [
    p0 * (1 - p0),
    -p0 * p1,
    -p0 * p2,
    p1 * (1 - p1),
    -p1 * p2,
    p2 * (1 - p2),
  ];
  for (let i = 0; i < block; i++) {
    const xi = x[i] as number;
    if (xi === 0) continue;
    for (let j = i; j < block; j++) {
      const outer = xi * (x[j] as number);
      const at = i * block + j;
      pairs[at] = (pairs[at] as number) + w00 * outer;
      pairs[area + at] = (pairs[area + at] as number) + w01 * outer;
      pairs[2 * area + at] = (pairs[2 * area + at] as number) + w02 * outer;
      pairs[3 * area + at] = (pairs[3 * area + at] as number) + w11 * outer;
      pairs[4 * area + at] = (pairs[4 * area + at] as number) + w12 * outer;
      pairs[5 * area + at] = (pairs[5 * area + at] as number) + w22 * outer;
    }
  }
}

function assemble(
  pairs: Float64Array,
  gradient: Float64Array,
  theta: Float64Array,
  { count, block, ridge, loss }: { count: number; block: number; ridge: number; loss: number },
): Derivatives {
  const size = CLASSES * block;
  const hessian = new Float64Array(size * size);
  const PAIR = [
    [0, 1, 2],
    [1, 3, 4],
    [2, 4, 5],
  ] as const;
  for (let a = 0; a < CLASSES; a++) {
    for (let b = 0; b < CLASSES; b++) {
      const from = ((PAIR[a] as readonly number[])[b] as number) * block * block;
      for (let i = 0; i < block; i++) {
        for (let j = 0; j < block; j++) {
          const at = i <= j ? i * block + j : j * block + i;
          hessian[(a * block + i) * size + b * block + j] = (pairs[from + at] as number) / count;
        }
      }
    }
  }
  let penalty = 0;
  for (let k = 0; k < size; k++) {
    // Free biases leave one direction of the softmax flat; a tiny ridge on them picks its middle.
    const own = k % block === block - 1 ? ridge * 1e-6 : ridge;
    const value = theta[k] as number;
    gradient[k] = (gradient[k] as number) / count + own * value;
    hessian[k * size + k] = (hessian[k * size + k] as number) + own;
    penalty += own * value * value;
  }
  return { gradient, hessian, objective: loss / count + penalty / 2 };
}

function stepped(theta: Float64Array, direction: Float64Array, scale: number): Float64Array {
  return theta.map((value, i) => value - scale * (direction[i] as number));
}

/** Solves a symmetric positive definite system by Cholesky. */
function solve(matrix: Float64Array, right: Float64Array, size: number): Float64Array {
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * size + j] as number;
      for (let k = 0; k < j; k++) sum -= (lower[i * size + k] as number) * (lower[j * size + k] as number);
      lower[i * size + j] = i === j ? Math.sqrt(sum) : sum / (lower[j * size + j] as number);
    }
  }
  const x = right.slice();
  for (let i = 0; i < size; i++) {
    let sum = x[i] as number;
    for (let k = 0; k < i; k++) sum -= (lower[i * size + k] as number) * (x[k] as number);
    x[i] = sum / (lower[i * size + i] as number);
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = x[i] as number;
    for (let k = i + 1; k < size; k++) sum -= (lower[k * size + i] as number) * (x[k] as number);
    x[i] = sum / (lower[i * size + i] as number);
  }
  return x;
}

function split(theta: Float64Array, width: number): { weights: Float64Array; bias: Float64Array } {
  const weights = new Float64Array(CLASSES * width);
  const bias = new Float64Array(CLASSES);
  for (let c = 0; c < CLASSES; c++) {
    for (let i = 0; i < width; i++) weights[c * width + i] = theta[c * (width + 1) + i] as number;
    bias[c] = theta[c * (width + 1) + width] as number;
  }
  return { weights, bias };
}
