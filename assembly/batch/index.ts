// Every export of the indicators' own module, dist/indicators.wasm; src/wasm/abi-indicators.ts and
// src/wasm/abi-batch.ts are its mirror. It is apart from the kernel, so that a page with charts loads no
// engine, and a change here leaves the kernel's hash, which journals pin, alone.

// memory
export { alloc } from '../memory';
// over columns
export { batchSma, batchEma, batchWma } from './average';
export { batchRsi, batchMacd, batchRoc } from './oscillator';
export { batchBollinger } from './bollinger';
export { batchAtr, batchAdx } from './range';
export { batchStochastic } from './stochastic';
export { batchObv, batchVwap } from './volume';
export { batchCci, batchMfi } from './windowed';
export { batchHeikinAshi } from './candle';
// streaming, one value or bar a call
export {
  smaBytes,
  smaInit,
  smaPush,
  emaBytes,
  emaInit,
  emaPush,
  wmaBytes,
  wmaInit,
  wmaPush,
} from '../indicators/moving';
export { rsiBytes, rsiInit, rsiPush } from '../indicators/rsi';
export { macdBytes, macdInit, macdPush } from '../indicators/macd';
export { bollingerBytes, bollingerInit, bollingerPush } from '../indicators/bollinger';
export { atrBytes, atrInit, atrPush } from '../indicators/atr';
export { adxBytes, adxInit, adxPush } from '../indicators/adx';
export { stochasticBytes, stochasticInit, stochasticPush } from '../indicators/stochastic';
export {
  obvBytes,
  obvInit,
  obvPush,
  vwapBytes,
  vwapInit,
  vwapPush,
  mfiBytes,
  mfiInit,
  mfiPush,
} from '../indicators/volume';
export { cciBytes, cciInit, cciPush, rocBytes, rocInit, rocPush } from '../indicators/momentum';
export { heikinAshiBytes, heikinAshiInit, heikinAshiPush } from '../indicators/heikin-ashi';
