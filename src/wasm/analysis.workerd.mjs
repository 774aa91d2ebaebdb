// workerd forbids compiling bytes at run time: the module is part of the deployment.
import module from '../../dist/analysis.wasm';
export const analysisModule = async () => module;
export { analysisHash } from '../../dist/analysis-hash.mjs';
