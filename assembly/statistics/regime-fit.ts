// Fits the regime model on a window of inputs: free Gaussian EM, or tied Student-t₅ EM when no two states drift (Baum–Welch 1970).

import { select } from './window';
import { FREEDOM, gaussian, studentDensity, studentShape, sumOfFour } from './regime-emission';

/** Probability of staying in a state for one more bar; the rest is shared equally. */
export const STAY: f64 = 0.99;
/** Probability of one certain move. */
export const MOVE: f64 = (1.0 - STAY) / 3.0;
/** |μ/σ| of BULL and BEAR in the tied model, and the sign of each state's drift. */
export const DRIFT: f64 = 0.2;

export const MODEL_DEFAULT: i32 = 0;
export const MODEL_TIED: i32 = 1;
export const MODEL_FREE: i32 = 2;

const STEPS: i32 = 15;
const INPUTS_MIN: i32 = 96;
const INPUT_CAP: f64 = 6.0;
const DRIFT_MIN: f64 = 0.1;
const T_MIN: f64 = 3.0;
const VARIANCE_MIN: f64 = 1e-4;
const ROLLING: i32 = 20;
const ROLLING_MIN: i32 = 5;
/** α and β are renormalised every 8 steps. */
const RENORMALISE: i32 = 7;
const WORK_PER_INPUT: usize = 8 + 3 * 32;

/** Parameters of a model: states in the order BULL BEAR SIDEWAYS VOLATILE, inputs divided by `scale`. */
@unmanaged
export class RegimeParameters {
  model: i32;
  pad: i32;
  scale: f64;
  mean0: f64;
  mean1: f64;
  mean2: f64;
  mean3: f64;
  sd0: f64;
  sd1: f64;
  sd2: f64;
  sd3: f64;

  @inline
  mean(k: i32): f64 {
    return load<f64>(changetype<usize>(this) + ((<usize>k) << 3), offsetof<RegimeParameters>('mean0'));
  }

  @inline
  sd(k: i32): f64 {
    return load<f64>(changetype<usize>(this) + ((<usize>k) << 3), offsetof<RegimeParameters>('sd0'));
  }

  setState(k: i32, mean: f64, sd: f64): void {
    store<f64>(changetype<usize>(this) + ((<usize>k) << 3), mean, offsetof<RegimeParameters>('mean0'));
    store<f64>(changetype<usize>(this) + ((<usize>k) << 3), sd, offsetof<RegimeParameters>('sd0'));
  }

  /** The tied shape: σ of the medium, quiet and volatile states. */
  setTied(medium: f64, quiet: f64, volatile: f64): void {
    this.setState(0, DRIFT * medium, medium);
    this.setState(1, -DRIFT * medium, medium);
    this.setState(2, 0.0, quiet);
    this.setState(3, 0.0, volatile);
  }

  copyFrom(other: RegimeParameters): void {
    memory.copy(changetype<usize>(this), changetype<usize>(other), REGIME_PARAMETER_BYTES);
  }

  isFinite(): bool {
    let sum = 0.0;
    for (let k = 0; k < 4; k++) sum += this.mean(k) + this.sd(k);
    return sum - sum == 0.0;
  }
}

/** Bytes of one RegimeParameters. */
export const REGIME_PARAMETER_BYTES: usize = offsetof<RegimeParameters>();

/** Scratch arrays of one fit over n inputs, and the sums of one EM step. */
@unmanaged
class Work {
  count0: f64;
  count1: f64;
  count2: f64;
  count3: f64;
  first0: f64;
  first1: f64;
  first2: f64;
  first3: f64;
  second0: f64;
  second1: f64;
  second2: f64;
  second3: f64;
  trial: RegimeParameters;
  inputs: usize;
  emissions: usize;
  shapes: usize;
  messages: usize;
  n: i32;
}

const WORK_HEADER: usize = 256;

/** Bytes that `fitRegime` needs for a window of n inputs. */
export function fitRegimeWorkBytes(n: i32): usize {
  return WORK_HEADER + <usize>n * WORK_PER_INPUT;
}

/** Root mean square of the inputs that are not NaN, each capped at 6 times the uncapped one; never 0. */
export function cappedScale(inputs: usize, n: i32): f64 {
  let sum = 0.0;
  let known = 0;
  for (let i = 0; i < n; i++) {
    const x = load<f64>(inputs + ((<usize>i) << 3));
    if (x != x) continue;
    sum += x * x;
    known++;
  }
  const cap = INPUT_CAP * Math.sqrt(sum / <f64>known);
  sum = 0.0;
  for (let i = 0; i < n; i++) {
    const x = Math.abs(load<f64>(inputs + ((<usize>i) << 3)));
    if (x == x) sum += x < cap ? x * x : cap * cap;
  }
  const scale = Math.sqrt(sum / <f64>known);
  return scale > 1e-9 ? scale : 1e-9;
}

/**
 * Fits on n inputs (NaN skipped, oldest first) and writes the parameters; `work` holds fitRegimeWorkBytes(n).
 * Returns the model kept, or −1 and leaves `out` alone when there are too few inputs or the fit degenerates.
 */
export function fitRegime(inputs: usize, n: i32, out: usize, work: usize): i32 {
  const w = prepare(inputs, n, work);
  if (w.n < INPUTS_MIN) return -1;
  const result = changetype<RegimeParameters>(out);
  const trial = w.trial;
  if (startFree(w)) {
    for (let step = 0; step < STEPS; step++) freeStep(w);
    if (keepFree(w, result)) return MODEL_FREE;
  }
  startTied(w);
  for (let step = 0; step < STEPS; step++) tiedStep(w);
  if (!trial.isFinite()) return -1;
  trial.model = MODEL_TIED;
  result.copyFrom(trial);
  return MODEL_TIED;
}

/** Lays out the scratch and copies the known inputs, scaled; an odd one, the oldest, is left out. */
function prepare(inputs: usize, n: i32, work: usize): Work {
  const w = changetype<Work>(work);
  w.trial = changetype<RegimeParameters>(work + offsetof<Work>());
  w.inputs = work + WORK_HEADER;
  let known = 0;
  for (let i = 0; i < n; i++) {
    const x = load<f64>(inputs + ((<usize>i) << 3));
    if (x != x) continue;
    store<f64>(w.inputs + ((<usize>known) << 3), x);
    known++;
  }
  if (known & 1) {
    known--;
    memory.copy(w.inputs, w.inputs + 8, (<usize>known) << 3);
  }
  w.n = known;
  w.emissions = w.inputs + ((<usize>known) << 3);
  w.shapes = w.emissions + ((<usize>known) << 5);
  w.messages = w.shapes + ((<usize>known) << 5);
  if (known < INPUTS_MIN) return w;
  const scale = cappedScale(w.inputs, known);
  w.trial.scale = scale;
  for (let i = 0; i < known; i++) {
    const at = w.inputs + ((<usize>i) << 3);
    store<f64>(at, load<f64>(at) / scale);
  }
  return w;
}

/** Starts from the quartiles of the rolling volatility; false when a quartile has no member (a market that hardly moves). */
function startFree(w: Work): bool {
  const n = w.n;
  const volatility = w.emissions;
  rollingVariance(w, volatility);
  memory.copy(w.shapes, volatility, (<usize>n) << 3);
  const first = select(w.shapes, n, (n + 3) >> 2);
  const second = select(w.shapes, n, (2 * n + 3) >> 2);
  const third = select(w.shapes, n, (3 * n + 3) >> 2);
  memory.fill(changetype<usize>(w), 0, 96);
  const sums = changetype<usize>(w);
  for (let i = 0; i < n; i++) {
    const v = load<f64>(volatility + ((<usize>i) << 3));
    const x = load<f64>(w.inputs + ((<usize>i) << 3));
    const at = sums + ((<usize>(i32(v >= first) + i32(v >= second) + i32(v >= third))) << 3);
    store<f64>(at, load<f64>(at) + 1.0);
    store<f64>(at, load<f64>(at, 32) + x, 32);
    store<f64>(at, load<f64>(at, 64) + x * x, 64);
  }
  for (let k = 0; k < 4; k++) if (load<f64>(sums + ((<usize>k) << 3)) < 2.0) return false;
  maximiseFree(w);
  return true;
}

/** Variance of the last 20 inputs (at least 5); the first four take the fifth's. */
function rollingVariance(w: Work, out: usize): void {
  let sum = 0.0;
  let squares = 0.0;
  for (let i = 0; i < w.n; i++) {
    const x = load<f64>(w.inputs + ((<usize>i) << 3));
    sum += x;
    squares += x * x;
    if (i >= ROLLING) {
      const old = load<f64>(w.inputs + ((<usize>(i - ROLLING)) << 3));
      sum -= old;
      squares -= old * old;
    }
    const m = <f64>min(i + 1, ROLLING);
    store<f64>(out + ((<usize>i) << 3), (squares - (sum * sum) / m) / (m - 1.0));
  }
  const fifth = load<f64>(out + ((<usize>(ROLLING_MIN - 1)) << 3));
  for (let i = 0; i < ROLLING_MIN - 1; i++) store<f64>(out + ((<usize>i) << 3), fifth);
}

function startTied(w: Work): void {
  let sum = 0.0;
  let squares = 0.0;
  for (let i = 0; i < w.n; i++) {
    const x = load<f64>(w.inputs + ((<usize>i) << 3));
    sum += x;
    squares += x * x;
  }
  const mean = sum / <f64>w.n;
  const sd = Math.sqrt(max(squares / <f64>w.n - mean * mean, VARIANCE_MIN));
  w.trial.setTied(0.8 * sd, 0.35 * sd, 2.0 * sd);
}

function freeStep(w: Work): void {
  const p = changetype<usize>(w.trial);
  const one = f64x2.splat(1.0);
  const mean0 = v128.load(p, offsetof<RegimeParameters>('mean0'));
  const mean1 = v128.load(p, offsetof<RegimeParameters>('mean2'));
  const inverse0 = f64x2.div(one, v128.load(p, offsetof<RegimeParameters>('sd0')));
  const inverse1 = f64x2.div(one, v128.load(p, offsetof<RegimeParameters>('sd2')));
  let at = w.emissions;
  const end = w.inputs + ((<usize>w.n) << 3);
  for (let x = w.inputs; x < end; x += 8, at += 32)
    gaussian(v128.load64_splat(x), mean0, mean1, inverse0, inverse1, at);
  smooth(w, false);
  maximiseFree(w);
}

function maximiseFree(w: Work): void {
  const sums = changetype<usize>(w);
  for (let k = 0; k < 4; k++) {
    const at = sums + ((<usize>k) << 3);
    const count = load<f64>(at);
    const mean = load<f64>(at, 32) / count;
    w.trial.setState(k, mean, Math.sqrt(max(load<f64>(at, 64) / count - mean * mean, VARIANCE_MIN)));
  }
}

function tiedStep(w: Work): void {
  const p = changetype<usize>(w.trial);
  const one = f64x2.splat(1.0);
  const mean0 = v128.load(p, offsetof<RegimeParameters>('mean0'));
  const mean1 = v128.load(p, offsetof<RegimeParameters>('mean2'));
  const inverse0 = f64x2.div(one, v128.load(p, offsetof<RegimeParameters>('sd0')));
  const inverse1 = f64x2.div(one, v128.load(p, offsetof<RegimeParameters>('sd2')));
  let at = w.emissions;
  let shapeAt = w.shapes;
  const end = w.inputs + ((<usize>w.n) << 3);
  for (let x = w.inputs; x < end; x += 8, at += 32, shapeAt += 32) {
    const v = v128.load64_splat(x);
    const u0 = studentShape(v, mean0, inverse0);
    const u1 = studentShape(v, mean1, inverse1);
    v128.store(shapeAt, u0);
    v128.store(shapeAt, u1, 16);
    v128.store(at, studentDensity(u0, inverse0));
    v128.store(at, studentDensity(u1, inverse1), 16);
  }
  smooth(w, true);
  const medium = tiedSd(w.trial.sd0, w.second0 + w.second1, w.count0 + w.count1);
  w.trial.setTied(medium, tiedSd(w.trial.sd2, w.second2, w.count2), tiedSd(w.trial.sd3, w.second3, w.count3));
}

/** With weights (ν+1)/(ν+e²) = (ν+1)u/ν, weight·(x−μ)² is (ν+1)σ²(1−u): only Σγ(1−u) is needed (Peel & McLachlan 2000). */
function tiedSd(sd: f64, complement: f64, count: f64): f64 {
  return Math.sqrt(max(((FREEDOM + 1.0) * sd * sd * complement) / max(count, 1e-9), VARIANCE_MIN));
}

/**
 * Forward and backward messages at once, from both ends: each end's second half meets the other's stored first half,
 * where γ is known and the sums of the next step are taken. With the shared move probability a step is O(states).
 */
function smooth(w: Work, tied: bool): void {
  const n = w.n;
  const half = n >> 1;
  const stay = f64x2.splat(STAY - MOVE);
  const move = f64x2.splat(MOVE);
  const zero = f64x2.splat(0.0);
  const one = f64x2.splat(1.0);
  let a0 = one;
  let a1 = one;
  let b0 = one;
  let b1 = one;
  let count0 = zero;
  let count1 = zero;
  let first0 = zero;
  let first1 = zero;
  let second0 = zero;
  let second1 = zero;
  let forward = w.emissions;
  let backward = w.emissions + ((<usize>(n - 1)) << 5);
  const toMessage = w.messages - w.emissions;
  const toShape = w.shapes - w.emissions;
  let x = w.inputs;
  let y = w.inputs + ((<usize>(n - 1)) << 3);
  for (let i = 0; i < n; i++) {
    const ea0 = v128.load(forward);
    const ea1 = v128.load(forward, 16);
    const eb0 = v128.load(backward);
    const eb1 = v128.load(backward, 16);
    let s = f64x2.mul(move, sumOfFour(a0, a1));
    a0 = f64x2.mul(f64x2.add(f64x2.mul(stay, a0), s), ea0);
    a1 = f64x2.mul(f64x2.add(f64x2.mul(stay, a1), s), ea1);
    if ((i & RENORMALISE) == 0) {
      s = f64x2.div(one, sumOfFour(a0, a1));
      a0 = f64x2.mul(a0, s);
      a1 = f64x2.mul(a1, s);
      s = f64x2.div(one, sumOfFour(b0, b1));
      b0 = f64x2.mul(b0, s);
      b1 = f64x2.mul(b1, s);
    }
    if (i < half) {
      v128.store(forward + toMessage, a0);
      v128.store(forward + toMessage, a1, 16);
      v128.store(backward + toMessage, b0);
      v128.store(backward + toMessage, b1, 16);
    } else {
      let g0 = f64x2.mul(a0, v128.load(forward + toMessage));
      let g1 = f64x2.mul(a1, v128.load(forward + toMessage, 16));
      s = f64x2.div(one, sumOfFour(g0, g1));
      g0 = f64x2.mul(g0, s);
      g1 = f64x2.mul(g1, s);
      let h0 = f64x2.mul(b0, v128.load(backward + toMessage));
      let h1 = f64x2.mul(b1, v128.load(backward + toMessage, 16));
      s = f64x2.div(one, sumOfFour(h0, h1));
      h0 = f64x2.mul(h0, s);
      h1 = f64x2.mul(h1, s);
      count0 = f64x2.add(count0, f64x2.add(g0, h0));
      count1 = f64x2.add(count1, f64x2.add(g1, h1));
      if (tied) {
        const ga = f64x2.mul(g0, f64x2.sub(one, v128.load(forward + toShape)));
        const gb = f64x2.mul(g1, f64x2.sub(one, v128.load(forward + toShape, 16)));
        const ha = f64x2.mul(h0, f64x2.sub(one, v128.load(backward + toShape)));
        const hb = f64x2.mul(h1, f64x2.sub(one, v128.load(backward + toShape, 16)));
        second0 = f64x2.add(second0, f64x2.add(ga, ha));
        second1 = f64x2.add(second1, f64x2.add(gb, hb));
      } else {
        const p = v128.load64_splat(x);
        const q = v128.load64_splat(y);
        const ga = f64x2.mul(g0, p);
        const gb = f64x2.mul(g1, p);
        const ha = f64x2.mul(h0, q);
        const hb = f64x2.mul(h1, q);
        first0 = f64x2.add(first0, f64x2.add(ga, ha));
        first1 = f64x2.add(first1, f64x2.add(gb, hb));
        second0 = f64x2.add(second0, f64x2.add(f64x2.mul(ga, p), f64x2.mul(ha, q)));
        second1 = f64x2.add(second1, f64x2.add(f64x2.mul(gb, p), f64x2.mul(hb, q)));
      }
    }
    const c0 = f64x2.mul(b0, eb0);
    const c1 = f64x2.mul(b1, eb1);
    s = f64x2.mul(move, sumOfFour(c0, c1));
    b0 = f64x2.add(f64x2.mul(stay, c0), s);
    b1 = f64x2.add(f64x2.mul(stay, c1), s);
    forward += 32;
    backward -= 32;
    x += 8;
    y -= 8;
  }
  const sums = changetype<usize>(w);
  v128.store(sums, count0);
  v128.store(sums, count1, 16);
  v128.store(sums, first0, 32);
  v128.store(sums, first1, 48);
  v128.store(sums, second0, 64);
  v128.store(sums, second1, 80);
}

/**
 * Keeps the free fit when its two middle states drift apart: one μ/σ ≥ .10, the other ≤ −.10, each |μ/σ|√n ≥ 3.
 * The quietest state is SIDEWAYS and the loudest VOLATILE.
 */
function keepFree(w: Work, result: RegimeParameters): bool {
  const trial = w.trial;
  if (!trial.isFinite()) return false;
  let quiet = 0;
  let loud = 0;
  for (let k = 1; k < 4; k++) {
    if (trial.sd(k) < trial.sd(quiet)) quiet = k;
    if (trial.sd(k) >= trial.sd(loud)) loud = k;
  }
  if (quiet == loud) return false;
  let up = -1;
  let down = -1;
  for (let k = 0; k < 4; k++) {
    if (k == quiet || k == loud) continue;
    const effect = trial.mean(k) / trial.sd(k);
    const t = effect * Math.sqrt(load<f64>(changetype<usize>(w) + ((<usize>k) << 3)));
    if (effect >= DRIFT_MIN && t >= T_MIN) up = k;
    if (effect <= -DRIFT_MIN && t <= -T_MIN) down = k;
  }
  if (up < 0 || down < 0) return false;
  result.model = MODEL_FREE;
  result.scale = trial.scale;
  result.setState(0, trial.mean(up), trial.sd(up));
  result.setState(1, trial.mean(down), trial.sd(down));
  result.setState(2, trial.mean(quiet), trial.sd(quiet));
  result.setState(3, trial.mean(loud), trial.sd(loud));
  return true;
}
