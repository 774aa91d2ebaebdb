// The time column of a whole file: day or month first, and the distance between bars.

import type { StampReader } from './time-text.ts';

/** How dates such as 03/12/2024 were read. */
export type DateOrder = 'day/month' | 'month/day' | 'mixed, settled by the neighbouring rows';

/**
 * Settles dates such as 03/12/2024, in place. One date with a day over 12 decides for all; where the file
 * shows both orders, each doubtful row takes the reading nearest to the row before it; where it shows
 * neither, the reading with fewer steps back, then with the shorter span.
 *
 * @param tsMs          day-first reading of every row
 * @param alternatives  month-first reading where there are two, else NaN
 * @returns             the order for the report, null when there is no such date
 */
export function settleDayMonth(
  tsMs: Float64Array,
  alternatives: Float64Array,
  stamps: StampReader,
): DateOrder | null {
  if (!stamps.shapes.has('day-month')) return null;
  if (stamps.dayFirst > 0 && stamps.monthFirst > 0) {
    nearestReadings(tsMs, alternatives);
    return 'mixed, settled by the neighbouring rows';
  }
  const swapped = tsMs.map((value, i) =>
    (alternatives[i] ?? Number.NaN) >= 0 ? (alternatives[i] as number) : value,
  );
  const monthFirst = stamps.monthFirst > 0 || (stamps.dayFirst === 0 && disorder(swapped) < disorder(tsMs));
  if (!monthFirst) return 'day/month';
  tsMs.set(swapped);
  return 'month/day';
}

function nearestReadings(tsMs: Float64Array, alternatives: Float64Array): void {
  let previous = Number.NaN;
  for (let i = 0; i < tsMs.length; i++) {
    const [byDay, byMonth] = [tsMs[i] as number, alternatives[i] as number];
    if (byMonth === byMonth && previous === previous) {
      if (Math.abs(byMonth - previous) < Math.abs(byDay - previous)) tsMs[i] = byMonth;
    }
    if (tsMs[i] === tsMs[i]) previous = tsMs[i] as number;
  }
}

/** Steps against the file's own direction, with the span as a tie-breaker below one. */
function disorder(tsMs: Float64Array): number {
  let [forward, backward, first, last] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < tsMs.length; i++) {
    const value = tsMs[i] as number;
    if (i > 0 && value < (tsMs[i - 1] as number)) backward += 1;
    else if (i > 0 && value > (tsMs[i - 1] as number)) forward += 1;
    first = Math.min(first, value);
    last = Math.max(last, value);
  }
  return Math.min(forward, backward) + (last - first) / 1e15;
}

/**
 * The commonest distance between neighbouring rows, milliseconds; 300000 when there is no second row.
 *
 * @example dominantInterval(Float64Array.of(0, 60000, 120000, 420000)) // 60000
 */
export function dominantInterval(tsMs: Float64Array): number {
  const counts = new Map<number, number>();
  let [best, bestCount] = [300_000, 0];
  for (let i = 1; i < tsMs.length; i++) {
    const step = (tsMs[i] as number) - (tsMs[i - 1] as number);
    if (!(step > 0)) continue;
    const count = (counts.get(step) ?? 0) + 1;
    if (counts.size < 10_000 || count > 1) counts.set(step, count);
    if (count > bestCount) [best, bestCount] = [step, count];
  }
  return best;
}
