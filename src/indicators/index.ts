// The public surface of grandmodel-edge/indicators: typed array in, view or the caller's buffer out.

export { loadIndicators } from './memory.ts';
export type { Indicators, IndicatorsOptions } from './memory.ts';
export { PERIOD_MAX } from './state.ts';
export { bollinger, ema, sma, wma } from './averages.ts';
export type { Bands } from './averages.ts';
export { macd, roc, rsi, stochastic } from './oscillators.ts';
export type { MacdLines, StochasticLines } from './oscillators.ts';
export { adx, atr } from './ranges.ts';
export type { HighLowClose } from './ranges.ts';
export { obv, vwap } from './volumes.ts';
export type { HighLowCloseVolume } from './volumes.ts';
export { Bollinger, Ema, Macd, Roc, Rsi, Sma, Wma } from './series.ts';
export { Adx, Atr, Cci, HeikinAshi, Mfi, Obv, Stochastic, Vwap } from './bars.ts';
export type { PriceBar } from './bars.ts';
export { GrandModelError } from '../core/errors.ts';
