// Node, Deno, Bun: read the module from disk.
import { readFile } from 'node:fs/promises';
export const kernelModule = async () =>
  WebAssembly.compile(await readFile(new URL('../../dist/kernel.wasm', import.meta.url)));
export { kernelHash } from '../../dist/kernel-hash.mjs';
