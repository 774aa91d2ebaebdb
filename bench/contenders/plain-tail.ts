// Value at risk of a book by simulation as one writes it by hand in JavaScript, and the book of the
// comparisons.

/** The comparisons' book: assets, simulated paths, tail. */
export const ASSETS = 10;
export const PATHS = 10_000;
export const ALPHA = 0.05;

/** Covariance f64[assets²] of the log returns and exposure f64[assets]. */
export interface Book {
  readonly covariance: Float64Array;
  readonly exposure: Float64Array;
}

/** Equal weights, daily deviations of 1.0 % to 1.9 %, correlation .4. */
export function bookOf(): Book {
  const sigma = Array.from({ length: ASSETS }, (_, i) => 0.01 + 0.001 * i);
  const covariance = Float64Array.from({ length: ASSETS * ASSETS }, (_, cell) => {
    const [i, j] = [Math.floor(cell / ASSETS), cell % ASSETS];
    return sigma[i]! * sigma[j]! * (i === j ? 1 : 0.4);
  });
  return { covariance, exposure: new Float64Array(ASSETS).fill(1 / ASSETS) };
}

/** What one writes by hand: Cholesky, Box-Muller with both coordinates, one sort. */
export function plainTail({ covariance, exposure }: Book, paths = PATHS): { var: number; es: number } {
  const factor = new Float64Array(ASSETS * ASSETS);
  for (let i = 0; i < ASSETS; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = covariance[i * ASSETS + j]!;
      for (let k = 0; k < j; k++) sum -= factor[i * ASSETS + k]! * factor[j * ASSETS + k]!;
      factor[i * ASSETS + j] = i === j ? Math.sqrt(sum) : sum / factor[j * ASSETS + j]!;
    }
  }
  const profit = new Float64Array(paths);
  const z = new Float64Array(ASSETS);
  for (let path = 0; path < paths; path++) {
    for (let k = 0; k < ASSETS; k += 2) {
      const radius = Math.sqrt(-2 * Math.log(1 - Math.random()));
      const angle = 2 * Math.PI * Math.random();
      z[k] = radius * Math.cos(angle);
      z[k + 1] = radius * Math.sin(angle);
    }
    let value = 0;
    for (let i = 0; i < ASSETS; i++) {
      let x = 0;
      for (let j = 0; j <= i; j++) x += factor[i * ASSETS + j]! * z[j]!;
      value += exposure[i]! * (Math.exp(x) - 1);
    }
    profit[path] = value;
  }
  profit.sort();
  const count = Math.floor(ALPHA * (paths - 1)) + 1;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += profit[i]!;
  return { var: -profit[count - 1]!, es: -sum / count };
}
