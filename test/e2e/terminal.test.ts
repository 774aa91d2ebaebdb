// The terminal in a real Chromium: plays, decides with attested votes, stops, proves itself, takes files.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { simulatedBars } from '../../src/data/market-generator.ts';
import { openEngineFor } from '../../src/engine/open.ts';
import { verifyJournal } from '../../src/engine/verify.ts';
import { chunksOf } from '../../src/journal/store.ts';
import { shippedModels } from '../../src/runtime/shipped-models.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import { describeInChromium, launchChromium } from './chromium.ts';
import { barsOf, buildPage, openPage, startServer, waitForState } from './page.ts';
import type { Served } from './page.ts';

const CSV_BARS = 2_200;

describeInChromium('the terminal', () => {
  let browser: Browser;
  let served: Served;
  const folder = mkdtempSync(join(tmpdir(), 'terminal-'));

  beforeAll(async () => {
    buildPage();
    [browser, served] = await Promise.all([launchChromium(), startServer()]);
  });

  afterAll(async () => {
    await browser.close();
    served.child.kill();
    rmSync(folder, { recursive: true });
  });

  test('plays the simulated market to its end with attested votes, verifies it and lets it go', async () => {
    const { page, complaints, hosts } = await openPage(browser, served.url);
    await page.locator('#evaluator-why', { hasText: 'reproduced every probe' }).waitFor();
    const before = await barsOf(page);
    await page.waitForFunction(
      (bars) => Number(document.querySelector('.top')?.getAttribute('data-bars')) > bars,
      before,
    );
    expect(await page.locator('.badge').textContent()).toBe('SIMULATED');
    expect(await page.locator('.badge').isVisible()).toBe(true);
    await page.getByRole('button', { name: 'max' }).click();
    await waitForState(page, 'finished');
    expect(await page.locator('tbody tr').count()).toBeGreaterThan(50);
    expect(await page.locator('tbody tr.executed').count()).toBeGreaterThan(10);
    expect(await page.locator('#live').textContent()).toMatch(/^Decision \d+: /);
    await page.locator('tbody tr.executed').first().click();
    const attested = await page
      .locator('.vote')
      .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-attested')));
    expect(attested).toEqual(['confirmed', 'confirmed', 'confirmed', 'confirmed']);
    expect(await page.locator('.steps').textContent()).toContain('Order');

    await page.keyboard.press('v');
    await page.locator('.verdict.good').waitFor();
    const stateHash = await page.locator('.proof').getAttribute('data-state-hash');
    expect(await page.locator('.verdict').getAttribute('data-state-hash')).toBe(stateHash);

    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#download').click()]);
    expect(download.suggestedFilename()).toBe('SIM.gmj');
    const path = join(folder, 'SIM.gmj');
    await download.saveAs(path);
    const found = await verifyHere(readFileSync(path));
    expect(found).toMatchObject({ ok: true, stateHash, attested: true });
    expect(complaints).toEqual([]);
    expect([...hosts]).toEqual([new URL(served.url).host]);
    await page.close();
  });

  test('stops, steps and asks for help by keyboard; verifies in the middle of a run', async () => {
    const { page, complaints } = await openPage(browser, `${served.url}?seed=5`);
    await waitForState(page, 'playing');
    await page.keyboard.press('Space');
    await waitForState(page, 'paused');
    const paused = await barsOf(page);
    await page.keyboard.press('ArrowRight');
    await page.locator(`.top[data-bars="${paused + 1}"]`).waitFor();
    await page.keyboard.press('Shift+ArrowRight');
    await page.locator(`.top[data-bars="${paused + 289}"]`).waitFor();
    await page.keyboard.press('v');
    await page.locator('.verdict.good').waitFor();
    expect(await page.locator('.verdict').getAttribute('data-state-hash')).toBe(
      await page.locator('.proof').getAttribute('data-state-hash'),
    );
    await page.keyboard.press('?');
    expect(await page.locator('dialog.help').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    await page.locator('dialog.help').waitFor({ state: 'hidden' });
    await page.keyboard.press('Space');
    await waitForState(page, 'playing');
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('runs a CSV that is dropped on it or named at the start, and does not call it simulated', async () => {
    const csv = await csvText();
    const file = join(folder, 'ABC_5m.csv');
    writeFileSync(file, csv);
    const named = await startServer('--data', file);
    const { page, complaints } = await openPage(browser, named.url);
    await page.locator('.symbol', { hasText: 'ABC' }).waitFor();
    expect(await page.locator('.badge').isVisible()).toBe(false);
    await page.getByRole('button', { name: 'max' }).click();
    await waitForState(page, 'finished');
    expect(await barsOf(page)).toBe(CSV_BARS);
    const stateHash = await page.locator('.proof').getAttribute('data-state-hash');

    await page.evaluate((text) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], 'XYZ_5m.csv'));
      dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
    }, csv);
    await page.locator('.symbol', { hasText: 'XYZ' }).waitFor();
    await waitForState(page, 'finished');
    expect(await barsOf(page)).toBe(CSV_BARS);
    // The same bars under another name: the same state, and a journal of its own.
    expect(await page.locator('.proof').getAttribute('data-state-hash')).toBe(stateHash);

    await page.evaluate(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['not,a,market\n1,2,3\n'], 'bad.csv'));
      dispatchEvent(new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }));
    });
    await page.locator('.source.bad').waitFor();
    expect(await page.locator('.source').textContent()).toMatch(/^Cannot read/);
    expect(complaints).toEqual([]);
    await page.close();
    named.child.kill();
  });

  test('is dark or light as the system says, until a key says otherwise; nothing is wider than a phone', async () => {
    const { page, complaints } = await openPage(browser, served.url, {
      colorScheme: 'dark',
      viewport: { width: 420, height: 900 },
    });
    const background = (): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await waitForState(page, 'playing');
    const dark = await background();
    await page.emulateMedia({ colorScheme: 'light' });
    const light = await background();
    expect(light).not.toBe(dark);
    await page.keyboard.press('d');
    expect(await background()).toBe(dark);
    await page.reload();
    expect(await background()).toBe(dark);
    await waitForState(page, 'playing');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(420);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('tries WebGPU when asked, and keeps WebAssembly where that is faster', async () => {
    const gpu = await launchChromium({ webgpu: true });
    const { page } = await openPage(gpu, served.url);
    await page.locator('#webgpu:enabled').check({ timeout: 30_000 });
    const why = page.locator('#evaluator-why', {
      hasText: /WebGPU (?:is right but slower|was refused: .{10,})/,
    });
    await why.waitFor({ timeout: 60_000 });
    expect(await page.locator('.proof dd', { hasText: 'onnx-wasm' }).count()).toBe(1);
    await gpu.close();
  });
});

async function verifyHere(bytes: Uint8Array) {
  const hasher = await loadKernel();
  const models = await shippedModels();
  let attested = false;
  const found = await verifyJournal(chunksOf(bytes), {
    hasher,
    kernelHash: hasher.hash,
    engineFor: (header) => openEngineFor(header, models),
    onEvent: (_, event) => {
      attested ||= event.kind === 'attested';
    },
  });
  return { ...found, attested };
}

async function csvText(): Promise<string> {
  const table = simulatedBars(await loadKernel(), 9, CSV_BARS);
  const lines = ['timestamp,open,high,low,close,volume'];
  for (let i = 0; i < CSV_BARS; i++) {
    const numbers = [table.open[i], table.high[i], table.low[i], table.close[i], table.volume[i]];
    lines.push(`${new Date(table.tsMs[i]!).toISOString()},${numbers.join(',')}`);
  }
  return `${lines.join('\n')}\n`;
}
