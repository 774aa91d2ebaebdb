// Fits one voter: fixed emphasis on columns, fixed temporal basis, ridge multinomial regression folded into
// one Gemm.

import type { Kernel } from '../wasm/kernel.ts';
import { fitLogistic } from './logistic.ts';
import type { Samples } from './logistic.ts';
import type { MarketSamples } from './market-features.ts';
import { shapeOf, weights, writeOnnx } from './onnx-writer.ts';
import { BASIS_ROWS, temporalBasis } from './temporal-basis.ts';

/** What makes one voter different from another. */
export interface VoterRecipe {
  readonly agent: string;
  readonly rows: number;
  readonly columns: number;
  /**
   * Multiplier of each column, known before the fit: where this voter looks. The ridge holds the rest back.
   */
  readonly priors: readonly number[];
  /** Ridge penalty on standardised features. */
  readonly ridge: number;
}

/** A fitted voter as numbers of its graph. */
export interface FittedVoter {
  /** f32[BASIS_ROWS · columns × 3], for the projected and emphasised features. */
  readonly gemm: Float32Array;
  readonly bias: Float32Array;
  readonly steps: number;
}

/** How a fitted voter does on samples. */
export interface VoterMetrics {
  readonly samples: number;
  /** Mean −ln p(label). */
  readonly log_loss: number;
  /** The same for constant probabilities equal to the class shares of these samples. */
  readonly log_loss_of_base_rates: number;
  readonly accuracy: number;
  readonly accuracy_of_commonest_class: number;
  readonly share_short: number;
  readonly share_hold: number;
  readonly share_long: number;
  /** Share of argmaxes that are SHORT or LONG. */
  readonly share_directional_votes: number;
  /** Share of SHORT and LONG argmaxes whose label is the same, among those whose label is SHORT or LONG. */
  readonly directional_accuracy: number;
}

const SPREAD_MIN = 1e-9;

/**
 * Fits a recipe on samples.
 *
 * @param samples  projected matrices and labels, from `sampleMarket`
 */
export function fitVoter(kernel: Kernel, recipe: VoterRecipe, samples: MarketSamples): FittedVoter {
  const { mean, spread } = moments(samples);
  const prior = (feature: number): number => recipe.priors[feature % recipe.columns] as number;
  const { width, count } = samples;
  const scaled: Samples = { count, width, labels: samples.labels, features: new Float64Array(count * width) };
  for (let n = 0; n < count; n++) {
    for (let f = 0; f < width; f++) {
      const centred = (samples.features[n * width + f] as number) - (mean[f] as number);
      scaled.features[n * width + f] = (prior(f) * centred) / (spread[f] as number);
    }
  }
  const fit = fitLogistic(scaled, recipe.ridge, kernel.raw);
  const gemm = new Float32Array(width * 3);
  const bias = new Float32Array(3);
  for (let c = 0; c < 3; c++) {
    let offset = fit.bias[c] as number;
    for (let f = 0; f < width; f++) {
      const weight = (fit.weights[c * width + f] as number) / (spread[f] as number);
      gemm[f * 3 + c] = weight;
      offset -= weight * prior(f) * (mean[f] as number);
    }
    bias[c] = offset;
  }
  return { gemm, bias, steps: fit.steps };
}

/** The voter as an .onnx file: Mul by the priors, MatMul by the basis, Reshape, Gemm, Softmax. */
export function voterFile(kernel: Kernel, recipe: VoterRecipe, fitted: FittedVoter): Uint8Array {
  const { rows, columns } = recipe;
  const width = BASIS_ROWS * columns;
  return writeOnnx({
    name: recipe.agent,
    input: { name: 'matrix', dims: [1, rows, columns] },
    outputs: [
      { name: 'probabilities', dims: [1, 3] },
      { name: 'logits', dims: [1, 3] },
    ],
    initializers: [
      weights('prior', [columns], Float32Array.from(recipe.priors)),
      weights('basis', [BASIS_ROWS, rows], temporalBasis(kernel, rows)),
      shapeOf('flat', [1, width]),
      weights('weight', [width, 3], fitted.gemm),
      weights('bias', [3], fitted.bias),
    ],
    nodes: [
      { operator: 'Mul', inputs: ['matrix', 'prior'], output: 'emphasised' },
      { operator: 'MatMul', inputs: ['basis', 'emphasised'], output: 'projected' },
      { operator: 'Reshape', inputs: ['projected', 'flat'], output: 'features' },
      { operator: 'Gemm', inputs: ['features', 'weight', 'bias'], output: 'logits' },
      { operator: 'Softmax', inputs: ['logits'], output: 'probabilities', attributes: { axis: -1 } },
    ],
    metadata: { agent: recipe.agent, classes: 'SHORT HOLD LONG', data: 'simulated market' },
  });
}

/** Parameters that the fit chose; the basis and the priors are fixed. */
export function parameterCount(recipe: VoterRecipe): number {
  return 3 * (BASIS_ROWS * recipe.columns + 1);
}

/** Measures a fitted voter on samples it was not fitted on. */
export function measureVoter(
  kernel: Kernel,
  recipe: VoterRecipe,
  fitted: FittedVoter,
  samples: MarketSamples,
): VoterMetrics {
  const { exp, log } = kernel.raw;
  const shares = [0, 0, 0];
  let loss = 0;
  let right = 0;
  let directional = 0;
  let judged = 0;
  let judgedRight = 0;
  for (let n = 0; n < samples.count; n++) {
    const p = scoresOf(recipe, fitted, samples, n);
    const top = Math.max(p[0], p[1], p[2]);
    const label = samples.labels[n] as 0 | 1 | 2;
    const sum = exp(p[0] - top) + exp(p[1] - top) + exp(p[2] - top);
    loss += log(sum) - (p[label] - top);
    const vote = p[1] === top ? 1 : p[0] === top ? 0 : 2;
    shares[label] = (shares[label] as number) + 1;
    if (vote === label) right++;
    if (vote !== 1) directional++;
    if (vote !== 1 && label !== 1) {
      judged++;
      if (vote === label) judgedRight++;
    }
  }
  const [short, hold, long] = shares.map((share) => share / samples.count) as [number, number, number];
  const entropy = [short, hold, long].reduce((sum, share) => sum - (share > 0 ? share * log(share) : 0), 0);
  const metrics = {
    samples: samples.count,
    log_loss: loss / samples.count,
    log_loss_of_base_rates: entropy,
    accuracy: right / samples.count,
    accuracy_of_commonest_class: Math.max(short, hold, long),
    share_short: short,
    share_hold: hold,
    share_long: long,
    share_directional_votes: directional / samples.count,
    directional_accuracy: judged > 0 ? judgedRight / judged : 0,
  };
  return metrics;
}

function scoresOf(
  recipe: VoterRecipe,
  fitted: FittedVoter,
  samples: MarketSamples,
  n: number,
): [number, number, number] {
  const scores: [number, number, number] = [
    fitted.bias[0] as number,
    fitted.bias[1] as number,
    fitted.bias[2] as number,
  ];
  for (let f = 0; f < samples.width; f++) {
    const x =
      (recipe.priors[f % recipe.columns] as number) * (samples.features[n * samples.width + f] as number);
    for (let c = 0; c < 3; c++) scores[c as 0 | 1 | 2] += x * (fitted.gemm[f * 3 + c] as number);
  }
  return scores;
}

function moments(samples: MarketSamples): { mean: Float64Array; spread: Float64Array } {
  const { width, count, features } = samples;
  const mean = new Float64Array(width);
  const spread = new Float64Array(width);
  for (let n = 0; n < count; n++) {
    for (let f = 0; f < width; f++) mean[f] = (mean[f] as number) + (features[n * width + f] as number);
  }
  for (let f = 0; f < width; f++) mean[f] = (mean[f] as number) / count;
  for (let n = 0; n < count; n++) {
    for (let f = 0; f < width; f++) {
      const d = (features[n * width + f] as number) - (mean[f] as number);
      spread[f] = (spread[f] as number) + d * d;
    }
  }
  // A feature that never moves keeps the scale 1, so that its weight stays at 0 and nothing is divided by 0.
  for (let f = 0; f < width; f++) {
    const deviation = Math.sqrt((spread[f] as number) / count);
    spread[f] = deviation > SPREAD_MIN ? deviation : 1;
  }
  return { mean, spread };
}
