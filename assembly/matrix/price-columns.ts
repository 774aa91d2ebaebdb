// Price columns of the strategic matrix: RSI, MACD and ATR seeded as TA-Lib seeds them, close location, band position.

/** Wilder's RSI: 100 without a loss, 50 without a move; NaN before `length` moves. */
@unmanaged
export class Rsi {
  length: i32;
  bars: i32;
  previous: f64;
  gain: f64;
  loss: f64;
  value: f64;

  init(length: i32): void {
    this.length = length;
    this.bars = 0;
    this.previous = 0.0;
    this.gain = 0.0;
    this.loss = 0.0;
    this.value = NaN;
  }

  push(close: f64): void {
    const n = this.bars++;
    const move = close - this.previous;
    this.previous = close;
    if (n == 0) return;
    const length = <f64>this.length;
    const up = max(move, 0.0);
    const down = max(-move, 0.0);
    if (n <= this.length) {
      this.gain += up / length;
      this.loss += down / length;
      if (n < this.length) return;
    } else {
      this.gain = (this.gain * (length - 1.0) + up) / length;
      this.loss = (this.loss * (length - 1.0) + down) / length;
    }
    const total = this.gain + this.loss;
    this.value = total == 0.0 ? 50.0 : (100.0 * this.gain) / total;
  }
}

/** Bytes of one Rsi. */
export const RSI_BYTES: usize = offsetof<Rsi>();

const FAST: i32 = 12;
const SLOW: i32 = 26;
const SIGNAL: i32 = 9;

/** MACD(12, 26, 9) histogram; both averages start at the 26th close, the signal nine values later. */
@unmanaged
export class Macd {
  bars: i32;
  pad: i32;
  fast: f64;
  slow: f64;
  signal: f64;
  histogram: f64;

  init(): void {
    this.bars = 0;
    this.pad = 0;
    this.fast = 0.0;
    this.slow = 0.0;
    this.signal = 0.0;
    this.histogram = NaN;
  }

  push(close: f64): void {
    const n = this.bars++;
    if (n < SLOW) {
      this.slow += close / <f64>SLOW;
      if (n >= SLOW - FAST) this.fast += close / <f64>FAST;
      if (n < SLOW - 1) return;
    } else {
      this.fast += (close - this.fast) * (2.0 / <f64>(FAST + 1));
      this.slow += (close - this.slow) * (2.0 / <f64>(SLOW + 1));
    }
    const line = this.fast - this.slow;
    if (n < SLOW - 1 + SIGNAL) {
      this.signal += line / <f64>SIGNAL;
      if (n < SLOW + SIGNAL - 2) return;
    } else this.signal += (line - this.signal) * (2.0 / <f64>(SIGNAL + 1));
    this.histogram = line - this.signal;
  }
}

/** Bytes of one Macd. */
export const MACD_BYTES: usize = offsetof<Macd>();

/** Wilder's average true range; NaN before `length` true ranges. */
@unmanaged
export class Atr {
  length: i32;
  bars: i32;
  previous: f64;
  sum: f64;
  value: f64;

  init(length: i32): void {
    this.length = length;
    this.bars = 0;
    this.previous = 0.0;
    this.sum = 0.0;
    this.value = NaN;
  }

  push(high: f64, low: f64, close: f64): void {
    const n = this.bars++;
    const range = max(high - low, max(Math.abs(high - this.previous), Math.abs(low - this.previous)));
    this.previous = close;
    if (n == 0) return;
    const length = <f64>this.length;
    if (n > this.length) this.value = (this.value * (length - 1.0) + range) / length;
    else {
      this.sum += range;
      if (n == this.length) this.value = this.sum / length;
    }
  }
}

/** Bytes of one Atr. */
export const ATR_BYTES: usize = offsetof<Atr>();

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
