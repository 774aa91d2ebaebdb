// Simulated paths in blocks of sixteen, four vectors of f32 an asset: normals are drawn, become correlated
// moves in place, and the moves become profits; three loops, so that each keeps its numbers in registers.
// Constants come from memory: V8 makes a vector literal anew at every use, by three instructions, two of
// which wait for the units that multiply.

import { expQuad } from '../math/single';

/** Paths of one block. */
export const BLOCK: i32 = 16;
/** Bytes of one asset's normals or moves of a block. */
export const BLOCK_BYTES: usize = 64;

// All fits are own ones, least largest error.
/** −2 ln 2; then −2 ln((1+t)/(1−t))/t in t² on |t| ≤ (√2 − 1)/(√2 + 1), relative error 1.2e-7. */
const LOGARITHM = memory.data<f32>([
  -1.3862943611198906, -4.000000476837158, -1.3330438137054443, -0.8259493708610535,
]);
/** In s² on |s| ≤ ¼: cos(πs)/√2, error 2.0e-8. */
const COSINE = memory.data<f32>([
  0.7071067690849304, -3.489422082901001, 2.869141101837158, -0.9235765933990479,
]);
/** In s² on |s| ≤ ¼: sin(πs)/(s√2), error 6.8e-9. */
const SINE = memory.data<f32>([
  2.2214415073394775, -3.654121160507202, 1.8029577732086182, -0.41654151678085327,
]);
/** In x on |x| ≤ ¼: (e^x − 1 − x)/x², error 6.8e-7. */
const EXPONENTIAL = memory.data<f32>([
  0.4999993145465851, 0.16666628420352936, 0.04175356402993202, 0.008351953700184822,
]);
/** Largest x² of that fit. */
const SQUARE_MAX: f32 = 0.0625;
/** 1 and 2^-33. */
const SCALES = memory.data<f32>([1.0, 1.1641532182693481e-10]);
/** Bits of √½, where the mantissas begin, and of √½ · 2^24; the mask of a mantissa; the sign. */
const BITS = memory.data<u32>([0x3f3504f3, 0x4b3504f3, 0x007fffff, 0x80000000]);

/**
 * Standard normals by Box & Muller, a pair from two words of xoshiro128+. The angle is one of the first
 * quadrant; each coordinate takes its sign from a bit of the first word that its logarithm does not see.
 * @param state    u32[4][4], four lanes of the generator, which goes on
 * @param normals  f32[vectors][4], `vectors` even
 */
export function drawNormals(state: usize, normals: usize, vectors: i32): void {
  let s0 = v128.load(state);
  let s1 = v128.load(state, 16);
  let s2 = v128.load(state, 32);
  let s3 = v128.load(state, 48);
  const one = v128.load32_splat(SCALES);
  const turn = v128.load32_splat(SCALES, 4);
  const root = v128.load32_splat(BITS);
  const large = v128.load32_splat(BITS, 4);
  const mantissa = v128.load32_splat(BITS, 8);
  const sign = v128.load32_splat(BITS, 12);
  const l0 = v128.load32_splat(LOGARITHM);
  const l1 = v128.load32_splat(LOGARITHM, 4);
  const l2 = v128.load32_splat(LOGARITHM, 8);
  const l3 = v128.load32_splat(LOGARITHM, 12);
  const c0 = v128.load32_splat(COSINE);
  const c1 = v128.load32_splat(COSINE, 4);
  const c2 = v128.load32_splat(COSINE, 8);
  const c3 = v128.load32_splat(COSINE, 12);
  const q0 = v128.load32_splat(SINE);
  const q1 = v128.load32_splat(SINE, 4);
  const q2 = v128.load32_splat(SINE, 8);
  const q3 = v128.load32_splat(SINE, 12);
  const end = normals + (<usize>vectors << 4);
  for (let at = normals; at < end; at += 32) {
    const first = i32x4.add(s0, s3);
    let shifted = i32x4.shl(s1, 9);
    s2 = v128.xor(s2, s0);
    s3 = v128.xor(s3, s1);
    s1 = v128.xor(s1, s2);
    s0 = v128.xor(s0, s3);
    s2 = v128.xor(s2, shifted);
    s3 = v128.or(i32x4.shl(s3, 11), i32x4.shr_u(s3, 21));
    const second = i32x4.add(s0, s3);
    shifted = i32x4.shl(s1, 9);
    s2 = v128.xor(s2, s0);
    s3 = v128.xor(s3, s1);
    s1 = v128.xor(s1, s2);
    s0 = v128.xor(s0, s3);
    s2 = v128.xor(s2, shifted);
    s3 = v128.or(i32x4.shl(s3, 11), i32x4.shr_u(s3, 21));
    // 2^24 u, whole, of a u in (0, 1]; −2 ln u by 4 atanh((m−1)/(m+1)) of its mantissa is never below 0
    const u = f32x4.add(f32x4.convert_i32x4_s(i32x4.shr_u(first, 8)), one);
    const moved = i32x4.sub(u, large);
    const k = f32x4.convert_i32x4_s(i32x4.shr_s(moved, 23));
    const m = i32x4.add(v128.and(moved, mantissa), root);
    const t = f32x4.div(f32x4.sub(m, one), f32x4.add(m, one));
    const y = f32x4.mul(t, t);
    const p = f32x4.add(l1, f32x4.mul(y, f32x4.add(l2, f32x4.mul(y, l3))));
    const radius = f32x4.sqrt(f32x4.add(f32x4.mul(k, l0), f32x4.mul(t, p)));
    // half turns from the diagonal: √2 cos(π/4 ± πs) = cos πs ∓ sin πs
    const s = f32x4.mul(f32x4.convert_i32x4_s(second), turn);
    const z = f32x4.mul(s, s);
    const cosine = cubic(c0, c1, c2, c3, z);
    const sine = f32x4.mul(s, cubic(q0, q1, q2, q3, z));
    const across = f32x4.mul(radius, f32x4.sub(cosine, sine));
    const up = f32x4.mul(radius, f32x4.add(cosine, sine));
    v128.store(at, v128.xor(across, v128.and(i32x4.shl(first, 24), sign)));
    v128.store(at, v128.xor(up, v128.and(i32x4.shl(first, 25), sign)), 16);
  }
  v128.store(state, s0);
  v128.store(state, s1, 16);
  v128.store(state, s2, 32);
  v128.store(state, s3, 48);
}

/**
 * Normals become moves, drift + L z, in place: the last pair of assets first, because a row reads only what
 * stands at and before it.
 * @param factor  f32 from the last pair on: two drifts, then two coefficients a column up to the pair's
 *                second
 * @param moves   f32[2 · pairs][16]
 */
export function correlate(factor: usize, moves: usize, pairs: i32): void {
  let from = factor;
  for (let pair = moves + (<usize>(pairs - 1) << 7); pair >= moves; pair -= 128) {
    let a0 = v128.load32_splat(from);
    let a1 = a0;
    let a2 = a0;
    let a3 = a0;
    let b0 = v128.load32_splat(from, 4);
    let b1 = b0;
    let b2 = b0;
    let b3 = b0;
    from += 8;
    const end = pair + 128;
    for (let at = moves; at < end; at += 64) {
      const a = v128.load32_splat(from);
      const b = v128.load32_splat(from, 4);
      from += 8;
      const z0 = v128.load(at);
      a0 = f32x4.add(a0, f32x4.mul(a, z0));
      b0 = f32x4.add(b0, f32x4.mul(b, z0));
      const z1 = v128.load(at, 16);
      a1 = f32x4.add(a1, f32x4.mul(a, z1));
      b1 = f32x4.add(b1, f32x4.mul(b, z1));
      const z2 = v128.load(at, 32);
      a2 = f32x4.add(a2, f32x4.mul(a, z2));
      b2 = f32x4.add(b2, f32x4.mul(b, z2));
      const z3 = v128.load(at, 48);
      a3 = f32x4.add(a3, f32x4.mul(a, z3));
      b3 = f32x4.add(b3, f32x4.mul(b, z3));
    }
    v128.store(pair, a0);
    v128.store(pair, a1, 16);
    v128.store(pair, a2, 32);
    v128.store(pair, a3, 48);
    v128.store(pair, b0, 64);
    v128.store(pair, b1, 80);
    v128.store(pair, b2, 96);
    v128.store(pair, b3, 112);
  }
}

/** Σ exposure · x into f32[16]. */
export function linearProfits(exposures: usize, moves: usize, assets: i32, into: usize): void {
  let sum0 = f32x4.splat(0.0);
  let sum1 = sum0;
  let sum2 = sum0;
  let sum3 = sum0;
  let from = exposures;
  const end = moves + (<usize>assets << 6);
  for (let at = moves; at < end; at += BLOCK_BYTES) {
    const w = v128.load32_splat(from);
    from += 4;
    sum0 = f32x4.add(sum0, f32x4.mul(w, v128.load(at)));
    sum1 = f32x4.add(sum1, f32x4.mul(w, v128.load(at, 16)));
    sum2 = f32x4.add(sum2, f32x4.mul(w, v128.load(at, 32)));
    sum3 = f32x4.add(sum3, f32x4.mul(w, v128.load(at, 48)));
  }
  v128.store(into, sum0);
  v128.store(into, sum1, 16);
  v128.store(into, sum2, 32);
  v128.store(into, sum3, 48);
}

/**
 * Σ exposure · (e^x − 1) into f32[16]: by one short polynomial when all moves of the block lie within a
 * quarter, as those of days do, and by the whole exponential when one does not.
 */
export function logNormalProfits(exposures: usize, moves: usize, assets: i32, into: usize): void {
  let sum0 = f32x4.splat(0.0);
  let sum1 = sum0;
  let sum2 = sum0;
  let sum3 = sum0;
  const e0 = v128.load32_splat(EXPONENTIAL);
  const e1 = v128.load32_splat(EXPONENTIAL, 4);
  const e2 = v128.load32_splat(EXPONENTIAL, 8);
  const e3 = v128.load32_splat(EXPONENTIAL, 12);
  // bits of squares order as the squares do, and NaN above all
  let largest = sum0;
  let from = exposures;
  const end = moves + (<usize>assets << 6);
  for (let at = moves; at < end; at += BLOCK_BYTES) {
    const w = v128.load32_splat(from);
    from += 4;
    const x0 = v128.load(at);
    const x1 = v128.load(at, 16);
    const x2 = v128.load(at, 32);
    const x3 = v128.load(at, 48);
    const y0 = f32x4.mul(x0, x0);
    const y1 = f32x4.mul(x1, x1);
    const y2 = f32x4.mul(x2, x2);
    const y3 = f32x4.mul(x3, x3);
    largest = i32x4.max_u(largest, i32x4.max_u(i32x4.max_u(y0, y1), i32x4.max_u(y2, y3)));
    sum0 = f32x4.add(sum0, f32x4.mul(w, f32x4.add(x0, f32x4.mul(y0, cubic(e0, e1, e2, e3, x0)))));
    sum1 = f32x4.add(sum1, f32x4.mul(w, f32x4.add(x1, f32x4.mul(y1, cubic(e0, e1, e2, e3, x1)))));
    sum2 = f32x4.add(sum2, f32x4.mul(w, f32x4.add(x2, f32x4.mul(y2, cubic(e0, e1, e2, e3, x2)))));
    sum3 = f32x4.add(sum3, f32x4.mul(w, f32x4.add(x3, f32x4.mul(y3, cubic(e0, e1, e2, e3, x3)))));
  }
  if (!i32x4.all_true(f32x4.le(largest, f32x4.splat(SQUARE_MAX)))) {
    for (let at: usize = 0; at < BLOCK_BYTES; at += 16) {
      v128.store(into + at, wideProfits(exposures, moves + at, assets));
    }
    return;
  }
  v128.store(into, sum0);
  v128.store(into, sum1, 16);
  v128.store(into, sum2, 32);
  v128.store(into, sum3, 48);
}

/** Σ exposure · (e^x − 1) of four paths, moves of any size. */
function wideProfits(exposures: usize, moves: usize, assets: i32): v128 {
  let sum = f32x4.splat(0.0);
  for (let i: usize = 0; i < <usize>assets; i++) {
    const rise = f32x4.sub(expQuad(v128.load(moves + (i << 6))), f32x4.splat(1.0));
    sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(exposures + (i << 2)), rise));
  }
  return sum;
}

function cubic(a: v128, b: v128, c: v128, d: v128, x: v128): v128 {
  return f32x4.add(a, f32x4.mul(x, f32x4.add(b, f32x4.mul(x, f32x4.add(c, f32x4.mul(d, x))))));
}
