// The table of rows, there from the start with dashes, filled as the worker tells.

import { h, setClass, setText } from '../../src/terminal/dom.ts';
import { TOPICS } from './catalogue.ts';
import type { CatalogueRow, Topic, TopicId } from './catalogue.ts';
import { formatCount, formatRate, formatRatio, formatTime } from './format.ts';
import type { PeerResult, Result } from './protocol.ts';

const NONE = '—';
const HEADINGS = ['', 'Size', 'Ours', 'A second', 'Beside it, here', 'The seeds published'].concat(
  'What theirs measured',
);

interface Row {
  readonly element: HTMLElement;
  readonly item: string;
  readonly cells: Readonly<Record<'size' | 'time' | 'rate' | 'peers', HTMLElement>>;
}

interface Section {
  readonly body: HTMLElement;
  readonly state: HTMLElement;
}

/** All rows by topic. */
export class BenchTable {
  readonly element: HTMLElement;
  private readonly rows = new Map<string, Row>();
  private readonly sections = new Map<TopicId, Section>();

  constructor() {
    const headings = HEADINGS.map((text) => h('th', { scope: 'col' }, text));
    this.element = h(
      'table.bench',
      {},
      h('thead', {}, h('tr', {}, ...headings)),
      ...TOPICS.map((topic) => this.section(topic)),
    );
  }

  /** Puts dashes back. */
  clear(): void {
    for (const { element, cells } of this.rows.values()) {
      element.classList.remove('done', 'wrong', 'alone');
      for (const cell of Object.values(cells)) cell.replaceChildren(NONE);
    }
    for (const topic of TOPICS) this.mark(topic.id, '');
  }

  /** Says beside a topic what becomes of it. */
  mark(topic: TopicId, words: string, state: 'running' | 'failed' | '' = ''): void {
    const section = this.sections.get(topic);
    if (!section) return;
    setText(section.state, words);
    setClass(section.body, 'running', state === 'running');
    setClass(section.body, 'failed', state === 'failed');
  }

  /** Fills a row. */
  fill(result: Result): void {
    const row = this.rows.get(keyOf(result.topic, result.id));
    if (!row) return;
    setText(row.cells.size, formatCount(result.n));
    row.cells.time.replaceChildren(formatTime(result.ns), h('span.item', {}, ` / ${row.item}`));
    setText(row.cells.rate, formatRate(result.ns));
    row.cells.peers.replaceChildren(...peerWords(result.peers));
    row.element.classList.add('done');
    setClass(row.element, 'alone', result.peers.length === 0);
    setClass(row.element, 'wrong', result.checked === false);
    if (result.checked === false) row.cells.peers.append(h('div.bad', {}, 'results differ'));
    row.element.dataset['ns'] = String(result.ns);
    row.element.dataset['checked'] = String(result.checked);
  }

  private section(topic: Topic): HTMLElement {
    const state = h('span.topic-state', {}, '');
    const heading = h(
      'tr.topic',
      {},
      h('th', { scope: 'rowgroup', colspan: HEADINGS.length }, topic.title, state),
    );
    const rows = topic.rows.map((row) => this.row(topic, row));
    const body = h('tbody', { 'data-topic': topic.id }, heading, ...rows);
    this.sections.set(topic.id, { body, state });
    return body;
  }

  private row(topic: Topic, { id, name, item, published }: CatalogueRow): HTMLElement {
    const cell = (label: string, kind = '.number'): HTMLElement =>
      h(`td${kind}`, { 'data-label': label }, NONE);
    const cells = {
      size: cell('Size'),
      time: cell('Ours'),
      rate: cell('A second'),
      peers: cell('Beside it, here', '.peers'),
    };
    const claim = h('td.claim', { 'data-label': 'The seeds published' }, published?.claim ?? NONE);
    const measured = h('td.measured', { 'data-label': 'What theirs measured' }, published?.measured ?? NONE);
    const element = h(
      'tr',
      { 'data-row': id },
      h('th', { scope: 'row' }, name),
      cells.size,
      cells.time,
      cells.rate,
      cells.peers,
      claim,
      measured,
    );
    if (!published) element.classList.add('unpublished');
    this.rows.set(keyOf(topic.id, id), { element, item, cells });
    return element;
  }
}

/** The fastest in words; the others in its tooltip. */
function peerWords(peers: readonly PeerResult[]): Node[] {
  const [best, ...others] = [...peers].sort((a, b) => a.ratio - b.ratio);
  if (!best) return [document.createTextNode(NONE)];
  const line = ({ name, ns, ratio }: PeerResult): string =>
    `${name}: ${formatTime(ns)}, ${formatRatio(ratio)} ours`;
  const title = [best, ...others].map(line).join('\n');
  const words = h('div', { title }, h('span.ratio', {}, formatRatio(best.ratio)), ` as fast as ${best.name}`);
  if (others.length === 0) return [words];
  const most = formatRatio(others.at(-1)?.ratio ?? NaN);
  return [words, h('div.others', { title }, `the fastest of ${peers.length}; the slowest ${most}`)];
}

function keyOf(topic: TopicId, id: string): string {
  return `${topic} ${id}`;
}
