// Heikin-Ashi bars. Outputs from byte 0: close, open, high, low; no warm-up.

@unmanaged
export class HeikinAshi {
  /** (open + high + low + close) / 4. */
  value: f64;
  /** Middle of the previous Heikin-Ashi body; of the bar's own body at the first bar. */
  open: f64;
  high: f64;
  low: f64;

  init(): void {
    this.value = NaN;
    this.open = NaN;
    this.high = NaN;
    this.low = NaN;
  }

  /** Takes one closed bar, returns the Heikin-Ashi close. Source: Valcu 2004. */
  push(open: f64, high: f64, low: f64, close: f64): f64 {
    const first = this.value != this.value;
    this.open = first ? 0.5 * (open + close) : 0.5 * (this.open + this.value);
    const y = 0.25 * (open + high + low + close);
    this.value = y;
    this.high = max(high, max(this.open, y));
    this.low = min(low, min(this.open, y));
    return y;
  }
}

/** Bytes of one HeikinAshi. */
export const HEIKIN_ASHI_BYTES: usize = offsetof<HeikinAshi>();

export function heikinAshiBytes(): usize {
  return HEIKIN_ASHI_BYTES;
}

export function heikinAshiInit(p: usize): void {
  changetype<HeikinAshi>(p).init();
}

export function heikinAshiPush(p: usize, open: f64, high: f64, low: f64, close: f64): f64 {
  return changetype<HeikinAshi>(p).push(open, high, low, close);
}
