// The drawings of a report as SVG strings: lines over time with shaded zones, the fall below the mark, a
// histogram with a marker. Colours come from classes, so that light, dark and paper are one drawing.

import type { Drawdown } from '../scorecard-tables.ts';
import { dayText, element, escaped, percent, short, signed, textElement } from './markup.ts';

const WIDTH = 1060;
const LEFT = 62;
const RIGHT = 16;
const TOP = 12;
const BOTTOM = 26;

/** One line of a chart. */
export interface Line {
  readonly name: string;
  readonly className: string;
  readonly values: readonly number[];
}

/** A place for points: time across, value up. */
interface Frame {
  readonly height: number;
  x(tsMs: number): number;
  y(value: number): number;
}

function frameOf(height: number, tsMs: readonly number[], low: number, high: number): Frame {
  const [first, last] = [tsMs[0] ?? 0, tsMs[tsMs.length - 1] ?? 1];
  const span = Math.max(1, last - first);
  const rise = high > low ? high - low : 1;
  return {
    height,
    x: (at) => LEFT + ((at - first) / span) * (WIDTH - LEFT - RIGHT),
    y: (value) => height - BOTTOM - ((value - low) / rise) * (height - TOP - BOTTOM),
  };
}

/** Round values that divide a range into about `count` steps. */
export function ticksOf(low: number, high: number, count: number): number[] {
  const rough = (high - low) / Math.max(1, count);
  if (!(rough > 0)) return [low];
  let power = 1;
  while (power > rough) power /= 10;
  while (power * 10 <= rough) power *= 10;
  const step = power * ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const ticks: number[] = [];
  for (let k = Math.ceil(low / step); k * step <= high + step * 1e-9; k++) ticks.push(k * step);
  return ticks;
}

function pathOf(frame: Frame, tsMs: readonly number[], values: readonly number[]): string {
  return values
    .map((value, i) => `${i === 0 ? 'M' : 'L'}${short(frame.x(tsMs[i] ?? 0))} ${short(frame.y(value))}`)
    .join('');
}

function grid(frame: Frame, ticks: readonly number[], text: (value: number) => string): string {
  return ticks
    .map((value) => {
      const y = frame.y(value);
      const line = element('line', { class: 'grid', x1: LEFT, x2: WIDTH - RIGHT, y1: y, y2: y });
      const label = textElement('text', { class: 'tick end', x: LEFT - 8, y: y + 4 }, text(value));
      return line + label;
    })
    .join('');
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;
const LABELS_MAX = 12;

/** Months, or years where months would not fit. */
function timeAxis(frame: Frame, tsMs: readonly number[]): string {
  const starts = monthStarts(tsMs);
  const yearly = starts.length > 3 * LABELS_MAX;
  const shown = yearly ? starts.filter((at) => new Date(at).getUTCMonth() === 0) : starts;
  const every = Math.max(1, Math.ceil(shown.length / LABELS_MAX));
  return shown
    .filter((_, i) => i % every === 0)
    .map((at) => {
      const date = new Date(at);
      const year = String(date.getUTCFullYear());
      const label = yearly
        ? year
        : `${MONTHS[date.getUTCMonth()]}${date.getUTCMonth() === 0 ? ` ${year}` : ''}`;
      const x = frame.x(at);
      const mark = element('line', {
        class: 'grid',
        x1: x,
        x2: x,
        y1: frame.height - BOTTOM,
        y2: frame.height - BOTTOM + 5,
      });
      return mark + textElement('text', { class: 'tick middle', x, y: frame.height - 6 }, label);
    })
    .join('');
}

function monthStarts(tsMs: readonly number[]): number[] {
  const [first, last] = [tsMs[0] ?? 0, tsMs[tsMs.length - 1] ?? 0];
  const starts: number[] = [];
  const date = new Date(first);
  let at = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
  while (at <= last) {
    starts.push(at);
    const next = new Date(at);
    at = Date.UTC(next.getUTCFullYear(), next.getUTCMonth() + 1, 1);
  }
  return starts;
}

function drawing(height: number, label: string, ...content: readonly string[]): string {
  const attributes = { viewBox: `0 0 ${WIDTH} ${height}`, role: 'img', 'aria-label': label };
  return element('div', { class: 'plot' }, element('svg', attributes, ...content));
}

/**
 * Accounts over time, the deepest drawdowns of the first shaded.
 *
 * @param initial  where all of them started: the line at 0 %
 */
export function equityChart(
  tsMs: readonly number[],
  lines: readonly Line[],
  zones: readonly Drawdown[],
  initial: number,
): string {
  const height = 340;
  const all = lines.flatMap(({ values }) => values).map((value) => value / initial - 1);
  const [low, high] = [Math.min(0, ...all), Math.max(0, ...all)];
  const room = Math.max(1e-4, high - low) * 0.06;
  const frame = frameOf(height, tsMs, low - room, high + room);
  const last = tsMs[tsMs.length - 1] ?? 0;
  const first = tsMs[0] ?? 0;
  const shades = zones.map(({ fromMs, toMs, depth }, i) => {
    const from = frame.x(Math.max(first, fromMs));
    const width = Math.max(1, frame.x(Math.min(last, toMs ?? last)) - from);
    const title = `${i + 1}. drawdown of ${percent(depth)} from ${dayText(fromMs)}`;
    const place = { class: 'zone', x: from, y: TOP, width, height: height - TOP - BOTTOM };
    const label = textElement('text', { class: 'tick', x: from + 5, y: TOP + 14 }, String(i + 1));
    return element('rect', place, textElement('title', {}, title)) + (width > 16 ? label : '');
  });
  const zero = frame.y(0);
  const curves = lines.map(({ name, className, values }) => {
    const d = pathOf(
      frame,
      tsMs,
      values.map((value) => value / initial - 1),
    );
    return element('path', { class: `line ${className}`, d }, textElement('title', {}, name));
  });
  return drawing(
    height,
    'Account over time beside the baselines',
    ...shades,
    grid(frame, ticksOf(low - room, high + room, 6), (value) => percent(value, rounding(high - low))),
    element('line', { class: 'zero', x1: LEFT, x2: WIDTH - RIGHT, y1: zero, y2: zero }),
    timeAxis(frame, tsMs),
    ...curves.reverse(),
  );
}

function rounding(range: number): number {
  return range < 0.03 ? 1 : 0;
}

/** The fall below the high-water mark. */
export function underwaterChart(tsMs: readonly number[], drawdown: readonly number[]): string {
  const height = 150;
  const deepest = Math.max(0.001, ...drawdown);
  const frame = frameOf(height, tsMs, -1.08 * deepest, 0);
  const line = pathOf(
    frame,
    tsMs,
    drawdown.map((value) => -value),
  );
  const [from, to] = [frame.x(tsMs[0] ?? 0), frame.x(tsMs[tsMs.length - 1] ?? 0)];
  const area = `${line}L${short(to)} ${short(frame.y(0))}L${short(from)} ${short(frame.y(0))}Z`;
  return drawing(
    height,
    'Fall below the high-water mark over time',
    grid(frame, ticksOf(-deepest, 0, 3), (value) => percent(value, rounding(deepest))),
    element('path', { class: 'area fall', d: area }),
    element('path', { class: 'line fall', d: line }),
    timeAxis(frame, tsMs),
  );
}

const BINS = 28;

/**
 * How a value lies among others.
 *
 * @param values  at least one
 * @param own     marked by a line
 */
export function histogram(values: readonly number[], own: number, label: string): string {
  const height = 210;
  const all = [...values, own];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const pad = Math.max(1e-9, high - low) * 0.04;
  const [from, width] = [low - pad, (high - low + 2 * pad) / BINS];
  const counts = Array.from({ length: BINS }, () => 0);
  for (const value of values) {
    const bin = Math.min(BINS - 1, Math.floor((value - from) / width));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const most = Math.max(1, ...counts);
  const plotted = 520;
  const x = (value: number): number => 24 + ((value - from) / (BINS * width)) * (plotted - 48);
  const y = (count: number): number => height - 30 - (count / most) * (height - 62);
  const bars = counts.map((count, i) =>
    count === 0
      ? ''
      : element('rect', {
          class: 'bar',
          x: x(from + i * width) + 1,
          y: y(count),
          width: (plotted - 48) / BINS - 2,
          height: height - 30 - y(count),
        }),
  );
  const marker = x(own);
  const anchor = marker > plotted - 120 ? 'end' : marker < 120 ? '' : 'middle';
  const ticks = ticksOf(from, from + BINS * width, 6).map((value) =>
    textElement('text', { class: 'tick middle', x: x(value), y: height - 10 }, signed(value, 1)),
  );
  return element(
    'div',
    { class: 'plot' },
    element(
      'svg',
      { viewBox: `0 0 ${plotted} ${height}`, role: 'img', 'aria-label': label },
      ...bars,
      element('line', { class: 'axis', x1: 24, x2: plotted - 24, y1: height - 30, y2: height - 30 }),
      element('line', { class: 'marker', x1: marker, x2: marker, y1: 26, y2: height - 30 }),
      `<text class="mark ${anchor}" x="${short(marker)}" y="18">this run ${escaped(signed(own, 2))}</text>`,
      ...ticks,
    ),
  );
}
