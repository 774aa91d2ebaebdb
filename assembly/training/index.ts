// Every export of the training module; src/wasm/abi-training.ts is its mirror.

// memory, hashing, seeded generator, normal distribution
export { alloc } from '../memory';
export { sha256 } from '../sha256';
export { rngInit, rngUniform, rngNormal, rngNext } from '../random';
export { normalCdf } from '../math/normal';
export { exp, tanh } from '../math/elementary';
// layers
export { matrixProduct, packBytes } from './matrix';
export { mayFuse } from './multiply';
export {
  activationGradient,
  biasActivate,
  columnSums,
  layerNormBackward,
  layerNormForward,
  patchesBack,
  patchesOf,
} from './layers';
// policies and losses
export {
  chooseActions,
  drawGaussian,
  logSoftmax,
  mirrorStep,
  pickColumns,
  ppoCategorical,
  ppoGaussian,
  valueLoss,
} from './heads';
// optimiser and batches
export { adamStep, gatherRows, generalisedAdvantages, momentsOf, rescale, sumOfSquares } from './optimise';
// planted market
export {
  actionWorths,
  centreWorths,
  marketBytes,
  marketFeatures,
  marketForecast,
  marketInit,
  marketStep,
  meanWorths,
  nodeLoss,
  nodeValues,
  settle,
  targetsOf,
} from './market';
// the engine's own market
export {
  enginePathBytes,
  enginePlace,
  enginePlay,
  engineScene,
  engineTapeBytes,
  engineTapeInit,
  engineWorths,
} from './engine-market';
// rows of a batch
export { agentRows, blend, repeatCells, rescaleTables, scaleByRatio, shuffle } from './rows';
