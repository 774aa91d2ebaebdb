// Nadaraya-Watson regression with the rational quadratic kernel, one-sided: a causal 26-tap filter (system
// rule: f(kP) = k f(P)).

const TAPS: i32 = 26;
const R: i32 = 8;
const H: f64 = 8.0;
const H_SECOND: f64 = 6.0;

/** Position-independent state; weights of both lines and the last 26 values, oldest first, follow it. */
@unmanaged
export class NwRqk {
  /** Line at h = 8; NaN before 26 values. */
  line: f64;
  lineBefore: f64;
  /** Line at h − 2 = 6; NaN before 26 values. */
  second: f64;
  weightSum: f64;
  weightSumSecond: f64;
  count: i32;
  pad: i32;

  init(): void {
    memory.fill(changetype<usize>(this), 0, NW_RQK_BYTES);
    this.line = NaN;
    this.lineBefore = NaN;
    this.second = NaN;
    for (let i = 0; i < TAPS; i++) {
      const first = weight(i, H);
      const second = weight(i, H_SECOND);
      store<f64>(this.at(i), first);
      store<f64>(this.at(TAPS + i), second);
      this.weightSum += first;
      this.weightSumSecond += second;
    }
  }

  /** Takes one value, the newest. */
  push(x: f64): void {
    const values = this.at(2 * TAPS);
    memory.copy(values, values + 8, <usize>(TAPS - 1) * 8);
    store<f64>(this.at(3 * TAPS - 1), x);
    this.lineBefore = this.line;
    if (this.count < TAPS) this.count++;
    if (this.count < TAPS) return;
    let a = 0.0;
    let b = 0.0;
    for (let i = 0; i < TAPS; i++) {
      const y = load<f64>(this.at(3 * TAPS - 1 - i));
      a += load<f64>(this.at(i)) * y;
      b += load<f64>(this.at(TAPS + i)) * y;
    }
    this.line = a / this.weightSum;
    this.second = b / this.weightSumSecond;
  }

  @inline
  private at(i: i32): usize {
    return changetype<usize>(this) + offsetof<NwRqk>() + ((<usize>i) << 3);
  }
}

/** Bytes of one NwRqk. */
export const NW_RQK_BYTES: usize = offsetof<NwRqk>() + <usize>(3 * TAPS) * 8;

/** (1 + i²/(2 r h²))^−r of lag i, by repeated squaring. */
function weight(lag: i32, h: f64): f64 {
  const base = 1.0 + <f64>(lag * lag) / (2.0 * <f64>R * h * h);
  let power = 1.0;
  let square = base;
  for (let e = R; e > 0; e >>= 1) {
    if (e & 1) power *= square;
    square *= square;
  }
  return 1.0 / power;
}
