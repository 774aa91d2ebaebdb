// The benchmark page in a real Chromium, at its quick size: every row is measured and right, nothing leaves
// the tab, and it stops when told.

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TOPICS } from '../../bench/page/catalogue.ts';
import type { Result } from '../../bench/page/protocol.ts';
import { describeInChromium, launchChromium } from './chromium.ts';
import { buildPage, openPage, startServer } from './page.ts';
import type { Served } from './page.ts';

interface Copied {
  readonly size: string;
  readonly host: { readonly simd: boolean; readonly crossOriginIsolated: boolean; readonly cores: number };
  readonly rows: readonly Result[];
}

describeInChromium('the benchmark page', () => {
  let browser: Browser;
  let served: Served;

  beforeAll(async () => {
    buildPage();
    [browser, served] = await Promise.all([launchChromium(), startServer()]);
  });

  afterAll(async () => {
    await browser.close();
    served.child.kill();
  });

  test('is found from the terminal, measures every row, and gives them as JSON', async () => {
    const { page, complaints, hosts } = await openPage(browser, served.url);
    await page.getByRole('link', { name: 'Benchmarks' }).click();
    await page.waitForURL('**/bench/');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    expect(await page.locator('.claim', { hasText: '23,386 a second' }).count()).toBe(1);
    await page.locator('#size').selectOption('quick');
    await page.locator('#size').blur();
    await page.keyboard.press('r');
    await page.locator('grandmodel-bench[data-state=finished]').waitFor();
    expect(await page.locator('.topic-state').allTextContents()).toEqual(TOPICS.map(() => ''));
    await page.keyboard.press('c');
    await page.locator('.status', { hasText: 'Copied' }).waitFor();
    const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText())) as Copied;
    expect(copied).toMatchObject({ size: 'quick', host: { simd: true, crossOriginIsolated: true } });
    const expected = TOPICS.flatMap(({ id, rows }) => rows.map((row) => `${id} ${row.id}`));
    expect(copied.rows.map(({ topic, id }) => `${topic} ${id}`)).toEqual(expected);
    for (const row of copied.rows) {
      expect(row.ns, row.id).toBeGreaterThan(0);
      expect(row.checked, row.id).not.toBe(false);
    }
    expect(copied.rows.find(({ id }) => id === 'policy-1')?.peers[0]?.ratio).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
    expect([...hosts]).toEqual([new URL(served.url).host]);
    await page.close();
  });

  test('stops when told and is no wider than a telephone', async () => {
    const { page, complaints } = await openPage(browser, `${served.url}bench/`, {
      viewport: { width: 380, height: 800 },
    });
    await page.locator('#run').click();
    await page.locator('[data-row="SMA 20"].done').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.status', { hasText: /^Cancelled after \d+ of \d+ rows/ }).waitFor();
    expect(await page.locator('#run').textContent()).toBe('Run again');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(380);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('says what went wrong, measures the rest, and can be run again', async () => {
    const { page } = await openPage(browser, `${served.url}bench?size=quick`);
    await page.route(/worker-[^/]*\.js$/, (route) => route.abort());
    await page.keyboard.press('r');
    await page.locator('.status.bad', { hasText: 'Cannot measure: its script did not load' }).waitFor();
    await page.unroute(/worker-[^/]*\.js$/);
    await page.route(/\.onnx$/, (route) => route.abort());
    await page.locator('#run').click();
    await page.locator('grandmodel-bench[data-state=finished]').waitFor();
    expect(await page.locator('.status.bad').textContent()).toMatch(/^\d+ of \d+ rows in .* failed: see the/);
    expect(await page.locator('[data-topic=engine].failed .topic-state').textContent()).toMatch(/^failed: ./);
    expect(await page.locator('[data-topic=indicators] tr.done').count()).toBe(9);
    await page.close();
  });

  test('leads home from an address that has no page, at any depth', async () => {
    const { page, complaints } = await openPage(browser, `${served.url}no/such/page`);
    expect(await page.locator('.top').evaluate((head) => getComputedStyle(head).position)).toBe('sticky');
    // Chromium reports the status of the address itself, and nothing else may be missing.
    expect(complaints).toEqual([expect.stringContaining('404')]);
    await page.getByRole('link', { name: 'Benchmarks' }).click();
    await page.locator('#run').waitFor();
    await page.close();
  });
});
