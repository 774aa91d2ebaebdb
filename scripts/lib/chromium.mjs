// Where the system's Chromium is and how tests start it.
import { existsSync } from 'node:fs';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** What to do when there is no browser. */
export const CHROMIUM_HINT =
  'no Chromium found: `apt-get install chromium`, or name one in CHROMIUM_PATH (any recent Chrome will do)';

/** Path of the browser, or null. */
export function findChromium() {
  return [process.env.CHROMIUM_PATH, ...PLACES].find((path) => path && existsSync(path)) ?? null;
}

/**
 * playwright-core launch options: quiet, no traffic of the browser's own.
 * With `webgpu` the software adapter is switched on: right results, meaningless speed.
 */
export function chromiumLaunchOptions({ webgpu = false } = {}) {
  return {
    executablePath: findChromium() ?? PLACES[0],
    args: [
      ...['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync'],
      ...(webgpu ? ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'] : ['--disable-gpu']),
    ],
  };
}
