// The general Hamilton filter of a Gaussian hidden Markov model: the reference that the regime's specialised
// step is tested against.

import { exp, log } from '../math/elementary';

const HALF_LOG_TWO_PI: f64 = 0.9189385332046727;

/**
 * One step of the filter (Hamilton 1989): takes the predicted probabilities, writes the filtered ones and the
 * next predicted ones, returns ln p(y | past). `transition` is f64[k × k] row by row, row = from; a NaN y
 * only predicts.
 */
export function hamiltonStep(
  k: i32,
  transition: usize,
  mean: usize,
  sd: usize,
  y: f64,
  predicted: usize,
  filtered: usize,
): f64 {
  let logLikelihood = 0.0;
  if (y == y) {
    let most = -Infinity;
    for (let i: usize = 0; i < <usize>k; i++) {
      const s = load<f64>(sd + (i << 3));
      const e = (y - load<f64>(mean + (i << 3))) / s;
      const l = -0.5 * e * e - log(s);
      store<f64>(filtered + (i << 3), l);
      most = max(most, l);
    }
    let sum = 0.0;
    for (let i: usize = 0; i < <usize>k; i++) {
      const f = load<f64>(predicted + (i << 3)) * exp(load<f64>(filtered + (i << 3)) - most);
      store<f64>(filtered + (i << 3), f);
      sum += f;
    }
    for (let i: usize = 0; i < <usize>k; i++)
      store<f64>(filtered + (i << 3), load<f64>(filtered + (i << 3)) / sum);
    logLikelihood = log(sum) + most - HALF_LOG_TWO_PI;
  } else {
    memory.copy(filtered, predicted, (<usize>k) << 3);
  }
  for (let to: usize = 0; to < <usize>k; to++) {
    let p = 0.0;
    for (let from: usize = 0; from < <usize>k; from++) {
      p += load<f64>(filtered + (from << 3)) * load<f64>(transition + ((from * <usize>k + to) << 3));
    }
    store<f64>(predicted + (to << 3), p);
  }
  return logLikelihood;
}
