// The parts of a host that have files: Node, Deno and Bun read models, the page and a market the same way.

import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { indicatorsModule } from '#indicators';
import { kernelHash, kernelModule } from '#kernel';
import { GrandModelError } from '../core/errors.ts';
import { shippedModels } from '../runtime/shipped-models.ts';
import { mediaType } from './host.ts';
import type { Asset, ServedMarket, ServerHost } from './host.ts';

/** Largest market file that is served to the page, bytes. */
const MARKET_BYTES_MAX = 512 << 20;

/** The built page, seen from dist/server/. */
const PAGE = new URL('../page/', import.meta.url);

/** How a server was started. */
export interface ServerOptions {
  readonly port: number;
  readonly data: string | null;
  readonly symbol: string | null;
}

/**
 * Reads the command line: --data FILE, --symbol NAME, --port N (or PORT).
 *
 * @throws  GrandModelError BAD_ARGUMENT naming the option
 * @example readOptions(['--data', 'NQ.csv'], undefined).port // 8080
 */
export function readOptions(args: readonly string[], portText: string | undefined): ServerOptions {
  const found: Record<string, string> = {};
  for (let i = 0; i < args.length; i += 2) {
    const [name = '', value] = [args[i], args[i + 1]];
    if (!['--data', '--symbol', '--port'].includes(name) || value === undefined) {
      throw new GrandModelError(
        'BAD_ARGUMENT',
        `Cannot start: ${name} is not --data FILE, --symbol NAME or --port N`,
        { name },
      );
    }
    found[name] = value;
  }
  const port = Number(found['--port'] ?? portText ?? 8080);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new GrandModelError(
      'BAD_ARGUMENT',
      `Cannot start: port ${found['--port'] ?? portText} is not 0 to 65535`,
      {
        port,
      },
    );
  }
  return { port, data: found['--data'] ?? null, symbol: found['--symbol'] ?? null };
}

/** A host with files. */
export async function createFileHost(options: Pick<ServerOptions, 'data' | 'symbol'>): Promise<ServerHost> {
  return {
    models: await shippedModels(),
    kernelModule: once(kernelModule),
    indicatorsModule: once(indicatorsModule),
    kernelHash,
    now: () => Date.now(),
    clock: () => performance.now(),
    asset: pageFiles(),
    market: options.data === null ? null : await readMarket(options.data, options.symbol),
  };
}

/** Calls a loader at the first need and gives everybody its one result. */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | null = null;
  return () => (loaded ??= load());
}

/** A missing name is looked for again when the list is older than this, ms: a rebuilt page has new names. */
const NAMES_AGE_MS = 1_000;

/** Only names found by looking are ever read, so no path of a request reaches the file system. */
function pageFiles(): (path: string) => Promise<Asset | null> {
  let names = new Set<string>();
  let lookedAtMs = -Infinity;
  return async (path) => {
    if (!names.has(path) && performance.now() - lookedAtMs > NAMES_AGE_MS) {
      names = new Set(await namesIn(''));
      lookedAtMs = performance.now();
    }
    if (!names.has(path)) return null;
    return { bytes: new Uint8Array(await readFile(new URL(`./${path}`, PAGE))), type: mediaType(path) };
  };
}

async function namesIn(folder: string): Promise<string[]> {
  const entries = await readdir(new URL(`./${folder}`, PAGE), { withFileTypes: true }).catch(() => []);
  const names: string[] = [];
  for (const entry of entries) {
    if (entry.isDirectory()) names.push(...(await namesIn(`${folder}${entry.name}/`)));
    else names.push(`${folder}${entry.name}`);
  }
  return names;
}

async function readMarket(path: string, symbol: string | null): Promise<ServedMarket> {
  const name = basename(path);
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await readFile(path));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new GrandModelError('BAD_INPUT', `Cannot open "${path}": ${reason}`, { path }, cause);
  }
  if (bytes.length > MARKET_BYTES_MAX) {
    throw new GrandModelError(
      'LIMIT',
      `Cannot serve "${name}": ${bytes.length} bytes are over ${MARKET_BYTES_MAX}`,
      {
        byteSize: bytes.length,
      },
    );
  }
  const [stem = 'FILE'] = name.split(/[_\-.\s]/);
  return { name, symbol: symbol ?? stem, bytes };
}
