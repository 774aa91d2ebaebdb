// The report in a real Chromium: nothing runs, nothing is fetched, everything is drawn, on screen, dark and
// on paper.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixedModels } from '../../src/backtest/pipeline.ts';
import { reportPage } from '../../src/backtest/report/page.ts';
import { makeScorecard } from '../../src/backtest/scorecard.ts';
import type { Scorecard } from '../../src/backtest/scorecard.ts';
import { simulatedBars } from '../../src/data/market-generator.ts';
import { SIMULATED_SYMBOL } from '../../src/data/market-options.ts';
import { resolveInstrument } from '../../src/market/built-in.ts';
import { shippedModels } from '../../src/runtime/shipped-models.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';
import { describeInChromium, launchChromium } from './chromium.ts';

const folder = mkdtempSync(join(tmpdir(), 'report-'));
const file = join(folder, 'report.html');
let page = '';
let card: Scorecard;
/** How often the whole pipeline was run. */
let runs = 0;

beforeAll(async () => {
  const kernel = await loadKernel();
  const bars = simulatedBars(kernel, 3, 30_000);
  const instrument = resolveInstrument(SIMULATED_SYMBOL, bars.close);
  const listing = { instrument, volume: 'quantity' } as const;
  const inner = fixedModels(await shippedModels(), listing, { simulated: true });
  const made = await makeScorecard({
    kernel,
    pipeline: { label: inner.label, run: (market, progress) => (runs++, inner.run(market, progress)) },
    listing,
    bars,
    simulated: true,
    verb: 'report',
    trials: [],
    logTrial: () => Promise.resolve(),
    worlds: 10,
    thorough: true,
    seed: 1,
  });
  if (!made) throw new Error('the scorecard was stopped');
  card = made;
  page = reportPage(kernel, card);
  writeFileSync(file, page);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('has no script, no event handler, no address and no style attribute', () => {
  expect(page).not.toMatch(/<script|\son[a-z]+=|https?:|\sstyle=|javascript:|@import|url\(/i);
  expect(page).toContain('Simulated market');
  expect(page).toContain(card.verdict.line);
  expect(card.verdict.gates).toHaveLength(10);
  expect(card.worlds).toHaveLength(10);
  expect(runs).toBe(11);
  expect(page).toContain(card.proof.stateHash);
});

test('agrees with itself: days, months and curve are one account', () => {
  const { curve, months, sharpe, tally } = card;
  expect(curve.equity).toHaveLength(sharpe.days);
  const grown = months.reduce((value, month) => value * (1 + month.value), 1);
  const before = curve.equity[curve.equity.length - 1]! / grown;
  expect(before).toBeCloseTo(card.initial, -1);
  expect(card.trades.length).toBe(tally.trades);
  expect(sharpe.low).toBeLessThanOrEqual(sharpe.annual);
  expect(sharpe.high).toBeGreaterThanOrEqual(sharpe.annual);
  const shares = card.regimes.reduce((sum, row) => sum + row.bars, 0);
  expect(shares).toBeCloseTo(1, 6);
});

describeInChromium('the report in Chromium', () => {
  test('draws itself on a wide screen, a phone, in the dark and on paper', async () => {
    const browser = await launchChromium();
    try {
      for (const [width, colorScheme] of [
        [1200, 'light'],
        [1200, 'dark'],
        [390, 'light'],
      ] as const) {
        const view = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
        const said: string[] = [];
        const asked: string[] = [];
        view.on('console', (message) => said.push(message.text()));
        view.on('request', (request) => asked.push(request.url()));
        await view.goto(pathToFileURL(file).href);
        const seen = await view.evaluate(() => {
          const root = document.documentElement;
          const shapes = [...document.querySelectorAll('svg path.line')];
          return {
            wide: root.scrollWidth - root.clientWidth,
            background: getComputedStyle(document.body).backgroundColor,
            lines: shapes.map((shape) => shape.getBoundingClientRect().width),
            drawings: document.querySelectorAll('svg').length,
            rows: document.querySelectorAll('tbody tr').length,
          };
        });
        expect(said).toEqual([]);
        expect(asked).toEqual([pathToFileURL(file).href]);
        expect(seen.wide).toBeLessThanOrEqual(0);
        expect(seen.background).toBe(colorScheme === 'dark' ? 'rgb(14, 17, 21)' : 'rgb(246, 246, 243)');
        expect(seen.drawings).toBe(4);
        expect(seen.lines.every((size) => size > 200)).toBe(true);
        expect(seen.rows).toBeGreaterThan(40);
        if (width === 1200 && colorScheme === 'light') {
          await view.getByText('dark', { exact: true }).click();
          const switched = await view.evaluate(() => getComputedStyle(document.body).backgroundColor);
          expect(switched).toBe('rgb(14, 17, 21)');
          expect((await view.pdf({ format: 'A4' })).length).toBeGreaterThan(20_000);
        }
        await view.close();
      }
    } finally {
      await browser.close();
    }
  });
});
