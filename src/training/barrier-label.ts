// The training label of every voter: which of two symmetric barriers the price meets first.

import { HOLD, LONG, SHORT } from '../core/units.ts';
import type { Direction } from '../core/units.ts';

/** Distance of each barrier from the close, in ATR14 of the bar. Further out, HOLD would win every argmax. */
export const BARRIER_ATR = 1.5;
/** Bars after the labelled one in which a barrier may be met. */
export const BARRIER_BARS = 12;

/** Highs and lows of bars, oldest first. */
export interface Extremes {
  readonly high: ArrayLike<number>;
  readonly low: ArrayLike<number>;
}

/**
 * Label of a bar: LONG when close + 1.5 ATR is met first within 12 bars, SHORT when close − 1.5 ATR is, HOLD
 * when neither is or when one bar meets both (their order inside the bar is unknown).
 *
 * @param bars   extremes of all bars
 * @param index  the labelled bar; its own extremes do not count
 * @param close  its closing price
 * @param atr    its ATR14, same units, > 0
 * @returns      null when fewer than 12 bars follow or the ATR is not known
 * @source       López de Prado 2018 §3.4 (triple barrier), symmetric, without volatility filter
 * @example      barrierLabel({ high: [1, ...Array(12).fill(3)], low: Array(13).fill(1) }, 0, 1, 1) // 2
 */
export function barrierLabel(bars: Extremes, index: number, close: number, atr: number): Direction | null {
  if (!(atr > 0) || index + BARRIER_BARS >= bars.high.length) return null;
  const above = close + BARRIER_ATR * atr;
  const below = close - BARRIER_ATR * atr;
  for (let i = index + 1; i <= index + BARRIER_BARS; i++) {
    const up = (bars.high[i] as number) >= above;
    const down = (bars.low[i] as number) <= below;
    if (up && down) return HOLD;
    if (up) return LONG;
    if (down) return SHORT;
  }
  return HOLD;
}
