// ABI of value at risk and expected shortfall. Losses are positive fractions for one bar, alpha the tail
// probability.

/** Filtered history, normal and Cornish-Fisher tails. */
export interface RiskAbi {
  fhsBytes(): number;
  fhsInit(p: number): void;
  /** Takes a log return, gives the EWMA(.94) volatility of the next bar; NaN before 20. */
  fhsPush(p: number, logReturn: number): number;
  /** NaN before 96 standardised returns; as `fhsEs` and `fhsCornishFisherVar`. */
  fhsVar(p: number, alpha: number): number;
  fhsEs(p: number, alpha: number): number;
  /** NaN outside the monotone domain too. */
  fhsCornishFisherVar(p: number, alpha: number): number;
  /** In standard deviations. */
  normalVar(alpha: number): number;
  normalEs(alpha: number): number;
  /** 1 when the expansion is monotone. */
  cornishFisherMonotone(skew: number, excessKurtosis: number): number;
  /** NaN outside the monotone domain. */
  cornishFisherQuantile(z: number, skew: number, excessKurtosis: number): number;
  cornishFisherEs(alpha: number, skew: number, excessKurtosis: number): number;
  /** Over f64[n] at `at`, started at the first square. */
  ewmaVariance(at: number, n: number, lambda: number): number;
  garchVariance(variance: number, logReturn: number, omega: number, alpha: number, beta: number): number;
  /** z f64[dates][assets], exposure f64[assets], profit f64[dates] is overwritten, out f64[2] = VaR, ES. */
  fhsPortfolio(
    z: number,
    dates: number,
    assets: number,
    exposure: number,
    alpha: number,
    profit: number,
    out: number,
  ): void;
}
