// What stands on top of a network: categorical and Gaussian policies with PPO's clipped loss and entropy, and
// the value loss. Sums in f64, rows in order; gradients are already divided by the number of rows.

import { exp, log } from '../math/elementary';
import { rngNormal, rngUniform } from '../random';

/** Below this an action is as good as dead, and a network need not say how dead. */
const LOG_P_MIN: f64 = -12.0;
const HALF_LOG_2PI: f64 = 0.91893853320467274178;

/** Results of a policy loss, f64 each, in this order. */
@unmanaged
class LossStatistics {
  loss: f64;
  entropy: f64;
  /** Mean of ratio − 1 − ln ratio (Schulman's estimate of KL). */
  divergence: f64;
  /** Share of rows whose ratio is outside 1 ± clip. */
  clipped: f64;
}

/** out[rows, n] = ln softmax(logits), which may be out. */
export function logSoftmax(logits: usize, out: usize, rows: i32, n: i32): void {
  const bytes = <usize>n << 2;
  for (let i = 0; i < rows; i++) {
    let top: f32 = -Infinity;
    for (let j = <usize>0; j < bytes; j += 4) top = max(top, load<f32>(logits + j));
    let sum: f64 = 0;
    for (let j = <usize>0; j < bytes; j += 4) sum += exp(<f64>(load<f32>(logits + j) - top));
    const shift = <f64>top + log(sum);
    for (let j = <usize>0; j < bytes; j += 4) store<f32>(out + j, <f32>(<f64>load<f32>(logits + j) - shift));
    logits += bytes;
    out += bytes;
  }
}

/**
 * One action for each row of logP[rows, n], i32[rows]: drawn, or the likeliest (the first of equals) when
 * greedy.
 */
export function chooseActions(logP: usize, rows: i32, n: i32, chosen: usize, rng: usize, greedy: bool): void {
  for (let i = 0; i < rows; i++) {
    let best = 0;
    if (greedy) {
      for (let j = 1; j < n; j++) {
        if (load<f32>(logP + (<usize>j << 2)) > load<f32>(logP + (<usize>best << 2))) best = j;
      }
    } else {
      let left = rngUniform(rng);
      for (best = 0; best < n - 1; best++) {
        left -= exp(<f64>load<f32>(logP + (<usize>best << 2)));
        if (left < 0) break;
      }
    }
    store<i32>(chosen, best);
    logP += <usize>n << 2;
    chosen += 4;
  }
}

/** out[rows] = table[row, index[row]]. */
export function pickColumns(table: usize, index: usize, out: usize, rows: i32, n: i32): void {
  for (let i = 0; i < rows; i++) {
    store<f32>(out, load<f32>(table + (<usize>load<i32>(index) << 2)));
    table += <usize>n << 2;
    index += 4;
    out += 4;
  }
}

/**
 * PPO's clipped surrogate with entropy bonus for a categorical policy.
 *
 * @param logP        f32[rows, n] ln π of the current network
 * @param actions     i32[rows]
 * @param oldLogP     f32[rows] ln π_old of the action taken
 * @param advantages  f32[rows]
 * @param dLogits     f32[rows, n] gradient of the loss by the logits
 * @param statistics  f64[4]: loss, entropy, divergence, share clipped
 * @source            Schulman et al. 2017, eq. 7 and 9
 */
export function ppoCategorical(
  logP: usize,
  rows: i32,
  n: i32,
  actions: usize,
  oldLogP: usize,
  advantages: usize,
  clip: f64,
  entropyWeight: f64,
  dLogits: usize,
  statistics: usize,
): void {
  const share = 1.0 / <f64>rows;
  const result = changetype<LossStatistics>(statistics);
  resetStatistics(result);
  for (let i = 0; i < rows; i++) {
    const action = load<i32>(actions + (<usize>i << 2));
    const slope =
      clippedSurrogate(
        <f64>load<f32>(logP + (<usize>action << 2)) - <f64>load<f32>(oldLogP + (<usize>i << 2)),
        <f64>load<f32>(advantages + (<usize>i << 2)),
        clip,
        result,
      ) * share;
    let entropy: f64 = 0;
    for (let j = 0; j < n; j++) {
      const l = <f64>load<f32>(logP + (<usize>j << 2));
      entropy -= exp(l) * l;
    }
    for (let j = 0; j < n; j++) {
      const l = <f64>load<f32>(logP + (<usize>j << 2));
      const p = exp(l);
      const g = slope * ((j == action ? 1.0 : 0.0) - p) + entropyWeight * share * p * (l + entropy);
      store<f32>(dLogits + (<usize>j << 2), <f32>g);
    }
    result.entropy += entropy;
    logP += <usize>n << 2;
    dLogits += <usize>n << 2;
  }
  finishStatistics(result, rows, entropyWeight);
}

/**
 * Mirror descent with every action's advantage known: half the mean squared distance of the centred ln π to a
 * target, ln π_old · (1 − cooling) + the advantage bounded to ±reach. The step is taken in ln π, so an action
 * that died out comes back as fast as another, and reach bounds the ratio as PPO's clip does.
 *
 * @param oldLogP     f32[rows, n]
 * @param advantages  f32[rows, n], in units of the step
 * @param statistics  f64[4]: loss, entropy, divergence, share of bounded advantages
 * @source            Tomar et al. 2020, mirror descent policy optimisation; softmax natural gradient, Kakade
 *                    2001
 */
export function mirrorStep(
  logP: usize,
  rows: i32,
  n: i32,
  oldLogP: usize,
  advantages: usize,
  reach: f64,
  cooling: f64,
  dLogits: usize,
  statistics: usize,
): void {
  const share = 1.0 / <f64>rows;
  const result = changetype<LossStatistics>(statistics);
  resetStatistics(result);
  for (let i = 0; i < rows; i++) {
    let mean: f64 = 0;
    for (let j = 0; j < n; j++) {
      const at = <usize>j << 2;
      const now = <f64>load<f32>(logP + at);
      const old = <f64>load<f32>(oldLogP + at);
      const advantage = <f64>load<f32>(advantages + at);
      const step = max(-reach, min(reach, advantage));
      if (step != advantage) result.clipped += 1.0 / <f64>n;
      const p = exp(now);
      result.entropy -= p * now;
      result.divergence += p * (now - old);
      const gap = now - max(LOG_P_MIN, old * (1.0 - cooling) + step);
      store<f32>(dLogits + at, <f32>gap);
      mean += gap;
    }
    mean /= <f64>n;
    for (let j = 0; j < n; j++) {
      const at = dLogits + (<usize>j << 2);
      const gap = <f64>load<f32>(at) - mean;
      result.loss += 0.5 * gap * gap;
      store<f32>(at, <f32>(gap * share));
    }
    logP += <usize>n << 2;
    oldLogP += <usize>n << 2;
    advantages += <usize>n << 2;
    dLogits += <usize>n << 2;
  }
  finishStatistics(result, rows, 0);
}

/**
 * The clipped surrogate for a diagonal Gaussian with one ln σ per dimension for all rows.
 *
 * @param mean      f32[rows, n]
 * @param logSigma  f32[n]
 * @param actions   f32[rows, n]
 * @param dLogSigma f32[n], overwritten
 */
export function ppoGaussian(
  mean: usize,
  logSigma: usize,
  rows: i32,
  n: i32,
  actions: usize,
  oldLogP: usize,
  advantages: usize,
  clip: f64,
  entropyWeight: f64,
  dMean: usize,
  dLogSigma: usize,
  statistics: usize,
): void {
  const share = 1.0 / <f64>rows;
  const bytes = <usize>n << 2;
  const result = changetype<LossStatistics>(statistics);
  resetStatistics(result);
  let entropy: f64 = 0;
  for (let j = <usize>0; j < bytes; j += 4) {
    entropy += <f64>load<f32>(logSigma + j) + HALF_LOG_2PI + 0.5;
    store<f32>(dLogSigma + j, <f32>-entropyWeight);
  }
  for (let i = 0; i < rows; i++) {
    let logP: f64 = 0;
    for (let j = <usize>0; j < bytes; j += 4) {
      const z = standardised(actions + j, mean + j, logSigma + j);
      logP -= 0.5 * z * z + <f64>load<f32>(logSigma + j) + HALF_LOG_2PI;
    }
    const slope =
      clippedSurrogate(
        logP - <f64>load<f32>(oldLogP + (<usize>i << 2)),
        <f64>load<f32>(advantages + (<usize>i << 2)),
        clip,
        result,
      ) * share;
    for (let j = <usize>0; j < bytes; j += 4) {
      const z = standardised(actions + j, mean + j, logSigma + j);
      store<f32>(dMean + j, <f32>(slope * z * exp(-<f64>load<f32>(logSigma + j))));
      store<f32>(dLogSigma + j, load<f32>(dLogSigma + j) + <f32>(slope * (z * z - 1.0)));
    }
    mean += bytes;
    actions += bytes;
    dMean += bytes;
  }
  result.entropy = entropy * <f64>rows;
  finishStatistics(result, rows, entropyWeight);
}

/** Draws actions f32[rows, n] ~ N(mean, σ²) (the mean itself when greedy) and their ln π into f32[rows]. */
export function drawGaussian(
  mean: usize,
  logSigma: usize,
  rows: i32,
  n: i32,
  actions: usize,
  logP: usize,
  rng: usize,
  greedy: bool,
): void {
  const bytes = <usize>n << 2;
  for (let i = 0; i < rows; i++) {
    let sum: f64 = 0;
    for (let j = <usize>0; j < bytes; j += 4) {
      const l = <f64>load<f32>(logSigma + j);
      const draw = greedy ? 0.0 : rngNormal(rng);
      store<f32>(actions + j, <f32>(<f64>load<f32>(mean + j) + draw * exp(l)));
      const z = standardised(actions + j, mean + j, logSigma + j);
      sum -= 0.5 * z * z + l + HALF_LOG_2PI;
    }
    store<f32>(logP, <f32>sum);
    logP += 4;
    mean += bytes;
    actions += bytes;
  }
}

/** weight · mean of ½(value − target)² over f32[count]; writes its gradient. */
export function valueLoss(values: usize, targets: usize, count: i32, weight: f64, dValues: usize): f64 {
  let sum: f64 = 0;
  const scale = weight / <f64>count;
  for (let i = 0; i < count; i++) {
    const at = <usize>i << 2;
    const d = <f64>load<f32>(values + at) - <f64>load<f32>(targets + at);
    sum += 0.5 * d * d;
    store<f32>(dValues + at, <f32>(d * scale));
  }
  return sum * scale;
}

@inline
function standardised(action: usize, mean: usize, logSigma: usize): f64 {
  return (<f64>load<f32>(action) - <f64>load<f32>(mean)) * exp(-<f64>load<f32>(logSigma));
}

/** Adds one row to the statistics; returns the slope of −min(r·A, clip(r)·A) by ln π. */
@inline
function clippedSurrogate(difference: f64, advantage: f64, clip: f64, result: LossStatistics): f64 {
  const ratio = exp(difference);
  const direct = ratio * advantage;
  const bounded = min(max(ratio, 1.0 - clip), 1.0 + clip) * advantage;
  result.loss -= min(direct, bounded);
  result.divergence += ratio - 1.0 - difference;
  if (abs(ratio - 1.0) > clip) result.clipped += 1.0;
  return direct <= bounded ? -direct : 0;
}

function resetStatistics(result: LossStatistics): void {
  result.loss = 0;
  result.entropy = 0;
  result.divergence = 0;
  result.clipped = 0;
}

function finishStatistics(result: LossStatistics, rows: i32, entropyWeight: f64): void {
  const share = 1.0 / <f64>rows;
  result.entropy *= share;
  result.loss = result.loss * share - entropyWeight * result.entropy;
  result.divergence *= share;
  result.clipped *= share;
}
