// Browsers: the bundler turns the URL into an asset of the same origin.
import url from '../../dist/kernel.wasm?url';
export const kernelModule = () => WebAssembly.compileStreaming(fetch(url));
export { kernelHash } from '../../dist/kernel-hash.mjs';
