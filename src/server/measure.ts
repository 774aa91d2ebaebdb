// Measured latencies: the last few hundred of each operation, null before the first.

/** What was measured of one operation, in seconds. */
export interface Latency {
  readonly count: number;
  readonly p50_seconds: number | null;
  readonly p99_seconds: number | null;
}

const KEPT = 512;

/** Keeps the newest durations of named operations. */
export class Latencies<Name extends string> {
  private readonly kept = new Map<Name, { count: number; seconds: number[] }>();

  add(name: Name, seconds: number): void {
    const entry = this.kept.get(name) ?? { count: 0, seconds: [] };
    entry.seconds[entry.count % KEPT] = seconds;
    entry.count++;
    this.kept.set(name, entry);
  }

  of(name: Name): Latency {
    const entry = this.kept.get(name);
    if (!entry) return { count: 0, p50_seconds: null, p99_seconds: null };
    const sorted = entry.seconds.toSorted((a, b) => a - b);
    const quantile = (share: number): number | null =>
      sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null;
    return { count: entry.count, p50_seconds: quantile(0.5), p99_seconds: quantile(0.99) };
  }
}
