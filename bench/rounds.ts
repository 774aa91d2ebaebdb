// Rounds of a measurement and the rows that `npm run bench` prints, compares with bench/budgets.json and
// keeps.

/** One figure of a bench. */
export interface BenchRow {
  /** Key into budgets.json, unique within its topic. */
  readonly name: string;
  readonly unit: string;
  /** The figure: the median over the warm rounds unless `note` says otherwise. */
  readonly value: number;
  /** The first round of a fresh process, before the compilers know the code. */
  readonly cold?: number;
  /** Worst and best warm round. */
  readonly range?: readonly [number, number];
  /** Warm rounds. */
  readonly rounds?: number;
  /** Items in a round, and what they are. */
  readonly n: number;
  readonly note?: string;
}

/** A figure that could not be taken, and why. */
export interface SkippedRow {
  readonly name: string;
  readonly skipped: string;
}

/** The middle of some numbers; the mean of the middle two when their count is even. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Rounds of one measurement: the first is cold, the median of the others counts. */
export function rowOf(
  name: string,
  unit: string,
  n: number,
  rounds: readonly number[],
  note?: string,
): BenchRow {
  const [cold = Number.NaN, ...warm] = rounds.map((value) => rounded(value));
  const range = [Math.min(...warm), Math.max(...warm)] as const;
  return {
    name,
    unit,
    value: rounded(median(warm)),
    cold,
    range,
    rounds: warm.length,
    n,
    ...(note && { note }),
  };
}

/** Microseconds per call of `run`, which makes `calls` calls; the first of `rounds` + 1 rounds is cold. */
export function microseconds(name: string, calls: number, run: () => void, note?: string): BenchRow {
  const rounds: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const started = performance.now();
    run();
    rounds.push(((performance.now() - started) * 1000) / calls);
  }
  return rowOf(name, 'us', calls, rounds, note);
}

/** Warm rounds of every measurement. */
export const ROUNDS = 7;

/** Four digits: more is noise. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
