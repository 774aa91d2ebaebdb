// Every export of the kernel, named: what a decision takes, and nothing else. src/wasm/abi.ts is its mirror.

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
// elementary functions
export { exp, log, tanh } from './math/elementary';
export { cosTurns, sinTurns } from './math/circular';
export { normalPdf, normalCdf, normalQuantile } from './math/normal';
// seeded generator
export { rngInit, rngUniform, rngNormal, rngStudent } from './random';
// tactical matrix, gaps, 30-minute assertions
export { tacticalMatrix } from './matrix/tactical';
// neural network evaluator
export { nnRun } from './nn/run';
// regime
export { fitRegime } from './statistics/regime-fit';
export { fitRegimeWorkBytes } from './statistics/regime-smooth';
export { regimeDefault, regimeInit, regimePush } from './statistics/regime';
// scale
export { scaleBytes, scaleInit, scalePush } from './statistics/scale';
// strategic matrix and uncertainty
export { strategicMatrix, strategicMatrixOffset } from './matrix/strategic';
// patterns
export {
  patternsBytes,
  patternsInit,
  patternsLabelled,
  patternsOutcome,
  patternsTime,
  patternsUsedBytes,
} from './patterns/memory';
export { patternsQuery, patternsStatistics } from './patterns/search';
// sizing and correlation shock
export { riskFraction } from './risk/sizing';
export { correlationPairBytes, correlationPairInit, correlationPairPush } from './risk/correlation-shock';
export { correlationPairRho, correlationPairShocked } from './risk/correlation-shock';
// value at risk, expected shortfall
export {
  fhsBytes,
  fhsInit,
  fhsPush,
  fhsVar,
  fhsEs,
  fhsCornishFisherVar,
  normalVar,
  normalEs,
} from './risk/var';
