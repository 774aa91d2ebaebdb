// workerd forbids compiling bytes at run time: the module is part of the deployment.
import module from '../../dist/indicators.wasm';
export const indicatorsModule = async () => module;
