// ABI of the strategic side: strategic48x13, uncertainty, conformal core, column statistics.

/** strategic48x13. Field offsets are in src/signals/matrix.ts. */
export interface StrategicAbi {
  strategicBytes(): number;
  strategicInit(at: number): void;
  /**
   * One closed 30-minute bar, after the scale at `scaleAt` took it. `regime` is the indicator known before
   * the bar, `reference` the reference symbol's log return over it (NaN: none), `noVolume` 1 when the source
   * has none. Returns 1 when the new row is finite.
   */
  strategicPush(
    at: number,
    scaleAt: number,
    tsMs: number,
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
    regime: number,
    reference: number,
    noVolume: number,
  ): number;
  /** Copies 48x13 f32, oldest row first, to `out`; 1 when all of it is finite. */
  strategicMatrix(at: number, out: number): number;
  /** Byte offset of the matrix inside the state, for reading it in place. */
  strategicMatrixOffset(): number;
}

/** Uncertainty of the size of the next 30-minute move. Field offsets are in src/signals/uncertainty.ts. */
export interface UncertaintyAbi {
  uncertaintyBytes(): number;
  uncertaintyInit(at: number): void;
  /**
   * One closed 30-minute bar, after its scale; `flags` force HIGH: 2 gap, 4 imputed, 8 ensemble. LOW 0,
   * MEDIUM 1, HIGH 2.
   */
  uncertaintyPush(at: number, scaleAt: number, tsMs: number, flags: number): number;
}

/** Adaptive conformal inference on a stream of scores. */
export interface ConformalAbi {
  conformalBytes(size: number): number;
  conformalInit(at: number, size: number, minimum: number, alpha: number, gamma: number): void;
  /** Takes a revealed score; 1 when it lay above the issued threshold. */
  conformalPush(at: number, score: number): number;
  /** Threshold for the next score: NaN in warm-up, +∞ accepts all, −∞ nothing. */
  conformalThreshold(at: number): number;
  conformalAlpha(at: number): number;
  /** ⌈(n + 1)(1 − α)⌉, the order statistic that covers 1 − α, from 1. */
  conformalOrder(n: number, alpha: number): number;
}

/** Statistics over f64 columns at byte addresses; the streaming forms live in the strategic state. */
export interface ColumnStatisticsAbi {
  parkinson(high: number, low: number, n: number): number;
  garmanKlass(open: number, high: number, low: number, close: number, n: number): number;
  rogersSatchell(open: number, high: number, low: number, close: number, n: number): number;
  /** `scratch` holds 24 (n − 1) bytes. */
  yangZhang(open: number, high: number, low: number, close: number, n: number, scratch: number): number;
  yangZhangWeight(n: number): number;
  /** Signed squared EDGE spread of n ≥ 3 bars; `scratch` holds edgeScratch(n) bytes. */
  edgeSpreadSquared(
    open: number,
    high: number,
    low: number,
    close: number,
    n: number,
    scratch: number,
  ): number;
  edgeScratch(n: number): number;
  /** Amihud illiquidity × 10⁶. */
  amihud(close: number, volume: number, n: number): number;
  /** EWMA correlation seeded by the first pair; `scratch` holds 48 bytes. */
  ewmaCorrelation(a: number, b: number, n: number, lambda: number, scratch: number): number;
  /**
   * Two-sided Page CUSUM, k = .5: its path of n f64 at `out`, its peak returned; `scratch` holds 16 bytes.
   */
  cusumPath(values: number, n: number, out: number, scratch: number): number;
}

/** All of the above. */
export interface StrategicSideAbi extends StrategicAbi, UncertaintyAbi, ConformalAbi, ColumnStatisticsAbi {}
