// The public surface of grandmodel-edge/indicators: typed array in, view or the caller's buffer out.

export { loadIndicators } from './memory.ts';
export type { Indicators, IndicatorsOptions } from './memory.ts';
export { PERIOD_MAX } from './state.ts';
export { bollinger, ema, sma, wma } from './averages.ts';
export type { Bands } from './averages.ts';
export { cci, macd, roc, rsi, rsiAt, stochastic, stochasticRsi } from './oscillators.ts';
export type { MacdLines, StochasticLines } from './oscillators.ts';
export { adx, atr, heikinAshi, natr } from './ranges.ts';
export type { CandleLines, HighLowClose } from './ranges.ts';
export { mfi, obv, vwap } from './volumes.ts';
export type { HighLowCloseVolume } from './volumes.ts';
export { dema, hma, tema } from './compounds.ts';
export { donchian, ichimoku, keltner, parabolicSar, supertrend, williamsR } from './channels.ts';
export type { IchimokuLines, TrailLines } from './channels.ts';
export {
  amihud,
  edgeSpread,
  fvg,
  garmanKlass,
  mlmi,
  mmd,
  nwRqk,
  volumeProfile,
  yangZhang,
} from './windows.ts';
export type { FvgLines, MlmiLines, NwRqkLines, OpenHighLowClose, ProfileLines } from './windows.ts';
export { BUNDLE_OUTPUTS, IndicatorBundle } from './bundle.ts';
export { Bollinger, Ema, Macd, Roc, Rsi, Sma, Wma } from './series.ts';
export { Adx, Atr, Cci, HeikinAshi, Mfi, Obv, Stochastic, Vwap } from './bars.ts';
export { Dema, Donchian, Hma, Ichimoku, Keltner, Natr, ParabolicSar, StochasticRsi } from './trails.ts';
export { Supertrend, Tema } from './trails.ts';
export {
  Amihud,
  EdgeSpread,
  Fvg,
  GarmanKlass,
  Mlmi,
  Mmd,
  NwRqk,
  VolumeProfile,
  YangZhang,
} from './estimators.ts';
export type { PriceBar } from './bars.ts';
export { GrandModelError } from '../core/errors.ts';
