// The tables of a report.

import { REGIMES } from '../../signals/regime.ts';
import type { CrossValidation } from '../cross-validation.ts';
import type { Scorecard } from '../scorecard.ts';
import type { MonthReturn } from '../scorecard-tables.ts';
import type { VarVerdict } from '../var-report.ts';
import { GATES } from '../verdict.ts';
import {
  dayText,
  element,
  escaped,
  figure,
  minuteText,
  money,
  percent,
  signed,
  textElement,
} from './markup.ts';

const DAY_MS = 86_400_000;

/** A cell: text, or text with a class. */
type Cell = string | readonly [text: string, className: string];

/** A table from plain text; everything is escaped here. */
export function table(head: readonly Cell[], rows: readonly (readonly Cell[])[], className?: string): string {
  const cells = (name: 'td' | 'th', row: readonly Cell[]): string =>
    element(
      'tr',
      {},
      ...row.map((cell) =>
        typeof cell === 'string'
          ? textElement(name, {}, cell)
          : textElement(name, { class: cell[1] || undefined }, cell[0]),
      ),
    );
  const body = element('tbody', {}, ...rows.map((row) => cells('td', row)));
  return element(
    'div',
    { class: 'scroll' },
    element('table', { class: className }, element('thead', {}, cells('th', head)), body),
  );
}

/** Red below zero, green above, neither where the text says 0. */
function coloured(text: string, value: number | null): Cell {
  const shown = /[1-9]/.test(text);
  return [text, value === null || !shown ? '' : value > 0 ? 'plus' : 'minus'];
}

/** Every gate in order, with what stopped the judging. */
export function gateTable({ verdict }: Scorecard): string {
  const stop = verdict.failed === null ? GATES.length : GATES.indexOf(verdict.failed);
  const rows = GATES.map((name, i): Cell[] => {
    const gate = verdict.gates.find((candidate) => candidate.name === name);
    if (!gate) return [name, ['not tried', 'name off'], ['', 'text'], ['', 'text']];
    const state = gate.held ? 'held' : 'failed';
    const judged: Cell = [
      i > stop ? `would have ${state}` : state,
      i > stop ? 'name off' : `name state ${gate.held ? 'plus' : 'minus'}`,
    ];
    return [name, judged, [gate.asked, 'text'], [gate.found, 'text']];
  });
  return table(['gate', ['', 'name'], ['asked', 'text'], ['found', 'text']], rows);
}

/** The strategy, its baselines, and itself under worse conditions. */
export function rivalTable(card: Scorecard): string {
  const { baselines, conditions, sharpe, netReturn, maxDrawdown } = card;
  const row = (name: string, value: number, ratio: number, fall: number | null): Cell[] => [
    name,
    coloured(percent(value), value),
    figure(ratio),
    fall === null ? '–' : percent(fall),
  ];
  return table(
    ['', 'net return', 'Sharpe', 'worst fall'],
    [
      row('this run', netReturn, sharpe.annual, maxDrawdown),
      row('at twice the costs', conditions.doubled.netReturn, conditions.doubled.sharpe, null),
      row('every fill one bar late', conditions.delayed.netReturn, conditions.delayed.sharpe, null),
      ...baselines.map(({ name, gates, netReturn: value, sharpe: ratio, maxDrawdown: fall }) =>
        row(gates ? name : `${name} (no gate)`, value, ratio, fall),
      ),
    ],
  );
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const SHADES = 5;

/** Months by year; the colour's scale is the largest month. */
export function monthTable(months: readonly MonthReturn[]): string {
  const largest = Math.max(1e-9, ...months.map(({ value }) => Math.abs(value)));
  const years = [...new Set(months.map(({ year }) => year))];
  const rows = years.map((year): Cell[] => {
    const own = months.filter((month) => month.year === year);
    const sum = own.reduce((value, month) => value * (1 + month.value), 1) - 1;
    const cells = MONTHS.map((_, i): Cell => {
      const found = own.find(({ month }) => month === i + 1);
      if (!found) return '';
      if (Math.abs(found.value) < 0.0005) return ['0.0', 'off'];
      const shade = Math.ceil((Math.abs(found.value) / largest) * SHADES);
      const className = shade === 0 ? '' : `${found.value > 0 ? 'g' : 'r'}${shade}`;
      return [signed(100 * found.value, 1), className];
    });
    return [String(year), ...cells, [signed(100 * sum, 1), 'sum']];
  });
  return table(['% a month', ...MONTHS, 'year'], rows, 'heat');
}

/** The deepest falls. */
export function drawdownTable({ drawdowns }: Scorecard): string {
  const rows = drawdowns.map(({ depth, fromMs, bottomMs, toMs }, i): Cell[] => [
    String(i + 1),
    [percent(-depth), 'minus'],
    dayText(fromMs),
    dayText(bottomMs),
    toMs === null ? 'not yet' : dayText(toMs),
    `${Math.ceil(((toMs ?? bottomMs) - fromMs) / DAY_MS)} d`,
  ]);
  return table(['', 'depth', 'from', 'bottom', 'recovered', 'length'], rows);
}

/** What was earned in which regime. */
export function regimeTable({ regimes }: Scorecard): string {
  const rows = regimes.map(({ regime, bars, exposed, net, sharpe, trades, won }): Cell[] => [
    regime,
    percent(bars),
    percent(exposed),
    coloured(money(net), net),
    figure(sharpe),
    String(trades),
    percent(won),
  ]);
  return table(['regime', 'bars', 'exposed', 'net', 'Sharpe', 'trades', 'won'], rows);
}

/** Six stretches of the file. */
export function foldTable({ folds }: Scorecard): string {
  const rows = folds.map(({ fromDay, toDay, value, sharpe, rival }, i): Cell[] => [
    String(i + 1),
    dayText(fromDay * DAY_MS),
    dayText(toDay * DAY_MS),
    coloured(percent(value), value),
    figure(sharpe),
    figure(rival),
  ]);
  return table(['', 'from', 'to', 'net', 'Sharpe', 'best baseline'], rows);
}

/** What was refitted, and what was traded with it. */
export function fitTable({ fits }: Pick<Scorecard, 'fits'>): string {
  const rows = fits.map(({ trainedToMs, fromMs, toMs, samples, purged }, i): Cell[] => [
    String(i + 1),
    dayText(trainedToMs),
    dayText(fromMs),
    dayText(toMs),
    money(samples),
    String(purged),
  ]);
  return table(['', 'trained to', 'traded from', 'to', 'samples', 'purged'], rows);
}

/** The paths of a cross-validation. */
export function pathTable({ paths }: CrossValidation): string {
  const rows = paths.map(({ sharpe, netReturn }, i): Cell[] => [
    String(i + 1),
    coloured(percent(netReturn), netReturn),
    figure(sharpe),
  ]);
  return table(['path', 'net return', 'Sharpe'], rows);
}

const VERDICTS: Readonly<Record<VarVerdict, Cell>> = {
  kept: ['kept', 'plus'],
  clustered: ['right number, in clusters', 'off'],
  refused: ['refused', 'minus'],
  untested: ['no forecast', 'off'],
};

/** Value at risk by method and level. */
export function valueAtRiskTable({ valueAtRisk }: Scorecard): string {
  const probability = (value: number | null): Cell =>
    value === null ? '–' : [figure(value, 3), value < 0.05 ? 'minus' : ''];
  const rows = valueAtRisk.map((score): Cell[] => [
    score.method,
    `${signed(100 * (1 - score.alpha), 1)} %`,
    String(score.periods),
    `${score.breaches} of ${signed(score.expected, 0)}`,
    probability(score.coverage),
    probability(score.independence),
    figure(score.z2),
    score.evidence >= 1e4 ? '> 10\u202f000' : figure(score.evidence, 1),
    VERDICTS[score.verdict],
  ]);
  return table(
    ['method', 'level', 'bars', 'breaches', 'Kupiec p', 'Christoffersen p', 'Z2', 'e-value', ''],
    rows,
  );
}

const TRADES_SHOWN = 12;

/** The newest trades, and all of them behind a fold. */
export function tradeTables({ trades }: Scorecard): string {
  const rows = trades.map((trade, i): Cell[] => [
    String(i + 1),
    minuteText(trade.openedAtMs),
    trade.side > 0 ? 'long' : 'short',
    figure(trade.entry),
    `${trade.to - trade.from}`,
    trade.regime < 0 ? '–' : (REGIMES[trade.regime] ?? '–'),
    coloured(signed(trade.net, 2), trade.net),
  ]);
  const head = ['', 'opened, UTC', 'side', 'entry', 'bars', 'regime', 'net'];
  if (rows.length <= TRADES_SHOWN) return table(head, rows.toReversed());
  return (
    table(head, rows.slice(-TRADES_SHOWN).toReversed()) +
    element('details', {}, `<summary>all ${rows.length} trades</summary>`, table(head, rows))
  );
}

/** Terms and what they are, in two columns. */
export function columns(rows: readonly (readonly [string, string])[]): string {
  const items = rows.map(([term, text]) =>
    element('div', {}, textElement('span', {}, term), textElement('b', {}, text)),
  );
  return element('div', { class: 'columns' }, ...items);
}

/** A list of terms and what they are. */
export function terms(rows: readonly (readonly [string, string])[], code = false): string {
  const items = rows.map(([term, text]) => {
    const content = code ? textElement('code', {}, text) : escaped(text);
    return textElement('dt', {}, term) + element('dd', {}, content);
  });
  return element('dl', {}, ...items);
}
