// The head of the page: what is played, whether it is simulated, and the controls of the clock.

import type { SessionFacts, SessionFrame } from '../runtime/session-view.ts';
import { h, setClass, setText } from './dom.ts';
import { NONE, formatNumber, formatTime } from './format.ts';

/** What the head asks its owner to do. */
export interface TransportActions {
  readonly toggle: () => void;
  readonly step: () => void;
  readonly speed: (barsPerSecond: number) => void;
  readonly another: () => void;
  readonly openFile: (file: File) => void;
  readonly theme: () => void;
  readonly help: () => void;
}

/** Speeds in bars a second, with their labels. */
export const SPEEDS: readonly (readonly [string, number])[] = [
  ['1/s', 1],
  ['10/s', 10],
  ['60/s', 60],
  ['300/s', 300],
  ['max', Number.POSITIVE_INFINITY],
];

/** The head of the page. */
export class Transport {
  readonly element: HTMLElement;
  private readonly symbol = h('span.symbol', {}, NONE);
  private readonly price = h('span.last', {}, NONE);
  private readonly time = h('span.time', {}, NONE);
  private readonly badge = h('span.badge', { hidden: true }, 'SIMULATED');
  private readonly source = h('p.source', {}, 'opening …');
  private readonly progress = h('div.progress', { 'aria-hidden': 'true' });
  private readonly play: HTMLElement;
  private readonly speeds: HTMLElement[];
  private readonly another: HTMLElement;
  private speedIndex = 2;
  private readonly onSpeed: (barsPerSecond: number) => void;

  constructor(actions: TransportActions) {
    this.onSpeed = actions.speed;
    this.play = h('button.primary.play', { type: 'button', id: 'play', onclick: actions.toggle }, 'Play');
    this.speeds = SPEEDS.map(([label], index) =>
      h('button', { type: 'button', 'aria-pressed': 'false', onclick: () => this.choose(index) }, label),
    );
    this.another = h('button', { type: 'button', id: 'another', onclick: actions.another }, 'Another market');
    const picker = h('input', {
      type: 'file',
      id: 'file',
      accept: '.csv,.gz,text/csv',
      hidden: true,
    }) as HTMLInputElement;
    picker.addEventListener('change', () => {
      const [file] = picker.files ?? [];
      if (file) actions.openFile(file);
      picker.value = '';
    });
    const open = h('button', { type: 'button', onclick: () => picker.click() }, 'Open CSV');
    this.element = h(
      'header.top',
      {},
      h('h1', {}, 'GrandModel ', h('span', {}, 'Edge')),
      h('div.quote', {}, this.symbol, this.price, this.badge, this.time),
      h(
        'div.controls',
        { role: 'toolbar', 'aria-label': 'Clock' },
        this.play,
        h(
          'button',
          { type: 'button', id: 'step', title: 'One bar (right arrow)', onclick: actions.step },
          'Step',
        ),
        h('div.speeds', { role: 'group', 'aria-label': 'Speed, bars a second' }, ...this.speeds),
      ),
      h(
        'div.menu',
        {},
        this.another,
        open,
        picker,
        h(
          'button.icon',
          { type: 'button', id: 'theme', 'aria-label': 'Dark or light', onclick: actions.theme },
          '◐',
        ),
        h(
          'button.icon',
          { type: 'button', id: 'help', 'aria-label': 'Keys and help', onclick: actions.help },
          '?',
        ),
      ),
      this.source,
      this.progress,
    );
    this.showSpeed();
  }

  /** Starts over for another session. */
  reset(facts: SessionFacts): void {
    this.element.dataset['state'] = 'opening';
    this.element.dataset['bars'] = '0';
    setText(this.symbol, facts.symbol);
    this.badge.hidden = !facts.simulated;
    this.another.hidden = !facts.simulated;
    setText(this.source, facts.source);
  }

  update(frame: SessionFrame, facts: SessionFacts): void {
    setText(this.price, frame.bars > 0 ? frame.price.toFixed(facts.priceDigits) : NONE);
    setText(this.time, `${formatTime(frame.tsMs)} UTC`);
    const label = { playing: 'Pause', paused: 'Play', finished: 'Done' }[frame.state];
    setText(this.play, label);
    setClass(this.element, 'finished', frame.state === 'finished');
    this.element.dataset['state'] = frame.state;
    this.element.dataset['bars'] = String(frame.bars);
    const rate = frame.rate >= 1 ? ` · ${formatNumber(frame.rate)} bars/s` : '';
    setText(
      this.source,
      `${facts.source} · bar ${formatNumber(frame.bars)} of ${formatNumber(facts.totalBars)}${rate}`,
    );
    this.progress.style.setProperty('--share', String(frame.bars / Math.max(1, facts.totalBars)));
  }

  /** Says something in place of the source line. */
  say(message: string, bad: boolean): void {
    setText(this.source, message);
    setClass(this.source, 'bad', bad);
  }

  /** One speed up or down. */
  shift(offset: number): void {
    this.choose(Math.min(SPEEDS.length - 1, Math.max(0, this.speedIndex + offset)));
  }

  /** The chosen speed, bars a second. */
  get barsPerSecond(): number {
    return SPEEDS[this.speedIndex]?.[1] ?? 60;
  }

  private choose(index: number): void {
    this.speedIndex = index;
    this.showSpeed();
    this.onSpeed(this.barsPerSecond);
  }

  private showSpeed(): void {
    this.speeds.forEach((button, index) => {
      button.setAttribute('aria-pressed', String(index === this.speedIndex));
    });
  }
}
