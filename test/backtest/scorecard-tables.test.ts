// Tables of a scorecard on accounts whose answers are known, and the VaR report on a market whose volatility
// is known.

import { expect, it } from 'vitest';
import { daysOf } from '../../src/backtest/replay.ts';
import { drawdownsOf, foldsOf, monthsOf } from '../../src/backtest/scorecard-tables.ts';
import { varReport } from '../../src/backtest/var-report.ts';
import { ticksOf } from '../../src/backtest/report/charts.ts';
import { element, escaped, money, percent } from '../../src/backtest/report/markup.ts';
import { DAY_MS } from '../../src/core/units.ts';
import { loadKernel } from '../../src/wasm/kernel.ts';

const START = Date.UTC(2024, 0, 1);

it('finds the deepest falls with their dates, the last one still open', () => {
  const tsMs = Float64Array.from({ length: 8 }, (_, i) => START + i * DAY_MS);
  const found = drawdownsOf(tsMs, Float64Array.of(100, 110, 99, 108, 111, 90, 95, 92), 5);
  expect(found.map(({ depth }) => Math.round(1000 * depth))).toEqual([189, 100]);
  expect(found[0]).toMatchObject({ fromMs: tsMs[4], bottomMs: tsMs[5], toMs: null });
  expect(found[1]).toMatchObject({ fromMs: tsMs[1], bottomMs: tsMs[2], toMs: tsMs[4] });
  expect(drawdownsOf(tsMs, Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8), 5)).toEqual([]);
});

it('compounds months and folds to the whole', () => {
  const count = 400;
  const tsMs = Float64Array.from({ length: count }, (_, i) => START + i * DAY_MS);
  const days = daysOf(tsMs, 0);
  expect([days.day.length, days.perYear]).toEqual([count, 365.25]);
  const returns = Float64Array.from({ length: count }, (_, i) => 0.01 * ((i % 7) - 2.9));
  const whole = returns.reduce((value, r) => value * (1 + r), 1);
  const months = monthsOf(days, returns);
  expect(months.length).toBe(14);
  expect(months[0]).toMatchObject({ year: 2024, month: 1 });
  expect(months.reduce((value, month) => value * (1 + month.value), 1)).toBeCloseTo(whole, 10);
  const folds = foldsOf(days, returns, [{ returns }]);
  expect(folds).toHaveLength(6);
  expect(folds.reduce((value, fold) => value * (1 + fold.value), 1)).toBeCloseTo(whole, 10);
  for (const { sharpe, rival } of folds) expect(rival).toBe(sharpe);
});

it('counts about the promised breaches by history, and too many by the normal law, more in heavy tails', async () => {
  const kernel = await loadKernel();
  const at = kernel.alloc(16);
  const excess: number[] = [];
  for (const heavy of [false, true]) {
    kernel.raw.rngInit(at, 12);
    const rows = 6 * 6_000;
    let price = 100;
    const close = Float64Array.from({ length: rows }, (_, i) => {
      // the move of a whole 30m row comes with its last child, so that its law is the row's
      if (i % 6 !== 5) return price;
      const shock = heavy ? kernel.raw.rngStudent(at, 3) / Math.sqrt(3) : kernel.raw.rngNormal(at);
      return (price *= kernel.raw.exp(0.003 * shock));
    });
    const tsMs = Float64Array.from(close, (_, i) => START + 300_000 * i);
    const bars = { tsMs, open: close, high: close, low: close, close, volume: new Float64Array(rows), rows };
    const scores = varReport(kernel, bars, 'always');
    const of = (method: string) => scores.find((score) => score.method === method && score.alpha === 0.01)!;
    for (const method of ['history', 'filtered history']) {
      const ratio = of(method).breaches / of(method).expected;
      expect(Math.abs(ratio - 1), `${method}, heavy ${heavy}`).toBeLessThan(0.35);
    }
    expect(of('normal').verdict, `heavy ${heavy}`).toBe('refused');
    excess.push(of('normal').breaches / of('normal').expected);
  }
  // the noise of an EWMA volatility alone makes 1.5 times the breaches; heavy tails make more
  expect(excess[1]).toBeGreaterThan(1.2 * excess[0]!);
});

it('writes numbers and text that cannot break a page', () => {
  expect(escaped(`<a href="x" title='y'>&`)).toBe('&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;');
  expect(element('i', { class: '"><script>', x: 1.23456 })).toBe(
    '<i class="&quot;&gt;&lt;script&gt;" x="1.23"></i>',
  );
  expect([percent(-0.12345), percent(null), percent(-0.00001)]).toEqual(['−12.3 %', '–', '0.0 %']);
  expect([money(-1_234_567.4), money(-0.2), money(999)]).toEqual(['−1\u202f234\u202f567', '0', '999']);
  expect(ticksOf(-0.12, 0.31, 5)).toEqual([-0.1, 0, 0.1, 0.2, 0.30000000000000004]);
});
