// Reads the strategic state out of kernel memory: matrix, newest row and the statistics other parts use.

import type { Kernel } from '../wasm/kernel.ts';

/** Rows and columns of the strategic matrix. */
export const STRATEGIC_ROWS = 48;
export const STRATEGIC_COLUMNS = 13;

/** Names of the columns, in order (system.md §3). */
export const STRATEGIC_COLUMN_NAMES = [
  'price_change',
  'volume_ratio',
  'volatility',
  'momentum',
  'rsi',
  'macd',
  'bollinger_position',
  'market_sentiment',
  'correlation_strength',
  'regime_indicator',
  'risk_score',
  'liquidity_index',
  'structural_break',
] as const;

/** Byte offsets of the f64 results at the start of the strategic state. */
export const STRATEGIC_AT = {
  atr14: 0,
  edgeSpread: 8,
  edgeSquared: 16,
  fhsVar95: 24,
  fhsVar99: 32,
  fhsEs95: 40,
  parametricVar95: 48,
  parametricVar99: 56,
  parametricEs95: 64,
  sigma: 72,
  sigmaVar: 80,
  yangZhang: 88,
  /** i32 from here on. */
  fhsCount: 96,
  bars: 100,
  streak: 104,
  completeRows: 108,
} as const;

/** Statistics of one symbol at its newest 30-minute close; f64 ones are NaN in warm-up. */
export interface StrategicStatistics {
  /** Price units. */
  readonly atr14: number;
  /** EDGE, fraction of price. */
  readonly edgeSpread: number;
  /** Signed squared EDGE; negative where noise outweighs the spread. */
  readonly edgeSquared: number;
  /** Positive fractions of price for one 30-minute bar; usable by the risk gate from `fhsCount` 250 on. */
  readonly fhsVar95: number;
  readonly fhsVar99: number;
  readonly fhsEs95: number;
  readonly parametricVar95: number;
  readonly parametricVar99: number;
  readonly parametricEs95: number;
  /** EWMA(.97) volatility per 30-minute bar. */
  readonly sigma: number;
  /** EWMA(.94) volatility per 30-minute bar. */
  readonly sigmaVar: number;
  readonly yangZhang: number;
  readonly fhsCount: number;
  readonly bars: number;
  /** Finite rows up to the newest, at most 48. */
  readonly streak: number;
  readonly completeRows: number;
}

/** Reads the statistics of the strategic state at `at`. */
export function readStrategic(kernel: Kernel, at: number): StrategicStatistics {
  const f = kernel.f64(at, 12);
  const i = new Int32Array(kernel.raw.memory.buffer, at + STRATEGIC_AT.fhsCount, 4);
  return {
    atr14: f[0]!,
    edgeSpread: f[1]!,
    edgeSquared: f[2]!,
    fhsVar95: f[3]!,
    fhsVar99: f[4]!,
    fhsEs95: f[5]!,
    parametricVar95: f[6]!,
    parametricVar99: f[7]!,
    parametricEs95: f[8]!,
    sigma: f[9]!,
    sigmaVar: f[10]!,
    yangZhang: f[11]!,
    fhsCount: i[0]!,
    bars: i[1]!,
    streak: i[2]!,
    completeRows: i[3]!,
  };
}

/** Whether all 48 rows are finite. */
export function strategicComplete(kernel: Kernel, at: number): boolean {
  return new Int32Array(kernel.raw.memory.buffer, at + STRATEGIC_AT.streak, 1)[0] === STRATEGIC_ROWS;
}

/** The 48x13 matrix in place, oldest row first; a view that later bars change and memory growth detaches. */
export function strategicMatrixView(kernel: Kernel, at: number): Float32Array {
  return kernel.f32(at + kernel.raw.strategicMatrixOffset(), STRATEGIC_ROWS * STRATEGIC_COLUMNS);
}

/** The newest row of 13 in place; a view, as above. */
export function strategicRowView(kernel: Kernel, at: number): Float32Array {
  return strategicMatrixView(kernel, at).subarray((STRATEGIC_ROWS - 1) * STRATEGIC_COLUMNS);
}
