// Loads a peer from bench/peers, which has its own package.json and is installed by hand.

import { createRequire } from 'node:module';

const require = createRequire(new URL('../peers/package.json', import.meta.url));

/** A peer's module, or null where it is not installed or does not load. */
export function peer<T>(name: string): T | null {
  try {
    return require(name) as T;
  } catch (cause) {
    process.stderr.write(
      `without ${name}: ${cause instanceof Error ? cause.message.split('\n')[0] : cause}\n`,
    );
    return null;
  }
}
