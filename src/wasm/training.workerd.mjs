// workerd forbids compiling bytes at run time: the module is part of the deployment, and only the canonical
// one.
import module from '../../dist/training.wasm';
export const trainingModule = async (build = 'canonical') => {
  if (build !== 'canonical') throw new Error('only the canonical build is deployed on workerd');
  return module;
};
