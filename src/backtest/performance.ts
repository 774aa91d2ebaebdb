// What a run earned and what it cost, gathered as it goes in bounded memory. Figures of simulated fills on
// past or simulated bars; they promise nothing.

import { DAY_MS, MICRO } from '../core/units.ts';

/**
 * Slippage is counted in bins of 0.01 bp from -SLIPPAGE_MAX_BP to SLIPPAGE_MAX_BP; what lies beyond counts at
 * the end.
 */
const SLIPPAGE_MAX_BP = 200;
const BINS_PER_BP = 100;
const YEAR_MS = 365.25 * DAY_MS;

/** Running sums of one run. */
export interface Performance {
  readonly initialMicro: number;
  equityMicro: number;
  highWaterMicro: number;
  /** Largest fall from the high-water mark so far, fraction 0..1 and more. */
  maxDrawdown: number;
  /** UTC day of the last mark, -1 before the first. */
  day: number;
  firstMs: number;
  lastMs: number;
  /** Equity at the end of the last finished day. */
  dayStartMicro: number;
  /** Finished daily returns: count, mean and sum of squared deviations (Welford 1962). */
  days: number;
  dayMean: number;
  daySquares: number;
  fills: number;
  feesMicro: number;
  volumeMicro: number;
  readonly slippageBins: Uint32Array;
  trades: number;
  tradesWon: number;
  /** Sums of winning and of losing trades, micro-quote, both ≥ 0. */
  wonMicro: number;
  lostMicro: number;
  executed: number;
  aligned: number;
}

/** The figures of a run; a figure that has no value yet is NaN (null in JSON). */
export interface PerformanceSummary {
  /** Equity now minus equity at the start, quote units, open positions at their last mark. */
  readonly netPnl: number;
  readonly fees: number;
  /** Fraction of the high-water mark, from every mark and not from days alone. */
  readonly maxDrawdown: number;
  /** Share of closed trades with a profit after fees; NaN without a closed trade. */
  readonly winRate: number;
  /** Sum of winning over sum of losing trades; NaN without a losing one. */
  readonly profitFactor: number;
  /**
   * Mean over standard deviation of daily equity returns (UTC days that have a mark), times the root of the
   * run's own number of such days a year. 0 when equity never moved, NaN under two finished daily returns.
   * Days without a position count; the riskless rate is taken as 0.
   */
  readonly sharpe: number;
  /**
   * Daily returns the Sharpe ratio rests on: its standard error is about √(1/years), so few days say nothing.
   */
  readonly days: number;
  /** Notional of all fills, quote units. */
  readonly volume: number;
  readonly fills: number;
  readonly trades: number;
  /** Median cost of a fill against its decision, basis points to 0.01, > 0 worse; NaN without a fill. */
  readonly slippageBpsMedian: number;
  /** Share of executed decisions in the strategic agent's direction; NaN without one. */
  readonly alignmentRate: number;
}

/**
 * A run that has done nothing.
 *
 * @param initialMicro  account at the start, micro-quote, > 0
 */
export function createPerformance(initialMicro: number): Performance {
  return {
    initialMicro,
    equityMicro: initialMicro,
    highWaterMicro: initialMicro,
    maxDrawdown: 0,
    day: -1,
    firstMs: 0,
    lastMs: 0,
    dayStartMicro: initialMicro,
    days: 0,
    dayMean: 0,
    daySquares: 0,
    fills: 0,
    feesMicro: 0,
    volumeMicro: 0,
    slippageBins: new Uint32Array(2 * SLIPPAGE_MAX_BP * BINS_PER_BP + 1),
    trades: 0,
    tradesWon: 0,
    wonMicro: 0,
    lostMicro: 0,
    executed: 0,
    aligned: 0,
  };
}

/**
 * Takes the equity after a bar, in order of time.
 *
 * @param tsMs         when it is known, milliseconds UTC
 * @param equityMicro  cash and open profit, micro-quote
 */
export function recordEquity(run: Performance, tsMs: number, equityMicro: number): void {
  const day = Math.floor(tsMs / DAY_MS);
  if (run.day < 0) run.firstMs = tsMs;
  else if (day !== run.day) closeDay(run);
  run.day = day;
  run.lastMs = tsMs;
  run.equityMicro = equityMicro;
  run.highWaterMicro = Math.max(run.highWaterMicro, equityMicro);
  run.maxDrawdown = Math.max(run.maxDrawdown, (run.highWaterMicro - equityMicro) / run.highWaterMicro);
}

/**
 * Takes a fill.
 *
 * @param notionalMicro  |lots| · price, micro-quote
 * @param feeMicro       fee, micro-quote
 * @param slippageBp     cost against the decision's price, basis points, > 0 worse
 */
export function recordFill(
  run: Performance,
  notionalMicro: number,
  feeMicro: number,
  slippageBp: number,
): void {
  run.fills += 1;
  run.volumeMicro += Math.abs(notionalMicro);
  run.feesMicro += feeMicro;
  const bounded = Math.max(-SLIPPAGE_MAX_BP, Math.min(SLIPPAGE_MAX_BP, slippageBp));
  const bin = Math.round((bounded + SLIPPAGE_MAX_BP) * BINS_PER_BP);
  run.slippageBins[bin] = (run.slippageBins[bin] ?? 0) + 1;
}

/**
 * Takes a closed trade.
 *
 * @param netMicro  profit after fees, micro-quote
 */
export function recordTrade(run: Performance, netMicro: number): void {
  run.trades += 1;
  if (netMicro > 0) run.tradesWon += 1;
  if (netMicro > 0) run.wonMicro += netMicro;
  else run.lostMicro -= netMicro;
}

/** Takes an executed decision: whether it went in the strategic agent's direction. */
export function recordDecision(run: Performance, aligned: boolean): void {
  run.executed += 1;
  if (aligned) run.aligned += 1;
}

/** The figures so far; the unfinished day counts as a day of its own. */
export function summarise(run: Performance): PerformanceSummary {
  const ended = { ...run };
  if (ended.day >= 0) closeDay(ended);
  return {
    netPnl: (run.equityMicro - run.initialMicro) / MICRO,
    fees: run.feesMicro / MICRO,
    maxDrawdown: run.maxDrawdown,
    winRate: ratio(run.tradesWon, run.trades),
    profitFactor: ratio(run.wonMicro, run.lostMicro),
    sharpe: sharpeOf(ended),
    days: ended.days,
    volume: run.volumeMicro / MICRO,
    fills: run.fills,
    trades: run.trades,
    slippageBpsMedian: medianSlippage(run),
    alignmentRate: ratio(run.aligned, run.executed),
  };
}

function closeDay(run: Performance): void {
  const change = run.equityMicro / run.dayStartMicro - 1;
  run.dayStartMicro = run.equityMicro;
  run.days += 1;
  const away = change - run.dayMean;
  run.dayMean += away / run.days;
  run.daySquares += away * (change - run.dayMean);
}

function sharpeOf(run: Performance): number {
  if (run.days < 2) return Number.NaN;
  const deviation = Math.sqrt(run.daySquares / (run.days - 1));
  if (deviation === 0) return run.dayMean === 0 ? 0 : Number.NaN;
  // From the first to the last mark lie days − 1 steps of the market's own calendar.
  const daysPerYear = ((run.days - 1) * YEAR_MS) / Math.max(DAY_MS, run.lastMs - run.firstMs);
  return (run.dayMean / deviation) * Math.sqrt(Math.min(daysPerYear, 366));
}

function medianSlippage(run: Performance): number {
  if (run.fills === 0) return Number.NaN;
  const at = (rank: number): number => {
    let seen = 0;
    for (let bin = 0; bin < run.slippageBins.length; bin++) {
      seen += run.slippageBins[bin] as number;
      if (seen > rank) return (bin - SLIPPAGE_MAX_BP * BINS_PER_BP) / BINS_PER_BP;
    }
    return Number.NaN;
  };
  return (at(Math.floor((run.fills - 1) / 2)) + at(Math.floor(run.fills / 2))) / 2;
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? Number.NaN : part / whole;
}
