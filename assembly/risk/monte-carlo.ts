// Monte Carlo value at risk of a portfolio: correlated normal or log-normal moves of one horizon, eight paths
// at a time in f32 lanes. Research and reports; no decision rests on it.

import { expQuad } from '../math/single';
import { rngInit, rngNext } from '../random';
import { tailRisk } from './tail';

// (sin πs)/s and cos πs in z = s² on |s| ≤ ½, own Chebyshev fits, errors 5.4e-11 and 2.2e-10 before rounding
const S0: f32 = 3.1415927410125732;
const S1: f32 = -5.167712688446045;
const S2: f32 = 2.5501632690429688;
const S3: f32 = -0.5992522239685059;
const S4: f32 = 0.08205040544271469;
const S5: f32 = -0.00702838646247983;
const C1: f32 = -4.934802055358887;
const C2: f32 = 4.058709144592285;
const C3: f32 = -1.335211992263794;
const C4: f32 = 0.23493731021881104;
const C5: f32 = -0.024396324530243874;
// (ln(1+f) − f + f²/2)/f³ on √½ − 1 ≤ f ≤ √2 − 1, error 2.6e-8
const L0: f32 = 0.3333333134651184;
const L1: f32 = -0.24999989569187164;
const L2: f32 = 0.20000708103179932;
const L3: f32 = -0.1666848063468933;
const L4: f32 = 0.14249937236309052;
const L5: f32 = -0.12411050498485565;
const L6: f32 = 0.11661510914564133;
const L7: f32 = -0.115712009370327;
const L8: f32 = 0.07149753719568253;
const LN2: f32 = 0.6931471805599453;
const TWO_24_INVERSE: f32 = 5.9604644775390625e-8;
/** Bits of √½; mantissas are taken in [√½, √2). */
const ROOT_HALF: i32 = 0x3f3504f3;

/** Most assets of one portfolio. */
const ASSETS_MAX: i32 = 64;
const LANES: i32 = 8;

/**
 * Lower triangle L of a covariance with L Lᵀ = Σ, in place; what stands above the diagonal is set to 0.
 * @param at  f64[n][n], symmetric
 * @returns   0 when the matrix is not positive definite; it is then spoilt
 */
export function cholesky(at: usize, n: i32): i32 {
  for (let j = 0; j < n; j++) {
    const row = at + ((<usize>(j * n)) << 3);
    let sum = load<f64>(row + (<usize>j << 3));
    for (let k = 0; k < j; k++) {
      const x = load<f64>(row + (<usize>k << 3));
      sum -= x * x;
    }
    if (!(sum > 0.0)) return 0;
    const diagonal = Math.sqrt(sum);
    store<f64>(row + (<usize>j << 3), diagonal);
    for (let i = j + 1; i < n; i++) {
      const lower = at + ((<usize>(i * n)) << 3);
      let rest = load<f64>(lower + (<usize>j << 3));
      for (let k = 0; k < j; k++) {
        rest -= load<f64>(lower + (<usize>k << 3)) * load<f64>(row + (<usize>k << 3));
      }
      store<f64>(lower + (<usize>j << 3), rest / diagonal);
      store<f64>(row + (<usize>i << 3), 0.0);
    }
  }
  return 1;
}

/** Bytes of scratch that `monteCarloTail` needs. */
export function monteCarloBytes(assets: i32, paths: i32): usize {
  const rounded = (paths + LANES - 1) & ~(LANES - 1);
  const coefficients = ((assets * (assets + 1)) >> 1) + 2 * assets;
  return 64 + (<usize>assets << 5) + (((<usize>coefficients << 2) + 15) & ~15) + (<usize>rounded << 3);
}

/**
 * VaR and ES of a portfolio over one horizon.
 * @param seed       of the paths
 * @param factor     f64[assets][assets], from `cholesky` of the covariance of log returns
 * @param drift      f64[assets], mean log returns
 * @param exposure   f64[assets], signed value of each asset; VaR comes in its unit
 * @param logNormal  1: value moves by e^x − 1; 0: by x
 * @param work       scratch of `monteCarloBytes`, 16-byte aligned; afterwards its end holds the profits,
 *                   reordered
 * @param out        f64[2], VaR and ES at least 0; NaN for no paths or more than 64 assets
 * @source           xoshiro128+ (Blackman & Vigna 2018), Box & Muller 1958
 */
export function monteCarloTail(
  seed: i32,
  factor: usize,
  drift: usize,
  exposure: usize,
  assets: i32,
  paths: i32,
  alpha: f64,
  logNormal: i32,
  work: usize,
  out: usize,
): void {
  store<f64>(out, NaN);
  store<f64>(out, NaN, 8);
  if (paths < 1 || assets < 1 || assets > ASSETS_MAX) return;
  const normals = work + 64;
  const coefficients = normals + (<usize>assets << 5);
  const count = ((assets * (assets + 1)) >> 1) + 2 * assets;
  const profits = coefficients + (((<usize>count << 2) + 15) & ~15);
  seedLanes(work, seed);
  packCoefficients(coefficients, factor, drift, exposure, assets);
  simulate(work, coefficients, normals, assets, paths, logNormal, profits);
  tailRisk<f64>(profits, paths, alpha, out);
}

/** Sixteen words of xoshiro state, four lanes, from mulberry32. */
function seedLanes(at: usize, seed: i32): void {
  rngInit(at + 60, seed);
  let state = load<i32>(at + 60);
  for (let i = 0; i < 16; i++) {
    store<i32>(at + 60, state);
    const word = rngNext(at + 60);
    state = load<i32>(at + 60);
    store<u32>(at + (<usize>i << 2), i < 15 ? word : word | 1);
  }
}

/** Per asset: its exposure, its drift, its row of the factor up to the diagonal; f32, in the order of use. */
function packCoefficients(into: usize, factor: usize, drift: usize, exposure: usize, assets: i32): void {
  let at = into;
  for (let i = 0; i < assets; i++) {
    store<f32>(at, <f32>load<f64>(exposure + (<usize>i << 3)));
    store<f32>(at, <f32>load<f64>(drift + (<usize>i << 3)), 4);
    at += 8;
    for (let j = 0; j <= i; j++) {
      store<f32>(at, <f32>load<f64>(factor + (<usize>(i * assets + j) << 3)));
      at += 4;
    }
  }
}

function simulate(
  state: usize,
  coefficients: usize,
  normals: usize,
  assets: i32,
  paths: i32,
  logNormal: i32,
  profits: usize,
): void {
  let s0 = v128.load(state);
  let s1 = v128.load(state, 16);
  let s2 = v128.load(state, 32);
  let s3 = v128.load(state, 48);
  const one = f32x4.splat(1.0);
  const sign = i32x4.splat(0x80000000);
  for (let path = 0; path < paths; path += LANES) {
    for (let k = 0; k < assets; k++) {
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
      // u in (0, 1]: its logarithm is finite and never above 0 by more than rounding
      const u = f32x4.mul(
        f32x4.add(f32x4.convert_i32x4_u(i32x4.shr_u(first, 8)), one),
        f32x4.splat(TWO_24_INVERSE),
      );
      const square = f32x4.mul(f32x4.splat(-2.0), logQuad(u));
      const radius = f32x4.sqrt(f32x4.pmax(f32x4.splat(0.0), square));
      // half a turn, s in [−½, ½); a spare bit of the first draw chooses the other half
      const s = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_s(second, 8)), f32x4.splat(TWO_24_INVERSE));
      const turned = v128.xor(radius, v128.and(i32x4.shl(first, 24), sign));
      const z = f32x4.mul(s, s);
      const at = normals + (<usize>k << 5);
      v128.store(at, f32x4.mul(turned, cosineHalf(z)));
      v128.store(at, f32x4.mul(turned, f32x4.mul(s, sineHalf(z))), 16);
    }
    let low = f32x4.splat(0.0);
    let high = f32x4.splat(0.0);
    let at = coefficients;
    for (let i = 0; i < assets; i++) {
      const weight = v128.load32_splat(at);
      let x = v128.load32_splat(at, 4);
      let y = x;
      at += 8;
      const end = normals + (<usize>i << 5);
      for (let n = normals; n <= end; n += 32) {
        const l = v128.load32_splat(at);
        x = f32x4.add(x, f32x4.mul(l, v128.load(n)));
        y = f32x4.add(y, f32x4.mul(l, v128.load(n, 16)));
        at += 4;
      }
      if (logNormal) {
        x = f32x4.sub(expQuad(x), one);
        y = f32x4.sub(expQuad(y), one);
      }
      low = f32x4.add(low, f32x4.mul(weight, x));
      high = f32x4.add(high, f32x4.mul(weight, y));
    }
    const to = profits + (<usize>path << 3);
    v128.store(to, f64x2.promote_low_f32x4(low));
    v128.store(to, f64x2.promote_low_f32x4(i32x4.shuffle(low, low, 2, 3, 2, 3)), 16);
    v128.store(to, f64x2.promote_low_f32x4(high), 32);
    v128.store(to, f64x2.promote_low_f32x4(i32x4.shuffle(high, high, 2, 3, 2, 3)), 48);
  }
}

function logQuad(u: v128): v128 {
  const shifted = i32x4.sub(u, i32x4.splat(ROOT_HALF));
  const k = i32x4.shr_s(shifted, 23);
  const m = i32x4.add(v128.and(shifted, i32x4.splat(0x007fffff)), i32x4.splat(ROOT_HALF));
  const f = f32x4.sub(m, f32x4.splat(1.0));
  const z = f32x4.mul(f, f);
  const w = f32x4.mul(z, z);
  const p0 = f32x4.add(linear(L0, L1, f), f32x4.mul(linear(L2, L3, f), z));
  const p4 = f32x4.add(linear(L4, L5, f), f32x4.mul(linear(L6, L7, f), z));
  const p8 = f32x4.mul(f32x4.splat(L8), w);
  const p = f32x4.add(p0, f32x4.mul(f32x4.add(p4, p8), w));
  const tail = f32x4.sub(f32x4.mul(f32x4.mul(f, z), p), f32x4.mul(f32x4.splat(0.5), z));
  return f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(k), f32x4.splat(LN2)), f32x4.add(f, tail));
}

function sineHalf(z: v128): v128 {
  const w = f32x4.mul(z, z);
  const p = f32x4.add(linear(S0, S1, z), f32x4.mul(linear(S2, S3, z), w));
  return f32x4.add(p, f32x4.mul(linear(S4, S5, z), f32x4.mul(w, w)));
}

function cosineHalf(z: v128): v128 {
  const w = f32x4.mul(z, z);
  const p = f32x4.add(linear(1.0, C1, z), f32x4.mul(linear(C2, C3, z), w));
  return f32x4.add(p, f32x4.mul(linear(C4, C5, z), f32x4.mul(w, w)));
}

function linear(a: f32, b: f32, r: v128): v128 {
  return f32x4.add(f32x4.splat(a), f32x4.mul(f32x4.splat(b), r));
}
