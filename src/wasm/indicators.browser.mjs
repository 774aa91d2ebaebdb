// Browsers: bundlers turn the URL into an asset, an import map or a plain page leaves it where it is.
export const indicatorsModule = async () => {
  const response = await fetch(new URL('../../dist/indicators.wasm', import.meta.url));
  const { headers } = response;
  // streaming insists on the type, and not every file server knows it
  if (headers.get('content-type') === 'application/wasm') return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
};
