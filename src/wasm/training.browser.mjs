// Browsers: the bundler turns the URLs into assets of the same origin.
import fast from '../../dist/training.fast.wasm?url';
import canonical from '../../dist/training.wasm?url';
const URLS = { canonical, fast };
export const trainingModule = (build = 'canonical') => WebAssembly.compileStreaming(fetch(URLS[build]));
