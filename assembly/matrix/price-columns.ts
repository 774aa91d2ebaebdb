// Price columns of the strategic matrix that are no indicator of their own: close location, band position.

const LOCATION: i32 = 5;

/** EWMA5 of where the close lies in its bar, −1 at the low, +1 at the high; seeded by the mean of five. */
@unmanaged
export class CloseLocation {
  bars: i32;
  pad: i32;
  average: f64;

  init(): void {
    this.bars = 0;
    this.pad = 0;
    this.average = 0.0;
  }

  /** The average after this bar; NaN before five. */
  push(high: f64, low: f64, close: f64): f64 {
    const place = high > low ? (close - low - (high - close)) / (high - low) : 0.0;
    if (this.bars++ < LOCATION) this.average += place / <f64>LOCATION;
    else this.average += (place - this.average) * (2.0 / <f64>(LOCATION + 1));
    return this.bars < LOCATION ? NaN : this.average;
  }
}

/** Bytes of one CloseLocation. */
export const CLOSE_LOCATION_BYTES: usize = offsetof<CloseLocation>();

/** (C − SMA20)/(2 sd20) of the newest of 20 closes. */
export function bandPosition(closes: usize): f64 {
  let mean = 0.0;
  for (let at: usize = 0; at < 160; at += 8) mean += load<f64>(closes + at);
  mean /= 20.0;
  let squares = 0.0;
  for (let at: usize = 0; at < 160; at += 8) {
    const d = load<f64>(closes + at) - mean;
    squares += d * d;
  }
  // a flat window leaves rounding noise behind, far below any tick
  const deviation = Math.sqrt(squares / 20.0);
  return deviation > mean * 1e-12 ? (load<f64>(closes, 152) - mean) / (2.0 * deviation) : 0.0;
}
