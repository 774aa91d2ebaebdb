// What the strategic side sees: regime, uncertainty, the signals on their way to a synergy.

import type { ContextView, SessionFrame } from '../runtime/session-view.ts';
import { REGIMES } from '../signals/regime.ts';
import { UNCERTAINTY_LEVELS } from '../signals/uncertainty.ts';
import { card, h, setClass, setShare, setText } from './dom.ts';
import { NONE, formatPercent } from './format.ts';

const KINDS = ['mlmi', 'nwrqk', 'fvg'] as const;

/** Regime, uncertainty and synergy of the newest bar. */
export class MarketPanel {
  readonly element: HTMLElement;
  private readonly regimes: { row: HTMLElement; bar: HTMLElement; value: HTMLElement }[] = [];
  private readonly levels: HTMLElement[] = [];
  private readonly kinds: { cell: HTMLElement; value: HTMLElement }[] = [];
  private readonly interval = h('p.note', {}, 'warming up');
  private readonly synergies = h('p.note', {}, '\u00a0');
  private readonly stale = h(
    'span.tag.quiet',
    { title: 'No regime is above 0.65 now; the last one stands' },
    '',
  );

  constructor() {
    for (const regime of REGIMES) {
      const bar = h('span.meter');
      const value = h('span.number', {}, NONE);
      const row = h('div.meter-row', {}, h('span.label', {}, regime), bar, value);
      this.regimes.push({ row, bar, value });
    }
    for (const level of UNCERTAINTY_LEVELS)
      this.levels.push(h(`span.segment.${level.toLowerCase()}`, {}, level));
    for (const kind of KINDS) {
      const value = h('span.number', {}, NONE);
      this.kinds.push({ value, cell: h('span.segment', {}, h('span', {}, kind), value) });
    }
    this.element = card(
      'Market',
      'market',
      h('h3', {}, 'Regime ', this.stale),
      h('div.meters', {}, ...this.regimes.map(({ row }) => row)),
      h(
        'h3',
        { title: 'Of the size of the next 30-minute move; it says nothing about direction' },
        'Uncertainty',
      ),
      h('div.segments', {}, ...this.levels),
      this.interval,
      h('h3', { title: 'Three kinds of signal in one direction within ten bars open a round' }, 'Synergy'),
      h('div.segments', {}, ...this.kinds.map(({ cell }) => cell)),
      this.synergies,
    );
  }

  update(frame: SessionFrame): void {
    const { context, waiting, counts } = frame;
    this.showContext(context);
    KINDS.forEach((kind, index) => {
      const parts = this.kinds[index];
      const signal = waiting.find((candidate) => candidate.kind === kind);
      if (!parts) return;
      setText(parts.value, signal ? signal.direction : NONE);
      setClass(parts.cell, 'up', signal?.direction === 'LONG');
      setClass(parts.cell, 'down', signal?.direction === 'SHORT');
    });
    const seen = Object.entries(counts.synergies).map(([type, count]) => `${type.slice(5)}: ${count}`);
    setText(this.synergies, `completed by type ${seen.join(' · ')}`);
  }

  private showContext(context: ContextView | null): void {
    setText(this.stale, context?.stale ? 'undecided' : '');
    this.regimes.forEach(({ row, bar, value }, index) => {
      const share = context?.regimeProbabilities[index] ?? Number.NaN;
      setShare(bar, share);
      setText(value, formatPercent(share, 0));
      setClass(row, 'on', context !== null && context.regime === REGIMES[index]);
    });
    this.levels.forEach((segment, index) => {
      setClass(segment, 'on', context !== null && context.uncertainty === UNCERTAINTY_LEVELS[index]);
    });
    if (!context || !Number.isFinite(context.halfWidth)) {
      setText(this.interval, 'warming up: HIGH until enough bars are seen');
      return;
    }
    const width = `next 30 min ±${formatPercent(context.halfWidth, 2)}`;
    setText(this.interval, `${width} · held in ${formatPercent(context.coverage, 0)} of the last 500`);
  }
}
