// Channels around the price: Donchian, Keltner, Williams %R and Ichimoku lines. Outputs from byte 0, each NaN
// in its own warm-up.

import { Atr, ATR_BYTES } from './atr';
import { Ema, EMA_BYTES } from './moving';
import { Ring, ringBytes } from './ring';

/** Donchian channel: middle, upper, lower, and Williams %R as fourth; rings of highs and lows follow. */
@unmanaged
export class Donchian {
  value: f64;
  upper: f64;
  lower: f64;
  /** −100 at the low of the window, 0 at its high; −50 without a range. */
  percentR: f64;

  init(period: i32): void {
    this.value = NaN;
    this.upper = NaN;
    this.lower = NaN;
    this.percentR = NaN;
    this.highs.init(period);
    this.lows.init(period);
  }

  get highs(): Ring {
    return changetype<Ring>(changetype<usize>(this) + offsetof<Donchian>());
  }

  get lows(): Ring {
    const highs = this.highs;
    return changetype<Ring>(changetype<usize>(highs) + ringBytes(highs.size));
  }

  /**
   * NaN for the first period − 1 bars.
   * @source Donchian 1960; Williams 1973 (TA-Lib WILLR, −0 without a range there)
   */
  push(high: f64, low: f64, close: f64): f64 {
    this.highs.push(high);
    this.lows.push(low);
    if (!this.highs.full) return NaN;
    this.upper = this.highs.highest;
    this.lower = this.lows.lowest;
    this.value = 0.5 * (this.upper + this.lower);
    const range = this.upper - this.lower;
    this.percentR = range > 0.0 ? (-100.0 * (this.upper - close)) / range : -50.0;
    return this.value;
  }
}

/** Keltner channel: middle, upper, lower; an EMA and an ATR follow. */
@unmanaged
export class Keltner {
  value: f64;
  upper: f64;
  lower: f64;
  width: f64;

  init(period: i32, atrPeriod: i32, width: f64): void {
    this.value = NaN;
    this.upper = NaN;
    this.lower = NaN;
    this.width = width;
    this.average.init(period);
    this.range.init(atrPeriod);
  }

  get average(): Ema {
    return changetype<Ema>(changetype<usize>(this) + offsetof<Keltner>());
  }

  get range(): Atr {
    return changetype<Atr>(changetype<usize>(this) + offsetof<Keltner>() + EMA_BYTES);
  }

  /** EMA of the close ± width·ATR. Source: Keltner 1960, in Raschke's form with the average true range. */
  push(high: f64, low: f64, close: f64): f64 {
    const middle = this.average.push(close);
    const range = this.range.push(high, low, close);
    if (middle == middle) this.value = middle;
    // a NaN that arithmetic made has host-dependent bits and is never stored
    if (middle == middle && range == range) {
      this.upper = middle + this.width * range;
      this.lower = middle - this.width * range;
    }
    return this.value;
  }
}

/** Ichimoku lines: conversion, base, span A, span B, all as of the bar (span A and B are drawn ahead). */
@unmanaged
export class Ichimoku {
  value: f64;
  base: f64;
  spanA: f64;
  spanB: f64;

  init(conversion: i32, base: i32, span: i32): void {
    this.value = NaN;
    this.base = NaN;
    this.spanA = NaN;
    this.spanB = NaN;
    this.channel(0).init(conversion);
    this.channel(1).init(base);
    this.channel(2).init(span);
  }

  private channel(i: i32): Donchian {
    let at = changetype<usize>(this) + offsetof<Ichimoku>();
    for (let j = 0; j < i; j++) at += donchianBytes(changetype<Donchian>(at).highs.size);
    return changetype<Donchian>(at);
  }

  /** Middles of three Donchian channels. Source: Hosoda 1969. */
  push(high: f64, low: f64, close: f64): f64 {
    const conversion = this.channel(0).push(high, low, close);
    const base = this.channel(1).push(high, low, close);
    const span = this.channel(2).push(high, low, close);
    if (conversion == conversion) this.value = conversion;
    if (base == base) {
      this.base = base;
      this.spanA = 0.5 * (conversion + base);
    }
    if (span == span) this.spanB = span;
    return this.value;
  }
}

export function donchianBytes(period: i32): usize {
  return offsetof<Donchian>() + 2 * ringBytes(period);
}

export function donchianInit(p: usize, period: i32): void {
  changetype<Donchian>(p).init(period);
}

export function donchianPush(p: usize, high: f64, low: f64, close: f64): f64 {
  return changetype<Donchian>(p).push(high, low, close);
}

export function keltnerBytes(): usize {
  return offsetof<Keltner>() + EMA_BYTES + ATR_BYTES;
}

export function keltnerInit(p: usize, period: i32, atrPeriod: i32, width: f64): void {
  changetype<Keltner>(p).init(period, atrPeriod, width);
}

export function keltnerPush(p: usize, high: f64, low: f64, close: f64): f64 {
  return changetype<Keltner>(p).push(high, low, close);
}

export function ichimokuBytes(conversion: i32, base: i32, span: i32): usize {
  return offsetof<Ichimoku>() + donchianBytes(conversion) + donchianBytes(base) + donchianBytes(span);
}

export function ichimokuInit(p: usize, conversion: i32, base: i32, span: i32): void {
  changetype<Ichimoku>(p).init(conversion, base, span);
}

export function ichimokuPush(p: usize, high: f64, low: f64, close: f64): f64 {
  return changetype<Ichimoku>(p).push(high, low, close);
}
