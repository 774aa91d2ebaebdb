// `npm run picture`: takes docs/images/terminal.png anew from the built page, dark, on the simulated market
// of
// `npm start` played to its end, so that the same sources show the same decisions. Look at it before you
// commit it.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { CHROMIUM_HINT, chromiumLaunchOptions, findChromium } from './lib/chromium.mjs';
import { ROOT } from './lib/files.mjs';
import { importTypeScript } from './lib/run-ts.mjs';

const PICTURE = 'docs/images/terminal.png';
const BYTES_MAX = 300_000;
const VIEW = { width: 1280, height: 900 };

if (findChromium() === null) {
  process.stderr.write(`Cannot take the picture: ${CHROMIUM_HINT}\n`);
  process.exit(1);
}
process.chdir(ROOT);
const { buildPage, startServer, waitForState } = await importTypeScript('test/e2e/page.ts');
buildPage();
const [browser, served] = await Promise.all([chromium.launch(chromiumLaunchOptions()), startServer()]);
try {
  const page = await browser.newPage({ viewport: VIEW, colorScheme: 'dark', reducedMotion: 'reduce' });
  await page.goto(served.url);
  // Votes are attested only once the second evaluator is there.
  await page.locator('#evaluator-why', { hasText: 'reproduced every probe' }).waitFor();
  await page.getByRole('button', { name: 'max' }).click();
  await waitForState(page, 'finished');
  await page.locator('tbody tr.executed').first().click();
  await page.evaluate(() => scrollTo(0, 0));
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(ROOT, PICTURE), animations: 'disabled' });
} finally {
  await browser.close();
  served.child.kill();
}
const { size } = statSync(join(ROOT, PICTURE));
process.stdout.write(`${PICTURE}: ${size} bytes\n`);
if (size > BYTES_MAX) throw new Error(`${PICTURE} is over ${BYTES_MAX} bytes`);
