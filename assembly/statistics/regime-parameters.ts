// The parameters of the regime's hidden Markov model.

/** Probability of staying in a state for one more bar; the rest is shared equally. */
export const STAY: f64 = 0.99;
/** Probability of one certain move. */
export const MOVE: f64 = (1.0 - STAY) / 3.0;
/** |μ/σ| of BULL and BEAR in the tied model, and the sign of each state's drift. */
export const DRIFT: f64 = 0.2;

export const MODEL_DEFAULT: i32 = 0;
export const MODEL_TIED: i32 = 1;
export const MODEL_FREE: i32 = 2;

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
