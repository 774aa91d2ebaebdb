// Time stamps out of bytes: ISO-8601, date and time with several marks, epoch seconds to nanoseconds, compact
// digits.

import { DAY_MS } from '../core/units.ts';
import { dayOf } from '../market/session.ts';
import { numberAt } from './number-text.ts';

/** Shapes that are told apart and reported. */
export type TimeShape =
  | 'iso' // 2024-12-03T00:05:00Z
  | 'year-first' // 2024-12-03 00:05:00, 2024.12.03 00:05
  | 'day-month' // 03/12/2024 00:05:00, or month first; which one is settled per file
  | 'compact' // 20241203 000500, 20241203000500
  | 'epoch-s'
  | 'epoch-ms'
  | 'epoch-us'
  | 'epoch-ns';

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 48 && byte <= 57;

/**
 * Reads stamps and remembers what it saw: the shapes, whether an offset or Z was given, and for dates such as
 * 03/12/2024 the second possible reading.
 */
export class StampReader {
  /** How many stamps had each shape. */
  readonly shapes = new Map<TimeShape, number>();
  /** Month-first reading of the last stamp when both readings are dates, else NaN. */
  alternative = Number.NaN;
  /** Stamps with a day over 12 in front (certainly day first). */
  dayFirst = 0;
  /** Stamps with a day over 12 in second place (certainly month first). */
  monthFirst = 0;
  /** Stamps that could be read both ways. */
  ambiguous = 0;
  /** Stamps that named UTC or an offset from it. */
  zoned = 0;

  /**
   * Milliseconds since 1970 UTC of the stamp in a range of bytes; NaN when it is none. Without a zone it is
   * UTC.
   */
  read(bytes: Uint8Array, from: number, to: number): number {
    this.alternative = Number.NaN;
    if (to - from === 20 || to - from === 19) {
      const fast = this.readIso(bytes, from, to - from === 20);
      if (fast === fast) return fast;
    }
    let digits = from;
    while (digits < to && isDigit(bytes[digits])) digits++;
    const length = digits - from;
    if (digits === to || ((bytes[digits] === 46 || bytes[digits] === 101) && length !== 4 && length > 2)) {
      return this.readDigits(bytes, from, to, length);
    }
    return this.readParts(bytes, from, to);
  }

  private saw(shape: TimeShape): void {
    this.shapes.set(shape, (this.shapes.get(shape) ?? 0) + 1);
  }

  /** `YYYY-MM-DDTHH:MM:SS` with an optional Z, at fixed places. */
  private readIso(bytes: Uint8Array, from: number, zoned: boolean): number {
    const marked =
      bytes[from + 4] === 45 && bytes[from + 7] === 45 && bytes[from + 13] === 58 && bytes[from + 16] === 58;
    const split = bytes[from + 10];
    if (!marked || (split !== 84 && split !== 32) || (zoned && bytes[from + 19] !== 90)) return Number.NaN;
    const year = pair(bytes, from) * 100 + pair(bytes, from + 2);
    const date = dateMs(year, pair(bytes, from + 5), pair(bytes, from + 8));
    const clock = clockMs(pair(bytes, from + 11), pair(bytes, from + 14), pair(bytes, from + 17), 0);
    if (date !== date || clock !== clock) return Number.NaN;
    this.saw(split === 84 ? 'iso' : 'year-first');
    if (zoned) this.zoned++;
    return date + clock;
  }

  private readDigits(bytes: Uint8Array, from: number, to: number, length: number): number {
    if (from + length === to && (length === 8 || length === 12 || length === 14)) {
      const date = dateMs(
        pair(bytes, from) * 100 + pair(bytes, from + 2),
        pair(bytes, from + 4),
        pair(bytes, from + 6),
      );
      const hour = length > 8 ? pair(bytes, from + 8) : 0;
      const minute = length > 8 ? pair(bytes, from + 10) : 0;
      const value = date + clockMs(hour, minute, length === 14 ? pair(bytes, from + 12) : 0, 0);
      if (value === value) this.saw('compact');
      return value;
    }
    const value = numberAt(bytes, from, to, 46);
    if (!(value >= 1e6)) return Number.NaN;
    this.zoned++;
    const [shape, perMs] = epochUnit(value);
    this.saw(shape);
    return shape === 'epoch-s' ? Math.round(value * 1000) : Math.floor(value / perMs);
  }

  /** Groups of digits with marks between them, then an optional zone, AM or PM. */
  private readParts(bytes: Uint8Array, from: number, to: number): number {
    const groups: number[] = [];
    const lengths: number[] = [];
    let at = from;
    while (at < to && groups.length < 7) {
      const start = at;
      let value = 0;
      while (at < to && isDigit(bytes[at])) value = value * 10 + (bytes[at++] as number) - 48;
      if (at === start || at - start > 9) return Number.NaN;
      groups.push(value);
      lengths.push(at - start);
      const mark = bytes[at];
      const joined =
        at < to && (mark === 45 || mark === 46 || mark === 47 || mark === 58 || mark === 84 || mark === 32);
      // A minus after the clock is a zone, and a blank may stand before a zone or AM and PM.
      if (!joined || !isDigit(bytes[at + 1]) || (mark === 45 && groups.length > 3)) break;
      at++;
    }
    const tail = readTail(bytes, at, to);
    if (tail === null) return Number.NaN;
    if (tail.zoned) this.zoned++;
    return this.assemble(groups, lengths, tail);
  }

  private assemble(groups: number[], lengths: number[], tail: Tail): number {
    const [first = 0, second = 0, third = 0] = groups;
    if (lengths[0] === 8) {
      const clock = lengths[1] === 6 ? splitClock(second) : clockMs(second, third, groups[3] ?? 0, 0);
      this.saw('compact');
      return (
        dateMs(Math.floor(first / 10_000), Math.floor(first / 100) % 100, first % 100) + clock - tail.offsetMs
      );
    }
    if (groups.length < 3) return Number.NaN;
    const [rawHour = 0, minute = 0, second60 = 0, fraction = 0] = groups.slice(3);
    const hour = tail.half === null ? rawHour : (rawHour % 12) + tail.half;
    const clock = clockMs(hour, minute, second60, fractionMs(fraction, lengths[6] ?? 0)) - tail.offsetMs;
    if (lengths[0] === 4) {
      this.saw(tail.zoned ? 'iso' : 'year-first');
      return dateMs(first, second, third) + clock;
    }
    if (lengths[2] !== 4) return Number.NaN;
    const [byDay, byMonth] = [dateMs(third, second, first) + clock, dateMs(third, first, second) + clock];
    if (byDay !== byDay && byMonth !== byMonth) return Number.NaN;
    this.saw('day-month');
    if (byMonth !== byMonth) this.dayFirst++;
    else if (byDay !== byDay) this.monthFirst++;
    else if (first !== second) {
      this.ambiguous++;
      this.alternative = byMonth;
    }
    return byDay === byDay ? byDay : byMonth;
  }
}

interface Tail {
  readonly zoned: boolean;
  readonly offsetMs: number;
  /** 0 for AM, 12 for PM, null for neither. */
  readonly half: 0 | 12 | null;
}

/** What stands behind the clock: nothing, Z, UTC, GMT, an offset such as +02:00 or GMT+0200, AM or PM. */
function readTail(bytes: Uint8Array, from: number, to: number): Tail | null {
  if (from >= to) return { zoned: false, offsetMs: 0, half: null };
  let rest = '';
  for (let i = from; i < Math.min(to, from + 16); i++) rest += String.fromCharCode(bytes[i] as number);
  const found = /^\s*(AM|PM)?\s*(Z|UTC|GMT)?\s*(?:([+-])(\d\d):?(\d\d)?)?\s*$/i.exec(rest);
  if (found === null) return null;
  const [, half, zone, sign, hours, minutes] = found;
  const magnitude = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  return {
    zoned: zone !== undefined || sign !== undefined,
    offsetMs: sign === '-' ? -magnitude : magnitude,
    half: half === undefined ? null : half.toUpperCase() === 'PM' ? 12 : 0,
  };
}

function epochUnit(value: number): readonly [TimeShape, number] {
  if (value < 1e11) return ['epoch-s', 0.001];
  if (value < 1e14) return ['epoch-ms', 1];
  return value < 1e17 ? ['epoch-us', 1e3] : ['epoch-ns', 1e6];
}

/** Two digits, or NaN. */
function pair(bytes: Uint8Array, at: number): number {
  return isDigit(bytes[at]) && isDigit(bytes[at + 1])
    ? (bytes[at] as number) * 10 + (bytes[at + 1] as number) - 528
    : Number.NaN;
}

function dateMs(year: number, month: number, day: number): number {
  if (!(year >= 1900 && year <= 2200 && month >= 1 && month <= 12 && day >= 1 && day <= 31))
    return Number.NaN;
  const start = dayOf(year, month, 1);
  const next = month === 12 ? dayOf(year + 1, 1, 1) : dayOf(year, month + 1, 1);
  return day <= next - start ? (start + day - 1) * DAY_MS : Number.NaN;
}

function clockMs(hour: number, minute: number, second: number, ms: number): number {
  return hour <= 23 && minute <= 59 && second <= 59
    ? ((hour * 60 + minute) * 60 + second) * 1000 + ms
    : Number.NaN;
}

function splitClock(digits: number): number {
  return clockMs(Math.floor(digits / 10_000), Math.floor(digits / 100) % 100, digits % 100, 0);
}

function fractionMs(value: number, length: number): number {
  let scaled = value * 1000;
  for (let i = 0; i < length; i++) scaled /= 10;
  return Math.floor(scaled);
}
