// One decision in full: who voted what with which weight, each step with the rule that ended it, and the
// hashes.

import type { DecisionView, SessionFacts, VoteView } from '../runtime/session-view.ts';
import { card, fill, h, setClass, setShare, setText } from './dom.ts';
import { evidenceText, explain } from './explain.ts';
import { formatNumber, formatPercent, formatTime, shortHash } from './format.ts';

const DIRECTIONS = ['SHORT', 'HOLD', 'LONG'] as const;

/** The decision inspector; follows the newest decision until one is chosen. */
export class InspectorPanel {
  readonly element: HTMLElement;
  private readonly title = h('p.decision-title', {}, '');
  private readonly body = h('div.decision-body');
  private readonly latest: HTMLElement;

  /** @param onLatest called when the reader wants the newest decision again */
  constructor(onLatest: () => void) {
    this.latest = h('button.link', { type: 'button', onclick: onLatest, hidden: true }, 'Back to the latest');
    this.element = card('Why', 'inspector', this.title, this.latest, this.body);
    this.clear();
  }

  /** Says that nothing was decided yet. */
  clear(): void {
    setText(this.title, 'No decision yet');
    this.latest.hidden = true;
    fill(
      this.body,
      h(
        'p.empty',
        {},
        'The first decision comes after about 1,100 to 2,000 bars: every window has to fill first, and ' +
          'only a synergy opens a round.',
      ),
    );
  }

  /** @param pinned true when the reader chose it */
  show(decision: DecisionView, facts: SessionFacts, pinned: boolean): void {
    const price = decision.price.toFixed(facts.priceDigits);
    setText(this.title, `#${decision.round} · ${formatTime(decision.knownAtMs)} UTC · ${price}`);
    this.latest.hidden = !pinned;
    fill(
      this.body,
      stepsOf(decision),
      h('h3', {}, 'Votes'),
      h('div.votes', {}, ...decision.votes.map(voteRow)),
      tallyOf(decision),
      h('h3', {}, 'Looked at'),
      factsOf(decision),
    );
  }
}

function stepsOf(decision: DecisionView): HTMLElement {
  const steps = explain(decision).map(({ name, passed, text }) => {
    const state = passed ? 'passed' : 'stopped';
    return h(`li.${state}`, {}, h('span.step', {}, name), h('span', {}, text));
  });
  return h('ol.steps', {}, ...steps);
}

function voteRow(vote: VoteView): HTMLElement {
  const bars = DIRECTIONS.map((direction, index) => {
    const share = vote.abstain === null ? (vote.probabilities[index] ?? 0) : 0;
    const bar = h(`span.part.${direction.toLowerCase()}`);
    setShare(bar, share);
    return bar;
  });
  const [short, hold, long] = vote.probabilities;
  const said =
    vote.abstain === null
      ? `short ${formatPercent(short, 0)} · hold ${formatPercent(hold, 0)} · long ${formatPercent(long, 0)}`
      : `abstains: ${vote.abstain.toLowerCase().replaceAll('_', ' ')}`;
  const mark =
    vote.attested === 'confirmed'
      ? h('span.tag.good', { title: 'The second evaluator (ONNX) gave the same answer' }, 'attested')
      : vote.attested === 'void'
        ? h('span.tag.bad', { title: 'The second evaluator disagreed, so the vote does not count' }, 'void')
        : null;
  const row = h(
    'div.vote',
    { 'data-agent': vote.agent, 'data-attested': vote.attested ?? 'none' },
    h('span.agent', {}, vote.agent, mark),
    h('span.weight', { title: 'Weight in this round' }, formatPercent(vote.weight, 1)),
    h('span.parts', { role: 'img', 'aria-label': `SHORT, HOLD, LONG: ${said}` }, ...bars),
    h('span.said', {}, said),
    h('span.evidence', {}, evidenceText(vote.evidence)),
  );
  setClass(row, 'silent', vote.abstain !== null);
  return row;
}

function tallyOf(decision: DecisionView): HTMLElement {
  const parts = DIRECTIONS.map((direction, index) => {
    const part = h(`span.part.${direction.toLowerCase()}`);
    setShare(part, decision.tally[index] ?? 0);
    return part;
  });
  const label = DIRECTIONS.map((d, i) => `${d} ${formatPercent(decision.tally[i] ?? 0, 1)}`).join(' · ');
  return h(
    'div.tally',
    {},
    h('span.agent', {}, 'Weight'),
    h(
      'span.parts.quorum',
      { role: 'img', 'aria-label': label, title: 'The line is the quorum of 65 %' },
      ...parts,
    ),
    h('span.said', {}, label),
  );
}

function factsOf(decision: DecisionView): HTMLElement {
  const { patterns } = decision;
  const past =
    patterns.count > 0
      ? `${patterns.count} similar, mean ${formatNumber(patterns.mean, 2)} σ, ` +
        `hit ${formatPercent(patterns.hitRate, 0)}`
      : 'none known yet';
  const rows: [string, string, string?][] = [
    ['Regime', decision.regime],
    ['Uncertainty', decision.uncertainty],
    ['Patterns', past],
    ['Equity', formatNumber(decision.equity, 0)],
    ['Bar', shortHash(decision.barHash), decision.barHash],
    ['Inputs', shortHash(decision.inputsHash), decision.inputsHash],
  ];
  const cells = rows.flatMap(([name, value, full]) => [
    h('dt', {}, name),
    h(full ? 'dd.hash' : 'dd', { title: full }, value),
  ]);
  return h('dl.facts', {}, ...cells);
}
