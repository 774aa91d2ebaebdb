// Node, Deno, Bun: read the module from disk.
import { readFile } from 'node:fs/promises';
export const trainingModule = async () =>
  WebAssembly.compile(await readFile(new URL('../../dist/training.wasm', import.meta.url)));
