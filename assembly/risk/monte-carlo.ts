// Monte Carlo value at risk of a portfolio: correlated normal or log-normal moves of one horizon. Research
// and reports; no decision rests on it.

import { rngInit, rngNext } from '../random';
import { BLOCK, BLOCK_BYTES, correlate, drawNormals, linearProfits, logNormalProfits } from './paths';
import { tailRisk } from './tail';

/** Most assets of one portfolio. */
const ASSETS_MAX: i32 = 64;
const STATE_BYTES: usize = 64;

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
  const blocks = <usize>((paths + BLOCK - 1) / BLOCK);
  return STATE_BYTES + bookBytes(assets) + <usize>even(assets) * BLOCK_BYTES + blocks * BLOCK_BYTES;
}

/**
 * VaR and ES of a portfolio over one horizon.
 * @param seed       of the paths
 * @param factor     f64[assets][assets], from `cholesky` of the covariance of log returns
 * @param drift      f64[assets], mean log returns
 * @param exposure   f64[assets], signed value of each asset; VaR comes in its unit
 * @param logNormal  1: value moves by e^x − 1; 0: by x
 * @param work       scratch of `monteCarloBytes`, 16-byte aligned; afterwards its end holds the profits,
 *                   f32[paths rounded up to 16], the first `paths` of them reordered
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
  const exposures = work + STATE_BYTES;
  const rows = exposures + (<usize>even(assets) << 2);
  const moves = exposures + bookBytes(assets);
  const profits = moves + <usize>even(assets) * BLOCK_BYTES;
  seedLanes(work, seed);
  packBook(exposures, rows, factor, drift, exposure, assets);
  // the row that makes an odd number of assets even has the factor 0
  memory.fill(profits - BLOCK_BYTES, 0, BLOCK_BYTES);
  const end = profits + (<usize>paths << 2);
  for (let into = profits; into < end; into += BLOCK_BYTES) {
    drawNormals(work, moves, assets << 2);
    correlate(rows, moves, even(assets) >> 1);
    if (logNormal) logNormalProfits(exposures, moves, assets, into);
    else linearProfits(exposures, moves, assets, into);
  }
  tailRisk<f32>(profits, paths, alpha, out);
}

function even(assets: i32): i32 {
  return (assets + 1) & ~1;
}

/** Bytes of exposures and rows: a pair of assets has two drifts and two coefficients a column. */
function bookBytes(assets: i32): usize {
  const pairs = even(assets) >> 1;
  const numbers = 2 * pairs * (pairs + 3);
  return <usize>((numbers + 3) & ~3) << 2;
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

/** The book in f32 and in the order of use; what an odd number of assets lacks is 0. */
function packBook(
  exposures: usize,
  rows: usize,
  factor: usize,
  drift: usize,
  exposure: usize,
  assets: i32,
): void {
  for (let i = 0; i < assets; i++) {
    store<f32>(exposures + (<usize>i << 2), <f32>load<f64>(exposure + (<usize>i << 3)));
  }
  let at = rows;
  for (let pair = even(assets) - 2; pair >= 0; pair -= 2) {
    for (let column = -1; column < pair + 2; column++) {
      for (let i = pair; i < pair + 2; i++) {
        const from = column < 0 ? drift + (<usize>i << 3) : factor + (<usize>(i * assets + column) << 3);
        store<f32>(at, i < assets && column < assets ? <f32>load<f64>(from) : 0.0);
        at += 4;
      }
    }
  }
}
