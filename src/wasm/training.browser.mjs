// Browsers: the bundler turns the URL into an asset of the same origin.
import url from '../../dist/training.wasm?url';
export const trainingModule = () => WebAssembly.compileStreaming(fetch(url));
