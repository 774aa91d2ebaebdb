// Node, Deno, Bun: read the module from disk.
import { readFile } from 'node:fs/promises';
export const indicatorsModule = async () =>
  WebAssembly.compile(await readFile(new URL('../../dist/indicators.wasm', import.meta.url)));
