// <grandmodel-bench>: runs the suite in a worker, shows progress, stops on request, hands the figures over as
// JSON.

import { h, setClass, setShare, setText } from '../../src/terminal/dom.ts';
import { restoreTheme, toggleTheme } from '../../src/terminal/theme.ts';
import { TOPICS } from './catalogue.ts';
import type { TopicId } from './catalogue.ts';
import { hostFacts } from './host.ts';
import type { HostFacts } from './host.ts';
import type { Message, Result, SizeName, Start } from './protocol.ts';
import { BenchTable } from './table.ts';

const ROWS = TOPICS.reduce((count, { rows }) => count + rows.length, 0);

const INTRO =
  'Everything runs in a worker of this tab; nothing is sent anywhere. Figures are medians of rounds that ' +
  'take turns with what stands beside them, so a busy machine slows both; close other tabs for figures to ' +
  'keep. The seeds are the documents that this engine was asked for in; they published figures too.';

/** The page as one element. */
export class GrandModelBench extends HTMLElement {
  private worker: Worker | null = null;
  private readonly facts = hostFacts();
  private results: Result[] = [];
  private failed = 0;
  private running: TopicId | null = null;
  private readonly table = new BenchTable();
  private readonly status = h('p.status', { role: 'status' }, 'Not run yet.');
  private readonly bar = h('div.progress');
  private readonly run = h('button.primary', { type: 'button', id: 'run' }, 'Run') as HTMLButtonElement;
  private readonly copy = h('button', { type: 'button', id: 'copy' }, 'Copy as JSON') as HTMLButtonElement;
  private readonly size = h(
    'select',
    { id: 'size', 'aria-label': 'Size' },
    h('option', { value: 'full' }, 'Full size'),
    h('option', { value: 'quick' }, 'Quick'),
  ) as HTMLSelectElement;

  connectedCallback(): void {
    const theme = h('button.icon', { type: 'button', title: 'Dark or light (D)', onclick: toggleTheme }, '◐');
    theme.setAttribute('aria-label', 'Dark or light');
    this.run.addEventListener('click', () => this.toggle());
    this.copy.addEventListener('click', () => void this.copyJson());
    this.copy.disabled = true;
    if (new URLSearchParams(location.search).get('size') === 'quick') this.size.value = 'quick';
    const title = h('h1', {}, 'Grand', h('span', {}, 'Model'), ' Edge · Benchmarks');
    const controls = h('div.controls', {}, this.size, this.run, this.copy, theme);
    this.append(
      h('header.top', {}, title, controls, this.status, this.bar),
      h('p.intro', {}, INTRO),
      h('dl.host', {}, ...factRows(this.facts)),
      h('div.bench-scroll.card', {}, this.table.element),
      h(
        'footer',
        {},
        h('span', {}, 'Keys: R run, Esc cancel, C copy, D dark or light.'),
        h('a', { href: '../' }, 'Terminal'),
      ),
    );
    document.addEventListener('keydown', (event) => this.takeKey(event));
    addEventListener('pagehide', () => this.cancel());
  }

  private toggle(): void {
    if (this.worker === null) this.start();
    else this.cancel();
  }

  private cancel(): void {
    if (this.worker !== null) this.stop(`Cancelled after ${this.results.length} of ${ROWS} rows.`);
  }

  private start(): void {
    const size = this.size.value as SizeName;
    this.results = [];
    this.failed = 0;
    this.table.clear();
    setClass(this.status, 'bad', false);
    this.size.disabled = true;
    this.copy.disabled = true;
    setText(this.run, 'Cancel');
    setText(this.status, 'Starting …');
    setShare(this.bar, 0);
    this.dataset['state'] = 'running';
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'bench' });
    worker.addEventListener('message', (event: MessageEvent<Message>) => this.take(event.data));
    // A worker whose script does not load says nothing of why.
    const why = 'its script did not load';
    worker.addEventListener('error', ({ message }) => this.fail(message || why));
    this.worker = worker;
    worker.postMessage({ size } satisfies Start);
  }

  private take(message: Message): void {
    switch (message.kind) {
      case 'started':
        if (this.running) this.table.mark(this.running, '');
        this.running = message.topic;
        this.table.mark(message.topic, 'measuring …', 'running');
        this.tell(message.topic);
        break;
      case 'result':
        this.results.push(message.result);
        this.table.fill(message.result);
        setShare(this.bar, this.results.length / ROWS);
        break;
      case 'failed':
        this.table.mark(message.topic, `failed: ${message.message}`, 'failed');
        this.failed++;
        this.running = null;
        break;
      case 'broken':
        this.fail(message.message);
        break;
      case 'finished':
        this.finish(message.ms);
        break;
      default:
        message satisfies never;
    }
  }

  /** Which part is being measured: said once a part, because it is read aloud. */
  private tell(topic: TopicId): void {
    const at = TOPICS.findIndex(({ id }) => id === topic);
    setText(this.status, `Part ${at + 1} of ${TOPICS.length}: ${TOPICS[at]?.title} …`);
  }

  private fail(why: string): void {
    this.stop(`Cannot measure: ${why}`);
    setClass(this.status, 'bad', true);
  }

  private finish(ms: number): void {
    const parts = this.failed === 1 ? '1 part' : `${this.failed} parts`;
    const failed = this.failed === 0 ? '' : ` ${parts} failed: see the table.`;
    this.stop(`${this.results.length} of ${ROWS} rows in ${(ms / 1000).toFixed(0)} s.${failed}`, 'finished');
    setClass(this.status, 'bad', this.failed > 0);
  }

  private stop(words: string, state = 'stopped'): void {
    this.worker?.terminate();
    this.worker = null;
    if (this.running) this.table.mark(this.running, '');
    this.running = null;
    this.size.disabled = false;
    this.copy.disabled = this.results.length === 0;
    setText(this.run, 'Run again');
    setText(this.status, words);
    this.dataset['state'] = state;
  }

  private async copyJson(): Promise<void> {
    const figures = { size: this.size.value, host: this.facts, rows: this.results };
    try {
      await navigator.clipboard.writeText(JSON.stringify(figures, null, 1));
      setText(this.status, `Copied ${this.results.length} rows.`);
    } catch (error) {
      setText(this.status, `Cannot copy: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private takeKey(event: KeyboardEvent): void {
    const { target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (target instanceof Element && target.closest('select, input')) return;
    const key = event.key.toLowerCase();
    if (key === 'r' && this.worker === null) this.start();
    else if (key === 'escape' && this.worker !== null) this.cancel();
    else if (key === 'c' && !this.copy.disabled) void this.copyJson();
    else if (key === 'd') toggleTheme();
  }
}

function factRows(facts: HostFacts): HTMLElement[] {
  const yes = (value: boolean): string => (value ? 'yes' : 'no');
  const cells: readonly (readonly [string, string])[] = [
    ['Cores', String(facts.cores)],
    ['WASM SIMD', yes(facts.simd)],
    ['Relaxed SIMD', `${yes(facts.relaxedSimd)}, not used`],
    ['Cross-origin isolated', yes(facts.crossOriginIsolated)],
    ['Clock step', `${facts.clockUs} µs`],
    ['JavaScript peers', facts.peers ? 'built in' : 'not in this build: npm run bench:page adds them'],
    ['Browser', facts.userAgent],
  ];
  return cells.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', { title: value }, value)));
}

/** Starts the page. */
export function startBenchPage(): void {
  restoreTheme();
  customElements.define('grandmodel-bench', GrandModelBench);
}
