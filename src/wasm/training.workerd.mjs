// workerd forbids compiling bytes at run time: the module is part of the deployment.
import module from '../../dist/training.wasm';
export const trainingModule = async () => module;
