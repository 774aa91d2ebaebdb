// Every export of the training module; src/wasm/abi-training.ts is its mirror.

// memory, hashing, seeded generator, normal distribution
export { alloc } from '../memory';
export { sha256 } from '../sha256';
export { rngInit, rngUniform, rngNormal, rngNext } from '../random';
export { normalCdf } from '../math/normal';
export { tanh } from '../math/elementary';
// layers
export { matrixProduct, packBytes } from './matrix';
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
  pickColumns,
  ppoCategorical,
  ppoExpected,
  ppoGaussian,
  valueLoss,
} from './heads';
// optimiser and batches
export { adamStep, gatherRows, generalisedAdvantages, momentsOf, rescale, sumOfSquares } from './optimise';
