// The kernel's ABI of the tactical matrix and the 30-minute assertions, with the names of the state fields a
// caller may read.

/** tactical60x7, gaps and ATR14 of one symbol; fed every closed 5-minute bar. */
export interface TacticalAbi {
  /** Bytes of one state. */
  tacticalBytes(): number;
  /** Makes the bytes at `state` an empty state. */
  tacticalInit(state: number): void;
  /**
   * Takes one bar; noVolume 1 when the source has no volume. Then read the fields named in TACTICAL_FIELDS.
   */
  tacticalPush(
    state: number,
    tsMs: number,
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
    tick: number,
    noVolume: number,
  ): void;
  /**
   * Writes the kept rows, oldest first, as f32[rows × 7] at `out`; returns rows, 60 when the matrix is
   * complete.
   */
  tacticalMatrix(state: number, out: number): number;
}

/** MLMI and NW-RQK of one symbol; fed every 30-minute row. */
export interface AssertionsAbi {
  /** Bytes of one state. */
  assertionsBytes(): number;
  /** Makes the bytes at `state` an empty state. */
  assertionsInit(state: number): void;
  /**
   * Takes one closed 30-minute bar and its EWMA(.97) volatility (NaN in warm-up). Then read ASSERTION_FIELDS.
   */
  assertionsPush(state: number, open: number, high: number, low: number, close: number, sigma: number): void;
}

/** Rows and columns of the tactical matrix. */
export const TACTICAL_ROWS = 60;
/** Names of the seven columns, in order. */
export const TACTICAL_COLUMNS = [
  'fvg_bullish_active',
  'fvg_bearish_active',
  'fvg_nearest_level',
  'fvg_age',
  'fvg_mitigation_signal',
  'price_momentum_5',
  'volume_ratio',
] as const;

/**
 * The f64 fields at the start of a tactical state, by index (byte offset 8 × index): atr (price units, NaN
 * before 15 bars), rows (0..60), volumeRatio (NaN without volume), fvgDirection (+1, −1, 0: the first touch
 * that held on this bar), fvgStrength (0..1, NaN without one or before 48 gaps), fvgBornDirection,
 * fvgBornSize (price units), fvgBullCount, fvgBearCount (live gaps), fvgNearestDistance (%), fvgNearestAge
 * (bars, −1 without one), fvgNearestDirection.
 */
export const TACTICAL_FIELDS = {
  atr: 0,
  rows: 1,
  volumeRatio: 2,
  fvgDirection: 3,
  fvgStrength: 4,
  fvgBornDirection: 5,
  fvgBornSize: 6,
  fvgBullCount: 7,
  fvgBearCount: 8,
  fvgNearestDistance: 9,
  fvgNearestAge: 10,
  fvgNearestDirection: 11,
} as const;

/**
 * The f64 fields at the start of an assertions state, by index. Directions +1, −1, 0; strengths 0..1 or NaN.
 */
export const ASSERTION_FIELDS = {
  mlmiDeviation: 0,
  mlmiDirection: 1,
  mlmiStrength: 2,
  nwrqkSlope: 3,
  nwrqkDirection: 4,
  nwrqkStrength: 5,
  mlmiValue: 6,
  mlmiSlow: 7,
  mlmiQuick: 8,
  mlmiCross: 9,
  mlmiLabelled: 10,
  nwrqkLine: 11,
  nwrqkSecond: 12,
} as const;
