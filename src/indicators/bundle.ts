// Seven indicators of one market in one push: what a screen of many markets asks for.

import { IndicatorState, checkFinite } from './state.ts';
import type { IndicatorHost } from './state.ts';

/** Places of the outputs in `IndicatorBundle.outputs`. */
export const BUNDLE_OUTPUTS = [
  'rsi',
  'macd',
  'signal',
  'histogram',
  'middle',
  'upper',
  'lower',
  'atr',
  'adx',
  'obv',
  'vwap',
] as const;

/**
 * RSI 14, MACD 12/26/9, Bollinger 20/2, ATR 14, ADX 14, OBV and VWAP, one call a bar; each output is NaN in
 * its own warm-up and within 1e-10 of its own indicator after.
 * @example const bundle = new IndicatorBundle(indicators);
 *          bundle.push(3, 1, 2, 10);
 *          [bundle.outputs[9], bundle.outputs[10]] // [10, 2]
 */
export class IndicatorBundle extends IndicatorState {
  private view: Float64Array;

  constructor(kernel: IndicatorHost) {
    super(kernel, kernel.raw.bundleBytes());
    kernel.raw.bundleInit(this.address);
    this.view = kernel.f64(this.address, BUNDLE_OUTPUTS.length);
  }

  /**
   * Takes the next closed bar, returns RSI.
   * @param first  whether a session begins with this bar, for VWAP
   * @throws       GrandModelError BAD_ARGUMENT when a number is not finite; the state is unchanged
   */
  push(high: number, low: number, close: number, volume: number, first = false): number {
    // one sum is not finite when a part is not, and finite prices do not add up to more than a f64 holds
    if (!Number.isFinite(high + low + close + volume)) {
      checkFinite('high', high);
      checkFinite('low', low);
      checkFinite('close', close);
      checkFinite('volume', volume);
    }
    return this.kernel.raw.bundlePush(this.address, high, low, close, volume, first ? 1 : 0);
  }

  /** The eleven outputs in the order of BUNDLE_OUTPUTS: a view, renewed by each push. */
  get outputs(): Float64Array {
    if (this.view.length === 0) this.view = this.kernel.f64(this.address, BUNDLE_OUTPUTS.length);
    return this.view;
  }
}
