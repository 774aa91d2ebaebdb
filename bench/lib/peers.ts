// Loads a peer from bench/peers, which has its own package.json and is installed by hand.

import { createRequire } from 'node:module';

const require = createRequire(new URL('../peers/package.json', import.meta.url));

/** A peer's module, or null where it is not installed or does not load. */
export function peer(name: string): unknown {
  try {
    return require(name);
  } catch (cause) {
    process.stderr.write(
      `without ${name}: ${cause instanceof Error ? cause.message.split('\n')[0] : String(cause)}\n`,
    );
    return null;
  }
}
