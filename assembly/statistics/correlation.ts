// EWMA correlation of two return series on products of returns (RiskMetrics), mean taken as zero.

/** Position-independent state, seeded by the first pair. */
@unmanaged
export class EwmaCorrelation {
  lambda: f64;
  variance1: f64;
  variance2: f64;
  covariance: f64;
  count: i32;
  pad: i32;

  init(lambda: f64): void {
    this.lambda = lambda;
    this.variance1 = 0.0;
    this.variance2 = 0.0;
    this.covariance = 0.0;
    this.count = 0;
    this.pad = 0;
  }

  push(a: f64, b: f64): void {
    const keep = this.count == 0 ? 0.0 : this.lambda;
    const take = 1.0 - keep;
    this.variance1 = keep * this.variance1 + take * (a * a);
    this.variance2 = keep * this.variance2 + take * (b * b);
    this.covariance = keep * this.covariance + take * (a * b);
    this.count++;
  }

  /** Correlation in [−1, 1]; 0 where one series does not move, NaN before `minimum` pairs. */
  value(minimum: i32): f64 {
    if (this.count < minimum) return NaN;
    const product = this.variance1 * this.variance2;
    if (!(product > 0.0)) return 0.0;
    return max(-1.0, min(1.0, this.covariance / Math.sqrt(product)));
  }
}

/** Bytes of one EwmaCorrelation. */
export const CORRELATION_BYTES: usize = offsetof<EwmaCorrelation>();

/** EWMA correlation of n pairs in f64 columns. */
export function ewmaCorrelation(a: usize, b: usize, n: i32, lambda: f64, scratch: usize): f64 {
  const state = changetype<EwmaCorrelation>(scratch);
  state.init(lambda);
  for (let i = 0; i < n; i++) state.push(load<f64>(a + ((<usize>i) << 3)), load<f64>(b + ((<usize>i) << 3)));
  return state.value(1);
}
