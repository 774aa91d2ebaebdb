// A real Chromium for the end-to-end tests: skipped with a reason where there is none, a failure under
// CI=true.

import { chromium, type Browser } from 'playwright-core';
import { describe } from 'vitest';
import { CHROMIUM_HINT, chromiumLaunchOptions, findChromium } from '../../scripts/lib/chromium.mjs';

/** Starts the system's Chromium; the caller closes it. */
export function launchChromium(options: { webgpu?: boolean } = {}): Promise<Browser> {
  return chromium.launch(chromiumLaunchOptions(options));
}

/**
 * `describe` for suites that need a browser.
 *
 * @throws Error while collecting when CI=true and there is no Chromium
 */
export function describeInChromium(name: string, suite: () => void): void {
  if (findChromium() !== null) {
    describe(name, suite);
    return;
  }
  if (process.env['CI'] === 'true') throw new Error(`Cannot test "${name}": ${CHROMIUM_HINT}`);
  process.stderr.write(`skipped "${name}": ${CHROMIUM_HINT}\n`);
  describe.skip(name, suite);
}
