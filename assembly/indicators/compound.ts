// Averages made of averages: double and triple exponential, Hull. Output at byte 0; NaN in warm-up.

import { Ema, EMA_BYTES, Wma, wmaBytes } from './moving';

/** Double (2·e₁ − e₂) or triple (3·e₁ − 3·e₂ + e₃) exponential average; three averages follow. */
@unmanaged
export class MultipleEma {
  value: f64;
  stages: i32;
  pad: i32;

  /** `stages` is 2 or 3. */
  init(period: i32, stages: i32): void {
    this.value = NaN;
    this.stages = stages;
    this.pad = 0;
    for (let i: usize = 0; i < 3; i++) this.stage(i).init(period);
  }

  private stage(i: usize): Ema {
    return changetype<Ema>(changetype<usize>(this) + offsetof<MultipleEma>() + i * EMA_BYTES);
  }

  /**
   * NaN for the first stages·(period − 1) values.
   * @source Mulloy 1994, seeded as TA-Lib DEMA and TEMA
   */
  push(x: f64): f64 {
    const a = this.stage(0).push(x);
    if (a != a) return NaN;
    const b = this.stage(1).push(a);
    if (b != b) return NaN;
    if (this.stages == 2) this.value = 2.0 * a - b;
    else {
      const c = this.stage(2).push(b);
      if (c == c) this.value = 3.0 * a - 3.0 * b + c;
    }
    return this.value;
  }
}

/** Hull moving average; the weighted averages of period/2, period and √period follow. */
@unmanaged
export class Hma {
  value: f64;
  period: i32;
  pad: i32;

  init(period: i32): void {
    this.value = NaN;
    this.period = period;
    this.pad = 0;
    this.half.init(period >> 1);
    this.whole.init(period);
    this.last.init(hullRoot(period));
  }

  get half(): Wma {
    return changetype<Wma>(changetype<usize>(this) + offsetof<Hma>());
  }

  get whole(): Wma {
    return changetype<Wma>(changetype<usize>(this.half) + wmaBytes(this.period >> 1));
  }

  get last(): Wma {
    return changetype<Wma>(changetype<usize>(this.whole) + wmaBytes(this.period));
  }

  /** NaN for the first period + ⌊√period⌋ − 2 values. Source: Hull 2005. */
  push(x: f64): f64 {
    const half = this.half.push(x);
    const whole = this.whole.push(x);
    if (whole == whole) this.value = this.last.push(2.0 * half - whole);
    return this.value;
  }
}

/** ⌊√period⌋. */
export function hullRoot(period: i32): i32 {
  return <i32>Math.sqrt(<f64>period);
}

export function multipleEmaBytes(): usize {
  return offsetof<MultipleEma>() + 3 * EMA_BYTES;
}

export function multipleEmaInit(p: usize, period: i32, stages: i32): void {
  changetype<MultipleEma>(p).init(period, stages);
}

export function multipleEmaPush(p: usize, x: f64): f64 {
  return changetype<MultipleEma>(p).push(x);
}

export function hmaBytes(period: i32): usize {
  return offsetof<Hma>() + wmaBytes(period >> 1) + wmaBytes(period) + wmaBytes(hullRoot(period));
}

export function hmaInit(p: usize, period: i32): void {
  changetype<Hma>(p).init(period);
}

export function hmaPush(p: usize, x: f64): f64 {
  return changetype<Hma>(p).push(x);
}
