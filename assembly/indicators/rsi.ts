// Wilder's relative strength index. Output at byte 0: percent 0..100; NaN in warm-up.

@unmanaged
export class Rsi {
  value: f64;
  previous: f64;
  /** Sum of rises while seeding, Wilder average after. */
  gain: f64;
  loss: f64;
  count: i32;
  period: i32;

  init(period: i32): void {
    this.value = NaN;
    this.previous = 0.0;
    this.gain = 0.0;
    this.loss = 0.0;
    this.count = 0;
    this.period = period;
  }

  /**
   * NaN for the first `period` values; 100 when nothing fell, 50 when nothing moved.
   * @source Wilder 1978 ch. 6, seeded as TA-Lib RSI (which gives 0, not 50, when nothing moved)
   */
  push(x: f64): f64 {
    const n = this.count;
    const p = this.period;
    const change = n == 0 ? 0.0 : x - this.previous;
    this.previous = x;
    // (rise, fall); a comparison of two prices is a guess that a processor often loses
    const moves = f64x2.pmax(f64x2.splat(0.0), f64x2(change, -change));
    const at = changetype<usize>(this);
    let averages = v128.load(at, offsetof<Rsi>('gain'));
    const size = f64x2.splat(<f64>p);
    if (n > p) {
      averages = f64x2.div(f64x2.add(f64x2.mul(averages, f64x2.splat(<f64>(p - 1))), moves), size);
    } else {
      this.count = n + 1;
      averages = f64x2.add(averages, moves);
      if (n == p) averages = f64x2.div(averages, size);
    }
    v128.store(at, averages, offsetof<Rsi>('gain'));
    if (n < p) return NaN;
    const total = this.gain + this.loss;
    this.value = total > 0.0 ? 100.0 * (this.gain / total) : 50.0;
    return this.value;
  }
}

/** Bytes of one Rsi. */
export const RSI_BYTES: usize = offsetof<Rsi>();

export function rsiBytes(): usize {
  return RSI_BYTES;
}

export function rsiInit(p: usize, period: i32): void {
  changetype<Rsi>(p).init(period);
}

export function rsiPush(p: usize, x: f64): f64 {
  return changetype<Rsi>(p).push(x);
}
