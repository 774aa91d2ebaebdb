// Every export of the kernel, named; src/wasm/abi.ts is its mirror.

// memory and hashing
export { alloc, allowPages } from './memory';
export { sha256 } from './sha256';
// all of one symbol
export {
  arenaBytes,
  arenaInit,
  arenaLowNode,
  arenaPart,
  arenaPush30,
  arenaPush5,
  arenaUsedBytes,
} from './arena';
// one symbol of a market scan
export {
  scanArenaBytes,
  scanArenaInit,
  scanArenaPart,
  scanArenaUsedBytes,
  scanPush30,
  scanPush5,
} from './scan-arena';
// elementary functions
export { exp, log, log1p, tanh, atanh, pow } from './math/elementary';
export { cosTurns, sinTurns } from './math/circular';
export { normalPdf, normalCdf, normalQuantile } from './math/normal';
export { expf, tanhf } from './math/single';
export { expMany, expfMany, tanhfMany } from './math/columns';
// seeded generator
export { rngInit, rngUniform, rngNormal, rngStudent } from './random';
// tactical matrix, gaps, 30-minute assertions
export { tacticalBytes, tacticalInit, tacticalPush, tacticalMatrix } from './matrix/tactical';
export { assertionsBytes, assertionsInit, assertionsPush } from './statistics/assertions';
// neural network evaluator
export { nnRun } from './nn/run';
// regime
export { hamiltonStep } from './statistics/hamilton';
export { fitRegime } from './statistics/regime-fit';
export { fitRegimeWorkBytes } from './statistics/regime-smooth';
export {
  regimeBytes,
  regimeDefault,
  regimeInit,
  regimeInitFixed,
  regimeParameters,
  regimePush,
  regimePushInput,
} from './statistics/regime';
// scale
export { scaleBytes, scaleInit, scalePush } from './statistics/scale';
// strategic matrix and uncertainty
export {
  strategicBytes,
  strategicInit,
  strategicPush,
  strategicMatrix,
  strategicMatrixOffset,
} from './matrix/strategic';
export { uncertaintyBytes, uncertaintyInit, uncertaintyPush } from './statistics/uncertainty';
export {
  conformalBytes,
  conformalInit,
  conformalPush,
  conformalThreshold,
  conformalAlpha,
  conformalOrder,
} from './statistics/conformal';
// volatility, spread, liquidity, dependence, breaks over columns
export {
  parkinson,
  garmanKlass,
  rogersSatchell,
  yangZhang,
  yangZhangWeight,
} from './statistics/volatility-range';
export { edgeSpreadSquared, edgeScratch } from './statistics/edge';
export { amihud } from './statistics/liquidity';
export { ewmaCorrelation } from './statistics/correlation';
export { cusumPath } from './statistics/cusum';
// patterns
export {
  patternsAdvance,
  patternsBytes,
  patternsInit,
  patternsInsert,
  patternsInserted,
  patternsLabelled,
  patternsOutcome,
  patternsTime,
  patternsUsedBytes,
} from './patterns/memory';
export { patternsQuery, patternsStatistics } from './patterns/search';
export {
  patternIndexBuild,
  patternIndexBuilt,
  patternIndexBytes,
  patternIndexCount,
  patternIndexCovered,
  patternIndexInit,
  patternIndexInsert,
  patternIndexQuery,
  patternIndexScanned,
} from './patterns/index';
// sizing and correlation shock
export {
  drawdownAversion,
  drawdownRoom,
  kellyDrawdownBound,
  kellyFraction,
  kellyShrinkage,
} from './risk/sizing';
export { riskFraction } from './risk/sizing';
export { correlationPairBytes, correlationPairInit, correlationPairPush } from './risk/correlation-shock';
export { correlationPairRho, correlationPairShock, correlationPairShocked } from './risk/correlation-shock';
export { fisherShock } from './risk/correlation-shock';
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
} from './indicators/moving';
export { rsiBytes, rsiInit, rsiPush } from './indicators/rsi';
export { macdBytes, macdInit, macdPush } from './indicators/macd';
export { bollingerBytes, bollingerInit, bollingerPush } from './indicators/bollinger';
export { atrBytes, atrInit, atrPush } from './indicators/atr';
export { adxBytes, adxInit, adxPush } from './indicators/adx';
export { stochasticBytes, stochasticInit, stochasticPush } from './indicators/stochastic';
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
} from './indicators/volume';
export { cciBytes, cciInit, cciPush, rocBytes, rocInit, rocPush } from './indicators/momentum';
export { heikinAshiBytes, heikinAshiInit, heikinAshiPush } from './indicators/heikin-ashi';
// value at risk, expected shortfall
export {
  fhsBytes,
  fhsInit,
  fhsPush,
  fhsVar,
  fhsEs,
  fhsCornishFisherVar,
  fhsPortfolio,
  normalVar,
  normalEs,
  cornishFisherMonotone,
  cornishFisherQuantile,
  cornishFisherEs,
  ewmaVariance,
  garchVariance,
} from './risk/var';
// monte carlo value at risk; the moving-average cross of the benchmarks
export { cholesky, monteCarloBytes, monteCarloTail } from './risk/monte-carlo';
export { smaCross } from './indicators/sma-cross';
