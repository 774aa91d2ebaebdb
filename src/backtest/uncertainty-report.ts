// Scores recorded uncertainty levels against the moves that followed: shares, coverage, share of small moves,
// spread.

/** What was known at each 30-minute close, in order of time; columns of equal length. */
export interface UncertaintyRecords {
  /** Log return of the bar that just closed; NaN at the first. */
  readonly logReturns: ArrayLike<number>;
  /** Half-width issued at this close for the next log return; NaN in warm-up. */
  readonly halfWidths: ArrayLike<number>;
  /** Level issued at this close: 0 LOW, 1 MEDIUM, 2 HIGH. */
  readonly levels: ArrayLike<number>;
  /** Rank behind the level; NaN in warm-up, where a close is not scored. */
  readonly ranks: ArrayLike<number>;
}

/** One figure for LOW, MEDIUM and HIGH; NaN where a level has no bar. */
export type ByLevel = readonly [low: number, medium: number, high: number];

/** Figures over the scored closes. */
export interface UncertaintyFigures {
  /** Scored closes. */
  readonly bars: number;
  readonly share: ByLevel;
  /** Share of intervals that held the next return. */
  readonly coverage: ByLevel;
  readonly coverageAll: number;
  /** Share of next moves no larger than the median of the last 500 absolute returns. */
  readonly smallMoves: ByLevel;
  /** Root mean square of the next return over that of all scored closes. */
  readonly rms: ByLevel;
}

const MEDIAN_WINDOW = 500;
const MEDIAN_MINIMUM = 48;

/**
 * Scores the levels of one run.
 *
 * @param records  one entry for each 30-minute close, as the kernel issued it
 */
export function uncertaintyFigures(records: UncertaintyRecords): UncertaintyFigures {
  const returns = records.logReturns;
  const past: number[] = [];
  const sums = [newSums(), newSums(), newSums()] as const;
  for (let t = 0; t + 1 < returns.length; t++) {
    const size = Math.abs(returns[t]!);
    if (!Number.isNaN(size)) {
      insert(past, size);
      if (past.length > MEDIAN_WINDOW) remove(past, Math.abs(returns[t - MEDIAN_WINDOW]!));
    }
    const usual = median(past);
    if (Number.isNaN(records.ranks[t]!) || Number.isNaN(usual)) continue;
    const next = Math.abs(returns[t + 1]!);
    const level = records.levels[t]!;
    const sum = sums[level === 0 ? 0 : level === 1 ? 1 : 2];
    sum.bars++;
    if (next <= records.halfWidths[t]!) sum.held++;
    if (next <= usual) sum.small++;
    sum.squares += next * next;
  }
  return figuresOf(sums);
}

interface Sums {
  bars: number;
  held: number;
  small: number;
  squares: number;
}

function newSums(): Sums {
  return { bars: 0, held: 0, small: 0, squares: 0 };
}

function figuresOf(sums: readonly [Sums, Sums, Sums]): UncertaintyFigures {
  const total = (pick: (s: Sums) => number): number => pick(sums[0]) + pick(sums[1]) + pick(sums[2]);
  const bars = total((s) => s.bars);
  const rms = Math.sqrt(total((s) => s.squares) / bars);
  const each = (value: (s: Sums) => number): ByLevel => [value(sums[0]), value(sums[1]), value(sums[2])];
  return {
    bars,
    share: each((s) => s.bars / bars),
    coverage: each((s) => s.held / s.bars),
    coverageAll: total((s) => s.held) / bars,
    smallMoves: each((s) => s.small / s.bars),
    rms: each((s) => Math.sqrt(s.squares / s.bars) / rms),
  };
}

/** What a file must show; which limits apply depends on its length. */
export interface UncertaintyVerdict {
  readonly pass: boolean;
  /** What failed, in words; empty on a pass. */
  readonly failures: readonly string[];
}

/** 30-minute bars from which on the strict limits apply. */
export const LONG_FILE_BARS = 2000;

/**
 * Judges the figures of one file: each level 1 to 95 % of closes; from 2,000 bars on coverage of each level
 * within .85 to .96 and LOW over MEDIUM over HIGH in small moves by 5 points; below, coverage .85 to .98 and
 * LOW over HIGH by 5.
 *
 * @param fileBars  30-minute bars of the file
 */
export function judgeUncertainty(figures: UncertaintyFigures, fileBars: number): UncertaintyVerdict {
  const long = fileBars >= LONG_FILE_BARS;
  const failures: string[] = [];
  const demand = (holds: boolean, what: string): void => {
    if (!holds) failures.push(what);
  };
  for (const share of figures.share)
    demand(share >= 0.01 && share <= 0.95, `level share ${share.toFixed(3)}`);
  const ceiling = long ? 0.96 : 0.98;
  for (const held of long ? figures.coverage : [figures.coverageAll]) {
    demand(held >= 0.85 && held <= ceiling, `coverage ${held.toFixed(3)}`);
  }
  const [low, medium, high] = figures.smallMoves;
  if (long)
    demand(low - medium >= 0.05 && medium - high >= 0.05, 'small moves LOW > MEDIUM > HIGH by 5 points');
  else demand(low - high >= 0.05, 'small moves LOW > HIGH by 5 points');
  return { pass: failures.length === 0, failures };
}

/** First index whose value is not below x. */
function place(sorted: readonly number[], x: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

function insert(sorted: number[], x: number): void {
  sorted.splice(place(sorted, x), 0, x);
}

function remove(sorted: number[], x: number): void {
  sorted.splice(place(sorted, x), 1);
}

function median(sorted: readonly number[]): number {
  const n = sorted.length;
  if (n < MEDIAN_MINIMUM) return NaN;
  const half = n >> 1;
  return n % 2 === 1 ? sorted[half]! : 0.5 * (sorted[half - 1]! + sorted[half]!);
}
