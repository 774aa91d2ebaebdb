// Several symbols as one stream of bars in the order in which they become known.

import { barKnownAtMs } from '../market/bar.ts';
import type { Bar } from '../market/bar.ts';

interface Head {
  readonly rest: Iterator<Bar>;
  bar: Bar;
  /** Merge key: never goes back within a stream, so that a bad stamp stays where its file has it. */
  knownAtMs: number;
}

/**
 * Merges streams by (knownAtMs, symbol). A bar whose stamp is missing or goes back keeps its place behind its
 * predecessor; the engine then refuses it.
 *
 * @param streams  one per symbol, each oldest first; symbols differ
 * @param first    symbol that goes before the others at equal moments: the one whose returns they are
 *                 compared with
 */
export function* mergeBars(streams: readonly Iterable<Bar>[], first: string | null = null): Generator<Bar> {
  const heads: Head[] = [];
  for (const stream of streams) {
    const rest = stream[Symbol.iterator]();
    const head = rest.next();
    if (!head.done) heads.push({ rest, bar: head.value, knownAtMs: keyOf(head.value, 0) });
  }
  while (heads.length > 0) {
    const head = heads.reduce((best, other) => (isBefore(other, best, first) ? other : best));
    yield head.bar;
    const following = head.rest.next();
    if (following.done) heads.splice(heads.indexOf(head), 1);
    else {
      head.knownAtMs = keyOf(following.value, head.knownAtMs);
      head.bar = following.value;
    }
  }
}

function keyOf(bar: Bar, previous: number): number {
  const knownAtMs = barKnownAtMs(bar.tsMs);
  return knownAtMs > previous ? knownAtMs : previous;
}

function isBefore(a: Head, b: Head, first: string | null): boolean {
  if (a.knownAtMs !== b.knownAtMs) return a.knownAtMs < b.knownAtMs;
  if (a.bar.symbol === first || b.bar.symbol === first) return a.bar.symbol === first;
  return a.bar.symbol < b.bar.symbol;
}
