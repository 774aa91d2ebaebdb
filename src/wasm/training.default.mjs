// Node, Deno, Bun: read the module from disk.
import { readFile } from 'node:fs/promises';
const FILES = { canonical: '../../dist/training.wasm', fast: '../../dist/training.fast.wasm' };
export const trainingModule = async (build = 'canonical') =>
  WebAssembly.compile(await readFile(new URL(FILES[build], import.meta.url)));
