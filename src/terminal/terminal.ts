// <grandmodel-terminal>: the panels, and the loop that takes what is new from the engine's worker once a
// frame.

import type { Remote } from 'comlink';
import type { EngineService } from '../runtime/engine-service.ts';
import type { EvaluatorReport } from '../runtime/onnx-voters.ts';
import type {
  DecisionView,
  SessionFacts,
  SessionSource,
  SessionUpdate,
  VerifiedView,
} from '../runtime/session-view.ts';
import { AccountPanel } from './account-panel.ts';
import { DecisionsPanel } from './decisions-panel.ts';
import { card, h, setText } from './dom.ts';
import { EquityChart } from './equity-chart.ts';
import { headline } from './explain.ts';
import { createHelp } from './help.ts';
import { InspectorPanel } from './inspector-panel.ts';
import { listenToKeys } from './keys.ts';
import { MarketPanel } from './market-panel.ts';
import { PriceChart } from './price-chart.ts';
import { ProofPanel } from './proof-panel.ts';
import { toggleTheme } from './theme.ts';
import { Transport } from './transport.ts';

/** Bars played at once before the first picture: most of the warm-up. */
const PREROLL_BARS = 1_000;
const BARS_PER_DAY = 288;
/** Announcements at most this often, milliseconds. */
const ANNOUNCE_MS = 2_000;

/** What the terminal needs from the page. */
export interface TerminalHost {
  readonly engine: Remote<EngineService>;
  /** Replays a journal somewhere that does not hold up the session. */
  readonly verify: (journal: Uint8Array) => Promise<VerifiedView>;
  readonly startEvaluator: (webgpu: boolean) => Promise<EvaluatorReport>;
}

/** The whole page as one element. Call `connect` once. */
export class GrandModelTerminal extends HTMLElement {
  private host: TerminalHost | null = null;
  private facts: SessionFacts | null = null;
  private source: SessionSource | null = null;
  private pinned = false;
  private taking = false;
  private playing = false;
  private opening = 0;
  private stateHash = '';
  private announcedAtMs = -Infinity;
  private readonly live = h('p.visually-hidden', { 'aria-live': 'polite', id: 'live' });
  private readonly help = createHelp();
  private readonly account = new AccountPanel();
  private readonly market = new MarketPanel();
  private readonly price = new PriceChart();
  private readonly equity = new EquityChart();
  private readonly inspector = new InspectorPanel(() => this.followLatest());
  private readonly decisions = new DecisionsPanel((decision) => this.inspect(decision));
  private readonly proof = new ProofPanel({
    verify: () => void this.verify(),
    download: () => void this.download(),
    webgpu: (on) => void this.startEvaluator(on),
  });
  private readonly transport = new Transport({
    toggle: () => void this.toggle(),
    step: () => void this.step(1),
    speed: (barsPerSecond) => void this.host?.engine.setSpeed(barsPerSecond),
    another: () => void this.another(),
    openFile: (file) => void this.openFile(file),
    theme: () => this.changeTheme(),
    help: () => this.help.showModal(),
  });

  /** Builds the page and starts playing a source. */
  async connect(host: TerminalHost, source: SessionSource): Promise<void> {
    this.host = host;
    this.build();
    listenToKeys({
      toggle: () => void this.toggle(),
      step: (day) => void this.step(day ? BARS_PER_DAY : 1),
      faster: (offset) => this.transport.shift(offset),
      decision: (offset) => this.decisions.move(offset),
      latest: () => this.followLatest(),
      verify: () => void this.verify(),
      theme: () => this.changeTheme(),
      help: () => this.help.showModal(),
    });
    this.listenToDrops();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.restyle());
    void this.startEvaluator(false);
    void Promise.all([this.price.load(), this.equity.load()]);
    this.frame();
    await this.open(source);
  }

  /** Opens a source in place of the present one and plays it. */
  async open(source: SessionSource): Promise<void> {
    const { host } = this;
    if (!host) return;
    const turn = ++this.opening;
    try {
      const facts = await host.engine.open(source);
      if (turn !== this.opening) return;
      this.start(facts, source);
      await host.engine.setSpeed(this.transport.barsPerSecond);
      await host.engine.step(PREROLL_BARS);
      await host.engine.play();
    } catch (error) {
      this.transport.say(messageOf(error), true);
    }
  }

  private build(): void {
    const link = h(
      'a',
      { href: 'https://www.tradingview.com/', rel: 'noopener noreferrer', target: '_blank' },
      'Charts by TradingView',
    );
    this.append(
      this.transport.element,
      this.account.element,
      h(
        'main',
        {},
        h(
          'div.left',
          {},
          card('Price', 'price', this.price.element),
          card('Equity', 'equity', this.equity.element),
          this.decisions.element,
        ),
        h('div.right', {}, this.market.element, this.inspector.element, this.proof.element),
      ),
      h(
        'footer',
        {},
        h('span', {}, 'Paper account, no advice. Everything runs in this tab; nothing is sent anywhere.'),
        h('span.links', {}, h('a', { href: './bench/' }, 'Benchmarks'), link),
      ),
      this.live,
      this.help,
    );
  }

  private start(facts: SessionFacts, source: SessionSource): void {
    this.facts = facts;
    this.source = source;
    this.pinned = false;
    this.stateHash = '';
    this.classList.toggle('simulated', facts.simulated);
    document.title = `${facts.symbol}${facts.simulated ? ' (simulated)' : ''} · GrandModel Edge`;
    this.transport.say(facts.source, false);
    this.transport.reset(facts);
    this.price.reset(facts.priceDigits);
    this.equity.reset(facts.equity);
    this.decisions.reset(facts);
    this.inspector.clear();
    this.proof.clearResult();
  }

  /** One hop a frame, and none while the last one is under way. */
  private frame(): void {
    requestAnimationFrame(() => this.frame());
    const { host, facts } = this;
    if (!host || !facts || this.taking) return;
    this.taking = true;
    void this.takeNews(host, facts);
  }

  private async takeNews(host: TerminalHost, facts: SessionFacts): Promise<void> {
    try {
      const update = await host.engine.take();
      if (update && facts === this.facts) this.show(update, facts);
    } catch (error) {
      this.transport.say(messageOf(error), true);
    }
    this.taking = false;
  }

  private show(update: SessionUpdate, facts: SessionFacts): void {
    const { frame, decisions } = update;
    this.playing = frame.state === 'playing';
    this.stateHash = frame.proof.stateHash;
    this.transport.update(frame, facts);
    this.account.update(frame, facts);
    this.market.update(frame);
    this.proof.update(frame, facts);
    this.price.push(update.bars, decisions, update.fills);
    this.price.showPosition(frame.position);
    this.equity.push(update.equity);
    this.decisions.push(decisions, frame.counts.decisions);
    const newest = decisions.at(-1);
    if (!newest) return;
    if (!this.pinned) this.inspector.show(newest, facts, false);
    const nowMs = performance.now();
    if (this.playing && nowMs - this.announcedAtMs < ANNOUNCE_MS) return;
    this.announcedAtMs = nowMs;
    setText(this.live, `Decision ${newest.round}: ${headline(newest)}`);
  }

  private inspect(decision: DecisionView): void {
    if (!this.facts) return;
    this.pinned = true;
    this.inspector.show(decision, this.facts, true);
    this.price.show(decision.knownAtMs);
  }

  private followLatest(): void {
    this.pinned = false;
    this.decisions.mark(null);
    const { latest } = this.decisions;
    if (latest && this.facts) this.inspector.show(latest, this.facts, false);
    this.price.follow();
  }

  private async toggle(): Promise<void> {
    if (this.playing) await this.host?.engine.pause();
    else await this.host?.engine.play();
  }

  private async step(bars: number): Promise<void> {
    await this.host?.engine.pause();
    await this.host?.engine.step(bars);
  }

  private async another(): Promise<void> {
    if (this.source?.kind === 'simulated') await this.open({ ...this.source, seed: this.source.seed + 1 });
  }

  private async openFile(file: File): Promise<void> {
    this.transport.say(`reading ${file.name} …`, false);
    const bytes = new Uint8Array(await file.arrayBuffer());
    await this.open({ kind: 'file', name: file.name, symbol: symbolOf(file.name), bytes });
  }

  private async verify(): Promise<void> {
    const { host } = this;
    if (!host || !this.facts) return;
    this.proof.showVerifying();
    try {
      const { bytes, stateHash } = await host.engine.journal();
      this.proof.showVerified(await host.verify(bytes), stateHash);
    } catch (error) {
      this.proof.showFailure(messageOf(error));
    }
  }

  private async download(): Promise<void> {
    const journal = await this.host?.engine.journal();
    if (!journal || !this.facts) return;
    const url = URL.createObjectURL(new Blob([journal.bytes as Uint8Array<ArrayBuffer>]));
    const link = h('a', { href: url, download: `${this.facts.symbol}.gmj` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 1_000);
  }

  private async startEvaluator(webgpu: boolean): Promise<void> {
    const { host } = this;
    if (!host) return;
    this.proof.showEvaluator(null);
    try {
      const report = await host.startEvaluator(webgpu);
      this.proof.showEvaluator(report);
      // Nothing to confirm votes with: start again with the reference evaluator alone, and say so.
      if (report.evaluator === 'none' && this.source && this.facts?.attestation === 'live') {
        await host.engine.disconnect();
        await this.open(this.source);
      }
    } catch (error) {
      this.proof.showEvaluator({ evaluator: 'none', why: messageOf(error), tried: [] });
    }
  }

  private changeTheme(): void {
    toggleTheme();
    this.restyle();
  }

  private restyle(): void {
    this.price.restyle();
    this.equity.restyle();
  }

  private listenToDrops(): void {
    addEventListener('dragover', (event) => {
      event.preventDefault();
      this.classList.add('dropping');
    });
    addEventListener('dragleave', () => this.classList.remove('dropping'));
    addEventListener('drop', (event) => {
      event.preventDefault();
      this.classList.remove('dropping');
      const [file] = event.dataTransfer?.files ?? [];
      if (file) void this.openFile(file);
    });
  }
}

/** The symbol a market file is named after: what stands before the first separator. */
export function symbolOf(name: string): string {
  const [stem = ''] = name.split(/[_\-.\s]/);
  return stem === '' ? 'FILE' : stem.slice(0, 32).toUpperCase();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
