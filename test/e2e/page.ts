// The built page behind the real server, opened in a real Chromium with every complaint collected.

import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Browser, Page } from 'playwright-core';

/** Builds what is stale; throws with the builder's words. */
export function buildPage(): void {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/build.mjs', '--if-stale', '--quiet'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
}

/** A started server. */
export interface Served {
  readonly url: string;
  readonly child: ChildProcess;
}

/** Starts the server on a free port. */
export function startServer(...args: string[]): Promise<Served> {
  const child = spawn(process.execPath, ['dist/server/node.js', '--port', '0', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let errors = '';
    child.stderr.on('data', (data: Buffer) => (errors += String(data)));
    child.once('exit', (code) => reject(new Error(`exit ${code}: ${errors}`)));
    child.stdout.on('data', (data: Buffer) => {
      const found = /http:\/\/localhost:(\d+)/.exec(String(data));
      if (found) resolve({ url: `http://127.0.0.1:${found[1]}/`, child });
    });
  });
}

/** A page and what its console, its policy and its network complained about. */
export interface Watched {
  readonly page: Page;
  readonly complaints: string[];
  /** Hosts that were asked for anything. */
  readonly hosts: Set<string>;
}

/** Opens the page. */
export async function openPage(
  browser: Browser,
  url: string,
  options: Parameters<Browser['newPage']>[0] = {},
): Promise<Watched> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 }, ...options });
  const complaints: string[] = [];
  const hosts = new Set<string>();
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('requestfailed', (request) => {
    // A reload cancels what is still on its way.
    const reason = request.failure()?.errorText ?? '';
    if (reason !== 'net::ERR_ABORTED') complaints.push(`failed: ${request.url()} ${reason}`);
  });
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol !== 'blob:' && protocol !== 'data:') hosts.add(host);
  });
  await page.goto(url);
  return { page, complaints, hosts };
}

/** Bars taken so far, as the page shows it. */
export async function barsOf(page: Page): Promise<number> {
  return Number(await page.locator('.top').getAttribute('data-bars'));
}

/** Waits until the clock stands in a state; a failure says what the page shows instead. */
export async function waitForState(page: Page, state: string): Promise<void> {
  try {
    await page.locator(`.top[data-state=${state}]`).waitFor({ timeout: 30_000 });
  } catch (cause) {
    const shown = await page.evaluate(() => [
      document.querySelector('.top')?.getAttribute('data-state'),
      document.querySelector('.source')?.textContent,
      document.querySelector('#evaluator-why')?.textContent,
    ]);
    throw new Error(`The page is not ${state}: ${JSON.stringify(shown)}`, { cause });
  }
}
