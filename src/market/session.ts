// When a market is open: weekly sessions in local wall time, with own arithmetic for US daylight saving,
// because Intl's time-zone data differs between hosts. Holidays and early closes are not known here: on such
// a day the missing slots count as a gap, which blocks new risk for three bars and changes nothing else.

import { BAR_30M_MS, DAY_MS } from '../core/units.ts';
import { oneOf } from '../core/codec.ts';
import type { Codec } from '../core/codec.ts';

/**
 * Session kinds: `always` (crypto, inferred instruments); `cme` futures Sunday to Friday 17:00-16:00 Chicago;
 * `us-cash` Monday to Friday 09:30-16:00 New York; `fx` Sunday 17:00 to Friday 17:00 New York.
 */
export const SESSIONS = ['always', 'cme', 'us-cash', 'fx'] as const;
/** One of `SESSIONS`. */
export type Session = (typeof SESSIONS)[number];

/** Bytes of a session kind. */
export const sessionCodec: Codec<Session> = oneOf(SESSIONS);

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * DAY_MS;
/** 1970-01-01 was a Thursday; the week counted here starts on Sunday. */
const SUNDAY_OFFSET_MS = 4 * DAY_MS;
/** Missing slots are counted up to one year of slots; a longer hole is as bad as that. */
export const MISSING_SLOTS_MAX = 17_568;

interface Schedule {
  /** Standard-time offset from UTC, milliseconds (negative in America). */
  readonly standardMs: number;
  /** [open, close) in milliseconds of the local week that starts on Sunday 00:00, ascending. */
  readonly openings: readonly (readonly [number, number])[];
}

const weekTime = (day: number, hour: number, minute = 0): number =>
  day * DAY_MS + hour * HOUR_MS + minute * MINUTE_MS;

const SCHEDULES: Readonly<Record<Exclude<Session, 'always'>, Schedule>> = {
  cme: {
    standardMs: -6 * HOUR_MS,
    openings: [0, 1, 2, 3, 4].map((day) => [weekTime(day, 17), weekTime(day + 1, 16)] as const),
  },
  'us-cash': {
    standardMs: -5 * HOUR_MS,
    openings: [1, 2, 3, 4, 5].map((day) => [weekTime(day, 9, 30), weekTime(day, 16)] as const),
  },
  fx: { standardMs: -5 * HOUR_MS, openings: [[weekTime(0, 17), weekTime(5, 17)] as const] },
};

/**
 * True when a market of this kind is open at a moment (start included, end excluded).
 *
 * @example isOpen('us-cash', 1719408600000) // true
 */
export function isOpen(session: Session, tsMs: number): boolean {
  return session === 'always' || opening(SCHEDULES[session], tsMs) !== null;
}

/**
 * End of the opening that contains a moment, milliseconds UTC; null when it is closed then or never closes.
 * Exact without looking at later clock changes: US clocks change on Sunday 02:00, when all these markets are
 * closed.
 *
 * @example sessionEndsAt('us-cash', 1719408600000) // 1719432000000
 */
export function sessionEndsAt(session: Session, tsMs: number): number | null {
  if (session === 'always') return null;
  const found = opening(SCHEDULES[session], tsMs);
  return found === null ? null : tsMs + found;
}

/**
 * 30m slots strictly between two slots in which the market is open: the length of a gap.
 *
 * @param fromSlotMs  open time of the last slot that has a bar
 * @param toSlotMs    open time of the next slot that has a bar
 * @returns           count, 0..MISSING_SLOTS_MAX
 * @example           missingSlots('always', 0, 5400000) // 2
 */
export function missingSlots(session: Session, fromSlotMs: number, toSlotMs: number): number {
  const between = Math.max(0, Math.floor((toSlotMs - fromSlotMs) / BAR_30M_MS) - 1);
  if (session === 'always') return Math.min(between, MISSING_SLOTS_MAX);
  const schedule = SCHEDULES[session];
  const walked = Math.min(between, MISSING_SLOTS_MAX);
  let missing = 0;
  for (let i = 1; i <= walked; i++) {
    if (opening(schedule, fromSlotMs + i * BAR_30M_MS) !== null) missing += 1;
  }
  return missing;
}

/** Milliseconds left in the opening that contains tsMs, or null when closed. */
function opening(schedule: Schedule, tsMs: number): number | null {
  const local = tsMs + schedule.standardMs + (isUsDaylight(tsMs, schedule.standardMs) ? HOUR_MS : 0);
  const shifted = local + SUNDAY_OFFSET_MS;
  const inWeek = shifted - Math.floor(shifted / WEEK_MS) * WEEK_MS;
  for (const [open, close] of schedule.openings) {
    if (inWeek >= open && inWeek < close) return close - inWeek;
  }
  return null;
}

/**
 * US daylight saving at a moment: from 2007 second Sunday of March to first Sunday of November, before
 * (1987-2006) first Sunday of April to last Sunday of October, changing at 02:00 local wall time. Earlier
 * years use the 1987 rule.
 *
 * @param standardMs  the zone's standard offset from UTC, milliseconds
 * @source            Energy Policy Act of 2005 sec. 110; 15 U.S.C. 260a
 * @example           isUsDaylight(1719408600000, -18000000) // true
 */
export function isUsDaylight(tsMs: number, standardMs: number): boolean {
  const day = Math.floor((tsMs + standardMs) / DAY_MS);
  const year = yearOfDay(day);
  const [from, to] =
    year >= 2007
      ? [sundayFrom(dayOf(year, 3, 8)), sundayFrom(dayOf(year, 11, 1))]
      : [sundayFrom(dayOf(year, 4, 1)), sundayFrom(dayOf(year, 10, 25))];
  const local = tsMs + standardMs;
  return local >= from * DAY_MS + 2 * HOUR_MS && local < to * DAY_MS + HOUR_MS;
}

/** First Sunday on or after a day counted from 1970-01-01. */
function sundayFrom(day: number): number {
  const weekday = (((day + 4) % 7) + 7) % 7;
  return weekday === 0 ? day : day + 7 - weekday;
}

/**
 * Days from 1970-01-01 to a date of the Gregorian calendar.
 *
 * @param year   calendar year
 * @param month  1..12
 * @param day    1..31
 * @source       Howard Hinnant, chrono-compatible low-level date algorithms (2013)
 * @example      dayOf(2024, 3, 10) // 19792
 */
export function dayOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** Calendar year of a day counted from 1970-01-01. */
function yearOfDay(day: number): number {
  const z = day + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  return yearOfEra + era * 400 + (dayOfYear >= 306 ? 1 : 0);
}
