// workerd forbids compiling bytes at run time: the module is part of the deployment.
import module from '../../dist/kernel.wasm';
export const kernelModule = async () => module;
export { kernelHash } from '../../dist/kernel-hash.mjs';
