// The strip of account figures and the open position.

import type { SessionFacts, SessionFrame } from '../runtime/session-view.ts';
import { h, setClass, setText } from './dom.ts';
import { NONE, formatNumber, formatPercent, formatSigned, formatUnits } from './format.ts';

const NAMES = ['Equity', 'P&L', 'Drawdown', 'Position', 'Open P&L', 'Trades', 'Decisions'] as const;
type Name = (typeof NAMES)[number];

/** Account figures; every cell keeps its place and width. */
export class AccountPanel {
  readonly element: HTMLElement;
  private readonly cells = new Map<Name, { cell: HTMLElement; value: HTMLElement; note: HTMLElement }>();

  constructor() {
    this.element = h('dl.figures', { 'aria-label': 'Account' });
    for (const name of NAMES) {
      const value = h('dd.value', {}, NONE);
      const note = h('dd.note', {}, '\u00a0');
      const cell = h('div.figure', {}, h('dt', {}, name), value, note);
      this.cells.set(name, { cell, value, note });
      this.element.append(cell);
    }
  }

  update(frame: SessionFrame, facts: SessionFacts): void {
    const { account, position, counts } = frame;
    this.set('Equity', formatNumber(account.equity, 0), facts.quote);
    this.set('P&L', formatSigned(account.pnl, 0), formatPercent(account.pnl / facts.equity, 2), account.pnl);
    this.set('Drawdown', formatPercent(account.drawdown, 2), `max ${formatPercent(account.maxDrawdown, 2)}`);
    if (position) {
      const side = position.units > 0 ? 'long' : 'short';
      const price = position.entry.toFixed(facts.priceDigits);
      this.set(
        'Position',
        `${side} ${formatUnits(Math.abs(position.units))}`,
        `from ${price}`,
        position.units,
      );
      const exit = (level: number | null): string =>
        level === null ? NONE : level.toFixed(facts.priceDigits);
      const exits = `stop ${exit(position.stop)} · target ${exit(position.target)}`;
      this.set('Open P&L', formatSigned(position.openPnl, 0), exits, position.openPnl);
    } else {
      this.set('Position', 'flat', '\u00a0');
      this.set('Open P&L', NONE, '\u00a0');
    }
    const won = account.winRate === null ? 'none closed yet' : `${formatPercent(account.winRate, 0)} won`;
    this.set('Trades', formatNumber(account.trades), won);
    const { executed, refused } = counts;
    this.set('Decisions', formatNumber(counts.decisions), `${executed} traded · ${refused} refused`);
    setClass(this.element, 'halted', !account.tradingEnabled);
  }

  private set(name: Name, value: string, note: string, sign = 0): void {
    const parts = this.cells.get(name);
    if (!parts) return;
    setText(parts.value, value);
    setText(parts.note, note);
    setClass(parts.cell, 'up', sign > 0);
    setClass(parts.cell, 'down', sign < 0);
  }
}
