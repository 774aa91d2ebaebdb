// Two-sided Page (1954) CUSUM on standardised values, reference value k.

const REFERENCE: f64 = 0.5;

/**
 * Position-independent state. With threshold 5 a one-sided alarm comes every 930 independent normal values on
 * average.
 */
@unmanaged
export class Cusum {
  up: f64;
  down: f64;

  init(): void {
    this.up = 0.0;
    this.down = 0.0;
  }

  /**
   * Takes a standardised value; one that is not finite is passed over. Returns the larger of the two sums.
   */
  push(z: f64): f64 {
    if (z - z == 0.0) {
      this.up = max(0.0, this.up + z - REFERENCE);
      this.down = max(0.0, this.down - z - REFERENCE);
    }
    return max(this.up, this.down);
  }
}

/** Bytes of one Cusum. */
export const CUSUM_BYTES: usize = offsetof<Cusum>();

/** Largest two-sided CUSUM (k = .5) over n f64 at `values`, and its path of n f64 at `out`. */
export function cusumPath(values: usize, n: i32, out: usize, scratch: usize): f64 {
  const state = changetype<Cusum>(scratch);
  state.init();
  let peak = 0.0;
  for (let i = 0; i < n; i++) {
    const s = state.push(load<f64>(values + ((<usize>i) << 3)));
    store<f64>(out + ((<usize>i) << 3), s);
    peak = max(peak, s);
  }
  return peak;
}
