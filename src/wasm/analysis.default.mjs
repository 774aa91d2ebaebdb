// Node, Deno, Bun: read the module from disk.
import { readFile } from 'node:fs/promises';
export const analysisModule = async () =>
  WebAssembly.compile(await readFile(new URL('../../dist/analysis.wasm', import.meta.url)));
export { analysisHash } from '../../dist/analysis-hash.mjs';
