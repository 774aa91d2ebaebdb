// ABI of Monte Carlo value at risk and of the moving-average cross: research, not the decision path.

/** Simulated tails and the benchmark's backtest. */
export interface MonteCarloAbi {
  /** Lower factor of f64[n][n] in place; 0 when it is not positive definite. */
  cholesky(at: number, n: number): number;
  /** Scratch of `monteCarloTail`. */
  monteCarloBytes(assets: number, paths: number): number;
  /** factor f64[assets][assets], drift and exposure f64[assets], out f64[2] = VaR, ES. */
  monteCarloTail(
    seed: number,
    factor: number,
    drift: number,
    exposure: number,
    assets: number,
    paths: number,
    alpha: number,
    logNormal: number,
    work: number,
    out: number,
  ): void;
  /** close f64[n] in, equity f64[n] and out f64[3] = final equity, drawdown, changes of position. */
  smaCross(
    close: number,
    n: number,
    fast: number,
    slow: number,
    feeRate: number,
    equity: number,
    out: number,
  ): void;
}
