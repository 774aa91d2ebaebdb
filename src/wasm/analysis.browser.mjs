// Browsers: the bundler turns the URL into an asset of the same origin.
import url from '../../dist/analysis.wasm?url';
export const analysisModule = () => WebAssembly.compileStreaming(fetch(url));
export { analysisHash } from '../../dist/analysis-hash.mjs';
