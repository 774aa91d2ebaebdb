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
    const at = changetype<usize>(this);
    let sums = v128.load(at);
    if (z - z == 0.0) {
      const zero = f64x2.splat(0.0);
      sums = f64x2.pmax(zero, f64x2.sub(f64x2.add(sums, f64x2(z, -z)), f64x2.splat(REFERENCE)));
      v128.store(at, sums);
    }
    return f64x2.extract_lane(f64x2.pmax(sums, v128.shuffle<f64>(sums, sums, 1, 0)), 0);
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
