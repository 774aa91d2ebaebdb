// ABI of the indicators over columns, exported by dist/indicators.wasm only. Columns are addresses of n f64,
// oldest first; outputs are whole columns, NaN in warm-up, and overlap no input.

/** Averages and bands. */
export interface BatchAverageAbi {
  batchSma(x: number, out: number, n: number, period: number): void;
  batchEma(x: number, out: number, n: number, period: number): void;
  batchWma(x: number, out: number, n: number, period: number): void;
  batchBollinger(
    x: number,
    middle: number,
    upper: number,
    lower: number,
    n: number,
    period: number,
    width: number,
  ): void;
}

/** Oscillators. */
export interface BatchOscillatorAbi {
  batchRsi(x: number, out: number, n: number, period: number): void;
  batchMacd(
    x: number,
    line: number,
    signal: number,
    histogram: number,
    n: number,
    fast: number,
    slow: number,
    smooth: number,
  ): void;
  batchRoc(x: number, out: number, n: number, period: number): void;
  batchStochastic(
    high: number,
    low: number,
    close: number,
    slowK: number,
    slowD: number,
    n: number,
    kPeriod: number,
    slowing: number,
    dPeriod: number,
  ): void;
}

/** Range and direction. */
export interface BatchRangeAbi {
  batchAtr(high: number, low: number, close: number, out: number, n: number, period: number): void;
  batchCci(high: number, low: number, close: number, out: number, n: number, period: number): void;
  batchHeikinAshi(
    open: number,
    high: number,
    low: number,
    close: number,
    outClose: number,
    outOpen: number,
    outHigh: number,
    outLow: number,
    n: number,
  ): void;
  batchAdx(high: number, low: number, out: number, n: number, period: number): void;
}

/** Volume. */
export interface BatchVolumeAbi {
  batchObv(close: number, volume: number, out: number, n: number): void;
  batchMfi(
    high: number,
    low: number,
    close: number,
    volume: number,
    out: number,
    n: number,
    period: number,
  ): void;
  /** One session: bars from..to−1. */
  batchVwap(
    high: number,
    low: number,
    close: number,
    volume: number,
    out: number,
    from: number,
    to: number,
  ): void;
}

/** Every indicator over columns. */
export interface BatchAbi extends BatchAverageAbi, BatchOscillatorAbi, BatchRangeAbi, BatchVolumeAbi {}
