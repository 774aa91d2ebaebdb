// The analysis module: the kernel and what analysis adds to it (scan arenas, the large pattern index, Monte
// Carlo, the kernel's parts one by one). A module of its own, so that none of it travels with every engine or
// changes the kernel's hash. src/wasm/abi-analysis.ts is its mirror.

export * from '../index';
// one symbol of a market scan
export {
  scanArenaBytes,
  scanArenaInit,
  scanArenaPart,
  scanArenaUsedBytes,
  scanPush30,
  scanPush5,
  scanReadAhead,
} from '../scan-arena';
// elementary functions
export { log1p, atanh, pow } from '../math/elementary';
export { expf, tanhf } from '../math/single';
export { expMany, expfMany, tanhfMany } from '../math/columns';
// tactical matrix, gaps, 30-minute assertions
export { tacticalBytes, tacticalInit, tacticalPush } from '../matrix/tactical';
export { assertionsBytes, assertionsInit, assertionsPush } from '../statistics/assertions';
// regime
export { hamiltonStep } from '../statistics/hamilton';
export { regimeBytes, regimeInitFixed, regimeParameters, regimePushInput } from '../statistics/regime';
// strategic matrix and uncertainty
export { strategicBytes, strategicInit, strategicPush } from '../matrix/strategic';
export { uncertaintyBytes, uncertaintyInit, uncertaintyPush } from '../statistics/uncertainty';
export {
  conformalBytes,
  conformalInit,
  conformalPush,
  conformalThreshold,
  conformalAlpha,
  conformalOrder,
} from '../statistics/conformal';
// volatility, spread, liquidity, dependence, breaks over columns
export {
  parkinson,
  garmanKlass,
  rogersSatchell,
  yangZhang,
  yangZhangWeight,
} from '../statistics/volatility-range';
export { edgeSpreadSquared, edgeScratch } from '../statistics/edge';
export { amihud } from '../statistics/liquidity';
export { ewmaCorrelation } from '../statistics/correlation';
export { cusumPath } from '../statistics/cusum';
// patterns
export { patternsAdvance, patternsInsert, patternsInserted } from '../patterns/memory';
export { patternIndexBytes } from '../patterns/index-layout';
export {
  patternIndexBuild,
  patternIndexBuilt,
  patternIndexCount,
  patternIndexCovered,
  patternIndexInit,
  patternIndexInsert,
  patternIndexQuery,
  patternIndexScanned,
} from '../patterns/index';
// sizing and correlation shock
export {
  drawdownAversion,
  drawdownRoom,
  kellyDrawdownBound,
  kellyFraction,
  kellyShrinkage,
} from '../risk/sizing';
export { correlationPairShock } from '../risk/correlation-shock';
export { fisherShock } from '../risk/correlation-shock';
// streaming indicators
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
// value at risk, expected shortfall
export {
  fhsPortfolio,
  cornishFisherMonotone,
  cornishFisherQuantile,
  cornishFisherEs,
  ewmaVariance,
  garchVariance,
} from '../risk/var';
// monte carlo value at risk; the moving-average cross of the benchmarks
export { cholesky, monteCarloBytes, monteCarloTail } from '../risk/monte-carlo';
export { smaCross } from '../indicators/sma-cross';
// policies in 8-bit weights
export { int8Run } from '../nn/int8';
