// What the app needs from the machine it runs on; each entry file fills it in its own way.

import type { ModelFiles } from '../engine/open.ts';

/** A file of the page. */
export interface Asset {
  readonly bytes: Uint8Array;
  readonly type: string;
}

/** A market file that the page plays instead of the simulated market. */
export interface ServedMarket {
  readonly name: string;
  readonly symbol: string;
  readonly bytes: Uint8Array;
}

/** The machine under the app. */
export interface ServerHost {
  readonly models: ModelFiles;
  /** Gives the compiled kernel, compiled once. */
  readonly kernelModule: () => Promise<WebAssembly.Module>;
  /** Gives the compiled indicators, compiled once. */
  readonly indicatorsModule: () => Promise<WebAssembly.Module>;
  /** SHA-256 of the kernel, hexadecimal. */
  readonly kernelHash: string;
  /** Wall clock, ms UTC. */
  readonly now: () => number;
  /** Monotonic clock, ms. */
  readonly clock: () => number;
  /** A file of the page by its path without the leading slash, or null; null where no page is served. */
  readonly asset: ((path: string) => Promise<Asset | null>) | null;
  readonly market: ServedMarket | null;
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  wasm: 'application/wasm',
};

/**
 * The media type of a file by its ending.
 *
 * @example mediaType('kernel.wasm') // 'application/wasm'
 */
export function mediaType(path: string): string {
  return TYPES[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
}
