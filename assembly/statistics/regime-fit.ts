// Fits the regime model on a window of inputs: free Gaussian EM, or tied Student-t₅ EM when no two states
// drift (Baum–Welch 1970).

import { select } from './window';
import { FREEDOM, gaussian, studentDensity, studentShape } from './regime-emission';
import { MODEL_FREE, MODEL_TIED, REGIME_PARAMETER_BYTES, RegimeParameters } from './regime-parameters';
import { FitWork, passMessages, sumFree, sumTied } from './regime-smooth';

const STEPS: i32 = 15;
const INPUTS_MIN: i32 = 96;
const INPUT_CAP: f64 = 6.0;
const DRIFT_MIN: f64 = 0.1;
const T_MIN: f64 = 3.0;
const VARIANCE_MIN: f64 = 1e-4;
const ROLLING: i32 = 20;
const ROLLING_MIN: i32 = 5;

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
  const trial = w.trial();
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

/** Copies the known inputs into the scratch, divided by their scale. */
function prepare(inputs: usize, n: i32, work: usize): FitWork {
  const w = changetype<FitWork>(work);
  w.layOut(n);
  let known = 0;
  for (let i = 0; i < n; i++) {
    const x = load<f64>(inputs + ((<usize>i) << 3));
    if (x != x) continue;
    store<f64>(w.inputs + ((<usize>known) << 3), x);
    known++;
  }
  w.layOut(known);
  if (known < INPUTS_MIN) return w;
  const scale = cappedScale(w.inputs, known);
  w.trial().scale = scale;
  for (let i = 0; i < known; i++) store<f64>(w.inputs + ((<usize>i) << 3), w.input(i) / scale);
  return w;
}

/**
 * Starts from the quartiles of the rolling volatility; false when a quartile has no member (a market that
 * hardly moves).
 */
function startFree(w: FitWork): bool {
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
    const x = w.input(i);
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
function rollingVariance(w: FitWork, out: usize): void {
  let sum = 0.0;
  let squares = 0.0;
  for (let i = 0; i < w.n; i++) {
    const x = w.input(i);
    sum += x;
    squares += x * x;
    if (i >= ROLLING) {
      const old = w.input(i - ROLLING);
      sum -= old;
      squares -= old * old;
    }
    const m = <f64>min(i + 1, ROLLING);
    store<f64>(out + ((<usize>i) << 3), (squares - (sum * sum) / m) / (m - 1.0));
  }
  const fifth = load<f64>(out + ((<usize>(ROLLING_MIN - 1)) << 3));
  for (let i = 0; i < ROLLING_MIN - 1; i++) store<f64>(out + ((<usize>i) << 3), fifth);
}

function startTied(w: FitWork): void {
  let sum = 0.0;
  let squares = 0.0;
  for (let i = 0; i < w.n; i++) {
    const x = w.input(i);
    sum += x;
    squares += x * x;
  }
  const mean = sum / <f64>w.n;
  const sd = Math.sqrt(max(squares / <f64>w.n - mean * mean, VARIANCE_MIN));
  w.trial().setTied(0.8 * sd, 0.35 * sd, 2.0 * sd);
}

function freeStep(w: FitWork): void {
  const p = changetype<usize>(w.trial());
  const one = f64x2.splat(1.0);
  const mean0 = v128.load(p, offsetof<RegimeParameters>('mean0'));
  const mean1 = v128.load(p, offsetof<RegimeParameters>('mean2'));
  const inverse0 = f64x2.div(one, v128.load(p, offsetof<RegimeParameters>('sd0')));
  const inverse1 = f64x2.div(one, v128.load(p, offsetof<RegimeParameters>('sd2')));
  let at = w.emissions;
  const end = w.inputs + ((<usize>w.n) << 3);
  for (let x = w.inputs; x < end; x += 8, at += 32)
    gaussian(v128.load64_splat(x), mean0, mean1, inverse0, inverse1, at);
  passMessages(w);
  sumFree(w);
  maximiseFree(w);
}

function maximiseFree(w: FitWork): void {
  const sums = changetype<usize>(w);
  for (let k = 0; k < 4; k++) {
    const at = sums + ((<usize>k) << 3);
    const count = load<f64>(at);
    const mean = load<f64>(at, 32) / count;
    w.trial().setState(k, mean, Math.sqrt(max(load<f64>(at, 64) / count - mean * mean, VARIANCE_MIN)));
  }
}

function tiedStep(w: FitWork): void {
  const p = changetype<usize>(w.trial());
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
  passMessages(w);
  sumTied(w);
  const medium = tiedSd(w.trial().sd0, w.second0 + w.second1, w.count0 + w.count1);
  w.trial().setTied(
    medium,
    tiedSd(w.trial().sd2, w.second2, w.count2),
    tiedSd(w.trial().sd3, w.second3, w.count3),
  );
}

/**
 * With weights (ν+1)/(ν+e²) = (ν+1)u/ν, weight·(x−μ)² is (ν+1)σ²(1−u): only Σγ(1−u) is needed (Peel &
 * McLachlan 2000).
 */
function tiedSd(sd: f64, complement: f64, count: f64): f64 {
  return Math.sqrt(max(((FREEDOM + 1.0) * sd * sd * complement) / max(count, 1e-9), VARIANCE_MIN));
}

/**
 * Keeps the free fit when its two middle states drift apart: one μ/σ ≥ .10, the other ≤ −.10, each |μ/σ|√n ≥
 * 3. The quietest state is SIDEWAYS and the loudest VOLATILE.
 */
function keepFree(w: FitWork, result: RegimeParameters): bool {
  const trial = w.trial();
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
