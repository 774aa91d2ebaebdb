// The list of decisions, newest first; choosing one opens it in the inspector and shows its bar.

import type { DecisionView, SessionFacts } from '../runtime/session-view.ts';
import { card, fill, h, setClass, setText } from './dom.ts';
import { headline } from './explain.ts';
import { NONE, formatPercent, formatShortTime } from './format.ts';

const ROWS_MAX = 400;

/** The decisions of a session. */
export class DecisionsPanel {
  readonly element: HTMLElement;
  private readonly body = h('tbody');
  private readonly empty = h(
    'p.empty',
    {},
    'No decision yet. Decisions appear here as synergies open rounds.',
  );
  private readonly count = h('span.tag.quiet', {}, '0');
  private decisions: DecisionView[] = [];
  private rows: HTMLElement[] = [];
  private chosen: number | null = null;
  private digits = 2;
  private readonly onChoose: (decision: DecisionView) => void;

  /** @param onChoose called with the chosen decision */
  constructor(onChoose: (decision: DecisionView) => void) {
    this.onChoose = onChoose;
    const heads = ['#', 'Time', 'Price', 'Synergy', 'Says', 'Weight', 'Outcome'];
    const table = h(
      'table',
      {},
      h('thead', {}, h('tr', {}, ...heads.map((name) => h('th', { scope: 'col' }, name)))),
      this.body,
    );
    this.element = card('Decisions', 'decisions', h('div.scroll', { tabindex: 0 }, table, this.empty));
    this.element.querySelector('h2')?.append(this.count);
  }

  /** Starts over for another session. */
  reset(facts: SessionFacts): void {
    this.digits = facts.priceDigits;
    this.decisions = [];
    this.rows = [];
    this.chosen = null;
    fill(this.body);
    this.empty.hidden = false;
    setText(this.count, '0');
  }

  /** Adds decisions, oldest first. */
  push(decisions: readonly DecisionView[], total: number): void {
    if (decisions.length === 0) return;
    this.empty.hidden = true;
    for (const decision of decisions.slice(-ROWS_MAX)) {
      this.decisions.unshift(decision);
      const row = this.rowOf(decision);
      this.rows.unshift(row);
      this.body.prepend(row);
    }
    this.decisions.length = Math.min(this.decisions.length, ROWS_MAX);
    for (const row of this.rows.splice(ROWS_MAX)) row.remove();
    setText(this.count, String(total));
  }

  /** The newest decision, or null. */
  get latest(): DecisionView | null {
    return this.decisions[0] ?? null;
  }

  /** Chooses the decision `offset` places further down (older) than the chosen or newest one. */
  move(offset: number): void {
    const at = this.chosen === null ? -1 : this.decisions.findIndex(({ round }) => round === this.chosen);
    const next = this.decisions[Math.min(this.decisions.length - 1, Math.max(0, at + offset))];
    if (!next) return;
    this.choose(next);
    this.rows[this.decisions.indexOf(next)]?.scrollIntoView({ block: 'nearest' });
  }

  /** Marks a decision as chosen; null follows the newest. */
  mark(round: number | null): void {
    this.chosen = round;
    this.decisions.forEach((decision, index) => {
      const row = this.rows[index];
      if (!row) return;
      setClass(row, 'chosen', decision.round === round);
      row.setAttribute('aria-selected', String(decision.round === round));
    });
  }

  private choose(decision: DecisionView): void {
    this.mark(decision.round);
    this.onChoose(decision);
  }

  private rowOf(decision: DecisionView): HTMLElement {
    const { synergy, outcome, direction } = decision;
    const type = synergy ? `${synergy.type.slice(5)} ${synergy.direction}` : NONE;
    const button = h('button.row-button', { type: 'button' }, `${decision.round}`);
    const row = h(
      `tr.${outcome}`,
      { onclick: () => this.choose(decision), 'aria-selected': 'false' },
      h('td', {}, button),
      h('td', {}, formatShortTime(decision.knownAtMs)),
      h('td.number', {}, decision.price.toFixed(this.digits)),
      h('td', {}, type),
      h(`td.direction.${direction.toLowerCase()}`, {}, direction),
      h('td.number', {}, formatPercent(decision.winner, 0)),
      h('td.outcome', {}, headline(decision)),
    );
    return row;
  }
}
