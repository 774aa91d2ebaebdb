// Forward and backward messages of one EM step over a window, and the sums its maximisation needs (Baum et
// al. 1970).

import { sumOfFour } from './regime-emission';
import { MOVE, RegimeParameters, STAY } from './regime-parameters';

/** Messages are renormalised every 8 steps: far more often than f64 could run out of exponents. */
const RENORMALISE: i32 = 7;
const HEADER_BYTES: usize = 256;
/** Per input: itself, and 4 emissions, 4 shapes, 4 forward and 4 backward messages. */
const BYTES_PER_INPUT: usize = 8 + 4 * 32;

/**
 * Scratch of one fit over n inputs; never part of a state. The sums stand first, the parameters on trial
 * after the fields.
 */
@unmanaged
export class FitWork {
  /** Σγ by state. */
  count0: f64;
  count1: f64;
  count2: f64;
  count3: f64;
  /** Σγx by state. */
  first0: f64;
  first1: f64;
  first2: f64;
  first3: f64;
  /** Σγx² by state, or Σγ(1 − shape) in the tied model. */
  second0: f64;
  second1: f64;
  second2: f64;
  second3: f64;
  inputs: usize;
  emissions: usize;
  shapes: usize;
  forward: usize;
  backward: usize;
  n: i32;

  @inline
  trial(): RegimeParameters {
    return changetype<RegimeParameters>(changetype<usize>(this) + offsetof<FitWork>());
  }

  @inline
  input(i: i32): f64 {
    return load<f64>(this.inputs + ((<usize>i) << 3));
  }

  /** Lays the arrays out behind the header. */
  layOut(n: i32): void {
    this.n = n;
    this.inputs = changetype<usize>(this) + HEADER_BYTES;
    this.emissions = this.inputs + ((<usize>n) << 3);
    this.shapes = this.emissions + ((<usize>n) << 5);
    this.forward = this.shapes + ((<usize>n) << 5);
    this.backward = this.forward + ((<usize>n) << 5);
  }
}

/** Bytes that a fit needs for a window of n inputs. */
export function fitRegimeWorkBytes(n: i32): usize {
  return HEADER_BYTES + <usize>n * BYTES_PER_INPUT;
}

/**
 * Writes the forward message α and the backward message β of every time, each up to a factor. Equal moves
 * make a step O(states); the two recurrences run side by side from both ends, because each alone waits for
 * its own latency.
 */
export function passMessages(w: FitWork): void {
  const n = w.n;
  const stay = f64x2.splat(STAY - MOVE);
  const move = f64x2.splat(MOVE);
  const one = f64x2.splat(1.0);
  let a0 = one;
  let a1 = one;
  let b0 = one;
  let b1 = one;
  let from = w.emissions;
  let to = w.emissions + ((<usize>(n - 1)) << 5);
  const toForward = w.forward - w.emissions;
  const toBackward = w.backward - w.emissions;
  for (let i = 0; i < n; i++) {
    let s = f64x2.mul(move, sumOfFour(a0, a1));
    a0 = f64x2.mul(f64x2.add(f64x2.mul(stay, a0), s), v128.load(from));
    a1 = f64x2.mul(f64x2.add(f64x2.mul(stay, a1), s), v128.load(from, 16));
    if ((i & RENORMALISE) == 0) {
      s = f64x2.div(one, sumOfFour(a0, a1));
      a0 = f64x2.mul(a0, s);
      a1 = f64x2.mul(a1, s);
      s = f64x2.div(one, sumOfFour(b0, b1));
      b0 = f64x2.mul(b0, s);
      b1 = f64x2.mul(b1, s);
    }
    v128.store(from + toForward, a0);
    v128.store(from + toForward, a1, 16);
    v128.store(to + toBackward, b0);
    v128.store(to + toBackward, b1, 16);
    b0 = f64x2.mul(b0, v128.load(to));
    b1 = f64x2.mul(b1, v128.load(to, 16));
    s = f64x2.mul(move, sumOfFour(b0, b1));
    b0 = f64x2.add(f64x2.mul(stay, b0), s);
    b1 = f64x2.add(f64x2.mul(stay, b1), s);
    from += 32;
    to -= 32;
  }
}

/** Sums γ, γx and γx² over the window, γ ∝ αβ. */
export function sumFree(w: FitWork): void {
  let count0 = f64x2.splat(0.0);
  let count1 = count0;
  let first0 = count0;
  let first1 = count0;
  let second0 = count0;
  let second1 = count0;
  for (let i = 0; i < w.n; i++) {
    const at = w.forward + ((<usize>i) << 5);
    const other = w.backward + ((<usize>i) << 5);
    const g0 = f64x2.mul(v128.load(at), v128.load(other));
    const g1 = f64x2.mul(v128.load(at, 16), v128.load(other, 16));
    const s = f64x2.div(f64x2.splat(1.0), sumOfFour(g0, g1));
    const x = v128.load64_splat(w.inputs + ((<usize>i) << 3));
    const y0 = f64x2.mul(g0, s);
    const y1 = f64x2.mul(g1, s);
    const z0 = f64x2.mul(y0, x);
    const z1 = f64x2.mul(y1, x);
    count0 = f64x2.add(count0, y0);
    count1 = f64x2.add(count1, y1);
    first0 = f64x2.add(first0, z0);
    first1 = f64x2.add(first1, z1);
    second0 = f64x2.add(second0, f64x2.mul(z0, x));
    second1 = f64x2.add(second1, f64x2.mul(z1, x));
  }
  const sums = changetype<usize>(w);
  v128.store(sums, count0);
  v128.store(sums, count1, 16);
  v128.store(sums, first0, 32);
  v128.store(sums, first1, 48);
  v128.store(sums, second0, 64);
  v128.store(sums, second1, 80);
}

/** Sums γ and γ(1 − shape) over the window, γ ∝ αβ. */
export function sumTied(w: FitWork): void {
  const one = f64x2.splat(1.0);
  let count0 = f64x2.splat(0.0);
  let count1 = count0;
  let second0 = count0;
  let second1 = count0;
  for (let i = 0; i < w.n; i++) {
    const at = w.forward + ((<usize>i) << 5);
    const other = w.backward + ((<usize>i) << 5);
    const shape = w.shapes + ((<usize>i) << 5);
    const g0 = f64x2.mul(v128.load(at), v128.load(other));
    const g1 = f64x2.mul(v128.load(at, 16), v128.load(other, 16));
    const s = f64x2.div(one, sumOfFour(g0, g1));
    const y0 = f64x2.mul(g0, s);
    const y1 = f64x2.mul(g1, s);
    count0 = f64x2.add(count0, y0);
    count1 = f64x2.add(count1, y1);
    second0 = f64x2.add(second0, f64x2.mul(y0, f64x2.sub(one, v128.load(shape))));
    second1 = f64x2.add(second1, f64x2.mul(y1, f64x2.sub(one, v128.load(shape, 16))));
  }
  const sums = changetype<usize>(w);
  v128.store(sums, count0);
  v128.store(sums, count1, 16);
  v128.store(sums, second0, 64);
  v128.store(sums, second1, 80);
}
