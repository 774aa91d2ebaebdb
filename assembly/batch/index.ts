// Every export of the indicators' own module, dist/indicators.wasm; src/wasm/abi-indicators.ts and
// src/wasm/abi-batch.ts are its mirror. It is apart from the kernel, so that a page with charts loads no
// engine, and a change here leaves the kernel's hash, which journals pin, alone.

// memory
export { alloc } from '../memory';
// over columns
export { batchSma, batchEma, batchWma } from './average';
export { batchRsi, batchRoc, rsiAt } from './oscillator';
export { batchMacd } from './macd';
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
// the rest of the catalogue, over columns
export { batchMultipleEma, batchHma } from './compound';
export {
  batchDonchian,
  batchIchimoku,
  batchKeltner,
  batchNatr,
  batchStochasticRsi,
  batchWilliams,
} from './channel';
export {
  batchDiscrepancy,
  batchEstimator,
  batchFvg,
  batchGarmanKlass,
  batchMlmi,
  batchNwRqk,
  batchParabolicSar,
  batchPriceProfile,
  batchSupertrend,
} from './streams';
// and streaming
export { bundleBytes, bundleInit, bundlePush } from '../indicators/bundle';
export { multipleEmaBytes, multipleEmaInit, multipleEmaPush } from '../indicators/compound';
export { hmaBytes, hmaInit, hmaPush } from '../indicators/compound';
export { donchianBytes, donchianInit, donchianPush } from '../indicators/channel';
export { keltnerBytes, keltnerInit, keltnerPush } from '../indicators/channel';
export { ichimokuBytes, ichimokuInit, ichimokuPush } from '../indicators/channel';
export { supertrendBytes, supertrendInit, supertrendPush } from '../indicators/trail';
export { parabolicSarBytes, parabolicSarInit, parabolicSarPush } from '../indicators/trail';
export { stochasticRsiBytes, stochasticRsiInit, stochasticRsiPush } from '../indicators/relative';
export { natrBytes, natrInit, natrPush } from '../indicators/relative';
export { garmanKlassBytes, garmanKlassInit, garmanKlassPush } from '../indicators/estimator';
export { estimatorBytes, estimatorInit, estimatorPush } from '../indicators/estimator';
export { priceProfileBytes, priceProfileInit, priceProfilePush } from '../indicators/price-profile';
export { discrepancyBytes, discrepancyInit, discrepancyPush } from '../indicators/discrepancy';
export { nwRqkBytes, nwRqkInit, nwRqkPush } from '../indicators/research';
export { mlmiBytes, mlmiInit, mlmiPush } from '../indicators/research';
export { fvgBytes, fvgInit, fvgPush } from '../indicators/research';
